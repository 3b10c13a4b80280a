//! Black Duck's report of security risks as a table (CSV): a row for each vulnerability of a
//! component's origin.

use domain::findings::{Observation, Package, Severity, Standing};

use super::table::{Row, each_row, has_columns};
use super::vocabulary::{TITLE, one_line, paragraphs, push_new, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "blackduck",
    title: "Black Duck (CSV)",
    how_to_get: "in Black Duck: the project's version, Reports, Create, Version Details with \
        Vulnerabilities, then security_….csv",
    manual: "One finding for each row: identifiers from *Vulnerability id* (a CVE in brackets comes \
        first), severity from *Security Risk*, score from *Base score*. The package is the \
        component's origin, such as `group:artifact`, with its version, without one the \
        component's name. *Remediation status* PATCHED and REMEDIATION_COMPLETE close; IGNORED is \
        a false positive.",
    samples: &[("blackduck.csv", include_bytes!("samples/blackduck.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["vulnerabilityid", "securityrisk", "remediationstatus"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Black Duck"), None);
    let needed = ["vulnerabilityid", "securityrisk"];
    each_row(source, &needed, intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let written = row.get("vulnerabilityid").unwrap_or("Vulnerability without a name");
    let mut ids = Vec::new();
    if let Some((own, other)) = written.split_once('(') {
        push_new(&mut ids, other.trim().trim_end_matches(')').trim().to_owned());
        push_new(&mut ids, own.trim().to_owned());
    } else {
        ids.extend(row.get("vulnerabilityid").map(str::to_owned));
    }
    let package = package(row);
    let title = match &package {
        Some(package) => format!("{} in {}", ids.first().map_or(written, |id| id), package.name),
        None => written.to_owned(),
    };
    let word = row.get("securityrisk").and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(&title, TITLE).0, word);
    observation.score = row.text("basescore").number();
    observation.package = package;
    observation.standing = match row.get("remediationstatus").map(str::to_uppercase).as_deref() {
        Some("PATCHED" | "REMEDIATION_COMPLETE") => Standing::Fixed,
        Some("IGNORED") => Standing::FalsePositive,
        Some("NOT_AFFECTED") => Standing::NotAffected,
        _ => Standing::Present,
    };
    observation.ids = ids;
    let parts = ["description", "remediationcomment", "url"].map(|column| row.get(column));
    observation.description = paragraphs(parts);
    observation
}

/// The origin is written as `group:artifact:version` or `name/version`.
fn package(row: &Row<'_>) -> Option<Package> {
    let origin = row.any(&["componentoriginid", "channelversionoriginid", "originnameid"]);
    let versions = ["componentoriginversionname", "channelversionoriginname", "version"];
    let version = row.any(&["componentversionname"]).or(row.any(&versions));
    let by_origin = origin.and_then(|origin| {
        let version = row.any(&versions).or(version)?;
        let name = origin.strip_suffix(version)?.trim_end_matches([':', '/']);
        Some((name.to_owned(), version))
    });
    let (name, version) = match by_origin {
        Some((name, version)) if !name.is_empty() => (name, Some(version)),
        _ => (row.any(&["componentname", "projectname"])?.to_owned(), version),
    };
    Some(Package { name, version: version.map(str::to_owned), ..Package::default() })
}
