//! Reports that the Trivy operator keeps in a Kubernetes cluster, as `kubectl` gives them.
//!
//! Each report is an object of its own kind; `kubectl get` puts several into a list. The name of
//! the workload is the place, as a cluster has no files.

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, paragraphs, push_new, severity, text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trivy_operator",
    title: "Trivy operator (Kubernetes objects)",
    how_to_get: "kubectl get vulnerabilityreports,configauditreports,exposedsecretreports \
        --all-namespaces -o json > report.json",
    manual: "Vulnerability reports: one finding for each element of `report.vulnerabilities`; \
        severity as named (UNKNOWN is info), package from `resource`, `installedVersion` and \
        `fixedVersion`, score from `score`.\n\n\
        Audit, RBAC and infrastructure reports: one finding for each check that failed; rule from \
        `checkID`. Secrets: one finding for each element of `report.secrets`; rule from `ruleID`. \
        Compliance reports: one finding for each failed check of `status.detailReport`, with the \
        severity of the check, else of its control; of a summary one for each control that \
        failed. The place is the file where there is one, else the workload from the labels \
        (namespace/kind/name/container).",
    samples: &[
        ("trivy_operator.json", include_bytes!("samples/trivy_operator.json")),
        (
            "trivy_operator_compliance.json",
            include_bytes!("samples/trivy_operator_compliance.json"),
        ),
    ],
    recognises,
    read,
};

/// The group of the operator's objects.
const GROUP: &str = "aquasecurity.github.io/";
/// Labels that make up the name of a workload, outermost first.
const LABELS: [&str; 4] =
    ["resource.namespace", "resource.kind", "resource.name", "container.name"];

fn recognises(beginning: &Beginning) -> bool {
    ["apiVersion", "[].apiVersion", "items[].apiVersion"]
        .iter()
        .any(|path| beginning.text(path).is_some_and(|version| version.starts_with(GROUP)))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let listed = if document.is_object() { document.member("items")? } else { None };
    let objects = match listed {
        Some(items) => items.elements()?,
        None if document.is_array() => document.elements()?,
        None => vec![document],
    };
    for object in objects {
        read_object(&object, intake)?;
    }
    Ok(())
}

fn read_object(object: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut workload = None;
    if let Some(metadata) = object.member("metadata")? {
        item::look(&metadata, intake, |metadata, _| workload = named(metadata));
    }
    let workload = workload.as_deref();
    if let Some(report) = object.member("report")? {
        if let Some(scanner) = report.member("scanner")? {
            let version = text_at(&scanner, "version")?;
            intake.tool(text_at(&scanner, "name")?.as_deref(), version.as_deref());
        }
        for (name, see) in [
            ("vulnerabilities", vulnerability as See),
            ("checks", check as See),
            ("secrets", secret as See),
        ] {
            let Some(list) = report.member(name)? else { continue };
            item::each(&list, intake, |one, intake| {
                see(one, workload).into_iter().for_each(|told| intake.observe(told));
            })?;
        }
    }
    match object.member("status")? {
        Some(status) => read_compliance(&status, intake),
        None => Ok(()),
    }
}

