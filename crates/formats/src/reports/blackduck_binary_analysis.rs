//! Black Duck Binary Analysis as a table (CSV): vulnerable components inside files.

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::table::{Row, each_row, has_columns};
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "blackduck_binary_analysis",
    title: "Black Duck Binary Analysis (CSV)",
    how_to_get: "in Black Duck Binary Analysis: the scan, Export, Vulnerabilities CSV",
    manual: "One finding for each row: identifiers from *CVE* and *BDSA*, severity by the score \
        *CVSS3*, without one by *CVSS*, vectors from *CVSS vector (v3)* and *(v2)*, package from \
        *Component* and *Version*, place from *Object full path*. A row with a *Note type* that \
        says so is a false positive.",
    samples: &[(
        "blackduck_binary_analysis.csv",
        include_bytes!("samples/blackduck_binary_analysis.csv"),
    )],
    recognises,
    read,
};

const NEEDED: [&str; 5] = ["component", "version", "cve", "objectfullpath", "cvssvector(v3)"];

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &NEEDED)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Black Duck Binary Analysis"), None);
    each_row(source, &NEEDED, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let mut rating = Rating::default();
    let score = |column: &str| row.text(column).number().filter(|score| *score > 0.0);
    let vector = row.get("cvssvector(v3)").map(|vector| match vector.starts_with("AV:") {
        true => format!("CVSS:3.1/{vector}"),
        false => vector.to_owned(),
    });
    rating.offer(vector.as_deref(), score("cvss3"));
    rating.offer(row.get("cvssvector(v2)"), score("cvss"));
    let scored = score("cvss3").or(score("cvss"));
    let severity = scored.map_or(Severity::Info, severity_of_score);
    let component = row.get("component");
    let id = row.any(&["cve", "bdsa"]).unwrap_or("Vulnerability without a name");
    let title = match component {
        Some(component) => format!("{id} in {component}"),
        None => id.to_owned(),
    };
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    for id in [row.get("cve"), row.get("bdsa")].into_iter().flatten() {
        push_new(&mut observation.ids, id.to_owned());
    }
    (observation.vector, observation.score) = (rating.vector(), rating.score().or(scored));
    observation.package = component.map(|name| Package {
        name: name.to_owned(),
        version: row.get("version").map(str::to_owned),
        ..Package::default()
    });
    let path = row.any(&["objectfullpath", "object"]).map(str::to_owned);
    observation.location = path.map(|path| Location { path: Some(path), ..Location::default() });
    if row.get("notetype").is_some_and(|note| note.to_lowercase().contains("false positive")) {
        observation.standing = Standing::FalsePositive;
    }
    let parts = ["summary", "notereason", "vulnerabilityurl"].map(|column| row.get(column));
    observation.description = paragraphs(parts);
    observation
}
