//! GitLab DAST: weaknesses of a running site, one finding with all addresses where it shows.
//!
//! Entries of equal severity, name and description are one weakness seen at several addresses.
//! Old reports without names cannot be folded: each entry stands for itself.

use domain::findings::Observation;

use super::folding::Folding;
use super::gitlab::{self, Vulnerability};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_dast",
    title: "GitLab DAST",
    how_to_get: "the artifact gl-dast-report.json of the dast job",
    manual: "One finding for each site, severity, name and description. Severity: `severity`. \
        Title: `name`, else the first of `identifiers`. The rule is the first of `identifiers` \
        that is neither an advisory nor a class such as CWE; CWE numbers come from the others. \
        The place is the site (`location.hostname`), and the addresses (with `path`) stand in the \
        description; of an entry without a name the place is its address.",
    samples: &[("gitlab_dast.json", include_bytes!("samples/gitlab_dast.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["dast"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut folding = Folding::default();
    gitlab::each(source, intake, |vulnerability, mut observation, intake| {
        complete(vulnerability, &mut observation);
        let Some(name) = vulnerability.name() else {
            intake.observe(observation);
            return;
        };
        let site = vulnerability.site();
        let description = observation.description.clone().unwrap_or_default();
        let key =
            [site.unwrap_or_default(), observation.severity.word(), name, description.as_str()];
        folding.add_within(&key, site, observation);
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn complete(vulnerability: &Vulnerability, observation: &mut Observation) {
    if vulnerability.name().is_none()
        && let Some(name) = vulnerability.first_identifier()
    {
        observation.title = name;
    }
    observation.location = vulnerability.url();
}
