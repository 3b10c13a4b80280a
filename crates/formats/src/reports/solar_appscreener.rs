//! Solar appScreener: weaknesses in code, as a table.

use domain::findings::{Observation, Severity, Standing};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "solar_appscreener",
    title: "Solar appScreener (CSV)",
    how_to_get: "Project, Export report, CSV, Detailed results",
    manual: "One finding for each row: title and rule from Vulnerability, severity from Severity \
        Level, place from File and Line; description, recommendations and links in the \
        description. The status Rejected is a false positive.",
    samples: &[("solar_appscreener.csv", include_bytes!("samples/solar_appscreener.csv"))],
    recognises,
    read,
};

const COLUMNS: [&str; 4] = ["vulnerability", "language", "severitylevel", "recommendations"];

fn recognises(beginning: &Beginning) -> bool {
    table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Solar appScreener"), None);
    table::each_row(source, &COLUMNS, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let named = row.get("vulnerability").unwrap_or("Vulnerability");
    let word = row.get("severitylevel").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(named), word);
    observation.rule = Some(named.to_owned());
    observation.location = item::in_file(row.text("file").owned(), row.text("line").line());
    if row.get("status").is_some_and(|status| status.eq_ignore_ascii_case("rejected")) {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = paragraphs([
        row.get("description"),
        row.get("recommendations"),
        row.get("vulnerabilitycomment"),
        row.get("links"),
    ]);
    observation
}
