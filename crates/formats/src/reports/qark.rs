//! QARK: weaknesses in Android applications.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "qark",
    title: "QARK (JSON)",
    how_to_get: "qark --apk FILE --report-type json",
    manual: "One finding for each element: title and rule from `name`, severity from `severity` \
        (VULNERABILITY is high, WARNING medium, others info), place from `file_object` and the \
        first of `line_number`.",
    samples: &[("qark.json", include_bytes!("samples/qark.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].apk_exploit_dict") && beginning.has("[].file_object")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("QARK"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.text("name").unwrap_or_else(|| "Weakness".to_owned());
    let word = match item.text("severity").as_deref() {
        Some("VULNERABILITY") => Severity::High,
        Some("WARNING") => Severity::Medium,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(&named), word);
    observation.rule = Some(named);
    let line = item.line("line_number/0").or(item.line("line_number"));
    observation.location = item::in_file(item.text("file_object"), line);
    let tag = item.text("apk_exploit_dict/tag_name").map(|tag| format!("Component: {tag}"));
    observation.description = paragraphs([item.text("description").as_deref(), tag.as_deref()]);
    observation
}
