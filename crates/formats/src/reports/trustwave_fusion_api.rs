//! Trustwave Fusion: findings of its scans, as its API lists them.
//!
//! The API lists a thing anew for each job that saw it; entries of one name at one place are one
//! finding. What is not there it writes as the word `None`.

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trustwave_fusion_api",
    title: "Trustwave Fusion findings (JSON)",
    how_to_get: "GET /v2/findings of the service",
    manual: "One finding for each name and place in `items`: title from `name`, rule from \
        `kb.id`, severity from `severity` (none is info), identifiers from `kb.cves`, score from \
        `kb.cvssV3BaseScore` or `kb.cvssV2BaseScore`, package from `location.applicationName` and \
        the version in `applicationCpe`, place from `location.url`, else address and port. Where \
        there are further pages (`lastPageNumber`), the scan was not whole.",
    samples: &[("trustwave_fusion_api.json", include_bytes!("samples/trustwave_fusion_api.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let listed = beginning.has("items[].externalFindingId") && beginning.has("items[].kb");
    let nothing =
        beginning.has("items") && beginning.has("lastPageNumber") && !beginning.has("items[]");
    listed || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Trustwave Fusion"), None);
    let page = source.beginning.text("lastPageNumber").and_then(|page| page.parse::<u64>().ok());
    if page.is_some_and(|page| page > 1) {
        intake.tool_failed("this is one page of several (lastPageNumber)");
    }
    let list = Node::root(source.text).required("items")?;
    let mut folding = Folding::default();
    item::each(&list, intake, |item, _| {
        let observation = observation(item);
        let place = observation.location.as_ref().and_then(|place| place.url.clone());
        let title = observation.title.clone();
        folding.add(&[&title, place.as_deref().unwrap_or_default()], observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn said(item: Item<'_>, path: &str) -> Option<String> {
    item.text(path).filter(|text| text != "None")
}

fn observation(item: Item<'_>) -> Observation {
    let named = said(item, "name").unwrap_or_else(|| "Finding".to_owned());
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = said(item, "kb/id").or(Some(named));
    observation.ids = item.texts("kb/cves").iter().flat_map(|text| identifiers(text)).collect();
    let scores = ["kb/cvssV3BaseScore", "kb/cvssV2BaseScore"];
    let score = scores.iter().filter_map(|path| item.number(path)).find(|score| *score > 0.0);
    observation.score = score;
    let cpe = said(item, "location/applicationCpe");
    let version = cpe.as_deref().and_then(|cpe| cpe.split(':').nth(4)).map(str::to_owned);
    observation.package = item::package(said(item, "location/applicationName"), version, None);
    let host = said(item, "location/domain").or_else(|| said(item, "location/ip"));
    let port = said(item, "location/port");
    let address = host.map(|host| port.map_or(host.clone(), |port| format!("{host}:{port}")));
    observation.location = item::at_url(said(item, "location/url").or(address));
    observation.description = paragraphs([said(item, "classification").as_deref()]);
    observation
}
