//! tfsec's JSON: misconfigurations in Terraform code.
//!
//! tfsec has become part of Trivy; its severities were ERROR, WARNING and INFO at first and are
//! CRITICAL to LOW since.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "tfsec",
    title: "tfsec (JSON)",
    how_to_get: "tfsec --format json --out report.json DIRECTORY",
    manual: "One finding for each element of `results` with a place of its own: rule from \
        `long_id`, else `rule_id`; title from `rule_description`; place from `location`. Severity: \
        `severity`; ERROR is high, WARNING medium, an unknown word low. Results that say that they \
        `passed` or were ignored are left out. A result without findings, `{\"results\": null}`, \
        names no tool: give the format's name then.",
    samples: &[("tfsec.json", include_bytes!("samples/tfsec.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let has = |name: &str| beginning.has(&format!("results[].{name}"));
    has("rule_id") && has("rule_description") && has("location")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("tfsec"), None);
    let Some(results) = Node::root(source.text).member("results")? else { return Ok(()) };
    let mut seen = BTreeSet::new();
    item::each(&results, intake, |result, intake| {
        let key = ["rule_id", "location/filename", "location/start_line", "description"];
        if result.is_true("passed") || result.text("status").as_deref() == Some("2") {
            intake.remark("a result that passed or was ignored was left out");
        } else if seen.insert(key.map(|path| result.text(path))) {
            intake.observe(observation(result));
        }
    })
}

fn observation(result: Item<'_>) -> Observation {
    let named = result.first(&["rule_description", "description", "rule_id"]);
    let named = named.unwrap_or_else(|| "Result of no rule".to_owned());
    let word = result.text("severity").unwrap_or_default();
    let severity = match word.to_ascii_uppercase().as_str() {
        "ERROR" => Severity::High,
        "WARNING" => Severity::Medium,
        _ => severity(&word).unwrap_or(Severity::Low),
    };
    let mut observation = Observation::new(title(&named), severity);
    observation.rule = result.first(&["long_id", "rule_id"]);
    observation.location =
        item::in_file(result.text("location/filename"), result.line("location/start_line"));
    let resource = result.text("resource").map(|name| format!("Resource: {name}"));
    let texts =
        ["description", "impact", "resolution", "link", "links/0"].map(|path| result.text(path));
    let texts = texts.iter().map(Option::as_deref);
    observation.description = paragraphs(texts.chain([resource.as_deref()]));
    observation
}
