//! 42Crunch's audit of an OpenAPI definition.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, below, each_node, kept, one_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "crunch42",
    title: "42Crunch API Security Audit (JSON)",
    how_to_get: "42c-ast audit run openapi.json --output report.json --output-format json",
    manual: "One finding for each issue under `report.security.issues`: rule from its name, \
        title from the specific description, else the general one; severity from `criticality` (1 \
        info, 2 low, 3 medium, 4 high, 5 critical), the place in the definition from the index, \
        fingerprint from `fingerprint`. Issues of the description of data (`report.data`) and \
        warnings are left out.",
    samples: &[("crunch42.json", include_bytes!("samples/crunch42.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let audit = |above: &str| {
        beginning.has(&format!("{above}report.assessmentVersion"))
            && beginning.has(&format!("{above}report.index"))
    };
    audit("") || audit("[].")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("42Crunch"), source.beginning.text("report.assessmentVersion"));
    let document = Node::root(source.text);
    if document.is_array() {
        return each_node(&document, &mut |audit| read_audit(&audit, intake));
    }
    read_audit(&document, intake)
}

fn read_audit(audit: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    audit.required("report")?;
    let mut index = Vec::new();
    if let Some(list) = below(audit, &["report", "index"])? {
        one_item(&list, intake, &mut |list, _| index = list.texts(""));
    }
    let issues = kept(below(audit, &["report", "security", "issues"])?, intake)?;
    for (rule, told) in &issues {
        let told = Item(told);
        for issue in told.items("issues") {
            let place = issue.field("pointer").and_then(|at| at.parse::<usize>().ok());
            let place = place.and_then(|at| index.get(at)).map(String::as_str);
            intake.observe(observation(rule, told, issue, place));
        }
    }
    Ok(())
}

fn observation(rule: &str, told: Item<'_>, issue: Item<'_>, place: Option<&str>) -> Observation {
    let word = match issue.field("criticality").as_deref() {
        Some("2") => Severity::Low,
        Some("3") => Severity::Medium,
        Some("4") => Severity::High,
        Some("5") => Severity::Critical,
        _ => Severity::Info,
    };
    let specific = issue.field("specificDescription");
    let named = specific.or(told.field("description")).unwrap_or_else(|| rule.to_owned());
    let mut observation = Observation::new(title(&named), word);
    observation.rule = Some(rule.to_owned());
    observation.fingerprint = issue.field("fingerprint");
    observation.location =
        place.map(|path| Location { path: Some(path.to_owned()), ..Location::default() });
    observation.description = told.field("description");
    observation
}
