//! Checkov's JSON: misconfigurations in infrastructure as code.
//!
//! One report holds one kind of check, or a list of reports, one for each kind.

use domain::findings::{Observation, Package, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{
    Rating, first_of, identifiers, paragraphs, place, severity, text_at, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "checkov",
    title: "Checkov (JSON)",
    how_to_get: "checkov --directory DIRECTORY --output json > report.json",
    manual: "One finding for each element of `results.failed_checks`: rule from `check_id`, title \
        from `check_name`, place from `file_path` and the first of `file_line_range`, the \
        `resource` in the description. Severity: `severity`, which only the platform fills in; \
        without it medium. Passed and skipped checks are left out. A file that could not be \
        parsed (`parsing_errors`) makes the report partial.\n\n\
        Vulnerable packages (`sca_package`, with an account of the platform): identifier, package, \
        fixed version and vector from `vulnerability_details`.",
    samples: &[("checkov.json", include_bytes!("samples/checkov.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let report = |at: &str| {
        let has = |name: &str| beginning.has(&format!("{at}{name}"));
        has("check_type") && (has("results.failed_checks") || has("results.passed_checks"))
    };
    let nothing = beginning.has("checkov_version") && beginning.has("failed");
    report("") || report("[].") || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let reports = if document.is_array() { document.elements()? } else { vec![document] };
    for report in reports {
        let summary = report.member("summary")?;
        let version = text_at(summary.as_ref().unwrap_or(&report), "checkov_version")?;
        intake.tool(Some("Checkov"), version.as_deref());
        let Some(results) = report.member("results")? else { continue };
        if let Some(errors) = results.member("parsing_errors")? {
            errors.each_element(|_| intake.tool_failed("Checkov could not parse a file"))?;
        }
        if let Some(failed) = results.member("failed_checks")? {
            failed.each_element(|node| {
                if let Some(check) = node.item::<Check>(intake) {
                    intake.observe(check.observation());
                }
            })?;
        }
    }
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Check {
    check_id: Text,
    check_name: Text,
    severity: Text,
    file_path: Text,
    file_line_range: List<Text>,
    resource: Text,
    guideline: Text,
    vulnerability_details: Option<Vulnerability>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    package_name: Text,
    package_version: Text,
    lowest_fixed_version: Text,
    vector: Text,
    cvss: Text,
    description: Text,
}

impl Check {
    fn observation(&self) -> Observation {
        let named = first_of([&self.check_name, &self.check_id]).unwrap_or("Check without a name");
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Medium);
        let mut observation = Observation::new(title(named), word);
        observation.rule = self.check_id.owned();
        let line = self.file_line_range.first().and_then(Text::line);
        observation.location = place(self.file_path.get(), line);
        let resource = self.resource.get().map(|resource| format!("Resource: {resource}"));
        let vulnerability = self.vulnerability_details.as_ref();
        if let Some(vulnerability) = vulnerability {
            vulnerability.complete(&mut observation);
        }
        let text = vulnerability.and_then(|vulnerability| vulnerability.description.get());
        observation.description = paragraphs([resource.as_deref(), text, self.guideline.get()]);
        observation
    }
}

impl Vulnerability {
    fn complete(&self, observation: &mut Observation) {
        observation.ids = self.id.get().map(identifiers).unwrap_or_default();
        if observation.ids.is_empty() {
            observation.ids.extend(self.id.owned());
        }
        observation.package = self.package_name.owned().map(|name| Package {
            name,
            version: self.package_version.owned(),
            fixed: self.lowest_fixed_version.owned(),
            purl: None,
        });
        let mut rating = Rating::default();
        rating.offer(self.vector.get(), self.cvss.number());
        (observation.vector, observation.score) = (rating.vector(), rating.score());
    }
}
