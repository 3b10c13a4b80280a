//! CycloneDX, JSON and XML, as far as it tells of vulnerabilities: one finding for each component
//! that a vulnerability affects.
//!
//! A bill of materials may hold hundreds of thousands of components. Only those that some
//! vulnerability points at are kept, and nothing is built up whole. What is said here of the
//! members holds for specification versions 1.4 to 1.7; before 1.4 there was an XML extension in
//! which vulnerabilities stand inside their component.

mod json;
mod vulnerability;
mod xml;

use std::collections::{BTreeMap, BTreeSet};

use domain::findings::{Location, Package};
use serde::Deserialize;

use super::json::{List, Text};
use super::sarif::percent_decoded;
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "cyclonedx",
    title: "CycloneDX (JSON, XML)",
    how_to_get: "grype --output cyclonedx-json IMAGE, trivy image --format cyclonedx --scanners \
        vuln IMAGE, or any tool that writes a BOM with vulnerabilities (VDR) or a VEX",
    manual: "One finding for each entry of `affects` of each vulnerability; one without a package \
        where there is none. Severity: the label of the rating that is from the vulnerability's \
        own source, else of the first rating with a label; else by score. CVSS: the best of \
        `ratings`, its version told by `method` where the vector has no prefix. Identifiers: `id` \
        and `references[].id`. The package is the component named by `bom-ref`, wherever it is \
        nested; the place is the first occurrence of its evidence. Fixed: the version in \
        `recommendation` where that is a sentence like \"Upgrade NAME to version …\". `analysis.state`: resolved is \
        fixed, false_positive and not_affected are what they say, exploitable and in_triage are \
        present. A version that `affects` calls unaffected is not affected. A document that does \
        not speak of vulnerabilities is read with no finding, and closes none.",
    samples: &[
        ("cyclonedx.json", include_bytes!("../samples/cyclonedx.json")),
        ("cyclonedx.xml", include_bytes!("../samples/cyclonedx.xml")),
        ("cyclonedx_before_1_4.xml", include_bytes!("../samples/cyclonedx_before_1_4.xml")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let format = beginning.text("bomFormat").is_some_and(|name| name == "CycloneDX");
    let schema = beginning.text("$schema").is_some_and(|schema| schema.contains("cyclonedx"));
    let root = beginning.root().is_some_and(|(name, namespace)| {
        name == "bom" && namespace.contains("cyclonedx.org/schema/bom")
    });
    format || schema || root
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    match source.beginning.syntax {
        Syntax::Xml => xml::read(source.text, intake),
        _ => json::read(source.text, intake),
    }
}

/// Such a document cannot tell that anything is gone.
fn silent(intake: &mut Intake<'_>) {
    intake.tool_failed("a bill of materials that does not speak of vulnerabilities");
}

/// A component or service, as far as a finding needs it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Text,
    group: Text,
    name: Text,
    version: Text,
    purl: Text,
    evidence: Option<Evidence>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Evidence {
    occurrences: List<Occurrence>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Occurrence {
    location: Text,
}

impl Component {
    fn package(&self) -> Option<Package> {
        let name = self.name.get()?;
        let name = match self.group.get() {
            Some(group) => format!("{group}/{name}"),
            None => name.to_owned(),
        };
        let (version, purl) = (self.version.owned(), self.purl.owned());
        Some(Package { name, version, fixed: None, purl })
    }

    fn location(&self) -> Option<Location> {
        let path = self.evidence.as_ref()?.occurrences.first()?.location.owned()?;
        Some(Location { path: Some(path), ..Location::default() })
    }
}

/// The components that vulnerabilities point at.
#[derive(Debug, Default)]
struct Components {
    wanted: BTreeSet<String>,
    known: BTreeMap<String, Component>,
}

impl Components {
    fn want(&mut self, reference: &str) {
        self.wanted.insert(local(reference));
    }

    /// Keeps the component if it is wanted; of several with one reference the first.
    fn take(&mut self, component: Component) {
        let Some(reference) = component.reference.get() else { return };
        if self.wanted.contains(reference) && !self.known.contains_key(reference) {
            self.known.insert(reference.to_owned(), component);
        }
    }

    fn find(&self, reference: &str) -> Option<&Component> {
        self.known.get(&local(reference))
    }
}

/// The reference within its document, of a link that may name the document too (BOM-Link,
/// `urn:cdx:serial/version#reference`).
fn local(reference: &str) -> String {
    match reference.trim().strip_prefix("urn:cdx:").and_then(|link| link.split_once('#')) {
        Some((_, reference)) => percent_decoded(reference),
        None => reference.trim().to_owned(),
    }
}

/// The package a reference names where it is a package URL itself, as VEX documents write it that
/// do not list the components.
fn package_of_purl(reference: &str) -> Option<Package> {
    let purl = local(reference);
    let path = purl.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    let (_, named) = path.split_once('/')?;
    let (name, version) = match named.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !version.contains('/') => {
            (name, Some(percent_decoded(version)))
        }
        _ => (named, None),
    };
    Some(Package { name: percent_decoded(name), version, fixed: None, purl: Some(purl.clone()) })
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, ReadReport, read};
    use super::*;

    fn without_findings(document: &str) -> ReadReport {
        let mut sink = |observation| panic!("handed over {observation:?}");
        read(document.as_bytes(), None, &Limits::default(), &mut sink).unwrap()
    }

    #[test]
    fn a_bill_of_materials_alone_is_read_with_no_finding_and_closes_none() {
        let xml = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><tools><tool>
            <name>lister</name></tool></tools></metadata><components><component>
            <name>lodash</name></component></components></bom>"#;
        let json = r#"{"bomFormat": "CycloneDX", "metadata": {"tools": [{"name": "lister"}]},
            "components": [{"name": "lodash"}]}"#;
        for document in [xml, json] {
            let report = without_findings(document);
            assert_eq!(report.tool.as_deref(), Some("lister"));
            assert_eq!(
                report.remarks,
                ["a bill of materials that does not speak of vulnerabilities"]
            );
            assert!(!report.whole);
        }
        let looked = r#"{"bomFormat": "CycloneDX", "vulnerabilities": []}"#;
        assert!(without_findings(looked).whole);
    }

    #[test]
    fn a_package_url_tells_its_package() {
        let check = |reference: &str, name: &str, version: Option<&str>| {
            let package = package_of_purl(reference).unwrap();
            assert_eq!((package.name.as_str(), package.version.as_deref()), (name, version));
        };
        check("pkg:npm/lodash@4.17.20", "lodash", Some("4.17.20"));
        check("pkg:npm/%40angular/core@1.0?x=y", "@angular/core", Some("1.0"));
        check("pkg:npm/@angular/core", "@angular/core", None);
        check("urn:cdx:3e67/1#pkg%3Amaven/org.example/a@1", "org.example/a", Some("1"));
        assert_eq!(package_of_purl("component-7"), None);
    }
}
