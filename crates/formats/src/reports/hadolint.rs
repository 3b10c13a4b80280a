//! Hadolint's JSON: what is wrong in Dockerfiles.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "hadolint",
    title: "Hadolint (JSON)",
    how_to_get: "hadolint --format json Dockerfile > report.json",
    manual: "One finding for each entry: rule from `code`, title from `message`, place from \
        `file` and `line`. Severity: `level`; error is critical, warning high, info and style are \
        info. An empty list names no tool: give the format's name then.",
    samples: &[("hadolint.json", include_bytes!("samples/hadolint.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["code", "level", "message", "file", "line"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Hadolint"), None);
    item::each(&Node::root(source.text), intake, |one, intake| intake.observe(observation(one)))
}

fn observation(entry: Item<'_>) -> Observation {
    let message = entry.text("message");
    let named = entry.first(&["message", "code"]).unwrap_or_else(|| "Entry of no rule".to_owned());
    let severity = match entry.text("level").as_deref() {
        Some("error") => Severity::Critical,
        Some("warning") => Severity::High,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(&named), severity);
    observation.rule = entry.text("code");
    observation.location = item::in_file(entry.text("file"), entry.line("line"));
    observation.description = paragraphs([message.as_deref()]);
    observation
}
