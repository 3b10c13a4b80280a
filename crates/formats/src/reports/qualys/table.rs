//! Qualys' scan report as a table (CSV): a row for each check and host.

use domain::findings::{Location, Observation, Standing};

use super::super::folding::{Folding, address};
use super::super::html::plain_text;
use super::super::table::{Row, each_row, has_heading};
use super::super::vocabulary::{Rating, TITLE, identifiers, one_line, paragraphs};
use super::super::{Beginning, Intake, Report, Source, Unreadable};
use super::{offer, severity_of_level};

pub const REPORT: Report = Report {
    name: "qualys_csv",
    title: "Qualys scan report (CSV)",
    how_to_get: "in Qualys VMDR: Reports, New, Scan Report, format CSV",
    manual: "One finding for each QID, its hosts are listed in the description and the first is \
        the place. Title from *Title*, severity from *Severity* (5 critical, 4 high, 3 medium, 2 \
        low, 1 info), CVE identifiers from *CVE ID*, vector and score from *CVSS3 Base*, then \
        *CVSS Base*. A row whose *Vuln Status* is Fixed closes. Lines above the heading are \
        passed over.",
    samples: &[("qualys.csv", include_bytes!("../samples/qualys.csv"))],
    recognises,
    read,
};

const NEEDED: [&str; 4] = ["ip", "qid", "title", "vulnstatus"];

fn recognises(beginning: &Beginning) -> bool {
    has_heading(beginning, &NEEDED)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Qualys"), None);
    let mut folding = Folding::default();
    each_row(source, &NEEDED, intake, |row, _| {
        // Below the rows there may be a table of another shape.
        if let Some(number) = row.get("qid").filter(|_| row.get("title").is_some()) {
            folding.add(&[number], observation(number, row));
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(number: &str, row: &Row<'_>) -> Observation {
    let title = row.get("title").unwrap_or("Check without a title");
    let severity = severity_of_level(row.get("severity").unwrap_or_default());
    let mut observation = Observation::new(one_line(title, TITLE).0, severity);
    observation.rule = Some(format!("QID-{number}"));
    observation.ids = identifiers(row.get("cveid").unwrap_or_default());
    let mut rating = Rating::default();
    offer(&mut rating, row.any(&["cvss3.1base", "cvss3base"]));
    offer(&mut rating, row.get("cvssbase"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    let host = row.any(&["fqdn", "dns", "ip"]);
    let url = address(host, row.get("port"), row.get("protocol"));
    observation.location = url.map(|url| Location { url: Some(url), ..Location::default() });
    if row.get("vulnstatus").is_some_and(|status| status.eq_ignore_ascii_case("fixed")) {
        observation.standing = Standing::Fixed;
    }
    let parts =
        ["threat", "impact", "solution", "results"].map(|name| row.get(name).map(plain_text));
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
