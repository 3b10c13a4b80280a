//! Dockle's JSON: how well a container image keeps to good practice.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "dockle",
    title: "Dockle (JSON)",
    how_to_get: "dockle --format json --output report.json IMAGE",
    manual: "One finding for each of `details`, with its alerts in the description: rule from \
        `code`, title, severity from `level`: FATAL is high, WARN medium, INFO low. What was \
        ignored, skipped or passed is none.",
    samples: &[("dockle.json", include_bytes!("samples/dockle.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("summary.fatal") && beginning.has("details")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Dockle"), None);
    let Some(details) = Node::root(source.text).member("details")? else { return Ok(()) };
    each_item(&details, intake, &mut |item, intake| {
        let word = match item.field("level").as_deref() {
            Some("FATAL") => Severity::High,
            Some("INFO") => Severity::Low,
            Some("IGNORE" | "SKIP" | "PASS") => return,
            _ => Severity::Medium,
        };
        intake.observe(observation(item, word));
    })
}

fn observation(item: Item<'_>, word: Severity) -> Observation {
    let named = item.first_of(&["title", "code"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Check without a title")), word);
    observation.rule = item.field("code");
    let alerts = item.texts("alerts");
    observation.description = (!alerts.is_empty()).then(|| alerts.join("\n"));
    observation
}
