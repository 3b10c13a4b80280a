//! Qualys Web Application Scanning's report as XML (`WAS_SCAN_REPORT`).
//!
//! What was found comes first and names checks by number; the glossary that explains them comes
//! last. So the document is walked twice. A check that fired at several addresses is one finding.

use std::collections::BTreeMap;

use domain::findings::{Observation, Severity, Standing};

use super::super::folding::Folding;
use super::super::item::at_url;
use super::super::vocabulary::{SHARED, beginning_of};
use super::super::xml::{Element, each_item};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::{Check, offer};

pub const REPORT: Report = Report {
    name: "qualys_web",
    title: "Qualys Web Application Scanning (XML)",
    how_to_get: "in Qualys WAS: Reports, New Report, Scan Report, format XML",
    manual: "One finding for each QID of `VULNERABILITY`, `SENSITIVE_CONTENT` and \
        `INFORMATION_GATHERED`, with what the glossary says about it: title, `SEVERITY` (5 \
        critical, 4 high, 3 medium, 2 and 1 low), CWE number and score. The place is the \
        web application, where it is one; where it was seen is listed in the description. What is information is info, \
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
        for item in list.children {
            if let Some(number) = item.text_of("QID") {
                let mut check = Check::of(&item, &["DESCRIPTION", "IMPACT", "SOLUTION"]);
                let base = item.text_of("CVSS_V3_BASE").or(item.text_of("CVSS_BASE"));
                offer(&mut check.rating, base);
                checks.insert(number.to_owned(), check);
            }
        }
    })?;
    let (mut application, mut applications) = (None, 0_u32);
    each_item(source.text, &["WEBAPP"], |item, _| {
        applications += 1;
        application = item.text_of("URL").map(|url| beginning_of(url, SHARED).to_owned());
    })?;
    let application = application.filter(|_| applications == 1);
    let mut folding = Folding::default();
    each_item(source.text, &ITEMS, |item, _| {
        if let Some(number) = item.text_of("QID") {
            let observation = observation(&item, number, checks.get(number));
            folding.add_within(&[&item.name, number], application.as_deref(), observation);
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: &Element, number: &str, check: Option<&Check>) -> Observation {
    let mut observation = Check::found(check, number);
    observation.severity = match item.name.as_str() {
        "INFORMATION_GATHERED" => Severity::Info,
        _ => observation.severity.max(Severity::Low),
    };
    observation.location = at_url(item.text_of("URL").map(str::to_owned));
    if item.text_of("IGNORED") == Some("true") {
        observation.standing = Standing::FalsePositive;
    }
    observation
}
