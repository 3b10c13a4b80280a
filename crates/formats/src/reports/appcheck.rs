//! AppCheck's web application scanner.

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item, listed};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::{Rating, identifiers, paragraphs, push_new, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "appcheck",
    title: "AppCheck (JSON)",
    how_to_get: "AppCheck: scan > Reports > Export > JSON",
    manual: "One finding for each of `items`; those of one severity, title, address and engine are \
        one. Severity from the CVSS v4, v3 or v2 base score (v2 is never critical), info without; \
        identifiers from `cves`, fingerprint from `_id`, address from `url`, `host` or the IP \
        address with the port. The status fixed is fixed, false_positive is one.",
    samples: &[("appcheck.json", include_bytes!("samples/appcheck.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("items[].cvss_vector") && beginning.has("items[].title");
    let nothing = beginning.members("") == ["hosts", "items"] && !beginning.has("items[]");
    found || (beginning.has("items[]._id") && beginning.has("items[].mss_confirmed")) || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("AppCheck"), None);
    let mut folding = Folding::default();
    each_item(&listed(&Node::root(source.text), "items")?, intake, &mut |item, _| {
        let observation = observation(item);
        let engine = item.field("meta.scanning_engine.name").unwrap_or_default();
        let place = observation.location.as_ref().and_then(|place| place.url.clone());
        let title = observation.title.clone();
        let word = observation.severity.word();
        folding.add(&[word, &title, place.as_deref().unwrap_or_default(), &engine], observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.field("title").unwrap_or_else(|| "Item without a title".to_owned());
    let mut observation = Observation::new(title(&plain(&named)), severity_of(item));
    for id in item.texts("cves").iter().flat_map(|text| identifiers(text)) {
        push_new(&mut observation.ids, id);
    }
    let mut rating = Rating::default();
    for version in ["cvss_v4", "cvss_v3", "cvss"] {
        let score = item.number(&format!("{version}_base_score"));
        rating.offer(item.field(&format!("{version}_vector")).as_deref(), score);
    }
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.fingerprint = item.field("_id");
    observation.location = address(item);
    observation.standing = match item.field("status").unwrap_or_default().as_str() {
        "fixed" => Standing::Fixed,
        "false_positive" => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let mut texts: Vec<String> = item.field("description").iter().map(|text| plain(text)).collect();
    for (name, part) in item.members("details") {
        if let Some(text) = part.0.as_str().filter(|text| !text.trim().is_empty()) {
            texts.push(format!("{name}: {}", plain(text)));
        }
    }
    texts.extend(item.field("solution").map(|text| format!("How to fix: {}", plain(&text))));
    observation.description = paragraphs(texts.iter().map(|text| Some(text.as_str())));
    observation
}

fn severity_of(item: Item<'_>) -> Severity {
    let score = |name: &str| item.number(name).filter(|score| *score > 0.0);
    if let Some(score) = score("cvss_v4_base_score").or_else(|| score("cvss_v3_base_score")) {
        return severity_of_score(score);
    }
    let v2 = score("cvss_base_score").map(severity_of_score);
    v2.map_or(Severity::Info, |word| word.min(Severity::High))
}

/// AppCheck marks its own markup by brackets.
fn plain(text: &str) -> String {
    text.replace("[[markup]]", "").replace("[[", "").replace("]]", "").trim().to_owned()
}

fn address(item: Item<'_>) -> Option<Location> {
    let host = item.first_of(&["url", "host", "ipv4_address"])?;
    let port = item.field("port").filter(|port| port != "0" && !host.contains("://"));
    let url = match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    Some(Location { url: Some(url), ..Location::default() })
}
