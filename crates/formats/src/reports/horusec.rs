//! Horusec's JSON: what the many tools that it runs say about code, in one list.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, severity, text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "horusec",
    title: "Horusec (JSON)",
    how_to_get: "horusec start --project-path DIRECTORY --output-format json \
        --json-output-file report.json",
    manual: "One finding for each element of `analysisVulnerabilities`: title from the first line \
        of `details`, rule from `rule_id`, place from `file` and `line`, source text from `code` \
        unless it is a leak, fingerprint from `vulnHash`. Severity: `severity`; UNKNOWN is info. \
        The type tells whether it is a false positive or corrected. A `status` other than success \
        or a text in `errors` makes the report partial.",
    samples: &[("horusec.json", include_bytes!("samples/horusec.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("analysisVulnerabilities") && beginning.has("status")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Horusec"), text_at(&document, "version")?.as_deref());
    let failed = text_at(&document, "status")?.is_some_and(|status| status != "success");
    if failed || text_at(&document, "errors")?.is_some() {
        intake.tool_failed("Horusec says that a tool failed (status, errors)");
    }
    let Some(list) = document.member("analysisVulnerabilities")? else { return Ok(()) };
    item::each(&list, intake, |entry, intake| {
        if let Some(found) = entry.get("vulnerabilities") {
            intake.observe(observation(found));
        }
    })
}

fn observation(found: Item<'_>) -> Observation {
    let details = found.text("details").unwrap_or_default();
    let first = details.lines().next().unwrap_or_default();
    // Where several rules speak of one place each begins with its number, such as `(1/2) * `.
    let first = first.split_once(") * ").map_or(first, |(_, rest)| rest);
    let first = first.strip_prefix("Possible vulnerability detected: ").unwrap_or(first);
    let named = if first.is_empty() { "Vulnerability without details" } else { first };
    let word = found.text("severity").as_deref().and_then(severity);
    let mut observation = Observation::new(title(named), word.unwrap_or(Severity::Info));
    observation.ids = identifiers(&details);
    observation.rule = found.first(&["rule_id", "securityTool"]);
    observation.location = item::in_file(found.text("file"), found.line("line"));
    observation.fingerprint = found.text("vulnHash");
    let leak = found.text("language").as_deref() == Some("Leaks");
    observation.snippet = found.text("code").filter(|_| !leak);
    observation.standing = match found.text("type").as_deref() {
        Some("False Positive") => Standing::FalsePositive,
        Some("Corrected") => Standing::Fixed,
        _ => Standing::Present,
    };
    let tool = found.text("securityTool").map(|name| format!("Tool: {name}"));
    let confidence = found.text("confidence").map(|word| format!("Confidence: {word}"));
    observation.description =
        paragraphs([Some(details.as_str()), tool.as_deref(), confidence.as_deref()]);
    observation
}
