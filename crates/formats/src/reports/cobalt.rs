//! Cobalt's table of what a penetration test found.
//!
//! The table says nothing of severity. Spreadsheets take text that begins with certain letters for
//! a formula; Cobalt puts a quotation mark before it, which is taken away again.

use domain::findings::{Location, Observation, Severity, Standing};

use super::table::{Row, each_row, has_columns};
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cobalt",
    title: "Cobalt (CSV)",
    how_to_get: "Cobalt: Pentests > Findings > Export > CSV",
    manual: "One finding for each row, all of the severity info, because the table names none: \
        title, rule from `Type`, address from `BrowserUrl`, fingerprint from `Token`; description, \
        steps to reproduce, the tester's word on how critical it is and the fix in the \
        description. The result Invalid is a false positive.",
    samples: &[("cobalt.csv", include_bytes!("samples/cobalt.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["token", "tag", "title", "criticalityjustification", "suggestedfix"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Cobalt"), None);
    each_row(source, &["title", "type"], intake, |row, intake| intake.observe(observation(row)))
}

fn observation(row: &Row<'_>) -> Observation {
    let field = |name: &str| {
        let text = row.get(name)?;
        Some(text.strip_prefix('\'').unwrap_or(text).trim()).filter(|text| !text.is_empty())
    };
    let named = field("title").or(field("type")).unwrap_or("Finding without a title");
    let mut observation = Observation::new(title(named), Severity::Info);
    observation.rule = field("type").map(str::to_owned);
    observation.fingerprint = field("token").map(str::to_owned);
    observation.location = field("browserurl")
        .map(|url| Location { url: Some(url.to_owned()), ..Location::default() });
    if field("evaluatedresult").is_some_and(|result| result.eq_ignore_ascii_case("invalid")) {
        observation.standing = Standing::FalsePositive;
    }
    let fix = field("suggestedfix").map(|text| format!("How to fix: {text}"));
    observation.description = paragraphs([
        field("description"),
        field("criticalityjustification"),
        field("stepstoreproduce"),
        fix.as_deref(),
        field("reporturl"),
    ]);
    observation
}
