//! cfn-nag's JSON: insecure resources in CloudFormation templates.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cfn_nag",
    title: "cfn-nag (JSON)",
    how_to_get: "cfn_nag_scan --input-path DIRECTORY --output-format json > report.json",
    manual: "One finding for each resource of each of `violations` of each file: rule from `id`, \
        title from `message`, place from `filename` and the resource's entry of `line_numbers`, \
        the resource in the description. FAIL is high, WARN medium.",
    samples: &[("cfn_nag.json", include_bytes!("samples/cfn_nag.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].filename") && beginning.has("[].file_results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("cfn-nag"), None);
    let document = Node::root(source.text);
    each_item(&document, intake, &mut |file, intake| {
        for violation in file.items("file_results.violations") {
            let resources = violation.texts("logical_resource_ids");
            let lines = violation.texts("line_numbers");
            let violation = observation(file, violation);
            for (index, resource) in resources.iter().enumerate() {
                let mut observation = violation.clone();
                if let Some(location) = &mut observation.location {
                    let line = lines.get(index).and_then(|line| line.parse().ok());
                    location.line = line.filter(|line| *line > 0);
                }
                let resource = format!("Resource: {resource}");
                observation.description =
                    paragraphs([violation.description.as_deref(), Some(resource.as_str())]);
                intake.observe(observation);
            }
            if resources.is_empty() {
                intake.observe(violation);
            }
        }
    })
}

fn observation(file: Item<'_>, violation: Item<'_>) -> Observation {
    let word = match violation.field("type").as_deref() {
        Some("FAIL") => Severity::High,
        Some("WARN") => Severity::Medium,
        _ => Severity::Info,
    };
    let name = violation.first_of(&["message", "name", "id"]);
    let mut observation =
        Observation::new(title(name.as_deref().unwrap_or("Insecure resource")), word);
    observation.rule = violation.field("id");
    observation.location =
        file.field("filename").map(|path| Location { path: Some(path), ..Location::default() });
    observation.description = violation.told(&[("", "message"), ("Rule", "name")]);
    observation
}
