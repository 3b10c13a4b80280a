//! Bugcrowd's table of submissions.

use domain::findings::{Observation, Severity, Standing};

use super::fields::Fields;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "bugcrowd",
    title: "Bugcrowd (CSV)",
    how_to_get: "Bugcrowd: Submissions > Export > CSV",
    manual: "One finding for each row: title, severity from `priority` (1 critical, 2 high, 3 \
        medium, 4 low, else info), address from `bug_url`, fingerprint from `reference_number`, \
        identifiers from `vulnerability_references`. The substate resolved is fixed; \
        not_applicable and not_reproducible are false positives.",
    samples: &[("bugcrowd.csv", include_bytes!("samples/bugcrowd.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["referencenumber", "title", "priority", "vrtlineage", "substate"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Bugcrowd"), None);
    each_row(source, &["title", "priority"], intake, |row, intake| {
        intake.observe(observation(row));
    })
}

fn observation(row: &Row<'_>) -> Observation {
    let word = match row.field("priority").as_deref() {
        Some("1") => Severity::Critical,
        Some("2") => Severity::High,
        Some("3") => Severity::Medium,
        Some("4") => Severity::Low,
        _ => Severity::Info,
    };
    let named = row.first_of(&["title", "caption"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Submission without a title")), word);
    let references = row.field("vulnerabilityreferences").unwrap_or_default();
    observation.ids = super::vocabulary::identifiers(&references);
    observation.rule = row.field("vrtlineage");
    observation.fingerprint = row.field("referencenumber");
    observation.location = row.address(&["bugurl"]);
    observation.standing = match row.field("substate").as_deref() {
        Some("resolved") => Standing::Fixed,
        Some("not_applicable" | "not_reproducible") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    observation.description = row.told(&[
        ("", "description"),
        ("", "extrainfo"),
        ("How to fix", "remediationadvice"),
        ("Target", "targetname"),
        ("State", "substate"),
        ("References", "vulnerabilityreferences"),
    ]);
    observation
}
