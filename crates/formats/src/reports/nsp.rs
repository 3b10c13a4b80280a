//! nsp, the Node Security Platform: the forerunner of `npm audit`, for reports of old.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, identifiers, paragraphs, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nsp",
    title: "Node Security Platform (JSON)",
    how_to_get: "nsp check --reporter json > report.json",
    manual: "One finding for each element: title from `title`, rule from `id` or `advisory`, \
        severity and score from `cvss_score` (none is medium), vector from `cvss_vector`, \
        identifiers from `cves`, package from `module` and `version`, fixed versions from \
        `patched_versions`; the path through the dependencies is in the description.",
    samples: &[("nsp.json", include_bytes!("samples/nsp.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].module")
        && beginning.has("[].patched_versions")
        && beginning.has("[].advisory")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("nsp"), None);
    item::each(&Node::root(source.text), intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let name = item.text("module");
    let said = item.first(&["title", "advisory"]).unwrap_or_default();
    let named = name.as_deref().map_or(said.clone(), |name| format!("{name}: {said}"));
    let mut rating = Rating::default();
    rating.offer(item.text("cvss_vector").as_deref(), item.number("cvss_score"));
    let score = item.number("cvss_score");
    let mut observation =
        Observation::new(title(&named), score.map_or(Severity::Medium, severity_of_score));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.rule = item.first(&["id", "advisory"]);
    observation.ids = item.texts("cves").iter().flat_map(|text| identifiers(text)).collect();
    let version = item.first(&["version", "installed"]);
    observation.package = item::package(name, version, item.text("patched_versions"));
    let path = item.texts("path").join(" > ");
    observation.description = paragraphs([
        item.text("overview").as_deref(),
        item.text("recommendation").as_deref(),
        Some(path.as_str()),
        item.text("advisory").as_deref(),
    ]);
    observation
}
