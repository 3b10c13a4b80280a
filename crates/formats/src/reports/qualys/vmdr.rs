//! Qualys VMDR's list of vulnerabilities of assets as a table (CSV), by CVE or by QID.

use domain::findings::{Location, Observation, Standing};

use super::super::folding::address;
use super::super::html::plain_text;
use super::super::table::{Row, each_row, has_heading};
use super::super::vocabulary::{Rating, TITLE, identifiers, one_line, paragraphs};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::severity_of_level;

pub const REPORT: Report = Report {
    name: "qualys_vmdr",
    title: "Qualys VMDR vulnerabilities (CSV)",
    how_to_get: "in Qualys VMDR: Vulnerabilities, Download, CSV",
    manual: "One finding for each row: title from *Title*, severity from *Severity* (5 critical, \
        4 high, 3 medium, 2 low, 1 info), identifiers from *CVE*, score from *CVSSv3.1 Base*, \
        then *CVSSv2 Base*, rule from *QID*; the place is the asset's address with the port. \
        *Status* FIXED closes, an ignored or disabled one is a false positive. The lines above \
        the heading are passed over.",
    samples: &[("qualys_vmdr.csv", include_bytes!("../samples/qualys_vmdr.csv"))],
    recognises,
    read,
};

const NEEDED: [&str; 5] = ["qid", "title", "severity", "kbseverity", "assetid"];

fn recognises(beginning: &Beginning) -> bool {
    has_heading(beginning, &NEEDED)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys"), None);
    each_row(source, &NEEDED, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let title = row.any(&["title", "cve", "qid"]).unwrap_or("Vulnerability without a title");
    let level = row.any(&["severity", "kbseverity"]).unwrap_or_default();
    let mut observation = Observation::new(one_line(title, TITLE).0, severity_of_level(level));
    observation.ids = identifiers(row.get("cve").unwrap_or_default());
    let mut rating = Rating::default();
    rating.offer(None, row.text("cvssv3.1base(nvd)").number());
    rating.offer(None, row.text("cvssv2base(nvd)").number());
    observation.score = rating.score();
    observation.rule = row.get("qid").map(|number| format!("QID-{number}"));
    let written = |column: &str| row.get(column).filter(|cell| *cell != "'-");
    let host = written("assetipv4").or(written("assetipv6")).or(written("assetname"));
    let url = address(host, row.get("port"), written("protocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    let yes = |column: &str| row.get(column).is_some_and(|cell| cell.eq_ignore_ascii_case("yes"));
    observation.standing = match row.get("status") {
        Some(status) if status.eq_ignore_ascii_case("fixed") => Standing::Fixed,
        _ if yes("ignored") || yes("disabled") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let asset = row.get("assetname").map(|name| format!("Asset: {name}"));
    let parts = ["cvedescription", "threat", "solution", "results"];
    let parts = parts.map(|name| row.get(name).map(plain_text));
    let parts = parts.iter().map(Option::as_deref).chain([asset.as_deref()]);
    observation.description = paragraphs(parts);
    observation
}
