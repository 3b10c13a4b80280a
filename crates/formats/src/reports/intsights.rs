//! IntSights' alerts (Rapid7 Threat Command), as JSON and as a table.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "intsights",
    title: "IntSights alerts (JSON, CSV)",
    how_to_get: "Threat Command: Alerts > Export > CSV; or its API: /public/v1/data/alerts/alerts-list",
    manual: "One finding for each alert: title, severity as named, rule from type and subtype, \
        fingerprint from the alert's id, address from the source; assets and description. Closed \
        alerts are fixed.",
    samples: &[
        ("intsights.json", include_bytes!("samples/intsights.json")),
        ("intsights.csv", include_bytes!("samples/intsights.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["alertid", "title", "severity", "networktype"])
        || beginning.has("Alerts[].Details")
        || beginning.members("") == ["Alerts"]
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("IntSights"), None);
    if source.beginning.syntax == Syntax::Plain {
        return each_row(source, &["alertid", "title"], intake, |row, intake| {
            intake.observe(of_row(row));
        });
    }
    let Some(alerts) = Node::root(source.text).member("Alerts")? else { return Ok(()) };
    each_item(&alerts, intake, &mut |item, intake| intake.observe(of_alert(item)))
}

fn of_alert(item: Item<'_>) -> Observation {
    let word = item.severity("Details.Severity").unwrap_or(Severity::Info);
    let named = item.first_of(&["Details.Title", "_id"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Alert without a title")), word);
    let kinds = ["Details.Type", "Details.SubType"];
    let rule: Vec<String> = kinds.iter().filter_map(|name| item.field(name)).collect();
    observation.rule = (!rule.is_empty()).then(|| rule.join("/"));
    observation.fingerprint = item.field("_id");
    observation.location = item.address(&["Details.Source.URL"]);
    if item.is_true("Closed.IsClosed") {
        observation.standing = Standing::Fixed;
    }
    let assets = item.items("Assets");
    let assets: Vec<String> = assets.iter().filter_map(|asset| asset.field("Value")).collect();
    let assets = (!assets.is_empty()).then(|| format!("Assets: {}", assets.join(", ")));
    let text = item.field("Details.Description");
    observation.description = paragraphs([text.as_deref(), assets.as_deref()]);
    observation
}

fn of_row(row: &Row<'_>) -> Observation {
    let word = row.severity("severity").unwrap_or(Severity::Info);
    let named = row.get("title").or(row.get("alertid")).unwrap_or("Alert without a title");
    let mut observation = Observation::new(title(named), word);
    observation.rule = row.field("type");
    observation.fingerprint = row.field("alertid");
    observation.location = row.address(&["sourceurl"]);
    if row.get("status").is_some_and(|status| status.eq_ignore_ascii_case("closed")) {
        observation.standing = Standing::Fixed;
    }
    observation.description =
        row.told(&[("", "description"), ("Assets", "assets"), ("", "alertlink")]);
    observation
}
