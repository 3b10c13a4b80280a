//! Reports of HackerOne: the export of a bug bounty programme (CSV, JSON) and its API's answer.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::table::{each_row, has_columns};
use super::vocabulary::{cwes, identifiers, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "hackerone",
    title: "HackerOne (CSV, JSON)",
    how_to_get: "HackerOne: Inbox > Export reports; \
        or curl --user ID:TOKEN 'https://api.hackerone.com/v1/reports?filter[program][]=NAME'",
    manual: "One finding for each report: title, severity (the rating; none is info), score, CVE \
        identifiers from `cve_ids`, CWE number from the weakness, fingerprint from the report's \
        id, with its address in the description. Closed reports (in the export by `state`, in the \
        answer of the API by any state that closes) are fixed; `not-applicable` and `spam` are \
        false positives.",
    samples: &[
        ("hackerone.csv", include_bytes!("samples/hackerone.csv")),
        ("hackerone.json", include_bytes!("samples/hackerone.json")),
        ("hackerone_api.json", include_bytes!("samples/hackerone_api.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let table = has_columns(beginning, &["id", "title", "severityrating", "substate", "weakness"]);
    let found = beginning.has("findings[].severity_rating") && beginning.has("findings[].substate");
    let nothing = beginning.members("") == ["findings"] && !beginning.has("findings[]");
    let api = beginning.text("data[].type") == Some("report")
        && beginning.has("data[].attributes.title")
        && beginning.has("data[].relationships");
    table || found || nothing || api
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("HackerOne"), None);
    if source.beginning.syntax == Syntax::Plain {
        return each_row(source, &["id", "title"], intake, |row, intake| {
            intake.observe(exported(row, |name| name.replace('_', "")));
        });
    }
    let document = Node::root(source.text);
    match document.member("data")? {
        Some(data) => each_item(&data, intake, &mut |item, intake| intake.observe(answered(item))),
        None => each_item(&document.required("findings")?, intake, &mut |item, intake| {
            intake.observe(exported(&item, str::to_owned));
        }),
    }
}

/// A report of the export, whose names are spelt differently in its two syntaxes.
fn exported(row: &dyn Fields, spelt: fn(&str) -> String) -> Observation {
    let field = |name: &str| row.field(&spelt(name));
    let rating = row.severity(&spelt("severity_rating")).unwrap_or(Severity::Info);
    let named = field("title").unwrap_or_else(|| "Report without a title".to_owned());
    let mut observation = Observation::new(title(&named), rating);
    observation.score = row.number(&spelt("severity_score")).filter(|score| *score > 0.0);
    observation.ids = ids(field("cve_ids"));
    observation.fingerprint = field("id");
    let closed = field("state").as_deref() == Some("closed");
    observation.standing = standing(&field("substate").unwrap_or_default(), closed);
    let page = field("id").map(|id| format!("https://hackerone.com/reports/{id}"));
    let told = |label: &str, name: &str| field(name).map(|text| format!("{label}: {text}"));
    let texts = [
        told("Weakness", "weakness"),
        told("State", "substate"),
        told("Asset", "structured_scope_reference"),
        field("reference_url"),
        page,
    ];
    observation.description = paragraphs(texts.iter().map(Option::as_deref));
    observation
}

fn answered(item: Item<'_>) -> Observation {
    let severity = "relationships.severity.data.attributes";
    let rating = item.severity(&format!("{severity}.rating")).unwrap_or(Severity::Info);
    let named = item.field("attributes.title");
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Report without a title")), rating);
    observation.score = item.number(&format!("{severity}.score")).filter(|score| *score > 0.0);
    observation.vector = item.field(&format!("{severity}.cvss_vector_string"));
    observation.ids = ids(item.field("attributes.cve_ids"));
    observation.cwes = item
        .field("relationships.weakness.data.attributes.external_id")
        .filter(|id| id.to_lowercase().starts_with("cwe"))
        .map(|id| cwes(&id))
        .unwrap_or_default();
    observation.fingerprint = item.field("id");
    let state = item.field("attributes.state").unwrap_or_default();
    let open = ["", "new", "triaged", "needs-more-info", "pre-submission", "retesting"];
    observation.standing = standing(&state, !open.contains(&state.as_str()));
    observation.location =
        item.address(&["relationships.structured_scope.data.attributes.asset_identifier"]);
    observation.description = item.told(&[
        ("", "attributes.vulnerability_information"),
        ("Weakness", "relationships.weakness.data.attributes.name"),
        ("State", "attributes.state"),
        ("", "attributes.issue_tracker_reference_url"),
    ]);
    observation
}

fn ids(text: Option<String>) -> Vec<String> {
    text.map(|text| identifiers(&text)).unwrap_or_default()
}

fn standing(state: &str, closed: bool) -> Standing {
    match state {
        "not-applicable" | "spam" => Standing::FalsePositive,
        _ if closed => Standing::Fixed,
        _ => Standing::Present,
    }
}
