//! OWASP Dependency-Check's XML: one finding for each vulnerability of a dependency.
//!
//! The vector is written as its metrics, one element each, in words or as their first letters; it
//! is put together again. Related dependencies are the same thing once more and not told again.

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::vocabulary::{
    Rating, TITLE, cwes, identifiers, one_line, package_of_purl, paragraphs, push_new, severity,
    severity_of_score,
};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "dependency_check",
    title: "Dependency-Check (XML)",
    how_to_get: "dependency-check.sh --scan DIRECTORY --format XML --out report.xml",
    manual: "One finding for each `vulnerability` of a `dependency`. Identifier from `name`; \
        severity by the score of CVSS v3, then by the word of CVSS v2, then from `severity`, and \
        medium where that says nothing; CWE numbers from `cwes`. The package is the package URL \
        in `identifiers`, without one the product and the version that the evidence speaks for \
        most, and the fixed version the end of the \
        range that matched. A `suppressedVulnerability` is a false positive.",
    samples: &[("dependency_check.xml", include_bytes!("samples/dependency_check.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, namespace)| {
        name == "analysis"
            && (namespace.contains("dependency-check") || beginning.begins_with_element("scanInfo"))
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut version = None;
    each_item(source.text, &["scanInfo"], |item, _| {
        version = item.text_of("engineVersion").map(str::to_owned);
    })?;
    intake.tool(Some("Dependency-Check"), version.as_deref());
    each_item(source.text, &["dependency"], |item, _| {
        let package = package(&item);
        let path = item.text_of("filePath").or(item.text_of("fileName"));
        for list in item.all("vulnerabilities") {
            for one in &list.children {
                let standing = match one.name.as_str() {
                    "vulnerability" => Standing::Present,
                    "suppressedVulnerability" => Standing::FalsePositive,
                    _ => continue,
                };
                let mut observation = observation(one, package.as_ref());
                let path = path.map(str::to_owned);
                observation.location =
                    path.map(|path| Location { path: Some(path), ..Location::default() });
                intake.observe(Observation { standing, ..observation });
            }
        }
    })
}

fn observation(item: &Element, package: Option<&Package>) -> Observation {
    let id = item.text_of("name").unwrap_or("Vulnerability without a name");
    let title = match package {
        Some(package) => format!("{id} in {}", package.name),
        None => id.to_owned(),
    };
    let mut rating = Rating::default();
    let v3 = item.child("cvssV3");
    let score = |cvss: &Element, name: &str| cvss.text_of(name)?.parse::<f64>().ok();
    for (part, stated) in [("cvssV4", "baseScore"), ("cvssV3", "baseScore"), ("cvssV2", "score")] {
        if let Some(cvss) = item.child(part) {
            rating.offer(vector(cvss, part).as_deref(), score(cvss, stated));
        }
    }
    rating.offer(None, score(item, "cvssScore"));
    let v2 = item.child("cvssV2").and_then(|cvss| cvss.text_of("severity"));
    let word = v2.or(item.text_of("severity")).and_then(severity);
    let worded = word.unwrap_or(Severity::Medium);
    let v3 = v3.and_then(|cvss| score(cvss, "baseScore"));
    let severity = v3.map_or(worded, severity_of_score);
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.ids = identifiers(id);
    if observation.ids.is_empty() {
        observation.rule = Some(id.to_owned());
    }
    let numbers = item.listed("cwes", "cwe").chain(item.all("cwe")).filter_map(Element::words);
    numbers.chain([id]).filter(|text| text.starts_with("CWE")).flat_map(cwes).for_each(|number| {
        push_new(&mut observation.cwes, number);
    });
    let fixed = item.listed("vulnerableSoftware", "software").find_map(|software| {
        software.attribute("vulnerabilityIdMatched").or(software.attribute("matched"))?;
        software.attribute("versionEndExcluding").map(str::to_owned)
    });
    observation.package = package.map(|package| Package { fixed, ..package.clone() });
    observation.description = paragraphs([item.text_of("description"), item.text_of("notes")]);
    observation
}

/// The vector that the metrics make; none where one is missing.
fn vector(cvss: &Element, version: &str) -> Option<String> {
    if let Some(vector) = cvss.text_of("vectorString") {
        return Some(vector.to_owned());
    }
    let metrics: &[(&str, &str)] = match version {
        "cvssV3" => &[
            ("AV", "attackVector"),
            ("AC", "attackComplexity"),
            ("PR", "privilegesRequired"),
            ("UI", "userInteraction"),
            ("S", "scope"),
            ("C", "confidentialityImpact"),
            ("I", "integrityImpact"),
            ("A", "availabilityImpact"),
        ],
        "cvssV2" => &[
            ("AV", "accessVector"),
            ("AC", "accessComplexity"),
            ("Au", "authenticationr"),
            ("C", "confidentialImpact"),
            ("I", "integrityImpact"),
            ("A", "availabilityImpact"),
        ],
        _ => return None,
    };
    let mut parts = Vec::new();
    if version == "cvssV3" {
        let minor = cvss.text_of("version").filter(|version| *version == "3.0");
        parts.push(format!("CVSS:{}", minor.unwrap_or("3.1")));
    }
    for (letters, name) in metrics {
        let value = cvss.text_of(name).or_else(|| cvss.text_of(name.trim_end_matches('r')))?;
        parts.push(format!("{letters}:{}", value.get(..1)?.to_ascii_uppercase()));
    }
    Some(parts.join("/"))
}

fn package(dependency: &Element) -> Option<Package> {
    let mut identifiers = dependency.listed("identifiers", "package");
    let purl = identifiers.find_map(|package| package_of_purl(package.text_of("id")?));
    purl.or_else(|| {
        Some(Package {
            name: evident(dependency, "product")?.to_owned(),
            version: evident(dependency, "version").map(str::to_owned),
            ..Package::default()
        })
    })
}

/// What the strongest evidence of that kind says, the first of equals.
fn evident<'e>(dependency: &'e Element, kind: &str) -> Option<&'e str> {
    let ranks = ["LOW", "MEDIUM", "HIGH", "HIGHEST"];
    let mut best: Option<(usize, &str)> = None;
    for evidence in dependency.listed("evidenceCollected", "evidence") {
        let of_kind = evidence.attribute("type").is_some_and(|one| one.eq_ignore_ascii_case(kind));
        let confidence = evidence.attribute("confidence").unwrap_or_default();
        let rank = ranks.iter().position(|rank| confidence.eq_ignore_ascii_case(rank));
        let rank = rank.unwrap_or_default();
        if let Some(value) = evidence.text_of("value").filter(|_| of_kind)
            && best.is_none_or(|(known, _)| rank > known)
        {
            best = Some((rank, value));
        }
    }
    best.map(|(_, value)| value)
}
