//! SPDX 2 bills of materials, as JSON or tag-value: the advisories that packages refer to.
//!
//! A bill of materials says what is there and not what is wrong with it. Only a reference of the
//! category SECURITY that names a CVE or GHSA is a finding; a CPE is a name and no weakness. SPDX
//! has no place for a severity.

use std::collections::BTreeSet;

use domain::findings::{Observation, Package, Severity};

use super::item;
use super::json::Node;
use super::vocabulary::{identifiers_of, package_of, paragraphs, text_at, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "spdx",
    title: "SPDX 2.2 and 2.3 (JSON, tag-value)",
    how_to_get: "syft IMAGE -o spdx-json=report.json, or -o spdx-tag-value=report.spdx",
    manual: "One finding for each package and each CVE or GHSA that an external reference of the \
        category SECURITY names in its locator or comment; CPE references are none. Severity is \
        medium: SPDX knows none. Package: name, version and its package URL. SPDX 3 is refused.",
    samples: &[
        ("spdx.json", include_bytes!("samples/spdx.json")),
        ("spdx.spdx", include_bytes!("samples/spdx.spdx")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let third = beginning.text("@context").is_some_and(|context| context.contains("spdx.org"));
    match beginning.syntax {
        Syntax::Plain => beginning.opening().contains("SPDXVersion: SPDX-"),
        _ => beginning.has("spdxVersion") || third,
    }
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if source.beginning.syntax == Syntax::Plain {
        read_tags(source.text, intake);
        return Ok(());
    }
    let document = Node::root(source.text);
    let version = text_at(&document, "spdxVersion")?.unwrap_or_else(|| "SPDX-3".to_owned());
    if !version.starts_with("SPDX-2") {
        return Err(Unreadable::Shape {
            place: document.place().to_string(),
            what: format!("{version} is not read"),
            hint: Some("export SPDX 2.3 or CycloneDX instead".to_owned()),
        });
    }
    let Some(packages) = document.member("packages")? else { return Ok(()) };
    item::each(&packages, intake, |entry, intake| {
        let mut part = Part {
            name: entry.text("name"),
            version: entry.text("versionInfo"),
            ..Part::default()
        };
        for reference in entry.list("externalRefs") {
            let text = |name: &str| reference.text(name).unwrap_or_default();
            let (category, kind) = (text("referenceCategory"), text("referenceType"));
            part.refer(&category, &kind, &text("referenceLocator"));
            part.comment(&text("comment"));
        }
        part.hand_over(intake);
    })
}

/// A package with what it refers to.
#[derive(Default)]
struct Part {
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    /// Whether the last reference may name an advisory.
    advisory: bool,
    named: Vec<String>,
}

impl Part {
    fn refer(&mut self, category: &str, kind: &str, locator: &str) {
        if kind == "purl" && self.purl.is_none() {
            self.purl = Some(locator.to_owned());
        }
        self.advisory = category.eq_ignore_ascii_case("security") && !kind.starts_with("cpe");
        self.comment(locator);
    }

    fn comment(&mut self, text: &str) {
        if self.advisory {
            self.named.push(text.to_owned());
        }
    }

    fn hand_over(self, intake: &mut Intake<'_>) {
        let ids = identifiers_of(self.named.iter().map(String::as_str));
        let known = |text: &Option<String>| {
            text.clone().filter(|text| text != "NOASSERTION" && text != "NONE")
        };
        let (name, version) = (known(&self.name), known(&self.version));
        for id in ids {
            let heading = match &name {
                Some(name) => format!("{id} in {name}"),
                None => id.clone(),
            };
            let mut observation = Observation::new(title(&heading), Severity::Medium);
            let of_purl = self.purl.as_deref().and_then(package_of);
            observation.package = name.clone().map(|name| Package {
                name,
                version: version.clone(),
                fixed: None,
                purl: of_purl.and_then(|package| package.purl),
            });
            let about =
                self.named.iter().filter(|text| text.to_uppercase().contains(&id.to_uppercase()));
            let about: BTreeSet<&str> = about.map(String::as_str).collect();
            observation.description = paragraphs(about.into_iter().map(Some));
            observation.ids = vec![id];
            intake.observe(observation);
        }
    }
}

/// Tag-value: one `Tag: value` a line, a package beginning with its name.
fn read_tags(text: &str, intake: &mut Intake<'_>) {
    let mut part: Option<Part> = None;
    for line in text.lines() {
        let Some((tag, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if tag == "PackageName" {
            part.take().into_iter().for_each(|part| part.hand_over(intake));
            part = Some(Part { name: Some(value.to_owned()), ..Part::default() });
            continue;
        }
        let Some(part) = &mut part else { continue };
        match tag {
            "PackageVersion" => part.version = Some(value.to_owned()),
            "ExternalRef" => {
                let mut words = value.splitn(3, ' ');
                let mut next = || words.next().unwrap_or_default();
                let (category, kind, locator) = (next(), next(), next());
                part.refer(category, kind, locator);
            }
            "ExternalRefComment" => part.comment(value),
            _ => {}
        }
    }
    part.into_iter().for_each(|part| part.hand_over(intake));
}
