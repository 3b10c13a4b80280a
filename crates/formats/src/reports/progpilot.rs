//! Progpilot: weaknesses in PHP code, by taint or by rule.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "progpilot",
    title: "Progpilot (JSON)",
    how_to_get: "progpilot FILE > report.json",
    manual: "One finding, medium, for each element: rule from `vuln_rule` or `vuln_name`, CWE \
        number from `vuln_cwe`, place from `sink_file` and `sink_line`, else `vuln_file` and \
        `vuln_line`, fingerprint from `vuln_id`. The report knows no severity.",
    samples: &[("progpilot.json", include_bytes!("samples/progpilot.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].vuln_name") && beginning.has("[].vuln_cwe")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Progpilot"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.text("vuln_name").unwrap_or_else(|| "Weakness".to_owned());
    let mut observation = Observation::new(title(&named), Severity::Medium);
    observation.rule = item.text("vuln_rule").or(Some(named));
    let cwe = item.text("vuln_cwe").map(|cwe| cwe.replace('_', "-"));
    observation.cwes = cwe.as_deref().map(super::vocabulary::cwes).unwrap_or_default();
    observation.fingerprint = item.text("vuln_id");
    let path = item.first(&["sink_file", "vuln_file", "source_file/0"]);
    let line = item.line("sink_line").or(item.line("vuln_line"));
    observation.location = item::in_file(path, line);
    let from = item.text("source_name/0").map(|name| format!("Source: {name}"));
    let sink = item.text("sink_name").map(|name| format!("Sink: {name}"));
    observation.description =
        paragraphs([item.text("vuln_description").as_deref(), from.as_deref(), sink.as_deref()]);
    observation
}
