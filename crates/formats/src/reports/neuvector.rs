//! NeuVector: vulnerabilities of an image or a workload, and its compliance checks.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, paragraphs, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "neuvector",
    title: "NeuVector vulnerabilities (JSON)",
    how_to_get: "GET /v1/scan/image/IMAGE of the controller",
    manual: "One finding for each of `report.vulnerabilities`: identifiers from `name` and \
        `cves`, severity from `severity`, vector and score from `vectors_v3` and `score_v3`, else \
        from `vectors` and `score`, package from `package_name` and `package_version`, fixed \
        version from `fixed_version`. Compliance checks are a format of their own.",
    samples: &[("neuvector.json", include_bytes!("samples/neuvector.json"))],
    recognises,
    read,
};

pub const COMPLIANCE: Report = Report {
    name: "neuvector_compliance",
    title: "NeuVector compliance (JSON)",
    how_to_get: "GET /v1/host/HOST/compliance or /v1/workload/WORKLOAD/compliance of the controller",
    manual: "One finding for each of `items`: rule from `category` and `test_number`, title from \
        `description`, severity from `level` (HIGH is high, WARN medium, INFO low; PASS, NOTE and \
        ERROR are info, and PASS is fixed).",
    samples: &[("neuvector_compliance.json", include_bytes!("samples/neuvector_compliance.json"))],
    recognises: recognises_compliance,
    read: read_compliance,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("report.vulnerabilities")
        && (beginning.has("report.vulnerabilities[].package_name")
            || beginning.has("report.modules")
            || beginning.has("report.setid_perms"))
}

fn recognises_compliance(beginning: &Beginning) -> bool {
    beginning.has("items")
        && (beginning.has("kubernetes_cis_version") || beginning.has("items[].test_number"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("NeuVector"), None);
    let list = Node::root(source.text).required("report")?.required("vulnerabilities")?;
    item::each(&list, intake, |item, intake| intake.observe(vulnerability(item)))
}

fn vulnerability(item: Item<'_>) -> Observation {
    let id = item.text("name").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = item.text("package_name");
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.ids = vec![id];
    item.texts("cves").into_iter().for_each(|cve| push_new(&mut observation.ids, cve));
    let mut rating = Rating::default();
    rating.offer(item.text("vectors_v3").as_deref(), item.number("score_v3"));
    rating.offer(item.text("vectors").as_deref(), item.number("score"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.package =
        item::package(name, item.text("package_version"), item.text("fixed_version"));
    observation.location = item::in_file(item.text("file_name"), None);
    observation.description =
        paragraphs([item.text("description").as_deref(), item.text("link").as_deref()]);
    observation
}

fn read_compliance(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("NeuVector"), None);
    let list = Node::root(source.text).required("items")?;
    item::each(&list, intake, |item, intake| intake.observe(check(item)))
}

fn check(item: Item<'_>) -> Observation {
    let number = item.text("test_number").unwrap_or_default();
    let said = item.text("description").unwrap_or_default();
    let level = item.text("level").unwrap_or_default().to_ascii_uppercase();
    let word = match level.as_str() {
        "WARN" => Severity::Medium,
        "INFO" => Severity::Low,
        "PASS" | "NOTE" | "ERROR" => Severity::Info,
        level => severity(level).unwrap_or(Severity::Info),
    };
    let mut observation = Observation::new(title(&format!("{number} {said}")), word);
    if level == "PASS" {
        observation.standing = domain::findings::Standing::Fixed;
    }
    let category = item.text("category").unwrap_or_default();
    observation.rule = Some(format!("{category}_{number}"));
    let messages = item.texts("message").join("\n");
    let remediation = item.text("remediation").map(|text| format!("Remediation: {text}"));
    observation.description =
        paragraphs([Some(said.as_str()), Some(messages.as_str()), remediation.as_deref()]);
    observation
}
