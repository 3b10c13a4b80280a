//! Coverity Connect's view of issues, as its web interface answers it.
//!
//! A view lists faults of every kind. Those that are only a matter of quality are left out, but
//! for leaks of resources, by which a service can be brought down.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::severity;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "coverity_api",
    title: "Coverity Connect view (JSON)",
    how_to_get: "curl --user NAME 'https://HOST/api/viewContents/issues/v1/VIEW?projectId=ID' \
        > report.json",
    manual: "One finding for each of `rows` whose `displayIssueKind` names security or whose \
        category is a leak of resources; other issues of quality are left out. Title from \
        `displayType`, severity from `displayImpact` (audit is info), rule from `checker`, CWE \
        number from `cwe`, path from `displayFile`, fingerprint from `cid`. Classified as a false \
        positive or intentional: a false positive; status Fixed or Absent: fixed.",
    samples: &[("coverity_api.json", include_bytes!("samples/coverity_api.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("viewContentsV1.rows")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Coverity"), None);
    let rows = Node::root(source.text).required("viewContentsV1")?.required("rows")?;
    each_item(&rows, intake, &mut |item, intake| {
        if is_about_security(item) {
            intake.observe(observation(item));
        } else {
            intake.remark("an issue that is only one of quality was left out");
        }
    })
}

fn is_about_security(item: Item<'_>) -> bool {
    let kind = item.field("displayIssueKind").is_none_or(|kind| kind.contains("Security"));
    kind || ["displayCategory", "displayType"]
        .iter()
        .any(|name| item.field(name).is_some_and(|text| text.starts_with("Resource leak")))
}

fn observation(item: Item<'_>) -> Observation {
    let name = item.first_of(&["displayType", "checker"]);
    let name = name.unwrap_or_else(|| "Issue without a type".to_owned());
    let word = item.field("displayImpact").as_deref().and_then(severity);
    let mut observation = Observation::new(name, word.unwrap_or(Severity::Info));
    observation.cwes = item.cwes(&["cwe"]);
    observation.rule = item.field("checker");
    observation.location = item.place("displayFile", "lineNumber");
    observation.fingerprint = item.field("cid");
    let is = |name: &str, words: &[&str]| {
        item.field(name).is_some_and(|said| words.contains(&said.as_str()))
    };
    observation.standing = match () {
        () if is("classification", &["False Positive", "Intentional"]) => Standing::FalsePositive,
        () if is("status", &["Fixed", "Absent Dismissed", "Absent"]) => Standing::Fixed,
        () => Standing::Present,
    };
    observation.description = item.told(&[
        ("Category", "displayCategory"),
        ("Function", "displayFunction"),
        ("Component", "displayComponent"),
        ("Classification", "classification"),
        ("CID", "cid"),
    ]);
    observation
}
