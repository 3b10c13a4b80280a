//! gosec's JSON: weaknesses in Go code.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, severity, text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gosec",
    title: "gosec (JSON)",
    how_to_get: "gosec -fmt=json -out=report.json ./...",
    manual: "One finding for each element of `Issues`: rule from `rule_id`, title from `details`, \
        place from `file` and `line` (the first of a range), source text from that line of \
        `code`, CWE number from `cwe`. Severity: `severity`. A suppressed issue is a false \
        positive. `Golang errors` make the report partial.",
    samples: &[("gosec.json", include_bytes!("samples/gosec.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("Issues") && (beginning.has("GosecVersion") || beginning.has("Golang errors"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("gosec"), text_at(&document, "GosecVersion")?.as_deref());
    if let Some(errors) = document.member("Golang errors")? {
        errors.each_member(|_, _| {
            intake.tool_failed("gosec could not read a file (Golang errors)")
        })?;
    }
    let Some(issues) = document.member("Issues")? else { return Ok(()) };
    item::each(&issues, intake, |issue, intake| intake.observe(observation(issue)))
}

fn observation(issue: Item<'_>) -> Observation {
    let named = issue.first(&["details", "rule_id"]);
    let named = named.unwrap_or_else(|| "Issue of no rule".to_owned());
    let word = issue.text("severity").as_deref().and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = issue.text("rule_id");
    observation.cwes = issue.first(&["cwe/id", "cwe/ID"]).as_deref().map(cwes).unwrap_or_default();
    // A statement on several lines has a range, such as `10-12`.
    let line = issue.text("line").unwrap_or_default();
    let line = line.split('-').next().and_then(|line| line.parse().ok()).filter(|line| *line > 0);
    observation.location = item::in_file(issue.text("file"), line);
    let code = issue.text("code").unwrap_or_default();
    observation.snippet = line.and_then(|line| meant(&code, line));
    let suppressed = !issue.list("suppressions").is_empty() || issue.is_true("nosec");
    if suppressed {
        observation.standing = Standing::FalsePositive;
    }
    let confidence = issue.text("confidence").map(|word| format!("Confidence: {word}"));
    observation.description = paragraphs([issue.text("details").as_deref(), confidence.as_deref()]);
    observation
}

/// The text of the line of that number in gosec's excerpt, whose lines begin with `10: `.
fn meant(code: &str, line: u32) -> Option<String> {
    let texts = code.lines().filter_map(|printed| printed.split_once(':'));
    let mut texts = texts.filter(|(number, _)| number.trim().parse() == Ok(line));
    texts.next().map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty())
}
