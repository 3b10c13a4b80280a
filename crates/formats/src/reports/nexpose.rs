//! Nexpose's XML (versions 1.0 and 2.0): tests that found a vulnerability, ports, hosts.
//!
//! Hosts come first and name vulnerabilities by identifier; what these are comes last. So the
//! document is walked twice. What was found at several hosts is one finding with its places.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity};

use super::folding::{Folding, address};
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nexpose",
    title: "Nexpose, InsightVM (XML)",
    how_to_get: "in Nexpose: Reports, Create, Export, XML Export 2.0",
    manual: "One finding for each vulnerability that a `test` found (its `status` begins with \
        vulnerable): title, `severity` (9 and 10 critical, 7 and 8 high, 4 to 6 medium, 1 to 3 \
        low), score, vector and CVE identifiers from the definition, the hosts and ports are \
        listed. A host that is up and an open port are one finding of info each.",
    samples: &[("nexpose.xml", include_bytes!("samples/nexpose.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "NexposeReport")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nexpose"), None);
    let mut known = BTreeMap::new();
    each_item(source.text, &["vulnerability"], |item, _| {
        if let Some(id) = item.attribute("id") {
            known.insert(id.to_lowercase(), defined(&item));
        }
    })?;
    let (mut folding, mut node_up) = (Folding::default(), None);
    each_item(source.text, &["fingerprints", "test", "endpoint"], |item, around| {
        let Some(node) = around.iter().find(|element| element.name == "node") else { return };
        let host = node.attribute("address");
        if node_up.as_deref() != host && node.attribute("status") == Some("alive") {
            node_up = host.map(str::to_owned);
            folding.add(&["Host up"], told("Host up", host.map(str::to_owned)));
        }
        match item.name.as_str() {
            "test" => of_test(&item, around, host, &known, &mut folding),
            "endpoint" if item.attribute("status") == Some("open") => {
                let (port, protocol) = (item.attribute("port"), item.attribute("protocol"));
                let title = format!(
                    "Open port {}/{}",
                    protocol.unwrap_or("tcp").to_uppercase(),
                    port.unwrap_or_default()
                );
                folding.add(&[&title], told(&title, address(host, port, protocol)));
            }
            _ => {}
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn of_test(
    test: &Element,
    around: &[Element],
    host: Option<&str>,
    known: &BTreeMap<String, Observation>,
    folding: &mut Folding,
) {
    if !test.attribute("status").is_some_and(|status| status.starts_with("vulnerable")) {
        return;
    }
    let Some(id) = test.attribute("id").map(str::to_lowercase) else { return };
    let endpoint = around.iter().rev().find(|element| element.name == "endpoint");
    let part = |name: &str| endpoint.and_then(|endpoint| endpoint.attribute(name));
    let url = address(host, part("port"), part("protocol"));
    let mut observation = match known.get(&id) {
        Some(defined) => defined.clone(),
        None => told(&id, None),
    };
    observation.rule = Some(id.clone());
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    folding.add(&["test", &id], observation);
}

fn told(title: &str, url: Option<String>) -> Observation {
    let mut observation = Observation::new(one_line(title, TITLE).0, Severity::Info);
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    observation
}

fn defined(item: &Element) -> Observation {
    let number = item.attribute("severity").and_then(|number| number.parse::<f64>().ok());
    let severity = match number.unwrap_or_default() {
        number if number >= 9.0 => Severity::Critical,
        number if number >= 7.0 => Severity::High,
        number if number >= 4.0 => Severity::Medium,
        number if number >= 1.0 => Severity::Low,
        _ => Severity::Info,
    };
    let title = item.attribute("title").or(item.attribute("id"));
    let title = title.unwrap_or("Vulnerability without a title");
    let mut observation = Observation::new(one_line(title, TITLE).0, severity);
    let mut rating = Rating::default();
    let score = |name: &str| item.attribute(name).and_then(|score| score.parse::<f64>().ok());
    rating.offer(item.attribute("cvssV3Vector"), score("cvssV3Score"));
    rating.offer(item.attribute("cvssVector"), score("cvssScore"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    for reference in item.listed("references", "reference") {
        let is_cve = reference.attribute("source").is_some_and(|source| source == "CVE");
        if let Some(id) = reference.words().filter(|_| is_cve) {
            push_new(&mut observation.ids, id.to_owned());
        }
    }
    let parts = ["description", "solution"].map(|name| item.child(name).map(Element::all_text));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
