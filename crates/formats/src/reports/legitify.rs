//! Legitify's JSON: settings of organisations and repositories at GitHub and GitLab.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, one_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "legitify",
    title: "Legitify (JSON)",
    how_to_get: "legitify analyze --output-format json --output-file report.json",
    manual: "One finding for each of `violations` with the status FAILED of each policy in \
        `content` (of the flattened form, and of the grouped ones): title, severity, threat and \
        remedy from `policyInfo`, rule from the policy's full name, address from `canonicalLink`. \
        Passed and skipped ones are none.",
    samples: &[("legitify.json", include_bytes!("samples/legitify.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let kind = beginning.text("type");
    matches!(kind, Some("flattened" | "group-by-namespace" | "group-by-resource"))
        && beginning.has("content")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Legitify"), None);
    read_content(&Node::root(source.text).required("content")?, 2, intake)
}

/// Reads policies; where they are grouped they stand one level further down.
fn read_content(
    content: &Node<'_>,
    levels: u32,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    let mut outcome = Ok(());
    content.each_member(|_, node| {
        if outcome.is_err() || !node.is_object() {
            return;
        }
        match node.member("policyInfo") {
            Ok(Some(_)) => one_item(&node, intake, &mut read_policy),
            Ok(None) if levels > 0 => outcome = read_content(&node, levels - 1, intake),
            Ok(None) => {}
            Err(error) => outcome = Err(error),
        }
    })?;
    outcome
}

fn read_policy(policy: Item<'_>, intake: &mut Intake<'_>) {
    for violation in policy.items("violations") {
        if violation.field("status").is_none_or(|status| status == "FAILED") {
            intake.observe(observation(policy, violation));
        }
    }
}

fn observation(policy: Item<'_>, violation: Item<'_>) -> Observation {
    let word = policy.severity("policyInfo.severity").unwrap_or(Severity::Info);
    let named = policy.first_of(&["policyInfo.title", "policyInfo.policyName"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Policy without a title")), word);
    observation.rule =
        policy.first_of(&["policyInfo.fullyQualifiedPolicyName", "policyInfo.policyName"]);
    let entity = violation.first_of(&["canonicalLink", "aux.entityName"]);
    observation.location = entity.map(|url| Location { url: Some(url), ..Location::default() });
    observation.description = policy.told(&[
        ("", "policyInfo.description"),
        ("Threat", "policyInfo.threat"),
        ("How to fix", "policyInfo.remediationSteps"),
    ]);
    observation
}
