//! Xygeni: weaknesses in code, vulnerable dependencies and secrets, one report for each.
//!
//! The three share their beginning (`metadata`) and differ in the list that follows.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, identifiers, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "xygeni",
    title: "Xygeni (JSON)",
    how_to_get: "xygeni sast --format json --output report.json; likewise xygeni deps, xygeni \
        secrets",
    manual: "Code: one finding for each of `vulnerabilities`, rule and title from `detector`. \
        Dependencies: one for each of `vulnerabilities` of each of `dependencies`, identifiers \
        from `cve` or `id`. Secrets: one, CWE-798, for each of `secrets`, title from `type`. \
        Severity from `severity` (none is info), CWE numbers from `cwes`, place from `location`, \
        fingerprint from `uniqueHash`. An entry of `errors` means that the scan was not whole.",
    samples: &[
        ("xygeni.json", include_bytes!("samples/xygeni.json")),
        ("xygeni_deps.json", include_bytes!("samples/xygeni_deps.json")),
        ("xygeni_secrets.json", include_bytes!("samples/xygeni_secrets.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.text("metadata.format").is_some_and(|format| format.ends_with("-xygeni"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.text("metadata.reportProperties.tool.version");
    intake.tool(Some("Xygeni"), version);
    let document = Node::root(source.text);
    if let Some(errors) = document.member("errors")?.filter(Node::is_array) {
        errors.each_element(|_| intake.tool_failed("Xygeni met errors (errors)"))?;
    }
    if let Some(list) = document.member("vulnerabilities")? {
        item::each(&list, intake, |item, intake| intake.observe(located(item)))?;
    }
    if let Some(list) = document.member("secrets")? {
        item::each(&list, intake, |item, intake| {
            let cwes = vec![798];
            intake.observe(Observation { cwes, snippet: None, ..located(item) });
        })?;
    }
    if let Some(list) = document.member("dependencies")? {
        item::each(&list, intake, |package, intake| {
            for found in package.list("vulnerabilities") {
                intake.observe(vulnerability(package, found));
            }
        })?;
    }
    Ok(())
}

fn located(item: Item<'_>) -> Observation {
    let rule = item.first(&["detector", "type", "kind"]);
    let named = rule.clone().or(item.text("issueId")).unwrap_or_default();
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = rule;
    observation.cwes = item.cwes("cwe");
    for number in item.cwes("cwes") {
        push_new(&mut observation.cwes, number);
    }
    observation.fingerprint = item.text("uniqueHash");
    let line = item.line("location/beginLine");
    observation.location = item::in_file(item.text("location/filepath"), line);
    observation.snippet = item.text("location/code");
    let confidence = item.text("confidence").map(|word| format!("Confidence: {word}"));
    observation.description =
        paragraphs([item.first(&["explanation", "description"]).as_deref(), confidence.as_deref()]);
    observation
}

fn vulnerability(package: Item<'_>, found: Item<'_>) -> Observation {
    let id = found.first(&["cve", "id", "name"]).unwrap_or_default();
    let name = match (package.text("group"), package.first(&["name", "artifact"])) {
        (Some(group), Some(name)) => Some(format!("{group}:{name}")),
        (group, name) => name.or(group),
    };
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = found.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = vec![id];
    for other in found.texts("aliases").iter().flat_map(|alias| identifiers(alias)) {
        push_new(&mut observation.ids, other);
    }
    observation.cwes = found.cwes("cwes");
    let mut rating = Rating::default();
    rating.offer(found.text("vector").as_deref(), found.number("baseScore"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.fingerprint = found.first(&["uniqueHash"]);
    let fixed = found.first(&["fixedVersion", "versions/fixed"]);
    observation.package = item::package(name, package.text("version"), fixed);
    let path = package.first(&["location/filepath", "paths/dependencyPaths/0"]);
    observation.location = item::in_file(path, package.line("location/beginLine"));
    observation.description = paragraphs([found.text("description").as_deref()]);
    observation
}
