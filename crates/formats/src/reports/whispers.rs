//! Whispers: secrets in configuration and code. The value of a secret is not kept.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "whispers",
    title: "Whispers (JSON)",
    how_to_get: "whispers --output report.json DIRECTORY",
    manual: "One finding, CWE-798, for each element: title from `message` and `key`, rule from \
        `rule_id`, place from `file` and `line`. Severity: versions before 2.2 write BLOCKER \
        (critical), CRITICAL (high), MAJOR (medium), MINOR (low) and INFO; newer ones write words \
        that mean what they say.",
    samples: &[("whispers.json", include_bytes!("samples/whispers.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["key", "value", "file", "rule_id", "message", "severity"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Whispers"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn severity_of(word: Option<&str>) -> Severity {
    match word {
        Some("BLOCKER") => Severity::Critical,
        Some("CRITICAL") => Severity::High,
        Some("MAJOR") => Severity::Medium,
        Some("MINOR") => Severity::Low,
        word => word.and_then(severity).unwrap_or(Severity::Info),
    }
}

fn observation(item: Item<'_>) -> Observation {
    let said = item.text("message").unwrap_or_else(|| "Secret".to_owned());
    let named = item.text("key").map_or(said.clone(), |key| format!("{said}: {key}"));
    let mut observation =
        Observation::new(title(&named), severity_of(item.text("severity").as_deref()));
    observation.cwes = vec![798];
    observation.rule = item.text("rule_id").or(Some(said));
    observation.location = item::in_file(item.text("file"), item.line("line"));
    observation
}
