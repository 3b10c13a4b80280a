//! truffleHog 2 and early truffleHog3: a reason and a file, once for each commit.
//!
//! Both tell the same file again with every commit that touched it, with all strings at once; a
//! file with a reason is one finding. The strings are not taken: what was leaked once is not to be
//! kept in another database.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trufflehog_2",
    title: "truffleHog 2 and truffleHog3 before version 3 (JSON)",
    how_to_get: "trufflehog --json URL > report.json, or trufflehog3 --format json before version 3",
    manual: "One finding for each `path` and `reason`. Rule: `reason`. Severity is high; keys of \
        AWS and Heroku and OAuth tokens are critical, a generic secret is medium, and what \
        truffleHog 2 calls `High Entropy` is info. CWE-798. The strings found are not kept. The \
        place has no line: neither tool tells one.",
    samples: &[
        ("trufflehog_2.jsonl", include_bytes!("samples/trufflehog_2.jsonl")),
        ("trufflehog3_2.json", include_bytes!("samples/trufflehog3_2.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let finding = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        has("reason") && has("stringsFound") && has("path") && has("branch")
    };
    finding("") || finding("[].")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("truffleHog"), Some("2"));
    let (mut seen, mut again) = (BTreeSet::new(), 0);
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |found, intake| {
            match seen.insert(["path", "reason"].map(|name| found.text(name))) {
                true => intake.observe(observation(found)),
                false => again += 1,
            }
        });
    })?;
    intake.remark_times("the same file and reason in another commit was left out", again);
    Ok(())
}

fn observation(found: Item<'_>) -> Observation {
    let reason = found.text("reason").unwrap_or_else(|| "Secret".to_owned());
    let heading = match found.text("path") {
        Some(path) => format!("{reason} in {path}"),
        None => reason.clone(),
    };
    let severity = match reason.as_str() {
        "High Entropy" => Severity::Info,
        "Generic Secret" => Severity::Medium,
        known if ["Oauth", "AWS", "Heroku"].iter().any(|word| known.contains(word)) => {
            Severity::Critical
        }
        _ => Severity::High,
    };
    let mut observation = Observation::new(title(&heading), severity);
    observation.rule = Some(reason);
    observation.cwes = vec![798];
    observation.location = item::in_file(found.text("path"), None);
    let commit = found.text("commitHash").map(|commit| format!("Commit: {commit}"));
    observation.description = paragraphs([commit.as_deref()]);
    observation
}
