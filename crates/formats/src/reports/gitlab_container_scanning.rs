//! GitLab container scanning: known vulnerabilities in the packages of an image.
//!
//! Images that run in a cluster (`cluster_image_scanning`) are reported in the same words.

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_container_scanning",
    title: "GitLab container scanning",
    how_to_get: "the artifact gl-container-scanning-report.json of the container_scanning job",
    manual: "Severity: `severity`; Unknown or none is info, and without a CVSS vector the finding \
        is then listed as unscored. Package: `location.dependency`; the place is \
        `location.image`. All CVE, GHSA and other advisories of `identifiers` are taken. The \
        fixed version is taken from `solution` where that is the analyzer's sentence \"Upgrade … \
        to …\". CVSS: the best of `cvss_vectors`.",
    samples: &[(
        "gitlab_container_scanning.json",
        include_bytes!("samples/gitlab_container_scanning.json"),
    )],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["container_scanning", "cluster_image_scanning"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    gitlab::read(source, intake, complete)
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    observation.package = vulnerability.package();
    observation.location = vulnerability.image();
}
