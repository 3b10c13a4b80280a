//! GitLab dependency scanning: known vulnerabilities in the packages of lock files.

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_dependency_scanning",
    title: "GitLab dependency scanning",
    how_to_get: "the artifact gl-dependency-scanning-report.json of the dependency scanning job",
    manual: "Severity: `severity`; Unknown or none is info, and without a CVSS vector the finding \
        is then listed as unscored. Package: `location.dependency`; the file is `location.file`. \
        All CVE, GHSA and other advisories of `identifiers` are taken, GitLab's own (Gemnasium) \
        as the last. The fixed version is taken from `solution` where that is the \
        analyzer's sentence \"Upgrade to version … or above\". CVSS: the best of `cvss_vectors`.",
    samples: &[(
        "gitlab_dependency_scanning.json",
        include_bytes!("samples/gitlab_dependency_scanning.json"),
    )],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["dependency_scanning"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    gitlab::read(source, intake, complete)
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    observation.package = vulnerability.package();
    observation.location = vulnerability.file();
}
