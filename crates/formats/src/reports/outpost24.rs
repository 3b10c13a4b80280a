//! Outpost24 (OUTSCAN, HIAB): vulnerabilities of hosts.

use domain::findings::{Observation, Severity, Standing};

use super::folding::address;
use super::item;
use super::vocabulary::{Rating, paragraphs, push_new, severity_of_score, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "outpost24",
    title: "Outpost24 report (XML)",
    how_to_get: "Reporting Tools, Export, XML, Full report",
    manual: "One finding for each `detail`: title from `name`, rule from `id`, identifiers from \
        `cve`, vector and score from `cvss_v3_vector` and `cvss_v3_score`, else from \
        `cvss_vector` and `cvss_score`, severity from the score, without one from `risk` (4 \
        critical, 2 high, 1 medium, others low), place from `hostname` or `ip` and the port. One marked `falsepositive` is a false positive.",
    samples: &[("outpost24.xml", include_bytes!("samples/outpost24.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "main")
        && beginning.begins_with_element("reportinfo")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Outpost24"), None);
    xml::each_item(source.text, &["detail"], |detail, _| intake.observe(observation(&detail)))
}

fn observation(detail: &Element) -> Observation {
    let named = detail.text_of("name").unwrap_or("Vulnerability");
    let number = |name: &str| detail.text_of(name).and_then(|text| text.parse::<f64>().ok());
    let scores = ["cvss_v3_score", "cvss_score"].into_iter().filter_map(number);
    let word = scores.into_iter().find(|score| *score > 0.0).map(severity_of_score);
    let word = word.unwrap_or_else(|| match detail.text_of("risk") {
        Some("4") => Severity::Critical,
        Some("2") => Severity::High,
        Some("1") => Severity::Medium,
        _ => Severity::Low,
    });
    let mut observation = Observation::new(title(named), word);
    observation.rule = detail.text_of("id").map(str::to_owned);
    for id in detail.listed("cve", "id").filter_map(Element::words) {
        push_new(&mut observation.ids, id.to_owned());
    }
    let mut rating = Rating::default();
    rating.offer(detail.text_of("cvss_v3_vector"), number("cvss_v3_score"));
    let second = detail.text_of("cvss_vector").and_then(|vector| vector.split(' ').next());
    rating.offer(second, number("cvss_score"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    let port = detail.child("portinfo");
    let part = |name: &str| port.and_then(|port| port.text_of(name));
    let host = detail.text_of("hostname").or(detail.text_of("ip"));
    observation.location = item::at_url(address(host, part("portnumber"), part("protocol")));
    if detail.text_of("falsepositive") == Some("1") {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = paragraphs([
        detail.text_of("description"),
        detail.text_of("information"),
        detail.text_of("solution"),
    ]);
    observation
}
