//! Coverity's results as its command line writes them.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "coverity_scan",
    title: "Coverity (JSON)",
    how_to_get: "coverity scan --local report.json --local-format json",
    manual: "One finding for each of `issues` whose `issueKinds` has SECURITY; issues that are only \
        of quality are left out. Title from the short description of the checker, severity from \
        `impact` (Audit is info), CWE number from `cweCategory`, rule from `checkerName` and \
        `subcategory`, place from the stripped path and the line of the main event, fingerprint \
        from `mergeKey`. Description: the long one, the main event, the remediation.",
    samples: &[("coverity_scan.json", include_bytes!("samples/coverity_scan.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let named = beginning.text("type") == Some("Coverity issues");
    named || (beginning.has("issues[].mergeKey") && beginning.has("issues[].checkerName"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Coverity"), None);
    let issues = Node::root(source.text).required("issues")?;
    each_item(&issues, intake, &mut |item, intake| {
        let kinds = item.texts("checkerProperties.issueKinds");
        if kinds.is_empty() || kinds.iter().any(|kind| kind == "SECURITY") {
            intake.observe(observation(item));
        } else {
            intake.remark("an issue that is only one of quality was left out");
        }
    })
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first_of(&[
        "checkerProperties.subcategoryShortDescription",
        "checkerProperties.category",
        "checkerName",
    ]);
    let word = item.severity("checkerProperties.impact").unwrap_or(Severity::Info);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Issue of no checker")), word);
    observation.cwes = item.cwes(&["checkerProperties.cweCategory"]);
    let parts: Vec<String> =
        ["checkerName", "subcategory"].iter().filter_map(|name| item.field(name)).collect();
    observation.rule = (!parts.is_empty()).then(|| parts.join("/"));
    observation.location = item
        .place("strippedMainEventFilePathname", "mainEventLineNumber")
        .or_else(|| item.place("mainEventFilePathname", "mainEventLineNumber"));
    observation.fingerprint = item.field("mergeKey");
    let triage = item.first_of(&["stateOnServer.triage.classification", "localStatus"]);
    if matches!(triage.as_deref(), Some("False Positive" | "Intentional")) {
        observation.standing = Standing::FalsePositive;
    }
    let events = item.items("events");
    let event = |kind: &str| {
        let event = events.iter().find(|event| event.is_true(kind));
        event.and_then(|event| event.field("eventDescription"))
    };
    let fix = event("remediation").map(|text| format!("How to fix: {text}"));
    observation.description = paragraphs([
        item.field("checkerProperties.subcategoryLongDescription").as_deref(),
        event("main").as_deref(),
        item.field("checkerProperties.subcategoryLocalEffect").as_deref(),
        fix.as_deref(),
    ]);
    observation
}
