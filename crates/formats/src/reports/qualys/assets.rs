//! Qualys VMDR's scan report as XML (`ASSET_DATA_REPORT`): what was found at each host.
//!
//! The hosts come first and name checks by number; the glossary that explains them comes last. So
//! the document is walked twice.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity, Standing};

use super::super::folding::address;
use super::super::html::plain_text;
use super::super::vocabulary::{Rating, TITLE, one_line, paragraphs};
use super::super::xml::{Element, each_item};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::{cves, offer, severity_of_level};

pub const REPORT: Report = Report {
    name: "qualys",
    title: "Qualys scan report (XML)",
    how_to_get: "in Qualys VMDR: Reports, New, Scan Report, format XML",
    manual: "One finding for each `VULN_INFO` of a host, with what the glossary says about its \
        QID: title, `SEVERITY` (5 critical, 4 high, 3 medium, 2 low, 1 info), CVE identifiers, \
        vector and score. Rule is the QID, the place is the host's name or address with the port. \
        Potential vulnerabilities (`Practice`) and information (`Ig`) are told like the others. \
        The status *Fixed* closes.",
    samples: &[("qualys_assets.xml", include_bytes!("../samples/qualys_assets.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "ASSET_DATA_REPORT")
}

/// What the glossary says about a check.
struct Check {
    title: String,
    severity: Severity,
    ids: Vec<String>,
    rating: Rating,
    words: Option<String>,
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys"), None);
    let mut checks = BTreeMap::new();
    each_item(source.text, &["VULN_DETAILS"], |item, _| {
        if let Some(number) = item.text_of("QID") {
            checks.insert(number.to_owned(), check(&item));
        }
    })?;
    let mut host = None;
    each_item(source.text, &["IP", "DNS", "NETBIOS", "VULN_INFO"], |item, around| {
        let of_host = around.last().is_some_and(|parent| parent.name == "HOST");
        match item.name.as_str() {
            "VULN_INFO" => intake.observe(observation(&item, host.as_deref(), &checks)),
            "IP" | "DNS" if of_host => host = item.words().map(str::to_owned).or(host.take()),
            _ => {}
        }
    })
}

fn check(item: &Element) -> Check {
    let mut rating = Rating::default();
    let base = |list: &str, name: &str| item.child(list).and_then(|list| list.text_of(name));
    offer(&mut rating, base("CVSS3_SCORE", "CVSS3_BASE"));
    offer(&mut rating, base("CVSS_SCORE", "CVSS_BASE"));
    let words = ["THREAT", "IMPACT", "SOLUTION"]
        .map(|name| item.text_of(name).filter(|text| *text != "N/A").map(plain_text));
    Check {
        title: item.text_of("TITLE").unwrap_or("Check without a title").to_owned(),
        severity: severity_of_level(item.text_of("SEVERITY").unwrap_or_default()),
        ids: cves(item),
        rating,
        words: paragraphs(words.iter().map(Option::as_deref)),
    }
}

fn observation(
    item: &Element,
    host: Option<&str>,
    checks: &BTreeMap<String, Check>,
) -> Observation {
    let number = item.text_of("QID").unwrap_or_default();
    let known = checks.get(number);
    let mut observation = match known {
        Some(check) => Observation::new(one_line(&check.title, TITLE).0, check.severity),
        None => Observation::new(format!("QID-{number}"), Severity::Info),
    };
    observation.rule = Some(format!("QID-{number}"));
    if let Some(check) = known {
        observation.ids.clone_from(&check.ids);
        (observation.vector, observation.score) = (check.rating.vector(), check.rating.score());
    }
    let url = address(host, item.text_of("PORT"), item.text_of("PROTOCOL"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    if item.text_of("VULN_STATUS") == Some("Fixed") {
        observation.standing = Standing::Fixed;
    }
    let words = known.and_then(|check| check.words.as_deref());
    observation.description = paragraphs([words, item.text_of("RESULT")]);
    observation
}
