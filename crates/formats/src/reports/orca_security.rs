//! Orca Security: alerts about a cloud, as JSON or as a table.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::table::{self, Row};
use super::vocabulary::{paragraphs, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "orca_security",
    title: "Orca Security alerts (JSON, CSV)",
    how_to_get: "Alerts, Export, JSON or CSV",
    manual: "One finding for each alert: title and rule from `Title`, severity from `OrcaScore` \
        (9 critical, 7 high, 4 medium, above 0 low; it is no CVSS score and not kept as one), \
        place from the name in `Inventory` or from `Source`. The status closed or dismissed is \
        fixed.",
    samples: &[
        ("orca_security.json", include_bytes!("samples/orca_security.json")),
        ("orca_security.csv", include_bytes!("samples/orca_security.csv")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    (beginning.has("[].OrcaScore") && beginning.has("[].Title"))
        || table::has_columns(beginning, &["orcascore", "title"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Orca Security"), None);
    if source.beginning.syntax == Syntax::Plain {
        return table::each_row(source, &["orcascore", "title"], intake, |row, intake| {
            intake.observe(of_row(row).observation());
        });
    }
    item::each(&Node::root(source.text), intake, |item, intake| {
        intake.observe(of_item(item).observation());
    })
}

/// An alert, as both ways of writing tell it.
struct Alert {
    title: Option<String>,
    score: Option<f64>,
    status: Option<String>,
    place: Option<String>,
    account: Option<String>,
    category: Option<String>,
}

fn of_item(item: Item<'_>) -> Alert {
    Alert {
        title: item.text("Title"),
        score: item.number("OrcaScore"),
        status: item.text("Status"),
        place: item.first(&["Inventory/Name", "Source"]),
        account: item.text("CloudAccount/Name"),
        category: item.text("Category"),
    }
}

fn of_row(row: &Row<'_>) -> Alert {
    let text = |columns: &[&str]| row.any(columns).map(str::to_owned);
    Alert {
        title: text(&["title"]),
        score: row.text("orcascore").number(),
        status: text(&["status"]),
        place: text(&["inventory.name", "source"]),
        account: text(&["cloudaccount.name"]),
        category: text(&["category"]),
    }
}

impl Alert {
    fn observation(self) -> Observation {
        let named = self.title.unwrap_or_else(|| "Alert".to_owned());
        let word = self.score.map_or(Severity::Info, severity_of_score);
        let mut observation = Observation::new(title(&named), word);
        observation.rule = Some(named);
        observation.location = item::in_file(self.place, None);
        if matches!(self.status.as_deref(), Some("closed" | "dismissed")) {
            observation.standing = Standing::Fixed;
        }
        let account = self.account.map(|account| format!("Account: {account}"));
        observation.description = paragraphs([self.category.as_deref(), account.as_deref()]);
        observation
    }
}
