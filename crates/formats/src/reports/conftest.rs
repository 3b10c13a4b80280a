//! Conftest's JSON: configuration files that break policies written in Rego.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "conftest",
    title: "Conftest (JSON)",
    how_to_get: "conftest test --output json DIRECTORY > report.json",
    manual: "One finding for each of `failures` (high) and `warnings` (medium) of each file: title \
        from `msg`, rule from the query in its metadata, path from `filename`. Exceptions and \
        skipped rules are left out.",
    samples: &[("conftest.json", include_bytes!("samples/conftest.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["filename", "namespace", "successes"].iter().all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Conftest"), None);
    each_item(&Node::root(source.text), intake, &mut |file, intake| {
        for (kind, word) in [("failures", Severity::High), ("warnings", Severity::Medium)] {
            for result in file.items(kind) {
                intake.observe(observation(file, result, word));
            }
        }
    })
}

fn observation(file: Item<'_>, result: Item<'_>, word: Severity) -> Observation {
    let message = result.field("msg").unwrap_or_else(|| "Violation of a policy".to_owned());
    let mut observation = Observation::new(title(&message), word);
    observation.rule = result.field("metadata.query");
    observation.location =
        file.field("filename").map(|path| Location { path: Some(path), ..Location::default() });
    observation.description = Some(message);
    observation
}
