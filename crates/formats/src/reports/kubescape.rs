//! Kubescape's JSON: resources of a cluster or of manifests that fail controls.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Severity};
use serde_json::Value;

use super::fields::{Fields, Item, below, each_item, kept};
use super::json::Node;
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kubescape",
    title: "Kubescape (JSON)",
    how_to_get: "kubescape scan --format json --format-version v2 --output report.json",
    manual: "One finding for each rule that did not pass of each failed control of each of \
        `results`: title from the control's name and the resource, rule from the control's and the \
        rule's name, path from the resource's id. Severity from the control's `scoreFactor`: up to \
        4 low, up to 7 medium, up to 9 high, above critical; info where the control is not \
        described. Category, description and remedy from `summaryDetails.controls`.",
    samples: &[("kubescape.json", include_bytes!("samples/kubescape.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("summaryDetails.controls") && beginning.has("results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Kubescape"), None);
    let controls = below(&document, &["summaryDetails", "controls"])?;
    let described = kept(controls, intake)?;
    let results = document.required("results")?;
    each_item(&results, intake, &mut |result, intake| {
        for control in result.items("controls") {
            let status = control.first_of(&["status.status", "status"]);
            if status.is_none_or(|status| status == "failed") {
                read_control(result, control, &described, intake);
            }
        }
    })
}

fn read_control(
    result: Item<'_>,
    control: Item<'_>,
    described: &BTreeMap<String, Value>,
    intake: &mut Intake<'_>,
) {
    let id = control.field("controlID");
    let described = id.as_ref().and_then(|id| described.get(id)).map(Item);
    for rule in control.items("rules") {
        if rule.field("status").as_deref() == Some("passed") {
            continue;
        }
        let resource = result.field("resourceID").unwrap_or_default();
        let name = control.field("name").or(id.clone()).unwrap_or_default();
        let word = described.map_or(Severity::Info, severity_of);
        let short = short_name(&resource);
        let mut observation = Observation::new(format!("{name}: {short}"), word);
        let parts: Vec<String> = id.clone().into_iter().chain(rule.field("name")).collect();
        observation.rule = (!parts.is_empty()).then(|| parts.join("/"));
        let location = Location { path: Some(resource), ..Location::default() };
        observation.location =
            location.path.as_ref().is_some_and(|path| !path.is_empty()).then_some(location);
        let paths: Vec<String> = rule.items("paths").iter().filter_map(failed_path).collect();
        let paths = (!paths.is_empty()).then(|| format!("Failed at: {}", paths.join(", ")));
        let text = described.and_then(|control| {
            control.told(&[
                ("", "description"),
                ("Category", "category.name"),
                ("How to fix", "mitigation"),
                ("How to fix", "remediation"),
            ])
        });
        observation.description = paragraphs([text.as_deref(), paths.as_deref()]);
        intake.observe(observation);
    }
}

fn failed_path(path: &Item<'_>) -> Option<String> {
    path.first_of(&["failedPath", "fixPath.path", "reviewPath"])
}

fn severity_of(control: Item<'_>) -> Severity {
    match control.number("scoreFactor").unwrap_or(0.0) {
        factor if factor <= 4.0 => Severity::Low,
        factor if factor <= 7.0 => Severity::Medium,
        factor if factor <= 9.0 => Severity::High,
        _ => Severity::Critical,
    }
}

/// `Deployment nginx` of `path=…/api=apps/v1//Deployment/nginx`.
fn short_name(resource: &str) -> String {
    let mut parts = resource.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(name), Some(kind)) if !kind.is_empty() => format!("{kind} {name}"),
        _ => resource.to_owned(),
    }
}
