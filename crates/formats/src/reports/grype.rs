//! Grype's JSON: one observation for each match of a vulnerability with a package.
//!
//! A match names one vulnerability, mostly an advisory of a distribution or of GitHub, and the
//! same thing elsewhere as related ones. All their identifiers are kept, that of the match first.

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{Rating, cwes, paragraphs, push_new, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "grype",
    title: "Grype (JSON)",
    how_to_get: "grype IMAGE --output json --file report.json",
    manual: "One finding for each element of `matches`. Identifiers from the vulnerability and \
        from `relatedVulnerabilities`; severity from the vulnerability, negligible and unknown are \
        info; the vector is the newest in `cvss` of both, of equals that of the vulnerability \
        itself. Package from `artifact`, all of `fix.versions`, place from the first of its \
        locations. A match that was ignored because of a VEX statement closes; other ignored \
        matches are left out.",
    samples: &[("grype.json", include_bytes!("samples/grype.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let described = beginning.text("descriptor.name") == Some("grype");
    let matched = beginning.has("matches[].vulnerability") && beginning.has("matches[].artifact");
    beginning.has("matches") && (described || matched)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Grype"), source.beginning.text("descriptor.version"));
    document.required("matches")?.each_element(|node| {
        if let Some(found) = node.item::<Match>(intake) {
            intake.observe(found.observation());
        }
    })?;
    match document.member("ignoredMatches")? {
        Some(ignored) => ignored.each_element(|node| {
            let Some(found) = node.item::<Match>(intake) else { return };
            match found.standing() {
                Some(standing) => intake.observe(Observation { standing, ..found.observation() }),
                None => intake.remark("a match that Grype was told to ignore was left out"),
            }
        }),
        None => Ok(()),
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Match {
    vulnerability: Vulnerability,
    related_vulnerabilities: List<Vulnerability>,
    artifact: Artifact,
    applied_ignore_rules: List<IgnoreRule>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Vulnerability {
    id: Text,
    data_source: Text,
    severity: Text,
    description: Text,
    cvss: List<Cvss>,
    cwes: List<Weakness>,
    fix: Option<Fix>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cvss {
    vector: Text,
    metrics: Option<Metrics>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metrics {
    base_score: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Weakness {
    cwe: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fix {
    versions: List<Text>,
    state: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Artifact {
    name: Text,
    version: Text,
    purl: Text,
    locations: List<Place>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    path: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct IgnoreRule {
    vex_status: Text,
}

impl Match {
    fn observation(&self) -> Observation {
        let own = &self.vulnerability;
        let id = own.id.get().unwrap_or("Vulnerability without a name");
        let name = match self.artifact.name.get() {
            Some(package) => format!("{id} in {package}"),
            None => id.to_owned(),
        };
        let word = own.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(name, word);
        let mut rating = Rating::default();
        for vulnerability in std::iter::once(own).chain(self.related_vulnerabilities.iter()) {
            if let Some(id) = vulnerability.id.owned() {
                push_new(&mut observation.ids, id);
            }
            for weakness in vulnerability.cwes.iter().filter_map(|weakness| weakness.cwe.get()) {
                let numbers = cwes(weakness);
                numbers.into_iter().for_each(|number| push_new(&mut observation.cwes, number));
            }
            for cvss in vulnerability.cvss.iter() {
                let score = cvss.metrics.as_ref().and_then(|metrics| metrics.base_score.number());
                rating.offer(cvss.vector.get(), score);
            }
        }
        observation.score = rating.score();
        observation.vector = rating.vector();
        observation.package = self.package();
        observation.location = self.artifact.locations.first().and_then(|place| {
            Some(Location { path: Some(place.path.owned()?), ..Location::default() })
        });
        observation.description = self.description();
        observation
    }

    fn package(&self) -> Option<Package> {
        let fix = self.vulnerability.fix.as_ref();
        Some(Package {
            name: self.artifact.name.owned()?,
            version: self.artifact.version.owned(),
            fixed: fix.and_then(|fix| fix.versions.joined()),
            purl: self.artifact.purl.owned(),
        })
    }

    fn description(&self) -> Option<String> {
        let own = &self.vulnerability;
        let related = || self.related_vulnerabilities.iter().find_map(|one| one.description.get());
        let state = own.fix.as_ref().and_then(|fix| fix.state.get());
        let state = state.filter(|state| matches!(*state, "wont-fix" | "not-fixed"));
        let state = state.map(|state| format!("State of the fix: {state}"));
        let text = own.description.get().or_else(related);
        paragraphs([text, state.as_deref(), own.data_source.get()])
    }

    fn standing(&self) -> Option<Standing> {
        self.applied_ignore_rules.iter().find_map(|rule| match rule.vex_status.get()? {
            "not_affected" => Some(Standing::NotAffected),
            "fixed" => Some(Standing::Fixed),
            _ => None,
        })
    }
}
