//! `npm audit --json` as npm 7 and later write it: vulnerable packages with the reasons why.
//!
//! A package is listed because of advisories of its own or because it depends on another listed
//! package. Only the former are findings: the latter are the same weakness told once more.

use std::collections::BTreeSet;

use domain::findings::{Location, Observation, Package, Severity};
use serde::Deserialize;
use serde_json::Value;

use super::json::{List, Node, Text};
use super::npm::{self, Cvss};
use super::vocabulary::{Rating, cwes, identifiers, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "npm_audit_7",
    title: "npm audit (npm 7 and later)",
    how_to_get: "npm audit --json > report.json",
    manual: "One finding for each advisory of a package (the objects under `via`) and each place \
        where it is installed (`nodes`). Severity: that of the advisory, else that of the package. \
        Identifiers: the GHSA or CVE in the advisory's `url`. The installed version is not in the \
        report. Fixed: `fixAvailable` where it names the package itself; where it names the \
        dependency to update, the description says so. A package that is listed only because it \
        depends on another listed one is no finding of its own. An error message of npm is \
        refused.",
    samples: &[("npm_audit_7.json", include_bytes!("samples/npm_audit_7.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("auditReportVersion")
        || beginning.child_has("vulnerabilities", "via")
        || npm::gave_up(beginning)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    npm::refuse_error(&document)?;
    let packages = document.required("vulnerabilities")?;
    let mut listed = BTreeSet::new();
    packages.each_member(|name, _| {
        listed.insert(name.to_owned());
    })?;
    packages.each_member(|name, node| {
        if let Some(entry) = node.item::<Entry>(intake) {
            entry.read(name, &listed, intake);
        }
    })
}

/// A vulnerable package.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    name: Text,
    severity: Text,
    via: List<Via>,
    nodes: List<Text>,
    fix_available: Value,
}

impl Entry {
    fn read(&self, key: &str, listed: &BTreeSet<String>, intake: &mut Intake<'_>) {
        let name = self.name.get().unwrap_or(key);
        let label = self.severity.get().and_then(severity);
        let mut told = Vec::new();
        for via in self.via.iter() {
            match via {
                Via::Advisory(advisory) => told.push(advisory.observation(label)),
                Via::Dependency(other) if !listed.contains(other) => {
                    intake.remark("a package that others depend on is named but not listed");
                }
                Via::Dependency(_) => {}
            }
        }
        let explained = self.via.iter().any(|via| via.is_explained(listed));
        if !explained {
            told.push(self.unexplained(name, label.unwrap_or(Severity::Info)));
        }
        for mut observation in told {
            observation.package = Some(self.package(name));
            if let Some(update) = self.update_of_another(name) {
                let text = observation.description.get_or_insert_default();
                text.push_str("\n\n");
                text.push_str(&update);
                *text = text.trim().to_owned();
            }
            self.observe_everywhere(&observation, intake);
        }
    }

    /// For a package whose reason the report keeps to itself.
    fn unexplained(&self, name: &str, label: Severity) -> Observation {
        let others: Vec<&str> = self.via.iter().filter_map(Via::dependency).collect();
        let words = match others.is_empty() {
            true => format!("{name} is vulnerable"),
            false => format!("{name} depends on vulnerable {}", others.join(", ")),
        };
        Observation::new(title(&words), label)
    }

    fn observe_everywhere(&self, observation: &Observation, intake: &mut Intake<'_>) {
        for node in self.nodes.texts() {
            let location = Some(Location { path: Some(node.to_owned()), ..Location::default() });
            intake.observe(Observation { location, ..observation.clone() });
        }
        if self.nodes.texts().next().is_none() {
            intake.observe(observation.clone());
        }
    }

    fn package(&self, name: &str) -> Package {
        let mut package = npm::package(name, None);
        if let Some((updated, version)) = self.fix() {
            package.fixed = Some(version.to_owned()).filter(|_| updated == name);
        }
        package
    }

    /// The package to update and its version.
    fn fix(&self) -> Option<(&str, &str)> {
        let text = |name| self.fix_available.get(name).and_then(Value::as_str);
        text("name").zip(text("version"))
    }

    fn update_of_another(&self, name: &str) -> Option<String> {
        let (updated, version) = self.fix().filter(|(updated, _)| *updated != name)?;
        Some(format!("Update {updated} to version {version}."))
    }
}

/// Why a package is listed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Via {
    /// Because of another package.
    Dependency(String),
    Advisory(Box<Advisory>),
}

impl Via {
    fn dependency(&self) -> Option<&str> {
        match self {
            Via::Advisory(_) => None,
            Via::Dependency(other) => Some(other),
        }
    }

    fn is_explained(&self, listed: &BTreeSet<String>) -> bool {
        self.dependency().is_none_or(|other| listed.contains(other))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Advisory {
    source: Text,
    title: Text,
    url: Text,
    severity: Text,
    cwe: List<Text>,
    cvss: Option<Cvss>,
    range: Text,
}

impl Advisory {
    fn observation(&self, of_package: Option<Severity>) -> Observation {
        let label = self.severity.get().and_then(severity).or(of_package);
        let named = self.title.get().unwrap_or("Advisory without title");
        let mut observation = Observation::new(title(named), label.unwrap_or(Severity::Info));
        observation.ids = self.url.get().map(identifiers).unwrap_or_default();
        for number in self.cwe.texts().flat_map(cwes) {
            push_new(&mut observation.cwes, number);
        }
        let mut rating = Rating::default();
        if let Some(cvss) = &self.cvss {
            rating.offer(cvss.vector_string.get(), cvss.score.number());
        }
        observation.vector = rating.vector();
        observation.score = rating.score();
        observation.rule = self.source.owned();
        let range = self.range.get().map(|range| format!("Vulnerable versions: {range}"));
        let texts: Vec<&str> = range.as_deref().into_iter().chain(self.url.get()).collect();
        observation.description = (!texts.is_empty()).then(|| texts.join("\n\n"));
        observation
    }
}
