//! Bandit's JSON: weaknesses in Python code.
//!
//! Bandit prints some lines around the one it means, each behind its number. Only the line that is
//! meant is kept, without the number: the others are not the finding's and change by themselves.

use domain::findings::{Location, Observation, Severity};
use serde::Deserialize;

use super::json::{Node, Text};
use super::vocabulary::{cwes, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "bandit",
    title: "Bandit (JSON)",
    how_to_get: "bandit --recursive --format json --output report.json DIRECTORY",
    manual: "One finding for each element of `results`: rule from `test_id`, title from \
        `issue_text`, severity from `issue_severity` (UNDEFINED is info), CWE number from \
        `issue_cwe`, place from `filename` and `line_number`, source text from that line of \
        `code`. An entry of `errors` means that a file was not read, so the scan was not whole.",
    samples: &[("bandit.json", include_bytes!("samples/bandit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("results[].test_id") && beginning.has("results[].issue_severity");
    let nothing = beginning.has("results")
        && beginning.has("metrics._totals")
        && beginning.has("generated_at")
        && !beginning.has("results[]");
    found || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Bandit"), None);
    if let Some(errors) = document.member("errors")? {
        errors.each_element(|_| {
            intake.tool_failed("Bandit says that it could not read a file (errors)");
        })?;
    }
    document.required("results")?.each_element(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.observe(found.observation());
        }
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    code: Text,
    filename: Text,
    issue_severity: Text,
    issue_confidence: Text,
    issue_text: Text,
    issue_cwe: Option<Weakness>,
    line_number: Text,
    more_info: Text,
    test_id: Text,
    test_name: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Weakness {
    id: Text,
}

impl Found {
    fn observation(&self) -> Observation {
        let name = self.issue_text.get().or(self.test_name.get()).or(self.test_id.get());
        let word = self.issue_severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(title(name.unwrap_or("Result of no test")), word);
        let weakness = self.issue_cwe.as_ref().and_then(|weakness| weakness.id.get());
        observation.cwes = weakness.map(cwes).unwrap_or_default();
        observation.rule = self.test_id.owned().or(self.test_name.owned());
        let line = self.line_number.line();
        observation.location =
            self.filename.owned().map(|path| Location { path: Some(path), line, url: None });
        observation.snippet = self.code.get().and_then(|code| meant(code, line?));
        let test = self.test_name.get().map(|name| format!("Test: {name}"));
        let confidence = self.issue_confidence.get().map(|word| format!("Confidence: {word}"));
        observation.description = paragraphs([
            self.issue_text.get(),
            test.as_deref(),
            confidence.as_deref(),
            self.more_info.get(),
        ]);
        observation
    }
}

/// The text of the line of that number in Bandit's excerpt.
fn meant(code: &str, line: u32) -> Option<String> {
    code.lines().find_map(|printed| {
        let printed = printed.trim_start();
        let rest = printed.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let number: u32 = printed[..printed.len() - rest.len()].parse().ok()?;
        let text = rest.trim();
        (number == line && !text.is_empty()).then(|| text.to_owned())
    })
}
