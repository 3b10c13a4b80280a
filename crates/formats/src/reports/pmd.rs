//! PMD: rules about code, as a table.

use domain::findings::{Observation, Severity};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "pmd",
    title: "PMD (CSV)",
    how_to_get: "pmd check --format csv --report-file report.csv --dir DIRECTORY --rulesets RULES",
    manual: "One finding for each row: title from Description, rule from Rule set and Rule, \
        severity from Priority (1 critical, 2 high, 3 medium, 4 low, 5 info), place from File and \
        Line.",
    samples: &[("pmd.csv", include_bytes!("samples/pmd.csv"))],
    recognises,
    read,
};

const COLUMNS: [&str; 5] = ["problem", "file", "priority", "ruleset", "rule"];

fn recognises(beginning: &Beginning) -> bool {
    table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("PMD"), None);
    table::each_row(source, &COLUMNS, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let word = match row.get("priority") {
        Some("1") => Severity::Critical,
        Some("2") => Severity::High,
        Some("3") => Severity::Medium,
        Some("4") => Severity::Low,
        _ => Severity::Info,
    };
    let rule = row.get("rule").unwrap_or_default();
    let said = row.get("description");
    let mut observation = Observation::new(title(said.unwrap_or(rule)), word);
    observation.rule =
        Some(row.get("ruleset").map_or(rule.to_owned(), |set| format!("{set}/{rule}")));
    observation.location = item::in_file(row.text("file").owned(), row.text("line").line());
    observation.description = paragraphs([said]);
    observation
}
