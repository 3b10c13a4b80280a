//! Infer's JSON: bugs in Java, C, C++ and Objective-C.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "infer",
    title: "Infer (JSON)",
    how_to_get: "infer run -- make; the report is infer-out/report.json",
    manual: "One finding for each element: rule from `bug_type`, title from its readable form, \
        place from `file` and `line`. Severity: ERROR is high, WARNING medium, INFO low, ADVICE \
        info, another word medium.",
    samples: &[("infer.json", include_bytes!("samples/infer.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].bug_type") && beginning.has("[].qualifier")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Infer"), None);
    each_item(&Node::root(source.text), intake, &mut |item, intake| {
        intake.observe(observation(item));
    })
}

fn observation(item: Item<'_>) -> Observation {
    let word = match item.field("severity").as_deref() {
        Some("ERROR") => Severity::High,
        Some("INFO") => Severity::Low,
        Some("ADVICE") => Severity::Info,
        _ => Severity::Medium,
    };
    let named = item.first_of(&["bug_type_hum", "bug_type"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Bug of no type")), word);
    observation.rule = item.field("bug_type");
    observation.location = item.in_file("file", "line");
    observation.description =
        item.told(&[("", "qualifier"), ("Category", "category"), ("Procedure", "procedure")]);
    observation
}
