//! GitLab secret detection: keys and passwords in the repository and its history.
//!
//! The secret itself is in the report and is not taken: what was leaked once is not to be kept in
//! another database, and its place and the report's id tell it apart.

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_secret_detection",
    title: "GitLab secret detection",
    how_to_get: "the artifact gl-secret-detection-report.json of the secret_detection job",
    manual: "Severity: `severity`. Title: `message`, else `name`. Place: `location.file` and \
        `start_line`. The rule is the first of `identifiers` (such as the Gitleaks rule). The \
        fingerprint is `id`, else the `cve` of old reports. The secret in \
        `raw_source_code_extract` is not kept.",
    samples: &[(
        "gitlab_secret_detection.json",
        include_bytes!("samples/gitlab_secret_detection.json"),
    )],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["secret_detection"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    gitlab::read(source, intake, complete)
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    if let Some(message) = vulnerability.message() {
        observation.title = message;
    }
    observation.location = vulnerability.file();
    observation.fingerprint = vulnerability.fingerprint();
}
