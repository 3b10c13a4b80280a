//! detect-secrets' baseline: what looks like a secret, file by file.
//!
//! The baseline holds a digest of each secret, never the secret.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "detect_secrets",
    title: "detect-secrets (baseline)",
    how_to_get: "detect-secrets scan > report.json",
    manual: "One finding for each entry of `results`: rule from `type`, place from the file and \
        `line_number`, fingerprint from `hashed_secret`. Severity is high, CWE-798. An entry \
        audited as no secret (`is_secret` false) is a false positive.",
    samples: &[("detect_secrets.json", include_bytes!("samples/detect_secrets.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("results") && beginning.has("plugins_used") && beginning.has("version")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("detect-secrets"), text_at(&document, "version")?.as_deref());
    let mut outcome = Ok(());
    document.required("results")?.each_member(|file, list| {
        if outcome.is_ok() {
            outcome = read_file(file, &list, intake);
        }
    })?;
    outcome
}

fn read_file(file: &str, list: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut seen = BTreeSet::new();
    item::each(list, intake, |entry, intake| {
        if seen.insert(["type", "hashed_secret", "line_number"].map(|name| entry.text(name))) {
            intake.observe(observation(file, entry));
        }
    })
}

fn observation(file: &str, entry: Item<'_>) -> Observation {
    let kind = entry.text("type").unwrap_or_else(|| "Secret".to_owned());
    let file = entry.text("filename").unwrap_or_else(|| file.to_owned());
    let mut observation = Observation::new(title(&format!("{kind} in {file}")), Severity::High);
    observation.rule = entry.text("type");
    observation.cwes = vec![798];
    observation.location = item::in_file(Some(file), entry.line("line_number"));
    observation.fingerprint = entry.text("hashed_secret");
    if entry.text("is_secret").as_deref() == Some("false") {
        observation.standing = Standing::FalsePositive;
    }
    observation
}
