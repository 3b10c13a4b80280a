//! Wiz: issues and vulnerability findings, as tables.

use domain::findings::{Observation, Severity, Standing};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{identifiers, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "wiz",
    title: "Wiz issues and vulnerabilities (CSV)",
    how_to_get: "Issues, Export, CSV; or Vulnerability findings, Export, CSV",
    manual: "Issues: one finding a row, title from Title, rule from Control ID, severity from \
        Severity, place from Resource Name, fingerprint from Issue ID. Vulnerabilities: one \
        finding a row, identifier from Name, severity from VendorSeverity, else CVSSSeverity, \
        score from Score, package from DetailedName and Version, fixed version from \
        FixedVersion, place from LocationPath, else AssetName. The status RESOLVED is fixed, \
        REJECTED a false positive.",
    samples: &[
        ("wiz.csv", include_bytes!("samples/wiz.csv")),
        ("wiz_vulnerabilities.csv", include_bytes!("samples/wiz_vulnerabilities.csv")),
    ],
    recognises,
    read,
};

const ISSUES: [&str; 4] = ["title", "severity", "controlid", "issueid"];
const VULNERABILITIES: [&str; 4] = ["name", "vendorseverity", "detailedname", "findingstatus"];

fn recognises(beginning: &Beginning) -> bool {
    table::has_columns(beginning, &ISSUES) || table::has_columns(beginning, &VULNERABILITIES)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Wiz"), None);
    if table::has_columns(source.beginning, &VULNERABILITIES) {
        return table::each_row(source, &VULNERABILITIES, intake, |row, intake| {
            intake.observe(vulnerability(row));
        });
    }
    table::each_row(source, &ISSUES[..2], intake, |row, intake| intake.observe(issue(row)))
}

fn standing(status: Option<&str>) -> Standing {
    match status.map(str::to_ascii_uppercase).as_deref() {
        Some("RESOLVED") => Standing::Fixed,
        Some("REJECTED") => Standing::FalsePositive,
        _ => Standing::Present,
    }
}

fn issue(row: &Row<'_>) -> Observation {
    let word = row.get("severity").and_then(severity).unwrap_or(Severity::Info);
    let named = row.get("title").unwrap_or("Issue");
    let mut observation = Observation::new(title(named), word);
    observation.rule = Some(row.get("controlid").unwrap_or(named).to_owned());
    observation.fingerprint = row.text("issueid").owned();
    let place = row.any(&["resourcename", "resourceexternalid"]).map(str::to_owned);
    observation.location = item::in_file(place, None);
    observation.standing = standing(row.get("status"));
    observation.description = paragraphs([
        row.get("description"),
        row.get("remediationrecommendation"),
        row.get("wizurl"),
    ]);
    observation
}

fn vulnerability(row: &Row<'_>) -> Observation {
    let id = row.get("name").unwrap_or("Vulnerability without a name");
    let package = row.get("detailedname");
    let named = package.map_or(id.to_owned(), |package| format!("{id} in {package}"));
    let word = ["vendorseverity", "cvssseverity", "severity"];
    let word = word.iter().find_map(|column| severity(row.get(column)?));
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.ids = identifiers(id);
    if observation.ids.is_empty() {
        observation.ids = vec![id.to_owned()];
    }
    observation.score = row.text("score").number().filter(|score| *score > 0.0);
    observation.package = item::package(
        package.map(str::to_owned),
        row.text("version").owned(),
        row.text("fixedversion").owned(),
    );
    let place = row.any(&["locationpath", "assetname"]).map(str::to_owned);
    observation.location = item::in_file(place, None);
    observation.standing = standing(row.get("findingstatus"));
    observation.description =
        paragraphs([row.get("description"), row.get("remediation"), row.any(&["link", "wizurl"])]);
    observation
}
