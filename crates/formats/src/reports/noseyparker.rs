//! Nosey Parker: secrets in files and in the history of a repository.
//!
//! A secret that was found in several places is one line with several matches; each is told, for
//! each has to be removed.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "noseyparker",
    title: "Nosey Parker (JSON Lines)",
    how_to_get: "noseyparker report --datastore STORE --format jsonl --output report.jsonl",
    manual: "One finding, high and CWE-798, for each of `matches` of each line: title and rule \
        from `rule_name`, place from the path in `provenance` (the path inside the repository \
        goes first) and `location.source_span.start.line`. The secret itself is not kept. A \
        match whose `status` is reject is a false positive.",
    samples: &[("noseyparker.jsonl", include_bytes!("samples/noseyparker.jsonl"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["", "[]."].into_iter().any(|start| {
        beginning.has(&format!("{start}rule_name"))
            && beginning.has(&format!("{start}matches[].provenance"))
    })
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Nosey Parker"), None);
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |line, intake| {
            for found in line.list("matches") {
                intake.observe(observation(line, found));
            }
        });
    })
}

fn observation(line: Item<'_>, found: Item<'_>) -> Observation {
    let rule = line.text("rule_name").unwrap_or_else(|| "Secret".to_owned());
    let mut observation = Observation::new(title(&rule), Severity::High);
    observation.cwes = vec![798];
    observation.rule = line.text("rule_text_id").or(Some(rule));
    let places = found.list("provenance");
    let inside = places.iter().find_map(|place| place.text("commit_provenance/blob_path"));
    let alone = || places.iter().find_map(|place| place.text("path"));
    let number = found.line("location/source_span/start/line");
    observation.location = item::in_file(inside.or_else(alone), number);
    if found.text("status").as_deref() == Some("reject") {
        observation.standing = domain::findings::Standing::FalsePositive;
    }
    let commit = places
        .iter()
        .find_map(|place| place.text("commit_provenance/commit_metadata/commit_id"))
        .map(|commit| format!("Commit: {commit}"));
    observation.description = paragraphs([commit.as_deref(), line.text("comment").as_deref()]);
    observation
}
