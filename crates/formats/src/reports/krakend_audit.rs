//! KrakenD's audit of the configuration of an API gateway.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "krakend_audit",
    title: "KrakenD audit (JSON)",
    how_to_get: "krakend audit --config krakend.json \
        --format '{{ marshal . }}' > report.json",
    manual: "One finding for each of `recommendations` that names a rule: rule, title from the \
        message, severity as named.",
    samples: &[("krakend_audit.json", include_bytes!("samples/krakend_audit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.members("") == ["recommendations", "stats"]
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("KrakenD"), None);
    let list = listed(&Node::root(source.text), "recommendations")?;
    each_item(&list, intake, &mut |item, intake| {
        if let Some(rule) = item.field("rule") {
            intake.observe(observation(item, rule));
        }
    })
}

fn observation(item: Item<'_>, rule: String) -> Observation {
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let message = item.field("message");
    let mut observation = Observation::new(title(message.as_deref().unwrap_or(&rule)), word);
    observation.rule = Some(rule);
    observation.description = message;
    observation
}
