//! Zora: what its scanners say about the images and the workloads of a cluster.

use domain::findings::{Observation, Severity};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{identifiers, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "zora",
    title: "Zora (CSV)",
    how_to_get: "Images, Vulnerabilities, Export, CSV",
    manual: "One finding for each row: title from title, identifiers from id (a check is the rule \
        instead), severity from severity (unknown is info), fixed version from fixVersion, place \
        from image. The status says whether a version with the fix exists, not that it is \
        installed: it changes nothing.",
    samples: &[("zora.csv", include_bytes!("samples/zora.csv"))],
    recognises,
    read,
};

const COLUMNS: [&str; 6] = ["source", "image", "id", "title", "severity", "fixversion"];

fn recognises(beginning: &Beginning) -> bool {
    table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Zora"), None);
    table::each_row(source, &COLUMNS, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let id = row.get("id").unwrap_or_default();
    let named = row.get("title").unwrap_or(id);
    let word = row.get("severity").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(named), word);
    observation.ids = identifiers(id);
    observation.rule = Some(id.to_owned());
    observation.location = item::in_file(row.text("image").owned(), None);
    let told = [
        ("Scanner", row.get("source")),
        ("Status", row.get("status")),
        ("Fixed in", row.get("fixversion").filter(|version| *version != "N/A")),
    ];
    let told = told.into_iter().filter_map(|(name, cell)| Some(format!("{name}: {}", cell?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([row.get("description"), Some(told.as_str())]);
    observation
}
