//! truffleHog3's JSON: secrets in a directory or a repository, by rules of one's own.
//!
//! The secret itself is in the report and is not taken: what was leaked once is not to be kept in
//! another database. The same secret at the same place is one finding.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trufflehog3",
    title: "truffleHog3 version 3 (JSON)",
    how_to_get: "trufflehog3 --format json --output report.json DIRECTORY",
    manual: "One finding for each rule, secret and place (`path` and `line`). Rule: `rule.id`; \
        severity: `rule.severity`. CWE-798. The secret and the lines around it are not kept. An \
        empty list names no tool: give the format's name then.",
    samples: &[("trufflehog3.json", include_bytes!("samples/trufflehog3.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let has = |name: &str| beginning.has(&format!("[].{name}"));
    has("rule.severity") && has("path") && has("secret")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("truffleHog3"), None);
    let mut seen = BTreeSet::new();
    item::each(&Node::root(source.text), intake, |found, intake| {
        let key = ["rule/id", "rule/message", "path", "line", "secret"];
        if seen.insert(key.map(|path| found.text(path))) {
            intake.observe(observation(found));
        }
    })
}

fn observation(found: Item<'_>) -> Observation {
    let what = found.first(&["rule/message", "rule/id"]).unwrap_or_else(|| "Secret".to_owned());
    let heading = match found.text("path") {
        Some(path) => format!("{what} in {path}"),
        None => what,
    };
    let word = found.text("rule/severity").as_deref().and_then(severity);
    let mut observation = Observation::new(title(&heading), word.unwrap_or(Severity::Low));
    observation.rule = found.first(&["rule/id", "rule/message"]);
    observation.cwes = vec![798];
    observation.location = item::in_file(found.text("path"), found.line("line"));
    let commit = found.text("commit").map(|commit| format!("Commit: {commit}"));
    observation.description = paragraphs([commit.as_deref()]);
    observation
}
