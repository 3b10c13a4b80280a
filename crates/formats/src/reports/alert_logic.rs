//! Alert Logic's table of vulnerabilities.

use domain::findings::{Observation, Severity};

use super::fields::Fields;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{identifiers, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "alert_logic",
    title: "Alert Logic (CSV)",
    how_to_get: "Alert Logic: Exposures > Vulnerabilities > Export > CSV",
    manual: "One finding for each row: title from `Vulnerability`, severity as named, score from \
        `CVSS Score`, identifiers from `CVE`, rule from `Vulnerability ID`, fingerprint from \
        `Vulnerability Key`, the asset's name as the address; evidence and resolution in the \
        description.",
    samples: &[("alert_logic.csv", include_bytes!("samples/alert_logic.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["vulnerability", "cvssscore", "deploymentname", "assetname"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Alert Logic"), None);
    each_row(source, &["vulnerability", "severity"], intake, |row, intake| {
        intake.observe(observation(row));
    })
}

fn observation(row: &Row<'_>) -> Observation {
    let word = row.severity("severity").unwrap_or(Severity::Info);
    let named = row.get("vulnerability").unwrap_or("Vulnerability without a name");
    let mut observation = Observation::new(title(named), word);
    observation.ids = row.get("cve").map(identifiers).unwrap_or_default();
    observation.score = row.number("cvssscore").filter(|score| *score > 0.0);
    observation.rule = row.field("vulnerabilityid");
    observation.fingerprint = row.field("vulnerabilitykey");
    observation.location = row.address(&["assetname", "ipaddress"]);
    observation.description = row.told(&[
        ("", "description"),
        ("Evidence", "evidence"),
        ("How to fix", "resolution"),
        ("Address", "ipaddress"),
        ("Port", "protocol/port"),
        ("Service", "service"),
    ]);
    observation
}
