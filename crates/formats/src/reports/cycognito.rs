//! CyCognito's issues, as its API answers them.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cycognito",
    title: "CyCognito issues (JSON)",
    how_to_get: "curl -H 'Authorization: KEY' https://api.platform.cycognito.com/v1/issues \
        > report.json",
    manual: "One finding for each element: title, severity from `base_severity`, or from \
        `severity` where a reason is given why it was changed; score from `base_severity_score`; \
        identifiers from `cve_ids`, rule from `issue_id`, fingerprint from `id`, the affected \
        asset as the address. With `resolved_at` it is fixed.",
    samples: &[("cycognito.json", include_bytes!("samples/cycognito.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].affected_asset") && beginning.has("[].issue_id")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("CyCognito"), None);
    each_item(&Node::root(source.text), intake, &mut |item, intake| {
        intake.observe(observation(item));
    })
}

fn observation(item: Item<'_>) -> Observation {
    let changed = item.field("severity_change_reason").is_some();
    let word = match changed {
        true => item.severity("severity"),
        false => item.severity("base_severity").or_else(|| item.severity("severity")),
    };
    let named = item.first_of(&["title", "issue_type"]);
    let mut observation = Observation::new(
        title(named.as_deref().unwrap_or("Issue without a title")),
        word.unwrap_or(Severity::Info),
    );
    for id in item.texts("cve_ids").iter().flat_map(|text| identifiers(text)) {
        push_new(&mut observation.ids, id);
    }
    observation.score = item.number("base_severity_score").filter(|score| *score > 0.0);
    observation.rule = item.field("issue_id");
    observation.fingerprint = item.field("id");
    observation.location = item.address(&["affected_asset"]);
    if item.field("resolved_at").is_some() {
        observation.standing = Standing::Fixed;
    }
    let text = item.told(&[
        ("", "summary"),
        ("Evidence", "evidence.evidence"),
        ("Evidence", "evidence"),
        ("Port", "port"),
        ("Threat", "potential_threat"),
    ]);
    let steps = item.texts("remediation_steps");
    let steps = (!steps.is_empty()).then(|| format!("How to fix: {}", steps.join("\n")));
    let pages = item.texts("references").join("\n");
    observation.description = paragraphs([text.as_deref(), steps.as_deref(), Some(pages.as_str())]);
    observation
}
