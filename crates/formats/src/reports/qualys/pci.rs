//! The table of Qualys' PCI scans, also sold as HackerGuardian (CSV).

use domain::findings::{Location, Observation, Severity, Standing};

use super::super::folding::{Folding, address};
use super::super::html::plain_text;
use super::super::table::{Row, each_row, has_heading};
use super::super::vocabulary::{TITLE, identifiers, one_line, paragraphs};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::severity_of_level;

pub const REPORT: Report = Report {
    name: "qualys_pci",
    title: "Qualys PCI, HackerGuardian (CSV)",
    how_to_get: "in HackerGuardian or Qualys PCI: Vulnerabilities, Download, CSV",
    manual: "One finding for each QID, its hosts and ports are listed in the description and the \
        first is the place. Title from *VULN TITLE*, severity from *Q_SEVERITY* (5 critical, 4 \
        high, 3 medium, 2 and 1 low), score from *CVSS_BASE*, identifiers from *CVEID*. An \
        approved false positive is one.",
    samples: &[("qualys_pci.csv", include_bytes!("../samples/qualys_pci.csv"))],
    recognises,
    read,
};

const NEEDED: [&str; 4] = ["qid", "vulntitle", "qseverity", "falsepositivestatus"];

fn recognises(beginning: &Beginning) -> bool {
    has_heading(beginning, &NEEDED)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys"), None);
    let mut folding = Folding::default();
    each_row(source, &NEEDED, intake, |row, _| {
        let number = row.get("qid").unwrap_or_default();
        folding.add(&[number], observation(number, row));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(number: &str, row: &Row<'_>) -> Observation {
    let title = row.get("vulntitle").unwrap_or("Vulnerability without a title");
    let level = severity_of_level(row.get("qseverity").unwrap_or_default());
    let mut observation = Observation::new(one_line(title, TITLE).0, level.max(Severity::Low));
    observation.rule = Some(format!("QID-{number}"));
    observation.ids = identifiers(row.get("cveid").unwrap_or_default());
    observation.score = row.text("cvssbase").number();
    let url = address(row.any(&["hostname", "ip"]), row.get("port"), row.get("protocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    if row.get("falsepositivestatus").is_some_and(|status| status.eq_ignore_ascii_case("approved"))
    {
        observation.standing = Standing::FalsePositive;
    }
    let parts =
        ["threat", "impact", "solution", "result"].map(|name| row.get(name).map(plain_text));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
