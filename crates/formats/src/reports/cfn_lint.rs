//! cfn-lint's JSON: faults in CloudFormation templates.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cfn_lint",
    title: "cfn-lint (JSON)",
    how_to_get: "cfn-lint --format json --output-file report.json TEMPLATE",
    manual: "One finding for each element: rule from `Rule.Id`, title from the rule's short \
        description, place from `Filename` and `Location.Start.LineNumber`, the message in the \
        description. Error is high, Warning medium, Informational info.",
    samples: &[("cfn_lint.json", include_bytes!("samples/cfn_lint.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].Rule.Id") && beginning.has("[].Level") && beginning.has("[].Location.Start")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("cfn-lint"), None);
    let document = Node::root(source.text);
    each_item(&document, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let word = match item.field("Level").as_deref() {
        Some("Error") => Severity::High,
        Some("Warning") => Severity::Medium,
        _ => Severity::Info,
    };
    let name = item.first_of(&["Rule.ShortDescription", "Message", "Rule.Id"]);
    let mut observation =
        Observation::new(title(name.as_deref().unwrap_or("Fault in a template")), word);
    observation.rule = item.field("Rule.Id");
    observation.location = item.place("Filename", "Location.Start.LineNumber");
    observation.description = item.told(&[
        ("", "Message"),
        ("", "Rule.Description"),
        ("Within", "Location.Path"),
        ("", "Rule.Source"),
    ]);
    observation
}
