//! GitLab DAST: weaknesses of a running site, one finding with all addresses where it shows.
//!
//! Entries of equal severity, name and description are one weakness seen at several addresses.
//! Old reports without names cannot be folded: each entry stands for itself.

use std::collections::BTreeMap;

use domain::findings::Observation;

use super::gitlab::{self, Vulnerability};
use super::vocabulary::push_new;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gitlab_dast",
    title: "GitLab DAST",
    how_to_get: "the artifact gl-dast-report.json of the dast job",
    manual: "One finding for each severity, name and description. Severity: `severity`. Title: \
        `name`, else the first of `identifiers`. The rule is the first of `identifiers` that is \
        neither an advisory nor a class such as CWE; CWE numbers come from the others. The place \
        is the first address (`location.hostname` and `path`); the others stand in the \
        description.",
    samples: &[("gitlab_dast.json", include_bytes!("samples/gitlab_dast.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    gitlab::is_one_of(beginning, &["dast"])
}

/// A weakness with the further addresses at which it was seen.
struct Seen {
    observation: Observation,
    further: Vec<String>,
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let (mut seen, mut places) = (Vec::<Seen>::new(), BTreeMap::new());
    gitlab::each(source, intake, |vulnerability, mut observation, _| {
        complete(vulnerability, &mut observation);
        let key = vulnerability
            .name()
            .map(|name| (observation.severity, name.to_owned(), observation.description.clone()));
        let Some(key) = key else {
            seen.push(Seen { observation, further: Vec::new() });
            return;
        };
        match places.get(&key) {
            Some(&place) => {
                let first: &mut Seen = &mut seen[place];
                let url = observation.location.and_then(|location| location.url);
                url.into_iter().for_each(|url| push_new(&mut first.further, url));
            }
            None => {
                places.insert(key, seen.len());
                seen.push(Seen { observation, further: Vec::new() });
            }
        }
    })?;
    seen.into_iter().for_each(|one| intake.observe(one.told()));
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

impl Seen {
    fn told(self) -> Observation {
        let Seen { mut observation, further } = self;
        if !further.is_empty() {
            let text = observation.description.get_or_insert_default();
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str("Also at:\n");
            text.push_str(&further.join("\n"));
        }
        observation
    }
}
