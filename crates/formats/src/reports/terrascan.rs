//! Terrascan's JSON: violations of policies by infrastructure as code.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "terrascan",
    title: "Terrascan (JSON)",
    how_to_get: "terrascan scan --iac-dir DIRECTORY --output json > report.json",
    manual: "One finding for each element of `results.violations`: rule from `rule_id`, title \
        from `description`, place from `file` and `line`, the resource in the description. \
        Severity: `severity`, an unknown word is info. Skipped violations are left out. \
        `scan_errors` are told as a remark: Terrascan writes one for every kind of code that a \
        directory does not hold.",
    samples: &[("terrascan.json", include_bytes!("samples/terrascan.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("results.violations") && beginning.has("results.scan_summary")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Terrascan"), None);
    let results = Node::root(source.text).required("results")?;
    if let Some(errors) = results.member("scan_errors")? {
        errors.each_element(|_| intake.remark("Terrascan met an error (scan_errors)"))?;
    }
    match results.member("violations")? {
        Some(list) => item::each(&list, intake, |one, intake| intake.observe(observation(one))),
        None => Ok(()),
    }
}

fn observation(violation: Item<'_>) -> Observation {
    let named = violation.first(&["description", "rule_name", "rule_id"]);
    let named = named.unwrap_or_else(|| "Violation of no rule".to_owned());
    let word = violation.text("severity").as_deref().and_then(severity);
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.rule = violation.first(&["rule_id", "rule_name"]);
    observation.location = item::in_file(violation.text("file"), violation.line("line"));
    let resource = [violation.text("resource_type"), violation.text("resource_name")];
    let resource: Vec<String> = resource.into_iter().flatten().collect();
    let resource = (!resource.is_empty()).then(|| format!("Resource: {}", resource.join(" ")));
    let category = violation.text("category").map(|name| format!("Category: {name}"));
    observation.description = paragraphs([
        violation.text("description").as_deref(),
        resource.as_deref(),
        category.as_deref(),
    ]);
    observation
}
