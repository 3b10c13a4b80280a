//! CodeChecker's JSON: what the analysers that it runs found in C and C++.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "codechecker",
    title: "CodeChecker (JSON)",
    how_to_get: "CodeChecker parse --export json --output report.json DIRECTORY",
    manual: "One finding for each of `reports`: rule from `checker_name`, title and description \
        from `message`, place from `file.path` and `line`, fingerprint from `report_hash`. \
        Severity as named; style and unspecified are info. The review status `false_positive` is \
        a false positive.",
    samples: &[("codechecker.json", include_bytes!("samples/codechecker.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("reports[].checker_name") && beginning.has("reports[].report_hash");
    let nothing = beginning.members("") == ["reports", "version"] && !beginning.has("reports[]");
    found || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("CodeChecker"), None);
    let reports = Node::root(source.text).required("reports")?;
    each_item(&reports, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let name = item.first_of(&["message", "checker_name"]);
    let mut observation =
        Observation::new(title(name.as_deref().unwrap_or("Report of a checker")), word);
    observation.rule = item.field("checker_name");
    observation.location = item
        .place("file.path", "line")
        .or_else(|| item.place("file.original_path", "line"))
        .or_else(|| item.place("file", "line"));
    observation.fingerprint = item.field("report_hash");
    if item.field("review_status").as_deref() == Some("false_positive") {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = item.told(&[
        ("", "message"),
        ("Analyser", "analyzer_name"),
        ("Category", "category"),
        ("Review", "review_status"),
    ]);
    observation
}
