//! Wapiti's XML: vulnerabilities of a web site, by their name and what was seen.

use domain::findings::{Location, Observation, Severity};

use super::folding::Folding;
use super::vocabulary::{TITLE, cwes, one_line, paragraphs};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wapiti",
    title: "Wapiti (XML)",
    how_to_get: "wapiti -u https://example.org/ -f xml -o report.xml",
    manual: "One finding for each `vulnerability` and `info` of its entries: severity from `level` \
        (4 critical, 3 high, 2 medium, 1 low, 0 info), CWE numbers from the references, the place \
        is `path` below the target, other places are listed. Anomalies and additional \
        information are left out.",
    samples: &[("wapiti.xml", include_bytes!("samples/wapiti.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let infos = beginning.begins_with_element("report_infos");
    infos && beginning.root().is_some_and(|(name, _)| name == "report")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let (mut version, mut target) = (None, String::new());
    each_item(source.text, &["report_infos"], |infos, _| {
        let part = |name: &str| {
            let mut parts = infos.all("info").filter(|info| info.attribute("name") == Some(name));
            parts.next().and_then(Element::words)
        };
        version = part("generatorVersion").map(|text| text.replace("Wapiti ", ""));
        target = site(part("target").unwrap_or_default()).to_owned();
    })?;
    intake.tool(Some("Wapiti"), version.as_deref());
    let mut folding = Folding::default();
    each_item(source.text, &["vulnerability"], |item, _| {
        for entry in item.listed("entries", "entry") {
            let observation = observation(&item, entry, &target);
            let name = item.attribute("name").unwrap_or_default();
            folding.add(&[name, entry.text_of("info").unwrap_or_default()], observation);
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

/// Scheme and host of an address.
fn site(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    address[start..].find('/').map_or(address, |end| &address[..start + end])
}

fn observation(item: &Element, entry: &Element, target: &str) -> Observation {
    let name = item.attribute("name").unwrap_or("Vulnerability without a name");
    let title = match entry.text_of("info") {
        Some(info) => format!("{name}: {info}"),
        None => name.to_owned(),
    };
    let severity = match entry.text_of("level") {
        Some("4") => Severity::Critical,
        Some("3") => Severity::High,
        Some("2") => Severity::Medium,
        Some("1") => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    let titles = item.listed("references", "reference").filter_map(|one| one.text_of("title"));
    let titles: Vec<&str> = titles.filter(|title| title.contains("CWE")).collect();
    observation.cwes = cwes(&titles.join(" "));
    observation.rule = Some(name.to_owned());
    let path = entry.text_of("path").unwrap_or_default();
    let url = if path.contains("://") { path.to_owned() } else { format!("{target}{path}") };
    observation.location = Some(Location { url: Some(url), ..Location::default() });
    let input = entry.text_of("parameter").map(|name| format!("Parameter: {name}"));
    observation.description =
        paragraphs([item.text_of("description"), item.text_of("solution"), input.as_deref()]);
    observation
}
