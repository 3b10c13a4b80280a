//! Checkmarx OSA: vulnerable libraries, written as a list of vulnerabilities and a list of
//! libraries.

use std::collections::BTreeMap;

use domain::findings::{Observation, Package, Severity, Standing};
use serde_json::Value;

use super::fields::{Fields, Item, each_item, each_node};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "checkmarx_osa",
    title: "Checkmarx OSA (JSON)",
    how_to_get: "put the answers of /cxrestapi/osa/vulnerabilities?scanId=ID and \
        /cxrestapi/osa/libraries?scanId=ID into one list: [VULNERABILITIES, LIBRARIES]",
    manual: "One finding for each vulnerability: identifier from `cveName`, severity from \
        `severity.name`, score from `score`, package from the library that `libraryId` names, \
        fixed version from `recommendations` where it says nothing but `Upgrade to`. The state \
        NOT_EXPLOITABLE is a false positive. Libraries alone are no findings.",
    samples: &[("checkmarx_osa.json", include_bytes!("samples/checkmarx_osa.json"))],
    recognises,
    read,
};

/// Libraries that are kept to be looked up; honest reports have some thousands.
const LIBRARIES: usize = 100_000;

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[][].cveName") && beginning.has("[][].libraryId")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Checkmarx OSA"), None);
    let mut libraries = BTreeMap::new();
    each_node(&document, &mut |list| {
        each_item(&list, intake, &mut |item, _| {
            if let (Some(id), None) = (item.field("id"), item.at("libraryId"))
                && libraries.len() < LIBRARIES
            {
                let library = (item.field("name"), item.field("version"));
                libraries.insert(id, library);
            }
        })
    })?;
    each_node(&document, &mut |list| {
        each_item(&list, intake, &mut |item, intake| {
            if item.at("libraryId").is_some() {
                intake.observe(observation(item, &libraries));
            }
        })
    })
}

fn observation(
    item: Item<'_>,
    libraries: &BTreeMap<String, (Option<String>, Option<String>)>,
) -> Observation {
    let id = item.first_of(&["cveName", "id"]).unwrap_or_default();
    let library = item.field("libraryId").and_then(|id| libraries.get(&id));
    let package = library.and_then(|(name, version)| {
        Some(Package {
            name: name.clone()?,
            version: version.clone(),
            fixed: fixed(item),
            purl: None,
        })
    });
    let title = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => id,
    };
    let word = item.severity("severity.name").or_else(|| item.severity("severity"));
    let mut observation = Observation::new(title, word.unwrap_or(Severity::Info));
    observation.ids = item.field("cveName").into_iter().collect();
    observation.score = item.number("score");
    observation.package = package;
    let state = item.field("state.name");
    if state.as_deref() == Some("NOT_EXPLOITABLE") {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = item.told(&[
        ("", "description"),
        ("", "recommendations"),
        ("State", "state.name"),
        ("", "url"),
    ]);
    observation
}

/// The version in `Upgrade to 2.10.5.1`.
fn fixed(item: Item<'_>) -> Option<String> {
    let Some(Value::String(text)) = item.at("recommendations").map(|item| item.0) else {
        return None;
    };
    let version = text.trim().strip_prefix("Upgrade to ")?.trim().trim_end_matches('.');
    let is_one = version.starts_with(|first: char| first.is_ascii_digit());
    (is_one && !version.contains(char::is_whitespace)).then(|| version.to_owned())
}
