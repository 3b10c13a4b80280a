//! PTART: what the people of a penetration test wrote down, and what became of it.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ptart",
    title: "PTART (JSON)",
    how_to_get: "Project, Export, JSON",
    manual: "One finding for each of `hits` of each of `assessments` and `retests`: identifier \
        and rule from `id`, title from `title`, severity from `severity` (1 critical to 5 info), \
        vector and score from `cvss_vector` and `cvss_score`, CWE numbers from `cwes`, place from \
        `asset`. A hit of a retest takes this from its `original_hit`; its status F is fixed, NA \
        not affected.",
    samples: &[("ptart.json", include_bytes!("samples/ptart.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("assessments") && beginning.has("retests") && beginning.has("pentesters")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("PTART"), None);
    let document = Node::root(source.text);
    for part in ["assessments", "retests"] {
        let Some(list) = document.member(part)? else { continue };
        item::each(&list, intake, |part, intake| {
            part.list("hits").into_iter().for_each(|hit| intake.observe(observation(hit)));
        })?;
    }
    Ok(())
}

fn observation(hit: Item<'_>) -> Observation {
    let original = hit.get("original_hit").unwrap_or(hit);
    let named = original.first(&["title", "id"]).unwrap_or_default();
    let word = match original.text("severity").as_deref() {
        Some("1") => Severity::Critical,
        Some("2") => Severity::High,
        Some("3") => Severity::Medium,
        Some("4") => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(&named), word);
    observation.ids = original.text("id").into_iter().collect();
    observation.rule = original.text("id");
    observation.fingerprint = original.text("id");
    let numbers = original.list("cwes").into_iter().filter_map(|cwe| cwe.text("cwe_id"));
    observation.cwes = numbers.filter_map(|number| number.parse().ok()).collect();
    let mut rating = Rating::default();
    let score = original.number("cvss_score");
    rating.offer(original.text("cvss_vector").as_deref(), score);
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.location = item::at_url(original.text("asset"));
    observation.standing = match hit.text("status").as_deref() {
        Some("F") => Standing::Fixed,
        Some("NA") => Standing::NotAffected,
        _ => Standing::Present,
    };
    let retest = hit.get("original_hit").and_then(|_| hit.text("body"));
    let retest = retest.map(|text| format!("Retest: {text}"));
    observation.description = paragraphs([
        original.text("body").as_deref(),
        original.text("remediation").as_deref(),
        retest.as_deref(),
    ]);
    observation
}
