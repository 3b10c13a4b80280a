//! A plain table of findings, for tools of one's own and for spreadsheets.
//!
//! A table has no end mark: one that was cut off between two lines cannot be told from a whole
//! one. A quoted cell that does not end can, and then nothing is closed because of the table.

use super::generic::{Entry, are_names_of_a_finding, plain};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

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
    let columns = || beginning.columns().iter().map(String::as_str);
    let has = |name: &str| columns().any(|column| plain(column) == name);
    beginning.syntax == Syntax::Plain
        && ["title", "severity", "description"].into_iter().all(has)
        && are_names_of_a_finding(columns())
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(source.text.as_bytes());
    let heading: Vec<String> = match table.headers() {
        Ok(heading) => heading.iter().map(plain).collect(),
        Err(error) => return Err(shape(error.to_string())),
    };
    if !heading.iter().any(|column| column == "title") {
        return Err(shape("there is no column named \"Title\"".to_owned()));
    }
    if source.text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        intake.tool_failed("a quoted cell does not end: the table may be cut off");
    }
    for record in table.records() {
        let record = record.map_err(|error| shape(error.to_string()))?;
        let mut entry = Entry::default();
        for (column, cell) in heading.iter().zip(record.iter()) {
            let _ = entry.put(column, cell);
        }
        let line = record.position().map_or(0, csv::Position::line);
        match entry.observation() {
            Some(observation) => intake.observe(observation),
            None => {
                let reason = "there is no title; give the finding one";
                intake.refuse(|| (format!("line {line}"), reason.to_owned()));
            }
        }
    }
    Ok(())
}

fn shape(what: String) -> Unreadable {
    Unreadable::Shape { place: "line 1".to_owned(), what, hint: None }
}
