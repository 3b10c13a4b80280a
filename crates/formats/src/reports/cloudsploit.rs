//! CloudSploit's JSON: settings of cloud accounts.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cloudsploit",
    title: "CloudSploit (JSON)",
    how_to_get: "./index.js --json report.json --console none",
    manual: "One finding for each element; what is said twice in the same words of the same \
        resource is one. Rule from `plugin`, title, the resource as the address. Severity from \
        `status`: FAIL is critical, WARN medium, else info; OK is handed over as fixed.",
    samples: &[("cloudsploit.json", include_bytes!("samples/cloudsploit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["plugin", "category", "resource", "region", "status"]
        .iter()
        .all(|name| beginning.has(&format!("[].{name}")))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("CloudSploit"), None);
    let mut folding = Folding::default();
    each_item(&Node::root(source.text), intake, &mut |item, _| {
        let key = ["title", "message", "resource", "region"];
        let key: Vec<String> =
            key.iter().map(|name| item.field(name).unwrap_or_default()).collect();
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        folding.add(&key, observation(item));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let status = item.field("status").unwrap_or_default();
    let word = match status.as_str() {
        "FAIL" => Severity::Critical,
        "WARN" => Severity::Medium,
        _ => Severity::Info,
    };
    let named = item.first_of(&["title", "plugin"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Check without a title")), word);
    observation.rule = item.field("plugin");
    observation.location = item.address(&["resource"]).filter(|_| !item.is("resource", "N/A"));
    if status == "OK" {
        observation.standing = Standing::Fixed;
    }
    observation.description = item.told(&[
        ("", "message"),
        ("", "description"),
        ("Category", "category"),
        ("Region", "region"),
        ("Status", "status"),
    ]);
    observation
}
