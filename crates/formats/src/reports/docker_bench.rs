//! Docker Bench for Security: a host's settings against the CIS benchmark.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, each_node};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "docker_bench",
    title: "Docker Bench for Security (JSON)",
    how_to_get: "./docker-bench-security.sh -l report; the report is report.json",
    manual: "One finding for each of `results` of each of `tests` that did not pass and need not be \
        judged by a person (`(Manual)` in its description): rule from `id`, title from `desc`. \
        Severity from `result`: FAIL is critical, WARN high, INFO low, NOTE info. Details, items \
        and remedy in the description.",
    samples: &[("docker_bench.json", include_bytes!("samples/docker_bench.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("dockerbenchsecurity") && beginning.has("tests")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let version = source.beginning.text("dockerbenchsecurity");
    intake.tool(Some("Docker Bench for Security"), version);
    each_node(&Node::root(source.text).required("tests")?, &mut |test| {
        let Some(results) = test.member("results")? else { return Ok(()) };
        each_item(&results, intake, &mut |item, intake| {
            if let Some(word) = severity_of(item) {
                intake.observe(observation(item, word));
            }
        })
    })
}

fn severity_of(item: Item<'_>) -> Option<Severity> {
    let result = item.field("result")?.to_uppercase();
    let by_hand = item.field("desc").is_some_and(|text| text.contains("(Manual)"));
    match result.as_str() {
        "FAIL" => Some(Severity::Critical),
        _ if by_hand => None,
        "WARN" => Some(Severity::High),
        "INFO" => Some(Severity::Low),
        "NOTE" => Some(Severity::Info),
        _ => None,
    }
}

fn observation(item: Item<'_>, word: Severity) -> Observation {
    let named = item.first_of(&["desc", "id"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Check without a title")), word);
    observation.rule = item.field("id");
    let items = item.texts("items");
    let items = (!items.is_empty()).then(|| format!("Concerns: {}", items.join(", ")));
    let text = item.told(&[("", "details"), ("How to fix", "remediation")]);
    let impact = item.field("remediation-impact").map(|text| format!("Impact of it: {text}"));
    observation.description = paragraphs([items.as_deref(), text.as_deref(), impact.as_deref()]);
    observation
}
