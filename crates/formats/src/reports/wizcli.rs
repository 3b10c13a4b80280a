//! The command line of Wiz: directories, images and infrastructure as code.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, identifiers, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wizcli",
    title: "Wiz CLI (JSON)",
    how_to_get: "wizcli dir scan --path DIRECTORY --format json; wizcli docker scan --image IMAGE \
        --format json; wizcli iac scan --path DIRECTORY --format json",
    manual: "One finding for each of `vulnerabilities` of each of `result.osPackages`, \
        `libraries`, `applications` and `cpes`: identifiers from `name` and from the address in \
        `source`, severity from `severity` (none is info), score from `score`, package from the \
        list's `name` and `version`, fixed version from `fixedVersion`, place from `path`. One \
        finding for each of `result.secrets`, high unless it says otherwise, CWE-798. One finding \
        for each of `matches` of `result.ruleMatches`: rule from `rule`, place from `fileName` \
        and `lineNumber`. A state other than SUCCESS means that the scan was not whole.",
    samples: &[
        ("wizcli.json", include_bytes!("samples/wizcli.json")),
        ("wizcli_iac.json", include_bytes!("samples/wizcli_iac.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.text("result.__typename").is_some_and(|name| name.starts_with("CICD"))
        || beginning
            .text("scanOriginResource.__typename")
            .is_some_and(|name| name.starts_with("CICDScanOrigin"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Wiz CLI"), None);
    if source.beginning.text("status.state").is_some_and(|state| state != "SUCCESS") {
        intake.tool_failed("Wiz says that the scan did not succeed (status.state)");
    }
    let result = Node::root(source.text).required("result")?;
    for name in ["osPackages", "libraries", "applications", "cpes"] {
        let Some(list) = result.member(name)? else { continue };
        item::each(&list, intake, |package, intake| {
            for found in package.list("vulnerabilities") {
                intake.observe(vulnerability(package, found));
            }
        })?;
    }
    if let Some(list) = result.member("secrets")? {
        item::each(&list, intake, |found, intake| intake.observe(secret(found)))?;
    }
    if let Some(list) = result.member("ruleMatches")? {
        item::each(&list, intake, |rule, intake| {
            rule.list("matches").into_iter().for_each(|at| intake.observe(broken_rule(rule, at)));
        })?;
    }
    Ok(())
}

fn vulnerability(package: Item<'_>, found: Item<'_>) -> Observation {
    let id = found.text("name").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = package.text("name");
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = found.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = vec![id];
    let address = found.text("source");
    for other in address.as_deref().map(identifiers).unwrap_or_default() {
        push_new(&mut observation.ids, other);
    }
    let mut rating = Rating::default();
    rating.offer(found.text("cvssV3Metrics/vector").as_deref(), found.number("score"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.package = item::package(name, package.text("version"), found.text("fixedVersion"));
    observation.location = item::in_file(package.text("path"), None);
    observation.description =
        paragraphs([found.text("description").as_deref(), address.as_deref()]);
    observation
}

fn secret(found: Item<'_>) -> Observation {
    let said = found.first(&["description", "type"]).unwrap_or_else(|| "Secret".to_owned());
    let word = found.severity("severity").unwrap_or(Severity::High);
    let mut observation = Observation::new(title(&said), word);
    observation.cwes = vec![798];
    observation.rule = found.text("type");
    observation.location = item::in_file(found.text("path"), found.line("lineNumber"));
    observation
}

fn broken_rule(rule: Item<'_>, at: Item<'_>) -> Observation {
    let name = rule.first(&["rule/name", "rule/shortId", "rule/id"]).unwrap_or_default();
    let word = rule.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&name), word);
    observation.rule = rule.first(&["rule/shortId", "rule/id", "rule/name"]);
    observation.location = item::in_file(at.text("fileName"), at.line("lineNumber"));
    observation.snippet = at.text("matchContent");
    let told = [("Resource", "resourceName"), ("Expected", "expected"), ("Found", "found")];
    let told = told.iter().filter_map(|(name, path)| Some(format!("{name}: {}", at.text(path)?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([rule.text("rule/description").as_deref(), Some(&told)]);
    observation
}
