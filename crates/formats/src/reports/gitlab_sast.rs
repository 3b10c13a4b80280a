//! GitLab SAST: weaknesses in source code, from whichever analyzer the pipeline ran.
//!
//! Also reads what says of itself only that it is a GitLab report with nothing in it.

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_sast",
    title: "GitLab SAST",
    how_to_get: "the artifact gl-sast-report.json of the SAST job",
    manual: "Severity: `severity`; Unknown, Undefined or none is info. Place: `location.file` and \
        `start_line`. The rule is the first of `identifiers` that is neither an advisory nor a \
        class such as CWE; CWE numbers and CVE come from the others. The fingerprint is the \
        signature under `tracking` (scope offset), else `id`, else the `cve` of old reports; one \
        that holds the line or is drawn at random is not used. The text at the place is \
        `raw_source_code_extract`. Entries with equal `id` are each read: they are places of one \
        rule. A `scan.status` other than success makes the report partial.",
    samples: &[
        ("gitlab_sast.json", include_bytes!("samples/gitlab_sast.json")),
        ("gitlab_sast_old.json", include_bytes!("samples/gitlab_sast_old.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["sast"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    gitlab::read(source, intake, complete)
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    observation.location = vulnerability.file();
    observation.fingerprint = vulnerability.fingerprint();
    observation.snippet = vulnerability.source_text();
}
