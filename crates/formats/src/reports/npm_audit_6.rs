//! `npm audit --json` as npm 6 wrote it: advisories with the places where they apply.
//!
//! `pnpm audit` and the `yarn npm audit` of yarn 2 and 3 write the same shape.

use std::collections::BTreeSet;

use domain::findings::{Location, Observation, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::npm::{self, Cvss};
use super::solution::least_versions;
use super::vocabulary::{Rating, cwes, identifiers, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "npm_audit_6",
    title: "npm audit (npm 6), pnpm audit, yarn npm audit",
    how_to_get: "npm audit --json > report.json with npm 6, pnpm audit --json > report.json, or \
        yarn npm audit --json > report.json with yarn 2 or 3",
    manual: "One finding for each advisory and installed version. Severity: `severity` (moderate \
        is medium). Identifiers: all `cves`, then `github_advisory_id` and any in `url`. Package: \
        `module_name` and the version; the place is the first dependency path of that version \
        (`a>b>c`). Fixed: the least version of each range of `patched_versions`. CVSS and CWE as \
        given.",
    samples: &[("npm_audit_6.json", include_bytes!("samples/npm_audit_6.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let counted = beginning.has("metadata.vulnerabilities");
    beginning.has("advisories") && (counted || beginning.child_has("advisories", "module_name"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    npm::refuse_error(&document)?;
    document.required("advisories")?.each_member(|_, node| {
        if let Some(advisory) = node.item::<Advisory>(intake) {
            read_advisory(&advisory, intake);
        }
    })
}

fn read_advisory(advisory: &Advisory, intake: &mut Intake<'_>) {
    let observation = advisory.observation();
    let mut versions = BTreeSet::new();
    for finding in advisory.findings.iter() {
        if versions.insert(finding.version.get()) {
            let path = finding.paths.texts().next().map(str::to_owned);
            let location = path.map(|path| Location { path: Some(path), ..Location::default() });
            let package = advisory.package(finding.version.get());
            intake.observe(Observation { location, package, ..observation.clone() });
        }
    }
    if versions.is_empty() {
        intake.observe(Observation { package: advisory.package(None), ..observation });
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Advisory {
    id: Text,
    title: Text,
    module_name: Text,
    severity: Text,
    cves: List<Text>,
    github_advisory_id: Text,
    url: Text,
    cwe: List<Text>,
    cvss: Option<Cvss>,
    patched_versions: Text,
    overview: Text,
    recommendation: Text,
    findings: List<Finding>,
}

impl Advisory {
    fn observation(&self) -> Observation {
        let named = self.title.get().or(self.module_name.get()).unwrap_or("Advisory without title");
        let severity = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(title(named), severity);
        let others = [&self.github_advisory_id, &self.url].into_iter().filter_map(Text::get);
        for text in self.cves.texts().chain(others) {
            identifiers(text).into_iter().for_each(|id| push_new(&mut observation.ids, id));
        }
        // npm 6 wrote a list, or the text of a JSON list, or one number alone.
        for number in self.cwe.texts().flat_map(cwes) {
            push_new(&mut observation.cwes, number);
        }
        let mut rating = Rating::default();
        if let Some(cvss) = &self.cvss {
            rating.offer(cvss.vector_string.get(), cvss.score.number());
        }
        observation.vector = rating.vector();
        observation.score = rating.score();
        observation.rule = self.id.owned();
        let texts = [&self.overview, &self.recommendation, &self.url];
        let texts: Vec<&str> = texts.into_iter().filter_map(Text::get).collect();
        observation.description = (!texts.is_empty()).then(|| texts.join("\n\n"));
        observation
    }

    fn package(&self, version: Option<&str>) -> Option<domain::findings::Package> {
        let mut package = npm::package(self.module_name.get()?, version);
        package.fixed = self.patched_versions.get().and_then(least_versions);
        Some(package)
    }
}

/// Where an advisory applies.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Finding {
    version: Text,
    paths: List<Text>,
}
