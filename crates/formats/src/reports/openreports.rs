//! Reports of policies and scanners inside a Kubernetes cluster: OpenReports and its forerunner,
//! the policy report of the Kubernetes policy working group.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "openreports",
    title: "OpenReports and Kubernetes policy reports (JSON)",
    how_to_get: "kubectl get reports --all-namespaces --output json > report.json; likewise \
        clusterreports, policyreports, clusterpolicyreports",
    manual: "One finding for each of `results` (also in each of `items` of a list) whose `result` \
        is fail or warn: rule from `policy` and `rule`, identifiers where the policy is one, \
        title from `message`, severity from `severity` (none is info), package from \
        `properties.pkgName`, `installedVersion` and `fixedVersion`, place from the namespace, \
        kind and name in `scope` or the first of `resources`. A result of `error` means that the \
        scan was not whole.",
    samples: &[("openreports.json", include_bytes!("samples/openreports.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let ours = |path: &str| {
        let version = beginning.text(path).unwrap_or_default();
        version.starts_with("openreports.io/") || version.starts_with("wgpolicyk8s.io/")
    };
    ours("apiVersion") || ours("items[].apiVersion") || ours("[].apiVersion")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    if document.is_array() {
        return document.elements()?.iter().try_for_each(|report| read_report(report, intake));
    }
    match document.member("items")? {
        Some(items) => items.elements()?.iter().try_for_each(|report| read_report(report, intake)),
        None => read_report(&document, intake),
    }
}

fn read_report(report: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut place = String::new();
    for part in ["metadata", "scope"] {
        let Some(node) = report.member(part)? else { continue };
        item::look(&node, intake, |part_of, _| {
            let names: &[&str] = if part == "scope" { &["kind", "name"] } else { &["namespace"] };
            for name in names.iter().filter_map(|name| part_of.text(name)) {
                place.push_str(if place.is_empty() { "" } else { "/" });
                place.push_str(&name);
            }
        });
    }
    let Some(results) = report.member("results")? else { return Ok(()) };
    item::each(&results, intake, |result, intake| match result.text("result").as_deref() {
        Some("fail" | "warn") => {
            intake.tool(result.text("source").as_deref(), None);
            intake.observe(observation(result, &place));
        }
        Some("error") => intake.tool_failed("a policy could not be judged (result: error)"),
        _ => {}
    })
}

fn observation(result: Item<'_>, scope: &str) -> Observation {
    let policy = result.text("policy").unwrap_or_default();
    let said = result.first(&["message", "description"]).unwrap_or_else(|| policy.clone());
    let package = result.text("properties/pkgName");
    let ids = identifiers(&policy);
    let named = match &package {
        Some(package) if !ids.is_empty() => format!("{policy} in {package}"),
        _ => said.clone(),
    };
    let word = result.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = match result.text("rule") {
        Some(rule) if rule != policy => Some(format!("{policy}/{rule}")),
        _ => Some(policy),
    };
    if !ids.is_empty() {
        let version = result.text("properties/installedVersion");
        observation.package =
            item::package(package, version, result.text("properties/fixedVersion"));
    }
    observation.ids = ids;
    let resource = ["namespace", "kind", "name"].iter();
    let resource = resource.filter_map(|name| result.text(&format!("resources/0/{name}")));
    let resource = resource.collect::<Vec<String>>().join("/");
    let place = if resource.is_empty() { scope.to_owned() } else { resource };
    observation.location = item::in_file(Some(place).filter(|place| !place.is_empty()), None);
    observation.description =
        paragraphs([Some(said.as_str()), result.text("properties/primaryURL").as_deref()]);
    observation
}
