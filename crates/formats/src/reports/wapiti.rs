//! Wapiti's XML: vulnerabilities of a web site, by their name and what was seen.

use domain::findings::{Observation, Severity};

use super::folding::{Folding, site};
use super::item::at_url;
use super::vocabulary::{SHARED, TITLE, beginning_of, cwes, one_line, paragraphs};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wapiti",
    title: "Wapiti (XML)",
    how_to_get: "wapiti -u https://example.org/ -f xml -o report.xml",
    manual: "One finding for each `vulnerability` and `info` of its entries: severity from `level` \
        (4 critical, 3 high, 2 medium, 1 low, 0 info), CWE numbers from the references, the place \
        is the target's site; where on it (`path`) is listed in the description. Anomalies and \
        additional information are left out.",
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
        target = beginning_of(site(part("target").unwrap_or_default()), SHARED).to_owned();
    })?;
    intake.tool(Some("Wapiti"), version.as_deref());
    let mut folding = Folding::default();
    each_item(source.text, &["vulnerability"], |item, _| {
        let shared = shared(&item);
        let name = item.attribute("name").map(|name| beginning_of(name, SHARED));
        let name = name.unwrap_or("Vulnerability without a name");
        for entry in item.listed("entries", "entry") {
            let mut observation = observation(name, entry, &target);
            observation.cwes.clone_from(&shared.cwes);
            let input = entry.text_of("parameter").map(|name| format!("Parameter: {name}"));
            observation.description = paragraphs([shared.words.as_deref(), input.as_deref()]);
            let info = entry.text_of("info").unwrap_or_default();
            folding.add_within(&[name, info], Some(&target), observation);
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

/// What all entries of a vulnerability share.
struct Shared {
    cwes: Vec<u32>,
    words: Option<String>,
}

fn shared(item: &Element) -> Shared {
    let titles = item.listed("references", "reference").filter_map(|one| one.text_of("title"));
    let titles: Vec<&str> = titles.filter(|title| title.contains("CWE")).collect();
    let words = paragraphs([item.text_of("description"), item.text_of("solution")]);
    Shared {
        cwes: cwes(&titles.join(" ")),
        words: words.map(|words| beginning_of(&words, SHARED).to_owned()),
    }
}

fn observation(name: &str, entry: &Element, target: &str) -> Observation {
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
    observation.rule = Some(name.to_owned());
    let path = entry.text_of("path").unwrap_or_default();
    let url = if path.contains("://") { path.to_owned() } else { format!("{target}{path}") };
    observation.location = at_url(Some(url));
    observation
}
