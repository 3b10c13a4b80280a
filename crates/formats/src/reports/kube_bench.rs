//! kube-bench's JSON: a cluster's settings against the CIS benchmark.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, each_node, named};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kube_bench",
    title: "kube-bench (JSON)",
    how_to_get: "kube-bench --json --outputfile report.json",
    manual: "One finding for each test with the status FAIL (medium) or WARN (info) of each \
        section of each of `Controls`; a test that kube-bench only tells people to do by hand \
        (`Test marked as a manual test`) is none. Rule from `test_number`, title from \
        `test_desc`; audit, reason, expected result and remedy in the description.",
    samples: &[("kube_bench.json", include_bytes!("samples/kube_bench.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let shape = |above: &str| {
        beginning.has(&format!("{above}.node_type")) && beginning.has(&format!("{above}.tests"))
    };
    shape("Controls[]") || shape("[]") || (beginning.has("Controls") && beginning.has("Totals"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("kube-bench"), None);
    let controls = if document.is_array() { document } else { document.required("Controls")? };
    each_node(&controls, &mut |control| {
        let chapter = named(&control, &["id", "text"], intake)?;
        let Some(sections) = control.member("tests")? else { return Ok(()) };
        each_node(&sections, &mut |section| {
            let Some(results) = section.member("results")? else { return Ok(()) };
            each_item(&results, intake, &mut |item, intake| {
                if let Some(word) = severity_of(item) {
                    intake.observe(observation(item, word, Item(&chapter)));
                }
            })
        })
    })
}

fn severity_of(item: Item<'_>) -> Option<Severity> {
    let by_hand = item.field("reason").as_deref() == Some("Test marked as a manual test");
    match item.field("status").unwrap_or_default().to_uppercase().as_str() {
        "FAIL" => Some(Severity::Medium),
        "WARN" if !by_hand => Some(Severity::Info),
        _ => None,
    }
}

fn observation(item: Item<'_>, word: Severity, chapter: Item<'_>) -> Observation {
    let named = item.first_of(&["test_desc", "test_number"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Test without a description")), word);
    observation.rule = item.field("test_number");
    let text = item.told(&[
        ("", "reason"),
        ("Audit", "audit"),
        ("Expected", "expected_result"),
        ("Found", "actual_value"),
        ("How to fix", "remediation"),
    ]);
    let chapter = chapter.field("text");
    observation.description = paragraphs([chapter.as_deref(), text.as_deref()]);
    observation
}
