//! KICS' JSON: misconfigurations in infrastructure as code.
//!
//! A query with its places; the similarity id is KICS' own name of one place of one query.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{cwes, paragraphs, severity, text_at, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kics",
    title: "KICS (JSON)",
    how_to_get: "kics scan --path DIRECTORY --report-formats json --output-path .",
    manual: "One finding for each of the `files` of each of the `queries`: rule from `query_id`, \
        title from `query_name`, place from `file_name` and `line`, fingerprint from \
        `similarity_id`, CWE number from `cwe`. Severity: `severity`; TRACE is info, an unknown \
        word medium. Queries or files that failed make the report partial.",
    samples: &[("kics.json", include_bytes!("samples/kics.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("queries") && (beginning.has("queries_total") || beginning.has("kics_version"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("KICS"), text_at(&document, "kics_version")?.as_deref());
    for count in ["files_failed_to_scan", "queries_failed_to_execute"] {
        if text_at(&document, count)?.is_some_and(|number| number != "0") {
            intake.tool_failed(&format!("KICS says that something failed ({count})"));
        }
    }
    item::each(&document.required("queries")?, intake, |query, intake| {
        for file in query.list("files") {
            intake.observe(observation(query, file));
        }
    })
}

fn observation(query: Item<'_>, file: Item<'_>) -> Observation {
    let named = query.first(&["query_name", "query_id"]);
    let word = query.text("severity").unwrap_or_default();
    let severity = match word.eq_ignore_ascii_case("trace") {
        true => Severity::Info,
        false => severity(&word).unwrap_or(Severity::Medium),
    };
    let named = named.unwrap_or_else(|| "Query without a name".to_owned());
    let mut observation = Observation::new(title(&named), severity);
    observation.rule = query.first(&["query_id", "query_name"]);
    observation.cwes = query.text("cwe").as_deref().map(cwes).unwrap_or_default();
    observation.location = item::in_file(file.text("file_name"), file.line("line"));
    observation.fingerprint = file.text("similarity_id");
    let telling = |name: &str, words: &str| file.text(name).map(|text| format!("{words}: {text}"));
    let resource = telling("resource_name", "Resource");
    let expected = telling("expected_value", "Expected");
    let actual = telling("actual_value", "Actual");
    let texts = [query.text("description"), expected, actual, resource, query.text("query_url")];
    observation.description = paragraphs(texts.iter().map(Option::as_deref));
    observation
}
