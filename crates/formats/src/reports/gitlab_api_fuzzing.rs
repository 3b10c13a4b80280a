//! GitLab fuzzing: what broke an interface (API fuzzing) or a program (coverage fuzzing).

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_api_fuzzing",
    title: "GitLab API fuzzing and coverage fuzzing",
    how_to_get: "the artifact gl-api-fuzzing-report.json of the apifuzzer_fuzz job, or \
        gl-coverage-fuzzing-report.json of a coverage fuzzing job",
    manual: "One finding for each element of `vulnerabilities`. Severity: `severity`. Title: \
        `name`. CWE numbers and the rule from `identifiers`. The place is the address \
        (`location.hostname` and `path`) or the file; how the program crashed stands in the \
        description. The fingerprint is `id` unless it is drawn at random.",
    samples: &[("gitlab_api_fuzzing.json", include_bytes!("samples/gitlab_api_fuzzing.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["api_fuzzing", "coverage_fuzzing"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    gitlab::read(source, intake, complete)
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    observation.location = vulnerability.url().or_else(|| vulnerability.file());
    observation.fingerprint = vulnerability.fingerprint();
    let crash = vulnerability.crash();
    observation.description = paragraphs([observation.description.as_deref(), crash.as_deref()]);
}
