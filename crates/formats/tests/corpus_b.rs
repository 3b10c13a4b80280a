//! Reports of tools against another reader's findings (`truth.jsonl`), and damaged samples.
//!
//! A count that differs has its line in `docs/differences.md`, or the test fails.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::findings::{Observation, Severity};
use formats::reports::{Limits, ReadReport, Unreadable, catalogue, read};
use serde_json::Value;

/// Folders of the corpus and the formats that read them.
const FAMILIES: [(&str, &[&str]); 8] = [
    ("cyclonedx", &["cyclonedx"]),
    ("gitlab_dep_scan", &["gitlab_dependency_scanning"]),
    ("gitlab_sast", &["gitlab_sast"]),
    ("gitlab_container_scan", &["gitlab_container_scanning"]),
    ("gitlab_secret_detection_report", &["gitlab_secret_detection"]),
    ("npm_audit", &["npm_audit_6"]),
    ("npm_audit_7_plus", &["npm_audit_7"]),
    ("pnpm_audit", &["npm_audit_6"]),
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

/// `high 1, medium 2`, worst first, as `docs/differences.md` writes it.
fn counted(count: impl Fn(Severity) -> u64) -> String {
    let counts = Severity::ALL.into_iter().map(|severity| (severity, count(severity)));
    let told = counts.filter(|(_, count)| *count > 0);
    let told: Vec<String> = told.map(|(severity, count)| format!("{severity} {count}")).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

fn ours(observations: &[Observation]) -> String {
    counted(|severity| observations.iter().filter(|one| one.severity == severity).count() as u64)
}

fn theirs(truth: &Value) -> String {
    let counts = truth["by_severity"].as_object().unwrap();
    counted(|severity| {
        let named = counts.iter().find(|(word, _)| word.eq_ignore_ascii_case(severity.word()));
        named.and_then(|(_, count)| count.as_u64()).unwrap_or_default()
    })
}

/// The rows of `docs/differences.md`: file → (ours, theirs).
fn listed() -> BTreeMap<&'static str, (String, String)> {
    let page = include_str!("../../../docs/differences.md");
    let rows = page.lines().filter(|row| row.starts_with("| ") && row.contains('/'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        (cells[0], (cells[1].to_owned(), cells[2].to_owned()))
    })
    .collect()
}

#[test]
fn real_reports_are_counted_as_by_another_reader_or_the_difference_is_listed() {
    let Some(folder) = corpus() else { return };
    let truth = std::fs::read_to_string(folder.join("truth.jsonl")).unwrap();
    let (mut wrong, listed) = (Vec::new(), listed());
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
        let found = (ours(&observations), theirs(&truth));
        match listed.get(format!("{tool}/{file}").as_str()) {
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
fn a_cut_or_damaged_sample_is_refused_or_read_but_never_panics() {
    for report in catalogue() {
        // A table that is cut off is a shorter table.
        let marked_up = report
            .samples
            .iter()
            .filter(|(_, bytes)| bytes.starts_with(b"{") || bytes.starts_with(b"<"));
        for (file, bytes) in marked_up {
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
