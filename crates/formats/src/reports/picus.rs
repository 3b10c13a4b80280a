//! Picus: attacks that were played through, and what stopped them.

use domain::findings::{Observation, Severity, Standing};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{cwes, identifiers, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "picus",
    title: "Picus simulation (CSV)",
    how_to_get: "Simulation run, Export, CSV",
    manual: "One finding for each row, which is one action of one threat: title from threatName \
        and actionName, rule from actionId, severity from threatSeverity, identifiers from cve, \
        CWE numbers from cwe, place from affectedProducts. An action that was blocked is fixed.",
    samples: &[("picus.csv", include_bytes!("samples/picus.csv"))],
    recognises,
    read,
};

const COLUMNS: [&str; 4] = ["simulationrunid", "threatname", "threatseverity", "actionid"];

fn recognises(beginning: &Beginning) -> bool {
    table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Picus"), None);
    table::each_row(source, &COLUMNS, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let named = match (row.get("threatname"), row.get("actionname")) {
        (Some(threat), Some(action)) => format!("{threat}: {action}"),
        (threat, action) => threat.or(action).unwrap_or("Action").to_owned(),
    };
    let word = row.any(&["threatseverity", "severity"]).and_then(severity);
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.rule = row.text("actionid").owned();
    observation.ids = row.get("cve").map(identifiers).unwrap_or_default();
    observation.cwes = row.get("cwe").map(cwes).unwrap_or_default();
    let product = row.any(&["affectedproducts", "affectedplatforms"]).map(str::to_owned);
    observation.location = item::in_file(product, None);
    let prevented = row.any(&["actionpreventionresult", "threatpreventionresult"]);
    if prevented.is_some_and(|word| word.eq_ignore_ascii_case("blocked")) {
        observation.standing = Standing::Fixed;
    }
    let told = [
        ("Prevention", prevented),
        ("Tactic", row.get("actionmitretactic")),
        ("Technique", row.any(&["actionmitresubtechnique", "actionmitretechnique"])),
    ];
    let told = told.into_iter().filter_map(|(name, cell)| Some(format!("{name}: {}", cell?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([row.get("actiondescription"), Some(told.as_str())]);
    observation
}
