//! Threat Composer: threats that people wrote down about an application.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "threat_composer",
    title: "Threat Composer (JSON)",
    how_to_get: "Threat model, Export data",
    manual: "One finding for each of `threats`: title from `threatAction` or `statement`, \
        severity from the Priority in `metadata` (none is info), fingerprint from `id`, CWE \
        numbers from `tags`. The status `threatResolved` is fixed, `threatResolvedNotUseful` a \
        false positive. Mitigations and assumptions are left out.",
    samples: &[("threat_composer.json", include_bytes!("samples/threat_composer.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("threats") && beginning.has("assumptionLinks") && beginning.has("schema")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Threat Composer"), None);
    let list = Node::root(source.text).required("threats")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first(&["threatAction", "statement", "threatSource"]).unwrap_or_default();
    let metadata = item.list("metadata");
    let priority = metadata.iter().find(|entry| entry.text("key").as_deref() == Some("Priority"));
    let word = priority.and_then(|entry| entry.severity("value")).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.fingerprint = item.text("id");
    observation.rule = item.text("id");
    let tags = item.texts("tags").into_iter().filter(|tag| tag.starts_with("CWE-"));
    observation.cwes = tags.flat_map(|tag| super::vocabulary::cwes(&tag)).collect();
    observation.standing = match item.text("status").as_deref() {
        Some("threatResolved") => Standing::Fixed,
        Some("threatResolvedNotUseful") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let assets = item.texts("impactedAssets").join(", ");
    let assets = (!assets.is_empty()).then(|| format!("Impacted assets: {assets}"));
    observation.description = paragraphs([item.text("statement").as_deref(), assets.as_deref()]);
    observation
}
