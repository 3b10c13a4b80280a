//! What an image violates of Anchore's policies: evaluations of its engine and enterprise product
//! (tables inside JSON) and of its command line.
//!
//! A rule about vulnerabilities begins its text with their severity. Other rules have only an
//! action: stop counts as critical, because the image may not be used, and warn as medium.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde_json::Value;

use super::fields::{Fields, Item, each_item, each_node};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "anchore_policies",
    title: "Anchore policy evaluation (JSON)",
    how_to_get: "anchorectl --output json image check --detail IMAGE > report.json",
    manual: "One finding for each violation: the elements of `details` (or `detail`), or the rows \
        of the tables that the engine and Anchore Enterprise write. Title and description from the \
        output of the check, rule from gate and trigger, identifiers from the output and from the \
        trigger's id, package from the trigger's id, path from the output where it names a file; \
        the trigger's id of other rules is the fingerprint. Severity: the word \
        with which the output of a vulnerability begins, else stop is critical, warn is medium and \
        go is info. What a list of the policy allows is handed over as a false positive.",
    samples: &[
        ("anchore_policies.json", include_bytes!("samples/anchore_policies.json")),
        ("anchore_policies_tables.json", include_bytes!("samples/anchore_policies_tables.json")),
    ],
    recognises,
    read,
};

/// Levels of lists and objects down to the tables of the engine; they stand nine below the top.
const LEVELS: u32 = 16;

fn recognises(beginning: &Beginning) -> bool {
    let evaluations = beginning.has("evaluations") && beginning.has("evaluatedTag");
    let list = beginning.has("[].finalAction") && beginning.has("[].policyId");
    let engine = beginning.members("[]").iter().any(|name| name.starts_with("sha256:"));
    evaluations || list || engine
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Anchore"), None);
    let evaluations = match document.is_array() {
        true => Some(document.clone()),
        false => document.member("evaluations")?,
    };
    match (evaluations, source.beginning.has("[].policyId")) {
        (Some(list), true) => read_evaluations(&list, intake),
        (Some(list), false) if !document.is_array() => read_evaluations(&list, intake),
        _ => read_tables(&document, LEVELS, intake),
    }
}

fn read_evaluations(list: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    each_node(list, &mut |evaluation| {
        for name in ["details", "detail"] {
            if let Some(details) = evaluation.member(name)? {
                each_item(&details, intake, &mut |item, intake| {
                    intake.observe(observation(item));
                })?;
            }
        }
        Ok(())
    })
}

/// Looks for tables: objects with a heading and rows.
fn read_tables(node: &Node<'_>, levels: u32, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if levels == 0 {
        return Ok(());
    }
    if node.is_array() {
        return each_node(node, &mut |inner| read_tables(&inner, levels - 1, intake));
    }
    if !node.is_object() {
        return Ok(());
    }
    let (mut header, mut rows, mut others) = (None, None, Vec::new());
    node.each_member(|name, inner| match name {
        "header" => header = Some(inner),
        "rows" => rows = Some(inner),
        _ if inner.is_object() || inner.is_array() => others.push(inner),
        _ => {}
    })?;
    if let (Some(header), Some(rows)) = (header, rows) {
        let names: Vec<String> = header.item(intake).unwrap_or_default();
        return each_item(&rows, intake, &mut |row, intake| {
            let cells = row.0.as_array().into_iter().flatten().cloned();
            let cells: BTreeMap<String, Value> = names.iter().cloned().zip(cells).collect();
            let value = Value::Object(cells.into_iter().collect());
            intake.observe(observation(Item(&value)));
        });
    }
    others.iter().try_for_each(|inner| read_tables(inner, levels - 1, intake))
}

fn observation(item: Item<'_>) -> Observation {
    let output = item.first_of(&["description", "Check_Output"]);
    let trigger_id = item.first_of(&["triggerId", "Trigger_Id"]);
    let gate = item.first_of(&["gate", "Gate"]);
    let trigger = item.first_of(&["triggerName", "Trigger"]);
    let action = item.first_of(&["status", "Gate_Action"]);
    let text = output.as_deref().unwrap_or_default();
    let package = trigger_id.as_deref().and_then(|id| id.split_once('+'));
    let named = match package {
        Some((id, package)) => format!("{id} in {package}"),
        None => title(output.as_deref().or(trigger.as_deref()).unwrap_or("Violation of a policy")),
    };
    let mut observation = Observation::new(named, severity_of(text, action.as_deref()));
    for id in package.map(|(id, _)| id.to_owned()).into_iter().chain(identifiers(text)) {
        push_new(&mut observation.ids, id);
    }
    match package {
        Some((_, name)) => {
            let name = name.to_owned();
            observation.package = Some(Package { name, ..Package::default() });
        }
        None => observation.fingerprint = trigger_id.clone(),
    }
    observation.location =
        path_in(text).map(|path| Location { path: Some(path.to_owned()), ..Location::default() });
    let rule: Vec<String> = gate.into_iter().chain(trigger).collect();
    observation.rule = (!rule.is_empty()).then(|| rule.join("/"));
    if item.field("Whitelisted").is_none_or(|allowed| allowed != "false")
        && item.at("Whitelisted").is_some()
    {
        observation.standing = Standing::FalsePositive;
    }
    let image = item.first_of(&["tag", "Repo_Tag"]).map(|tag| format!("Image: {tag}"));
    let policy = item.first_of(&["policyId", "Policy_Id"]).map(|id| format!("Policy: {id}"));
    observation.description = paragraphs([output.as_deref(), image.as_deref(), policy.as_deref()]);
    observation
}

fn severity_of(text: &str, action: Option<&str>) -> Severity {
    let word = text.split_whitespace().next().filter(|word| word.to_uppercase() == **word);
    match (word.and_then(severity), action) {
        (Some(known), _) => known,
        (None, _) if matches!(word, Some("NEGLIGIBLE" | "UNKNOWN")) => Severity::Info,
        (None, Some("stop")) => Severity::Critical,
        (None, Some("warn")) => Severity::Medium,
        (None, _) => Severity::Info,
    }
}

/// The file in `… in non-os package type (java) - /path/of/file.jar (CVE-…)`.
fn path_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(" - /")?;
    let start = text.len() - rest.len() - 1;
    text[start..].split(" (").next().map(str::trim)
}
