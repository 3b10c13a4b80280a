//! Meterian: dependencies with known vulnerabilities, in many languages.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "meterian",
    title: "Meterian (JSON)",
    how_to_get: "meterian --report-json=report.json",
    manual: "One finding for each of `advices` of each dependency below \
        `reports.security.reports`: identifiers from `cve` and the `links`, severity from \
        `severity` (SUGGEST and NONE are info), score from `cvss`, package from `dependency`, \
        fixed versions from `safeVersions`, fingerprint from `id`. The other parts of the report \
        (stability, licences) are left out.",
    samples: &[("meterian.json", include_bytes!("samples/meterian.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("reports.security.reports") && beginning.has("scores.security")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Meterian"), None);
    let reports = Node::root(source.text).required("reports")?;
    for language in reports.required("security")?.required("reports")?.elements()? {
        let Some(list) = language.member("reports")? else { continue };
        item::each(&list, intake, |dependency, intake| {
            for advice in dependency.list("advices") {
                intake.observe(observation(dependency, advice));
            }
        })?;
    }
    Ok(())
}

fn observation(dependency: Item<'_>, advice: Item<'_>) -> Observation {
    let name = dependency.first(&["dependency/name"]).or(advice.text("library/name"));
    let said = advice.text("description").unwrap_or_default();
    let id = advice.first(&["cve", "id"]).unwrap_or_default();
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = advice.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = advice.texts("cve");
    for link in advice.list("links").into_iter().filter_map(|link| link.text("url")) {
        identifiers(&link).into_iter().for_each(|id| push_new(&mut observation.ids, id));
    }
    observation.score = advice.number("cvss").filter(|score| *score > 0.0);
    observation.cwes = advice.cwes("cwe");
    observation.fingerprint = advice.text("id");
    let safe = ["latestPatch", "latestMinor", "latestMajor"];
    let mut versions = Vec::new();
    for version in safe.iter().filter_map(|it| dependency.text(&format!("safeVersions/{it}"))) {
        push_new(&mut versions, version);
    }
    let fixed = (!versions.is_empty()).then(|| versions.join(", "));
    observation.package = item::package(name, dependency.text("dependency/version"), fixed);
    observation.location = item::in_file(dependency.text("locations/0"), None);
    let range = advice.text("versionRange").map(|range| format!("Vulnerable versions: {range}"));
    observation.description = paragraphs([Some(said.as_str()), range.as_deref()]);
    observation
}
