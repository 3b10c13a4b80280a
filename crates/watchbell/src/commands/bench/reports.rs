//! Reports made for the benchmark, in four formats.

use serde_json::{Value, json};

/// A format that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Trivy,
    Sarif,
    CycloneDx,
    Csv,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Trivy, Kind::Sarif, Kind::CycloneDx, Kind::Csv];

    /// The name under which the format is read.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Trivy => "trivy",
            Kind::Sarif => "sarif",
            Kind::CycloneDx => "cyclonedx",
            Kind::Csv => "generic_csv",
        }
    }

    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A report of `count` findings, numbered from `first`.
pub fn report(kind: Kind, count: u64, first: u64) -> Vec<u8> {
    match kind {
        Kind::Trivy => trivy((first..first + count).map(|n| (n, mixed(n)))),
        Kind::Sarif => sarif(count),
        Kind::CycloneDx => cyclonedx(count),
        Kind::Csv => csv(count),
    }
}

/// A severity's word in reports, and a vector of it.
pub type Graded = (&'static str, &'static str);

pub const CRITICAL: Graded = ("CRITICAL", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
pub const HIGH: Graded = ("HIGH", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
pub const MEDIUM: Graded = ("MEDIUM", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H");
pub const LOW: Graded = ("LOW", "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N");

/// One in twenty is critical, five are high, nine medium, five low.
pub fn mixed(number: u64) -> Graded {
    match number % 20 {
        0 => CRITICAL,
        1..=5 => HIGH,
        6..=14 => MEDIUM,
        _ => LOW,
    }
}

/// What goes wrong in titles: one word in a thousand findings, others in every one.
fn fate(number: u64) -> &'static str {
    match number % 1_000 {
        7 => "an overflow",
        0..100 => "a disclosure",
        _ => "a crash",
    }
}

/// A Trivy report; each vulnerability takes some 1,450 bytes, as in real ones.
pub fn trivy(findings: impl Iterator<Item = (u64, Graded)>) -> Vec<u8> {
    let words = "A flaw was found in the way the component handles crafted input. ".repeat(14);
    let vulnerability = |(n, (word, vector)): (u64, Graded)| {
        let package = n / 3;
        json!({
            "VulnerabilityID": format!("CVE-2025-{n:06}"),
            "PkgName": format!("package-{package}"),
            "PkgIdentifier": {"PURL": format!("pkg:deb/debian/package-{package}@1.{n}")},
            "InstalledVersion": format!("1.{n}"),
            "FixedVersion": format!("1.{}", n + 1),
            "Title": format!("package-{package}: crafted input leads to {} ({n})", fate(n)),
            "Description": words,
            "Severity": word,
            "CweIDs": ["CWE-125"],
            "CVSS": {"nvd": {"V3Vector": vector}},
        })
    };
    let around = json!({
        "SchemaVersion": 2,
        "ArtifactName": "registry.example/service",
        "ArtifactType": "container_image",
        "Results": [{"Target": "debian", "Class": "os-pkgs", "Type": "debian",
            "Vulnerabilities": []}],
    });
    written(&around, "\"Vulnerabilities\":[", findings.map(vulnerability))
}

/// A SARIF report over a hundred rules.
fn sarif(count: u64) -> Vec<u8> {
    let rules: Vec<_> = (0..100).map(|n| json!({"id": format!("rule-{n}")})).collect();
    let result = |n: u64| {
        json!({
            "ruleId": format!("rule-{}", n % 100),
            "level": if n.is_multiple_of(7) { "error" } else { "warning" },
            "message": {"text": format!("something questionable, number {n}")},
            "partialFingerprints": {"primaryLocationLineHash": format!("{n:016x}:1")},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": format!("src/module_{}/file_{}.rs", n % 50, n % 999)},
                "region": {"startLine": 1 + n % 2_000},
            }}],
        })
    };
    let driver = json!({"name": "bench", "rules": rules});
    let around = json!({"version": "2.1.0", "runs": [{"results": [], "tool": {"driver": driver}}]});
    written(&around, "\"results\":[", (0..count).map(result))
}

/// A CycloneDX document: a component for every three vulnerabilities.
fn cyclonedx(count: u64) -> Vec<u8> {
    let component = |n: u64| {
        let purl = format!("pkg:npm/part-{n}@2.{n}.0");
        json!({"bom-ref": purl, "type": "library", "name": format!("part-{n}"),
            "version": format!("2.{n}.0"), "purl": purl})
    };
    let components: Vec<_> = (0..=count / 3).map(component).collect();
    let vulnerability = |n: u64| {
        let (word, vector) = mixed(n);
        json!({
            "id": format!("CVE-2024-{n:06}"),
            "ratings": [{"method": "CVSSv31", "severity": word.to_lowercase(), "vector": vector}],
            "cwes": [79],
            "description": format!("part-{} mishandles text, which leads to {}", n / 3, fate(n)),
            "recommendation": "Upgrade to the next version.",
            "affects": [{"ref": format!("pkg:npm/part-{0}@2.{0}.0", n / 3)}],
        })
    };
    let around = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": components, "vulnerabilities": []});
    written(&around, "\"vulnerabilities\":[", (0..count).map(vulnerability))
}

/// A table with a heading.
fn csv(count: u64) -> Vec<u8> {
    let mut text = "Title,Severity,Description,CVE,ComponentName,ComponentVersion\n".to_owned();
    for n in 0..count {
        let severity = mixed(n).0.to_lowercase();
        let line = format!(
            "tool-{} reads past its end and leads to {},{severity},\"Update it, then test.\",\
             CVE-2023-{n:06},tool-{},3.{n}\n",
            n / 3,
            fate(n),
            n / 3
        );
        text.push_str(&line);
    }
    text.into_bytes()
}

/// `around` with `items` put into its empty list after `mark`, one by one.
fn written(around: &Value, mark: &str, items: impl Iterator<Item = Value>) -> Vec<u8> {
    let text = around.to_string();
    let at = text.find(mark).map_or(text.len(), |at| at + mark.len());
    let mut out = text.as_bytes()[..at].to_vec();
    for (place, item) in items.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(item.to_string().as_bytes());
    }
    out.extend_from_slice(&text.as_bytes()[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_read_as_so_many_findings_in_its_own_format() {
        for kind in Kind::ALL {
            let (read, observations) =
                operations::imports::read(&report(kind, 100, 0), None).expect("a report");
            assert_eq!((read.format, observations.len()), (kind.word(), 100));
            assert!(read.whole, "{kind:?}: {:?}", read.refusals);
        }
    }
}
