//! Contrast's table of vulnerabilities, seen while an application ran.

use domain::findings::{Observation, Severity, Standing};

use super::fields::Fields;
use super::folding::Folding;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "contrast",
    title: "Contrast Assess (CSV)",
    how_to_get: "Contrast: Vulnerabilities > Export > CSV",
    manual: "One finding for each vulnerability id; several rows of one id list their addresses. \
        Title from the vulnerability's name, rule from the rule's name, severity as named (Note is \
        info), CWE number from the address of its page, place from the request's URI, fingerprint \
        from the vulnerability's id. The statuses Not a Problem and Remediated (also the automatic \
        one and Fixed) say what they mean.",
    samples: &[("contrast.csv", include_bytes!("samples/contrast.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["vulnerabilityname", "vulnerabilityid", "rulename", "severity"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Contrast"), None);
    let mut folding = Folding::default();
    each_row(source, &["vulnerabilityname"], intake, |row, _| {
        let id = row.first_of(&["vulnerabilityid"]).unwrap_or_else(|| row.place());
        folding.add(&[&id], observation(row));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(row: &Row<'_>) -> Observation {
    let name = row.first_of(&["vulnerabilityname", "rulename"]);
    let word = row.severity("severity").unwrap_or(Severity::Info);
    let mut observation =
        Observation::new(title(name.as_deref().unwrap_or("Vulnerability without a name")), word);
    observation.cwes = row
        .field("cweid")
        .and_then(|page| page.rsplit('/').next()?.split('.').next()?.parse().ok())
        .into_iter()
        .collect();
    observation.rule = row.field("rulename");
    observation.fingerprint = row.field("vulnerabilityid");
    observation.location = row.address(&["requesturi"]);
    observation.standing = match row.field("status").unwrap_or_default().to_lowercase().as_str() {
        "not a problem" => Standing::FalsePositive,
        "fixed" | "remediated" | "remediated - auto-verified" => Standing::Fixed,
        _ => Standing::Present,
    };
    observation.description = row.told(&[
        ("", "vulnerabilityname"),
        ("Category", "category"),
        ("Application", "applicationname"),
        ("Method", "requestmethod"),
        ("Status", "status"),
    ]);
    observation
}
