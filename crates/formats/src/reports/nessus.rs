//! Nessus in its own XML (`.nessus`), also as exported by Tenable's web application scanning.
//!
//! Nessus tells of a plugin once for each host and port. Here a plugin of one severity is one
//! finding with its places, as Nessus groups its list of vulnerabilities.

use domain::findings::{Location, Observation, Severity};

use super::folding::{Folding, address};
use super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs, push_new, severity_of_score};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nessus",
    title: "Nessus (XML)",
    how_to_get: "in Nessus or Tenable: open the scan, Export, Nessus",
    manual: "One finding for each plugin and severity of `ReportItem`, its hosts and ports are \
        listed in the description and the first is the place. Severity from `cvss3_base_score`, \
        without one from the attribute `severity`: 4 critical, 3 high, 2 medium, 1 low, 0 info. \
        Identifiers from `cve`, CWE numbers from `cwe` and `xref`, rule from the plugin's number, \
        the newest of the vectors with its score. A `ReportItem` of severity 0 is information and \
        kept as such.",
    samples: &[("nessus.xml", include_bytes!("samples/nessus.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "NessusClientData_v2")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nessus"), None);
    let mut folding = Folding::default();
    each_item(source.text, &["ReportItem"], |item, around| {
        let host = around.iter().rev().find(|element| element.name == "ReportHost");
        let observation = observation(&item, host.and_then(|host| host.attribute("name")));
        let (severity, title) = (observation.severity.word(), observation.title.clone());
        folding.add(&[severity, &title], observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: &Element, host: Option<&str>) -> Observation {
    let title = item.attribute("pluginName").or(item.text_of("plugin_name"));
    let plugin = item.attribute("pluginID");
    let title = title.or(plugin).unwrap_or("Plugin without a name");
    let newest = item.text_of("cvss3_base_score").or(item.text_of("cvssv3"));
    let score = newest.and_then(|score| score.parse::<f64>().ok()).filter(|score| *score > 0.0);
    let severity = match (score, item.attribute("severity")) {
        (Some(score), _) => severity_of_score(score),
        (None, Some("4")) => Severity::Critical,
        (None, Some("3")) => Severity::High,
        (None, Some("2")) => Severity::Medium,
        (None, Some("1")) => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(one_line(title, TITLE).0, severity);
    let mut rating = Rating::default();
    for (vector, score) in [
        ("cvss4_vector", "cvss4_base_score"),
        ("cvss3_vector", "cvss3_base_score"),
        ("cvssv3_vector", "cvssv3"),
        ("cvss_vector", "cvss_base_score"),
    ] {
        let vector = item.text_of(vector).map(|vector| vector.trim_start_matches("CVSS2#"));
        rating.offer(vector, item.text_of(score).and_then(|score| score.parse().ok()));
    }
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    for id in item.all("cve").filter_map(Element::words) {
        push_new(&mut observation.ids, id.to_owned());
    }
    let related = item.all("xref").filter_map(Element::words).filter(|text| text.contains("CWE"));
    let numbers = item.all("cwe").filter_map(Element::words).chain(related).flat_map(cwes);
    numbers.for_each(|number| push_new(&mut observation.cwes, number));
    observation.rule = plugin.map(str::to_owned);
    let url = address(host, item.attribute("port"), item.attribute("protocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    let parts = ["synopsis", "description", "plugin_output", "solution", "see_also"];
    observation.description = paragraphs(parts.map(|part| item.text_of(part)));
    observation
}
