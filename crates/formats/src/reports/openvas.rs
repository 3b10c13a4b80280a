//! OpenVAS (Greenbone): results as XML and as a table (CSV).

use domain::findings::{Location, Observation, Severity, Standing};

use super::folding::{Folding, address};
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new, severity};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "openvas",
    title: "OpenVAS, Greenbone (XML, CSV)",
    how_to_get: "in Greenbone: Scans, Reports, the report, Download, XML or CSV Results",
    manual: "One finding for each test, host and port: title from the test's name, rule from its \
        OID, severity from `threat` or *Severity* (Log, Debug and none are info), identifiers from \
        the references of type *cve* or from *CVEs*, vector from `severities` or `tags`, score \
        from `severity` or *CVSS*. What was overridden as a false positive is one.",
    samples: &[
        ("openvas.xml", include_bytes!("samples/openvas.xml")),
        ("openvas.csv", include_bytes!("samples/openvas.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let known = ["report_format", "gmp", "omp", "scan_run_status"];
    let known = known.into_iter().any(|name| beginning.begins_with_element(name));
    let root = beginning.root().is_some_and(|(name, _)| {
        matches!(name, "report" | "get_reports_response") && beginning.begins_with_element("task")
    });
    (root && known) || has_columns(beginning, &["ip", "nvtname", "nvtoid", "severity"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("OpenVAS"), None);
    let mut folding = Folding::default();
    match source.beginning.syntax {
        Syntax::Xml => each_item(source.text, &["result"], |item, _| {
            if item.child("nvt").is_some() {
                fold(of_result(&item), &mut folding);
            }
        })?,
        _ => each_row(source, &["nvtname", "nvtoid", "severity"], intake, |row, _| {
            fold(of_row(row), &mut folding);
        })?,
    }
    folding.hand_over(intake);
    Ok(())
}

fn fold(observation: Observation, folding: &mut Folding) {
    let rule = observation.rule.clone().unwrap_or_default();
    let place = observation.location.as_ref().and_then(|location| location.url.clone());
    let (title, severity) = (observation.title.clone(), observation.severity.word());
    folding.add(&[&rule, &title, severity, &place.unwrap_or_default()], observation);
}

fn of_result(item: &Element) -> Observation {
    let nvt = item.child("nvt");
    let of_nvt = |name: &str| nvt.and_then(|nvt| nvt.text_of(name));
    let title = item.text_of("name").or(of_nvt("name")).unwrap_or("Test without a name");
    let threat = item.text_of("threat").unwrap_or_default();
    let word = severity(threat).unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(title, TITLE).0, word);
    if threat.eq_ignore_ascii_case("false positive") {
        observation.standing = Standing::FalsePositive;
    }
    observation.rule = nvt.and_then(|nvt| nvt.attribute("oid")).map(str::to_owned);
    for reference in nvt.into_iter().flat_map(|nvt| nvt.listed("refs", "ref")) {
        let is_cve = reference.attribute("type").is_some_and(|kind| kind == "cve");
        if let Some(id) = reference.attribute("id").filter(|_| is_cve) {
            push_new(&mut observation.ids, id.to_owned());
        }
    }
    let named = of_nvt("cve").unwrap_or_default().split([',', ' ']).map(str::trim);
    for id in named.filter(|id| id.starts_with("CVE-")) {
        push_new(&mut observation.ids, id.to_owned());
    }
    let tags = of_nvt("tags").unwrap_or_default();
    let mut rating = Rating::default();
    let severities = nvt.into_iter().flat_map(|nvt| nvt.listed("severities", "severity"));
    for one in severities {
        rating.offer(one.text_of("value"), None);
    }
    rating.offer(tag(tags, "cvss_base_vector"), None);
    observation.vector = rating.vector();
    let score = item.text_of("severity").or(of_nvt("cvss_base"));
    observation.score = score.and_then(|score| score.parse().ok()).filter(|score| *score > 0.0);
    let (port, protocol) = item.text_of("port").and_then(|port| port.split_once('/')).unzip();
    let url = address(item.text_of("host"), port, protocol);
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    observation.description = paragraphs([
        tag(tags, "summary"),
        item.text_of("description"),
        tag(tags, "insight"),
        tag(tags, "impact"),
        of_nvt("solution").or(tag(tags, "solution")),
    ]);
    observation
}

/// The value of `name=value` between bars.
fn tag<'t>(tags: &'t str, name: &str) -> Option<&'t str> {
    let mut tags = tags.split('|').filter_map(|tag| tag.split_once('='));
    tags.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

fn of_row(row: &Row<'_>) -> Observation {
    let title = row.get("nvtname").unwrap_or("Test without a name");
    let word = row.get("severity").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(title, TITLE).0, word);
    observation.rule = row.get("nvtoid").map(str::to_owned);
    for id in row.get("cves").unwrap_or_default().split(',').map(str::trim) {
        if !id.is_empty() {
            push_new(&mut observation.ids, id.to_owned());
        }
    }
    observation.score = row.text("cvss").number().filter(|score| *score > 0.0);
    let url = address(row.any(&["hostname", "ip"]), row.get("port"), row.get("portprotocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    let parts = ["summary", "specificresult", "vulnerabilityinsight", "impact", "solution"];
    observation.description = paragraphs(parts.map(|column| row.get(column)));
    observation
}
