//! cwe_checker's JSON: weaknesses in compiled programs.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cwe_checker",
    title: "cwe_checker (JSON)",
    how_to_get: "cwe_checker --json --out report.json BINARY",
    manual: "One finding for each element, all medium, because cwe_checker names no severity: rule \
        and CWE number from `name`, title from the words in brackets with which the description \
        begins, the first symbol or address as the place.",
    samples: &[("cwe_checker.json", include_bytes!("samples/cwe_checker.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["name", "version", "addresses", "tids", "symbols"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("cwe_checker"), None);
    each_item(&Node::root(source.text), intake, &mut |item, intake| {
        intake.observe(observation(item));
    })
}

fn observation(item: Item<'_>) -> Observation {
    let text = item.field("description").unwrap_or_default();
    let bracketed = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let rule = item.field("name");
    let named = bracketed.map(|(name, _)| name).or(rule.as_deref()).unwrap_or("Weakness");
    let mut observation = Observation::new(title(named), Severity::Medium);
    observation.cwes = rule.as_deref().map(cwes).unwrap_or_default();
    observation.rule = rule;
    let symbols = item.texts("symbols");
    let addresses = item.texts("addresses");
    let place = symbols.first().or(addresses.first()).cloned();
    observation.location = place.map(|path| Location { path: Some(path), ..Location::default() });
    let at = (!addresses.is_empty()).then(|| format!("Addresses: {}", addresses.join(", ")));
    let text = bracketed.map_or(text.as_str(), |(_, rest)| rest);
    observation.description = paragraphs([Some(text), at.as_deref()]);
    observation
}
