//! Findings of the Semgrep platform, as its programming interface gives them.

use domain::findings::{Observation, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::semgrep::severity_of;
use super::vocabulary::{cwes_of, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "semgrep_pro",
    title: "Semgrep platform findings (API answer)",
    how_to_get: "GET https://semgrep.dev/api/v1/deployments/DEPLOYMENT/findings",
    manual: "One finding for each element of `findings`: rule from `rule_name`, title from \
        `rule_message`, place from `location`, fingerprint from `match_based_id`, CWE numbers \
        from `rule.cwe_names`. Severity as of `semgrep`: ERROR is high, WARNING medium, INFO low. \
        `status` fixed or removed closes; triaged as a false positive it is one.",
    samples: &[("semgrep_pro.json", include_bytes!("samples/semgrep_pro.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("findings[].rule_name") && beginning.has("findings[].location")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Semgrep"), None);
    let findings = Node::root(source.text).required("findings")?;
    item::each(&findings, intake, |found, intake| intake.observe(observation(found)))
}

fn observation(found: Item<'_>) -> Observation {
    let message = found.first(&["rule_message", "rule/message"]);
    let rule = found.first(&["rule_name", "rule/name"]);
    let named = message.clone().or(rule.clone());
    let named = named.unwrap_or_else(|| "Finding of no rule".to_owned());
    let severity = severity_of(found.text("severity").as_deref());
    let mut observation = Observation::new(title(&named), severity);
    observation.rule = rule;
    observation.cwes = cwes_of(found.texts("rule/cwe_names").iter().map(String::as_str));
    observation.location =
        item::in_file(found.text("location/file_path"), found.line("location/line"));
    observation.fingerprint = found.first(&["match_based_id", "syntactic_id"]);
    let reason = found.text("triage_reason");
    observation.standing = match found.text("status").as_deref() {
        Some("fixed" | "removed") => Standing::Fixed,
        Some("ignored") if reason.as_deref() == Some("false_positive") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    observation.description = paragraphs([
        message.as_deref(),
        found.text("assistant/guidance/summary").as_deref(),
        found.text("line_of_code_url").as_deref(),
    ]);
    observation
}
