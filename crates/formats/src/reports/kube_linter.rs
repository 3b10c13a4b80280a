//! KubeLinter's JSON: manifests and charts that break its checks.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kube_linter",
    title: "KubeLinter (JSON)",
    how_to_get: "kube-linter lint --format json DIRECTORY > report.json",
    manual: "One finding for each of `Reports`, all medium, because KubeLinter names no severity: \
        rule from `Check`, title from the message, path from the object's `FilePath`; the object \
        and the remedy in the description.",
    samples: &[("kube_linter.json", include_bytes!("samples/kube_linter.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("Checks") && beginning.has("Reports") && beginning.has("Summary.ChecksStatus")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("KubeLinter"), source.beginning.text("Summary.KubeLinterVersion"));
    let Some(reports) = Node::root(source.text).member("Reports")? else { return Ok(()) };
    each_item(&reports, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first_of(&["Diagnostic.Message", "Check"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Report of a check")), Severity::Medium);
    observation.rule = item.field("Check");
    observation.location = item.place("Object.Metadata.FilePath", "");
    let object: Vec<String> = ["Namespace", "GroupVersionKind.Kind", "Name"]
        .iter()
        .filter_map(|name| item.field(&format!("Object.K8sObject.{name}")))
        .collect();
    let object = (!object.is_empty()).then(|| format!("Object: {}", object.join("/")));
    let message = item.field("Diagnostic.Message");
    let fix = item.field("Remediation").map(|text| format!("How to fix: {text}"));
    observation.description = paragraphs([message.as_deref(), object.as_deref(), fix.as_deref()]);
    observation
}
