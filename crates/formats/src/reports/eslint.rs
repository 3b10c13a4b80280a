//! ESLint's JSON: what rules say about JavaScript, security rules among them.
//!
//! ESLint knows two levels, which it writes as numbers: 2 is an error and 1 a warning.

use domain::findings::{Observation, Severity};
use serde::Deserialize;

use super::json::{Node, Text};
use super::vocabulary::{first_of, paragraphs, place, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "eslint",
    title: "ESLint (JSON)",
    how_to_get: "eslint --format json --output-file report.json DIRECTORY",
    manual: "One finding for each element of `messages` of each file: rule from `ruleId`, title \
        from `message`, place from `filePath` and `line`. Severity 2 (error) is high, 1 (warning) \
        medium. The source text is that line of `source`, where ESLint gives it. Messages \
        suppressed in the code are left out. A file that could not be parsed (`fatal`) makes the \
        report partial.",
    samples: &[("eslint.json", include_bytes!("samples/eslint.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["filePath", "messages", "errorCount"].iter().all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("ESLint"), None);
    let mut outcome = Ok(());
    Node::root(source.text).each_element(|file| {
        if outcome.is_ok() {
            outcome = read_file(&file, intake);
        }
    })?;
    outcome
}

fn read_file(file: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let Some(named) = file.item::<File>(intake) else { return Ok(()) };
    let Some(messages) = file.member("messages")? else { return Ok(()) };
    let lines: Vec<&str> =
        named.source.get().map(|text| text.lines().collect()).unwrap_or_default();
    messages.each_element(|node| {
        let Some(message) = node.item::<Message>(intake) else { return };
        if message.fatal.is_true() {
            intake.tool_failed("ESLint could not parse a file (fatal)");
        }
        let mut observation = message.observation(named.path.get());
        let line = message.line.line().and_then(|line| lines.get(line as usize - 1));
        observation.snippet = line.map(|text| text.trim().to_owned());
        intake.observe(observation);
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct File {
    #[serde(rename = "filePath")]
    path: Text,
    source: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Message {
    rule_id: Text,
    severity: Text,
    message: Text,
    line: Text,
    fatal: Text,
}

impl Message {
    fn observation(&self, path: Option<&str>) -> Observation {
        let named = first_of([&self.message, &self.rule_id]).unwrap_or("Message without text");
        let severity = match self.severity.get() {
            Some("2" | "error") => Severity::High,
            Some("1" | "warn" | "warning") => Severity::Medium,
            _ => Severity::Info,
        };
        let mut observation = Observation::new(title(named), severity);
        observation.rule = self.rule_id.owned();
        observation.location = place(path, self.line.line());
        observation.description = paragraphs([self.message.get()]);
        observation
    }
}
