//! TruffleHog 3's JSON Lines: secrets in repositories, images, buckets and wherever it looks.
//!
//! The secret itself is in the report and is not taken: what was leaked once is not to be kept in
//! another database. The same secret at the same place is one finding.

use std::collections::BTreeSet;

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trufflehog",
    title: "TruffleHog 3 (JSON)",
    how_to_get: "trufflehog git --json URL > report.json",
    manual: "One finding for each detector, secret and place (file, line and commit). Rule: \
        `DetectorName`. Place: `file` and `line` of the source, else its `link`. Severity is \
        critical; a private key that is not verified is high, a generic secret that is not \
        verified medium. CWE-798. The secret (`Raw`, `Redacted`) is not kept.",
    samples: &[("trufflehog.jsonl", include_bytes!("samples/trufflehog.jsonl"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let finding = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        has("SourceMetadata") && has("DetectorName")
    };
    finding("") || finding("[].")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("TruffleHog"), Some("3"));
    let mut seen = BTreeSet::new();
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |found, intake| {
            if found.get("DetectorName").is_none() {
                return;
            }
            let data = found.get("SourceMetadata/Data");
            let data = data.and_then(|data| data.members("").into_iter().next());
            let place = |name| data.and_then(|(_, data)| data.text(name));
            let at = ["file", "line", "commit", "link"].map(place);
            let secret = ["DetectorName", "Raw", "RawV2"].map(|name| found.text(name));
            if seen.insert((at, secret)) {
                intake.observe(observation(found, data));
            }
        });
    })
}

fn observation(found: Item<'_>, data: Option<(&str, Item<'_>)>) -> Observation {
    let detector = found.text("DetectorName").unwrap_or_default();
    let text = |name: &str| data.and_then(|(_, data)| data.text(name));
    let file = text("file").or_else(|| text("path"));
    let kind = detector.strip_suffix(" Secret").unwrap_or(&detector);
    let heading = match &file {
        Some(file) => format!("{kind} secret in {file}"),
        None => format!("{kind} secret"),
    };
    let verified = found.is_true("Verified");
    let severity = match (verified, detector.as_str()) {
        (false, "PrivateKey") => Severity::High,
        (false, "Generic Secret" | "Generic") => Severity::Medium,
        _ => Severity::Critical,
    };
    let mut observation = Observation::new(title(&heading), severity);
    observation.rule = Some(detector);
    observation.cwes = vec![798];
    let line = data.and_then(|(_, data)| data.line("line"));
    let location = Location { path: file, line, url: text("link") };
    observation.location = (location != Location::default()).then_some(location);
    let verified = if verified { "Verified: the secret works" } else { "Not verified" };
    let kept = |name: &str, words: &str| text(name).map(|text| format!("{words}: {text}"));
    let parts =
        [kept("repository", "Repository"), kept("commit", "Commit"), kept("timestamp", "Time")];
    let parts = parts.iter().map(Option::as_deref);
    observation.description = paragraphs([Some(verified)].into_iter().chain(parts));
    observation
}
