//! What the reports of Qualys share: levels 1 to 5, numbers of checks (QID), scores.

pub mod assets;
pub mod pci;
pub mod scan;
pub mod table;
pub mod vmdr;
pub mod web;

use domain::findings::Severity;

use super::vocabulary::{Rating, push_new};
use super::xml::Element;

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
        push_new(&mut found, id.to_owned());
    }
    found
}
