//! sqlmap: parameters through which statements can be injected.
//!
//! Read are the table of a run over several targets and the log of one target. A parameter that
//! was found again in a later run is one finding.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};

use super::folding::Folding;
use super::item;
use super::table;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "sqlmap",
    title: "sqlmap (CSV, log)",
    how_to_get: "sqlmap --batch --bulkfile TARGETS, then results-….csv; or the log of one target",
    manual: "One finding, high and CWE-89, for each parameter of each target: title and rule from \
        Parameter and Place, place from Target URL, techniques in the description. The log names \
        no target. A row without a technique says that nothing was found.",
    samples: &[
        ("sqlmap.csv", include_bytes!("samples/sqlmap.csv")),
        ("sqlmap.log", include_bytes!("samples/sqlmap.log")),
    ],
    recognises,
    read,
};

const COLUMNS: [&str; 4] = ["targeturl", "place", "parameter", "technique(s)"];
const LOG: &str = "sqlmap identified the following injection point";

fn recognises(beginning: &Beginning) -> bool {
    let log = beginning.columns().first().is_some_and(|line| line.starts_with(LOG));
    table::has_columns(beginning, &COLUMNS) || (log && beginning.syntax == Syntax::Plain)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("sqlmap"), None);
    if source.text.trim_start().starts_with(LOG) {
        read_log(source.text, intake);
        return Ok(());
    }
    let mut folding = Folding::default();
    table::each_row(source, &COLUMNS, intake, |row, _| {
        let Some(parameter) = row.get("parameter") else { return };
        let (place, url) = (row.get("place").unwrap_or_default(), row.text("targeturl").owned());
        let mut observation = injection(parameter, place);
        observation.description =
            row.get("technique(s)").map(|letters| format!("Techniques: {letters}"));
        let key = [url.as_deref().unwrap_or_default(), place, parameter];
        folding.add(&key, Observation { location: item::at_url(url.clone()), ..observation });
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn injection(parameter: &str, place: &str) -> Observation {
    let named = format!("SQL injection in {place} parameter {parameter}");
    let mut observation = Observation::new(title(&named), Severity::High);
    observation.cwes = vec![89];
    observation.rule = Some(format!("sql-injection/{place}/{parameter}"));
    observation
}

/// Lines such as `Parameter: id (GET)`.
fn read_log(text: &str, intake: &mut Intake<'_>) {
    let mut met = BTreeSet::new();
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("Parameter: ")) {
        if met.insert(line) {
            let (parameter, place) = line.rsplit_once(" (").unwrap_or((line, ""));
            intake.observe(injection(parameter, place.trim_end_matches(')')));
        }
    }
}
