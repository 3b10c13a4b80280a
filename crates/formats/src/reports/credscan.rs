//! CredScan's table of secrets in code (Microsoft Security DevOps and its forerunners).

use domain::findings::{Observation, Severity, Standing};

use super::fields::Fields;
use super::folding::Folding;
use super::table::{Row, each_row, has_columns};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "credscan",
    title: "CredScan (CSV)",
    how_to_get: "CredentialScanner.exe -I DIRECTORY -S Searchers -O report -f csv",
    manual: "One finding for each hash; all are of the severity info, because the table names \
        none. Title and rule from `Searcher`, place from `Source` and `Line`, fingerprint from \
        `HashKey`. Suppressed ones are false positives.",
    samples: &[("credscan.csv", include_bytes!("samples/credscan.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["source", "searcher", "issuppressed", "hashkey"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("CredScan"), None);
    let mut folding = Folding::default();
    each_row(source, &["source", "searcher"], intake, |row, _| {
        let cell = |name: &str| row.get(name).unwrap_or_default();
        folding.add(&[cell("hashkey"), cell("source"), cell("line")], observation(row));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(row: &Row<'_>) -> Observation {
    let searcher = row.get("searcher").unwrap_or("Secret");
    let mut observation = Observation::new(searcher, Severity::Info);
    observation.cwes = vec![798];
    observation.rule = row.field("searcher");
    observation.location = row.in_file("source", "line");
    observation.fingerprint = row.field("hashkey");
    if row.get("issuppressed").is_some_and(|yes| yes.eq_ignore_ascii_case("yes")) {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = row.told(&[
        ("", "description"),
        ("Suppressed because", "suppressjustification"),
        ("Score of the match", "matchingscore"),
    ]);
    observation
}
