//! Reports that tools wrote, against another reader's findings (`truth.jsonl`), and our samples.
//!
//! A count that differs has its line in `docs/differences.md`, or the test fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::findings::{Observation, Severity};
use formats::reports::{Limits, ReadReport, Unreadable, by_name, catalogue, read};
use serde_json::Value;

/// Folders of the corpus and the formats that read them.
const FAMILIES: [(&str, &[&str]); 7] = [
    ("cyclonedx", &["cyclonedx"]),
    ("gitlab_dep_scan", &["gitlab_dependency_scanning"]),
    ("gitlab_sast", &["gitlab_sast"]),
    ("gitlab_container_scan", &["gitlab_container_scanning"]),
    ("gitlab_secret_detection_report", &["gitlab_secret_detection"]),
    ("npm_audit", &["npm_audit_6"]),
    ("npm_audit_7_plus", &["npm_audit_7"]),
];

fn told(bytes: &[u8]) -> Result<(ReadReport, Vec<Observation>), Unreadable> {
    let mut observations = Vec::new();
    let mut sink = |observation| observations.push(observation);
    let report = read(bytes, None, &Limits::default(), &mut sink)?;
    Ok((report, observations))
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("WATCHBELL_CORPUS").map(|root| Path::new(&root).join("reports"));
    let present = folder.filter(|folder| folder.join("truth.jsonl").is_file());
    if present.is_none() {
        eprintln!("CORPUS ABSENT: set WATCHBELL_CORPUS; only our own samples were read");
    }
    present
}

fn by_severity(observations: &[Observation]) -> String {
    let count = |severity| {
        let found = observations.iter().filter(|one| one.severity == severity).count();
        (found > 0).then(|| format!("{found} {severity}"))
    };
    let counts: Vec<String> = Severity::ALL.into_iter().filter_map(count).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

fn theirs_by_severity(truth: &Value) -> String {
    let count = |severity: &str| {
        let found = truth["by_severity"][severity].as_u64().unwrap_or_default();
        (found > 0).then(|| format!("{found} {}", severity.to_lowercase()))
    };
    let words = ["Critical", "High", "Medium", "Low", "Info"];
    let counts: Vec<String> = words.into_iter().filter_map(count).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

/// The rows of `docs/differences.md` under the heading of one family: file → (ours, theirs).
fn listed(family: &str) -> BTreeMap<String, (String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences.md");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let section = text.split("\n## ").find(|section| section.lines().next() == Some(family));
    let rows = section.unwrap_or_default().lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        (cells[1].trim_matches('`').to_owned(), (cells[2].to_owned(), cells[3].to_owned()))
    })
    .collect()
}

#[test]
fn real_reports_are_counted_as_by_another_reader_or_the_difference_is_listed() {
    let Some(folder) = corpus() else { return };
    let truth = std::fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    let mut wrong = Vec::new();
    for line in truth.lines() {
        let truth: Value = serde_json::from_str(line).unwrap();
        let (tool, file) = (truth["tool"].as_str().unwrap(), truth["file"].as_str().unwrap());
        let Some((_, formats)) = FAMILIES.iter().find(|(name, _)| *name == tool) else { continue };
        let bytes = std::fs::read(folder.join(tool).join(file)).unwrap();
        let (report, observations) = match told(&bytes) {
            Ok(told) => told,
            Err(error) => {
                wrong.push(format!("{tool}/{file}: {error}"));
                continue;
            }
        };
        if !formats.contains(&report.format) {
            wrong.push(format!("{tool}/{file}: taken for {}", report.format));
        }
        let (ours, theirs) = (by_severity(&observations), theirs_by_severity(&truth));
        let found = (ours, theirs);
        match listed(tool).get(file) {
            Some(listed) if *listed != found => {
                wrong.push(format!("{tool}/{file}: listed {listed:?}, found {found:?}"));
            }
            None if found.0 != found.1 => wrong.push(format!("{tool}/{file}: {found:?}")),
            _ => {}
        }
        let lost = lost_identifiers(&observations, &truth);
        if !lost.is_empty() {
            wrong.push(format!("{tool}/{file}: identifiers lost: {lost:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn lost_identifiers(observations: &[Observation], truth: &Value) -> BTreeSet<String> {
    let ours: BTreeSet<&str> =
        observations.iter().flat_map(|one| one.ids.iter().map(String::as_str)).collect();
    let items = truth["items"].as_array().into_iter().flatten();
    let theirs = items.flat_map(|item| item["vulnerability_ids"].as_array().into_iter().flatten());
    let theirs = theirs.filter_map(Value::as_str).filter(|id| !ours.contains(id));
    theirs.map(str::to_owned).collect()
}

#[test]
fn every_sample_is_read_as_its_snapshot_says() {
    for report in catalogue().iter().filter(|report| report.name != "sarif") {
        for (file, bytes) in report.samples {
            let (said, observations) = told(bytes).unwrap();
            assert_eq!(said.format, report.name, "{file}");
            let ReadReport { tool, tool_version, remarks, refusals, whole, .. } = said;
            insta::assert_debug_snapshot!(
                file.replace('.', "_"),
                (tool, tool_version, whole, remarks, refusals, observations)
            );
        }
    }
}

#[test]
fn a_cut_or_damaged_sample_is_refused_or_read_but_never_panics() {
    for report in catalogue() {
        for (file, bytes) in report.samples {
            let whole = String::from_utf8_lossy(bytes);
            for end in (0..whole.trim_end().len()).step_by(7) {
                assert!(told(&bytes[..end]).is_err(), "{file} cut at {end}");
            }
            for place in 0..bytes.len() {
                let mut damaged = bytes.to_vec();
                damaged[place] ^= 1 << (place % 7);
                let _ = read(&damaged, Some(report.name), &Limits::default(), &mut |_| {});
            }
        }
    }
}

#[test]
fn what_npm_prints_when_it_gives_up_is_refused_in_its_words() {
    let check = |printed: &str, expected: &str| {
        assert_eq!(told(printed.as_bytes()).unwrap_err().to_string(), expected);
    };
    check(
        r#"{"error": {"code": "ENOLOCK", "summary": "This command requires a lockfile.", "detail": ""}}"#,
        "error (line 1, column 11): npm could not audit: ENOLOCK: This command requires a \
         lockfile.; this is an error message and no report; audit again",
    );
    check(
        r#"{"message": "request failed", "error": {"summary": "", "detail": ""}}"#,
        "error (line 1, column 40): npm could not audit: request failed; this is an error \
         message and no report; audit again",
    );
    assert!(by_name("npm_audit_7").is_some());
}