/// Makes the finding of an element, in the workload of that name.
type See = fn(Item<'_>, Option<&str>) -> Option<Observation>;

/// The workload that an object is about.
fn named(metadata: Item<'_>) -> Option<String> {
    let labels = metadata.get("labels");
    let label = |name: &str| {
        let members = labels?.members("");
        let found =
            members.into_iter().find(|(key, _)| key.strip_prefix("trivy-operator.") == Some(name));
        found.and_then(|(_, value)| value.itself())
    };
    let parts: Vec<String> = LABELS.iter().filter_map(|name| label(name)).collect();
    match parts.is_empty() {
        true => metadata.text("name"),
        false => Some(parts.join("/")),
    }
}

fn at(path: Option<String>, workload: Option<&str>) -> Option<Location> {
    item::in_file(path.or_else(|| workload.map(str::to_owned)), None)
}

fn word(one: Item<'_>) -> Option<Severity> {
    one.text("severity").as_deref().and_then(severity)
}

fn vulnerability(found: Item<'_>, workload: Option<&str>) -> Option<Observation> {
    let id = found.text("vulnerabilityID");
    let named = found.text("title").or(id.clone());
    let named = named.unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let heading = match found.text("resource") {
        Some(package) => format!("{named} in {package}"),
        None => named,
    };
    let mut observation = Observation::new(title(&heading), word(found).unwrap_or(Severity::Info));
    id.into_iter().for_each(|id| push_new(&mut observation.ids, id));
    let mut rating = Rating::default();
    rating.offer(None, found.number("score"));
    observation.score = rating.score();
    observation.package = item::package(
        found.text("resource"),
        found.text("installedVersion"),
        found.text("fixedVersion"),
    );
    observation.location = at(found.text("packagePath"), workload);
    let target = found.text("target").map(|target| format!("Target: {target}"));
    let of = workload.map(|name| format!("Workload: {name}"));
    observation.description = paragraphs([
        found.text("description").as_deref(),
        target.as_deref(),
        of.as_deref(),
        found.text("primaryLink").as_deref(),
    ]);
    Some(observation)
}

fn check(found: Item<'_>, workload: Option<&str>) -> Option<Observation> {
    if found.is_true("success") {
        return None;
    }
    let named = found.first(&["title", "checkID"]);
    let named = named.unwrap_or_else(|| "Check without a name".to_owned());
    let mut observation = Observation::new(title(&named), word(found).unwrap_or(Severity::Info));
    observation.rule = found.text("checkID");
    observation.location = at(found.text("target"), workload);
    let messages = found.texts("messages");
    let texts = [found.text("description"), found.text("remediation")];
    let messages = messages.iter().map(|text| Some(text.as_str()));
    observation.description = paragraphs(texts.iter().map(Option::as_deref).chain(messages));
    Some(observation)
}

fn secret(found: Item<'_>, workload: Option<&str>) -> Option<Observation> {
    let named = found.first(&["title", "ruleID"]).unwrap_or_else(|| "Secret".to_owned());
    let heading = match found.text("target") {
        Some(target) => format!("{named} in {target}"),
        None => named,
    };
    let mut observation = Observation::new(title(&heading), word(found).unwrap_or(Severity::Info));
    observation.rule = found.text("ruleID");
    observation.cwes = vec![798];
    observation.location = at(found.text("target"), workload);
    let of = workload.map(|name| format!("Workload: {name}"));
    observation.description = paragraphs([of.as_deref()]);
    Some(observation)
}

fn read_compliance(status: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if let Some(detail) = status.member("detailReport")?
        && let Some(results) = detail.member("results")?
    {
        item::each(&results, intake, |control, intake| {
            for one in control.list("checks") {
                let Some(mut told) = check(one, None) else { continue };
                told.severity = word(one).or(word(control)).unwrap_or(Severity::Info);
                let of = control.text("id").map(|id| format!("Control: {id}"));
                told.description = paragraphs([told.description.as_deref(), of.as_deref()]);
                intake.observe(told);
            }
        })?;
    }
    let Some(summary) = status.member("summaryReport")? else { return Ok(()) };
    let Some(controls) = summary.member("controlCheck")? else { return Ok(()) };
    item::each(&controls, intake, |control, intake| {
        if control.number("totalFail").is_none_or(|failed| failed <= 0.0) {
            return;
        }
        let named = control.first(&["name", "id"]).unwrap_or_else(|| "Control".to_owned());
        let mut told = Observation::new(title(&named), word(control).unwrap_or(Severity::Info));
        told.rule = control.text("id");
        let failed = control.text("totalFail").map(|count| format!("Failed: {count}"));
        told.description = paragraphs([failed.as_deref()]);
        intake.observe(told);
    })
}
