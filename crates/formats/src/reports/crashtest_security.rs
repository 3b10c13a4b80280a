//! Crashtest Security's JSON: what its scanners found, with descriptions kept apart.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, listed};
use super::json::Node;
use super::vocabulary::{paragraphs, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "crashtest_security",
    title: "Crashtest Security (JSON)",
    how_to_get: "Crashtest Security: scan > Export > JSON",
    manual: "One finding for each element of each scanner in `findings`, with title, severity (by \
        the base score), remedy and reference from the entry of `descriptions` of the same slug; \
        and one for each of its `cve_findings`, with identifier, score and product. Rule from the \
        slug, address from the words where they name one.",
    samples: &[("crashtest_security.json", include_bytes!("samples/crashtest_security.json"))],
    recognises,
    read,
};

/// Descriptions that are kept to be looked up; honest reports have some dozens.
const DESCRIPTIONS: usize = 10_000;

fn recognises(beginning: &Beginning) -> bool {
    let has = |above: &str| {
        beginning.has(&format!("{above}descriptions[].slug"))
            && beginning.has(&format!("{above}findings"))
    };
    has("") || has("data.")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Crashtest Security"), None);
    let document = Node::root(source.text);
    let data = document.member("data")?.unwrap_or(document);
    let mut described = BTreeMap::new();
    if let Some(list) = data.member("descriptions")? {
        each_item(&list, intake, &mut |item, _| {
            if let Some(slug) = item.field("slug").filter(|_| described.len() < DESCRIPTIONS) {
                described.insert(slug, Description::of(item));
            }
        })?;
    }
    let mut outcome = Ok(());
    listed(&data, "findings")?.each_member(|_, list| {
        if outcome.is_ok() {
            outcome = each_item(&list, intake, &mut |item, intake| {
                let slug = item.field("finding_description_slug").unwrap_or_default();
                intake.observe(observation(item, &slug, described.get(&slug)));
                for cve in item.items("cve_findings") {
                    intake.observe(of_product(cve));
                }
            });
        }
    })?;
    outcome
}

struct Description {
    title: Option<String>,
    score: Option<f64>,
    text: Option<String>,
}

impl Description {
    fn of(item: Item<'_>) -> Description {
        Description {
            title: item.field("title"),
            score: item.number("baseScore"),
            text: item.told(&[
                ("", "description"),
                ("How to fix", "how_to_fix"),
                ("", "reference_resolution"),
                ("", "reference_owasp"),
            ]),
        }
    }
}

fn observation(item: Item<'_>, slug: &str, described: Option<&Description>) -> Observation {
    let title = described.and_then(|described| described.title.clone());
    let score = described.and_then(|described| described.score);
    let title = title.unwrap_or_else(|| format!("Finding of {slug}"));
    let word = score.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title, word);
    observation.score = score.filter(|score| *score > 0.0);
    observation.rule = (!slug.is_empty()).then(|| slug.to_owned());
    observation.location = item.field("information").as_deref().and_then(address_in);
    let text = described.and_then(|described| described.text.as_deref());
    observation.description = paragraphs([item.field("information").as_deref(), text]);
    observation
}

/// The first address that the words name.
fn address_in(words: &str) -> Option<Location> {
    let start = words.find("https://").or_else(|| words.find("http://"))?;
    let url = words[start..].split([' ', '"', '\'', '<', ',']).next()?.trim_end_matches('.');
    Some(Location { url: Some(url.to_owned()), ..Location::default() })
}

fn of_product(cve: Item<'_>) -> Observation {
    let id = cve.field("cve_id").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let score = cve.number("cvss");
    let package = cve.package("product", "version", "");
    let title = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => id,
    };
    let mut observation = Observation::new(title, score.map_or(Severity::Info, severity_of_score));
    observation.ids = cve.field("cve_id").into_iter().collect();
    observation.score = score.filter(|score| *score > 0.0);
    observation.package = package;
    observation.description = cve.field("information");
    observation
}
