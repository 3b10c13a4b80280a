//! What the reports of Qualys share: levels 1 to 5, numbers of checks (QID), scores.

pub mod assets;
pub mod pci;
pub mod scan;
pub mod table;
pub mod vmdr;
pub mod web;

use domain::findings::{Observation, Severity};

use super::html::plain_text;
use super::vocabulary::{
    Rating, SHARED, SHARED_ID, TITLE, beginning_of, cwes, one_line, paragraphs, push_new,
};
use super::xml::Element;

/// What a glossary says about a check; it is told of as often as the check found something.
pub struct Check {
    pub title: String,
    pub severity: Severity,
    pub ids: Vec<String>,
    pub cwes: Vec<u32>,
    pub rating: Rating,
    pub words: Option<String>,
}

impl Check {
    /// `words` are the elements with text about the check.
    pub fn of(item: &Element, words: &[&str]) -> Check {
        let text = |name: &str| item.text_of(name).filter(|text| *text != "N/A").map(plain_text);
        let words: Vec<Option<String>> = words.iter().map(|name| text(name)).collect();
        let words = paragraphs(words.iter().map(Option::as_deref));
        Check {
            title: one_line(item.text_of("TITLE").unwrap_or("Check without a title"), TITLE).0,
            severity: severity_of_level(item.text_of("SEVERITY").unwrap_or_default()),
            ids: cves(item),
            cwes: item.text_of("CWE").map(cwes).unwrap_or_default(),
            rating: Rating::default(),
            words: words.map(|words| beginning_of(&words, SHARED).to_owned()),
        }
    }

    /// A finding of the check of that number; of one that the glossary does not have, only that.
    pub fn found(known: Option<&Check>, number: &str) -> Observation {
        let mut observation = match known {
            Some(check) => Observation::new(check.title.clone(), check.severity),
            None => Observation::new(format!("QID-{number}"), Severity::Info),
        };
        if let Some(check) = known {
            observation.ids.clone_from(&check.ids);
            observation.cwes.clone_from(&check.cwes);
            observation.vector = check.rating.vector();
            observation.score = check.rating.score();
            observation.description.clone_from(&check.words);
        }
        observation.rule = Some(format!("QID-{number}"));
        observation
    }
}

/// Qualys' levels: 5 urgent, 4 critical, 3 serious, 2 medium, 1 minimal.
pub fn severity_of_level(level: &str) -> Severity {
    match level.trim() {
        "5" => Severity::Critical,
        "4" => Severity::High,
        "3" => Severity::Medium,
        "2" => Severity::Low,
        _ => Severity::Info,
    }
}

/// Takes note of a score as Qualys writes it: `9.0 (AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:H/A:H)`, with
/// the vector in brackets and without its version, or alone. `-` is none.
pub fn offer(rating: &mut Rating, written: Option<&str>) {
    let Some(written) = written else { return };
    let (score, vector) = match written.split_once('(') {
        Some((score, vector)) => (score, Some(vector.trim().trim_end_matches(')').trim())),
        None => (written, None),
    };
    let vector = vector.map(|vector| match vector.contains("/PR:") && vector.starts_with("AV:") {
        true => format!("CVSS:3.1/{vector}"),
        false => vector.to_owned(),
    });
    rating.offer(vector.as_deref(), score.trim().parse().ok());
}

/// The CVE identifiers in `CVE_ID_LIST`.
pub fn cves(element: &Element) -> Vec<String> {
    let mut found = Vec::new();
    for id in element.listed("CVE_ID_LIST", "CVE_ID").filter_map(|one| one.text_of("ID")) {
        push_new(&mut found, beginning_of(id, SHARED_ID).to_owned());
    }
    found
}
