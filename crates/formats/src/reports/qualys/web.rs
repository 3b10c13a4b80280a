//! Qualys Web Application Scanning's report as XML (`WAS_SCAN_REPORT`).
//!
//! What was found comes first and names checks by number; the glossary that explains them comes
//! last. So the document is walked twice. A check that fired at several addresses is one finding.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity, Standing};

use super::super::folding::Folding;
use super::super::html::plain_text;
use super::super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs};
use super::super::xml::{Element, each_item};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::{offer, severity_of_level};

pub const REPORT: Report = Report {
    name: "qualys_web",
    title: "Qualys Web Application Scanning (XML)",
    how_to_get: "in Qualys WAS: Reports, New Report, Scan Report, format XML",
    manual: "One finding for each QID of `VULNERABILITY`, `SENSITIVE_CONTENT` and \
        `INFORMATION_GATHERED`, with what the glossary says about it: title, `SEVERITY` (5 \
        critical, 4 high, 3 medium, 2 and 1 low), CWE number and score. The place is `URL` of \
        the first, the others are listed in the description. What is information is info, \
        whatever its level. An ignored vulnerability is a false positive.",
    samples: &[("qualys_web.xml", include_bytes!("../samples/qualys_web.xml"))],
    recognises,
    read,
};

/// What is told of; other elements of these names are parts of the summary.
const ITEMS: [&str; 3] = ["VULNERABILITY", "SENSITIVE_CONTENT", "INFORMATION_GATHERED"];

fn recognises(beginning: &Beginning) -> bool {
    beginning
        .root()
        .is_some_and(|(name, _)| matches!(name, "WAS_SCAN_REPORT" | "WAS_WEBAPP_REPORT"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys Web Application Scanning"), None);
    let mut checks = BTreeMap::new();
    each_item(source.text, &["QID_LIST"], |list, _| {
        for check in list.children {
            if let Some(number) = check.text_of("QID") {
                checks.insert(number.to_owned(), check);
            }
        }
    })?;
    let mut folding = Folding::default();
    each_item(source.text, &ITEMS, |item, _| {
        if let Some(number) = item.text_of("QID") {
            folding.add(&[&item.name, number], observation(&item, number, checks.get(number)));
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: &Element, number: &str, check: Option<&Element>) -> Observation {
    let said = |name: &str| check.and_then(|check| check.text_of(name));
    let level = severity_of_level(said("SEVERITY").unwrap_or_default()).max(Severity::Low);
    let severity = if item.name == "INFORMATION_GATHERED" { Severity::Info } else { level };
    let title = said("TITLE").unwrap_or("Check without a title");
    let mut observation = Observation::new(one_line(title, TITLE).0, severity);
    let mut rating = Rating::default();
    offer(&mut rating, said("CVSS_V3_BASE").or(said("CVSS_BASE")));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.rule = Some(format!("QID-{number}"));
    observation.cwes = said("CWE").map(cwes).unwrap_or_default();
    let url = item.text_of("URL").map(str::to_owned);
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    if item.text_of("IGNORED") == Some("true") {
        observation.standing = Standing::FalsePositive;
    }
    let words = ["DESCRIPTION", "IMPACT", "SOLUTION"];
    let words = words.map(|name| said(name).filter(|text| *text != "N/A").map(plain_text));
    observation.description = paragraphs(words.iter().map(Option::as_deref));
    observation
}
