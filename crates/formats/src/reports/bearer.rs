//! Bearer's JSON: weaknesses in code, listed under their severities.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::{cwes, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "bearer",
    title: "Bearer CLI (JSON)",
    how_to_get: "bearer scan DIRECTORY --format json --output report.json",
    manual: "One finding for each fingerprint under each severity (warning is info): rule from \
        `id`, title, CWE numbers from `cwe_ids`, place from `filename` and `line_number`, source \
        text from `code_extract`.",
    samples: &[("bearer.json", include_bytes!("samples/bearer.json"))],
    recognises,
    read,
};

const LEVELS: [&str; 5] = ["critical", "high", "medium", "low", "warning"];

fn recognises(beginning: &Beginning) -> bool {
    let has = |level: &&str| {
        beginning.has(&format!("{level}[].fingerprint"))
            && beginning.has(&format!("{level}[].cwe_ids"))
    };
    LEVELS.iter().any(has)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Bearer"), None);
    let mut folding = Folding::default();
    let document = Node::root(source.text);
    let (mut outcome, mut foreign) = (Ok(()), false);
    document.each_member(|level, list| {
        if outcome.is_err() || !LEVELS.contains(&level) {
            foreign = true;
            return;
        }
        let word = severity(level).unwrap_or(Severity::Info);
        outcome = each_item(&list, intake, &mut |item, intake| {
            let observation = observation(item, word);
            match observation.fingerprint.clone() {
                Some(fingerprint) => folding.add(&[&fingerprint], observation),
                None => intake.observe(observation),
            }
        });
    })?;
    if foreign {
        document.required("high")?;
    }
    folding.hand_over(intake);
    outcome
}

fn observation(item: Item<'_>, word: Severity) -> Observation {
    let named = item.first_of(&["title", "id"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Finding without a title")), word);
    for number in item.texts("cwe_ids").iter().flat_map(|text| cwes(text)) {
        push_new(&mut observation.cwes, number);
    }
    observation.rule = item.field("id");
    observation.location = item
        .in_file("filename", "line_number")
        .or_else(|| item.in_file("full_filename", "line_number"));
    observation.fingerprint = item.field("fingerprint");
    observation.snippet = item.first_of(&["code_extract", "snippet"]);
    observation.description = item.told(&[("", "description"), ("", "documentation_url")]);
    observation
}
