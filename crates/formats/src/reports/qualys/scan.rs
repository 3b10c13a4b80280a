//! A Qualys scan as downloaded from the web interface (`SCAN`): vulnerabilities of each address.

use domain::findings::{Location, Observation};

use super::super::html::plain_text;
use super::super::vocabulary::{Rating, TITLE, one_line, paragraphs};
use super::super::xml::{Element, each_item};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::{cves, offer, severity_of_level};

pub const REPORT: Report = Report {
    name: "qualys_scan",
    title: "Qualys scan results (XML)",
    how_to_get: "in Qualys VMDR: Scans, the scan, View, Download, XML",
    manual: "One finding for each `VULN` of an address: title from `TITLE`, severity from the \
        attribute `severity` (5 critical, 4 high, 3 medium, 2 low, 1 info), rule from `number` \
        (the QID), CVE identifiers from `CVE_ID_LIST`, score from `CVSS3_BASE`, then \
        `CVSS_BASE`; the place is the host's name or address. Potential vulnerabilities \
        (`PRACTICES`), services and information are left out, the first with a remark.",
    samples: &[("qualys_scan.xml", include_bytes!("../samples/qualys_scan.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let shape = ["HEADER", "KEY"].into_iter().all(|name| beginning.begins_with_element(name));
    shape && beginning.root().is_some_and(|(name, _)| name == "SCAN")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys"), None);
    each_item(source.text, &["VULN", "PRACTICE"], |item, around| {
        if item.name == "PRACTICE" {
            intake.remark("a potential vulnerability (PRACTICE) was left out");
            return;
        }
        let host = around.iter().rev().find(|element| element.name == "IP");
        let host = host.and_then(|host| host.attribute("name").or(host.attribute("value")));
        let mut observation = observation(&item);
        let url = host.map(str::to_owned);
        observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
        intake.observe(observation);
    })
}

fn observation(item: &Element) -> Observation {
    let number = item.attribute("number").unwrap_or_default();
    let title = item.text_of("TITLE").unwrap_or("Vulnerability without a title");
    let severity = severity_of_level(item.attribute("severity").unwrap_or_default());
    let mut observation = Observation::new(one_line(title, TITLE).0, severity);
    let mut rating = Rating::default();
    offer(&mut rating, item.text_of("CVSS3_BASE"));
    offer(&mut rating, item.text_of("CVSS_BASE"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.rule = Some(format!("QID-{number}"));
    observation.ids = cves(item);
    let words = ["DIAGNOSIS", "CONSEQUENCE", "SOLUTION", "RESULT"];
    let words = words.map(|name| item.text_of(name).filter(|text| *text != "N/A").map(plain_text));
    observation.description = paragraphs(words.iter().map(Option::as_deref));
    observation
}
