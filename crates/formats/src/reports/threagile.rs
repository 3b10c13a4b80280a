//! Threagile: risks that follow from a model of the architecture.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "threagile",
    title: "Threagile (JSON)",
    how_to_get: "threagile analyze-model --model threagile.yaml --output DIRECTORY, then \
        DIRECTORY/risks.json",
    manual: "One finding for each risk: title from `title`, rule from `category`, severity from \
        `severity` (elevated is high), fingerprint from `synthetic_id`, place from \
        `most_relevant_technical_asset`. The status `mitigated` is fixed, `false-positive` a \
        false positive; accepted and the others change nothing and stand in the description.",
    samples: &[("threagile.json", include_bytes!("samples/threagile.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].synthetic_id") && beginning.has("[].exploitation_likelihood")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Threagile"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first(&["title", "category"]).unwrap_or_default();
    let named = named.replace("<b>", "").replace("</b>", "");
    let word = match item.text("severity").as_deref() {
        Some("elevated") => Severity::High,
        word => word.and_then(severity).unwrap_or(Severity::Info),
    };
    let mut observation = Observation::new(title(&named), word);
    observation.rule = item.text("category");
    observation.fingerprint = item.text("synthetic_id");
    let assets = ["most_relevant_technical_asset", "most_relevant_data_asset"];
    observation.location = item::in_file(item.first(&assets), None);
    let status = item.text("risk_status");
    observation.standing = match status.as_deref() {
        Some("mitigated") => Standing::Fixed,
        Some("false-positive") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let told = [
        ("Status", status),
        ("Likelihood", item.text("exploitation_likelihood")),
        ("Impact", item.text("exploitation_impact")),
    ];
    let told = told.into_iter().filter_map(|(name, word)| Some(format!("{name}: {}", word?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([Some(named.as_str()), Some(told.as_str())]);
    observation
}
