//! Sysdig Secure: vulnerable packages, as the tables of its reports and of its command line.
//!
//! The names of the columns have changed over the years; what they hold has not.

use domain::findings::{Observation, Severity};

use super::item;
use super::table::{self, Row};
use super::vocabulary::{Rating, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "sysdig",
    title: "Sysdig vulnerabilities (CSV)",
    how_to_get: "Vulnerabilities, Reporting, CSV; or the CSV of a scan of the command line",
    manual: "One finding for each row: identifier from Vulnerability ID, Vulnerability Name or CVE \
        ID, severity from Severity (negligible is info), vector and score from CVSS vector and \
        CVSS score, package from Package name and Package version, fixed version from Fix \
        version, place from Package path; image and workload are in the description. A row whose \
        identifier has blanks in it is refused: its cells are out of place.",
    samples: &[
        ("sysdig.csv", include_bytes!("samples/sysdig.csv")),
        ("sysdig_2025.csv", include_bytes!("samples/sysdig_2025.csv")),
        ("sysdig_cli.csv", include_bytes!("samples/sysdig_cli.csv")),
    ],
    recognises,
    read,
};

const IDS: [&str; 3] = ["vulnerabilityid", "vulnerabilityname", "cveid"];
const SEVERITIES: [&str; 3] = ["severity", "vulnerabilityseverity", "cveseverity"];

fn recognises(beginning: &Beginning) -> bool {
    let columns = |id: &str, word: &str| {
        table::has_columns(beginning, &[id, word, "packagename", "packagepath", "riskaccepted"])
    };
    IDS.iter().zip(SEVERITIES).any(|(id, word)| columns(id, word))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Sysdig"), None);
    table::each_row(source, &["packagename", "packagepath"], intake, |row, intake| {
        let id = row.any(&IDS).unwrap_or_default();
        if id.is_empty() || id.contains(' ') {
            let reason = format!("{id:?} is no identifier of a vulnerability");
            intake.refuse(|| (row.place(), reason));
        } else {
            intake.observe(observation(row, id));
        }
    })
}

fn observation(row: &Row<'_>, id: &str) -> Observation {
    let text = |column: &str| row.text(column).owned();
    let name = text("packagename");
    let named = name.as_deref().map_or(id.to_owned(), |name| format!("{id} in {name}"));
    let word = row.any(&SEVERITIES).and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = vec![id.to_owned()];
    let mut rating = Rating::default();
    rating.offer(row.get("cvssvector"), row.text("cvssscore").number());
    observation.vector = rating.vector();
    observation.score = rating.score();
    let fixed = row.any(&["fixversion", "packagesuggestedfix"]).map(str::to_owned);
    observation.package = item::package(name, text("packageversion"), fixed);
    observation.location = item::in_file(text("packagepath"), None);
    let told = [
        ("Image", row.any(&["image", "imagename"])),
        ("Cluster", row.any(&["k8sclustername", "kubernetesclustername"])),
        ("Namespace", row.any(&["k8snamespacename", "kubernetesnamespacename"])),
        ("Workload", row.any(&["k8sworkloadname", "kubernetesworkloadname"])),
        ("Risk accepted", row.get("riskaccepted").filter(|truth| *truth == "true")),
    ];
    let told = told.into_iter().filter_map(|(name, cell)| Some(format!("{name}: {}", cell?)));
    let told = told.collect::<Vec<String>>().join("\n");
    observation.description = paragraphs([Some(told.as_str()), row.any(&["vulnlink", "cveurl"])]);
    observation
}
