//! A plain table of findings, for tools of one's own and for spreadsheets.
//!
//! When the table may have been cut off (see `table`), nothing is closed because of it.

use super::generic::{Entry, are_names_of_a_finding};
use super::table::{self, has_columns};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "generic_csv",
    title: "Generic findings (CSV)",
    how_to_get: "write it yourself: a heading with Title and Severity, one finding a line",
    manual: "Cells are separated by commas and quoted with `\"`; case, blanks, hyphens and \
        underscores in the heading do not count. Columns: Title (needed), Severity, Description, \
        Mitigation, Impact, StepsToReproduce, References, CVE or VulnerabilityId (several \
        separated by blanks or commas), CweId, CVSSV3 and CVSSV4 (vectors) with CVSSV3Score and \
        CVSSV4Score, ComponentName, ComponentVersion, FixVersion, Purl, FilePath, Line, Url, \
        VulnIdFromTool (the rule), UniqueIdFromTool (the fingerprint), FalsePositive and \
        IsMitigated (true or false). Other columns are left out; where they are half of all, the \
        format must be named.",
    samples: &[("generic.csv", include_bytes!("samples/generic.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["title", "severity", "description"])
        && are_names_of_a_finding(beginning.columns().iter().map(String::as_str))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    table::each_row(source, &["title"], intake, |row, intake| {
        let mut entry = Entry::default();
        for (column, cell) in row.cells() {
            let _ = entry.put(column, cell);
        }
        match entry.observation() {
            Some(observation) => intake.observe(observation),
            None => intake
                .refuse(|| (row.place(), "there is no title; give the finding one".to_owned())),
        }
    })
}
