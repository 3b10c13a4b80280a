//! kube-hunter's JSON: weaknesses of a cluster, seen from the network.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kube_hunter",
    title: "kube-hunter (JSON)",
    how_to_get: "kube-hunter --report json --log none > report.json",
    manual: "One finding for each of `vulnerabilities`; what kube-hunter says twice in the same \
        words about the same place is one. Title from `vulnerability`, rule from `vid` unless it \
        is None, severity as named, address from `location`; description with category, evidence \
        and reference.",
    samples: &[("kube_hunter.json", include_bytes!("samples/kube_hunter.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("vulnerabilities[].vid") && beginning.has("vulnerabilities[].hunter");
    let parts = ["nodes", "services", "vulnerabilities"];
    let nothing = parts.iter().all(|part| beginning.has(part)) && !beginning.has("version");
    found || (nothing && !beginning.has("vulnerabilities[]"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("kube-hunter"), None);
    let list = Node::root(source.text).required("vulnerabilities")?;
    let mut folding = Folding::default();
    each_item(&list, intake, &mut |item, _| {
        let names = ["vid", "vulnerability", "location", "description", "evidence", "hunter"];
        let key: Vec<String> =
            names.iter().map(|name| item.field(name).unwrap_or_default()).collect();
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        folding.add(&key, observation(item));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>) -> Observation {
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let named = item.first_of(&["vulnerability", "vid"]);
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Vulnerability without a name")), word);
    observation.rule = item.field("vid").filter(|id| id != "None");
    observation.location = item.address(&["location"]);
    observation.description = item.told(&[
        ("", "description"),
        ("Category", "category"),
        ("Evidence", "evidence"),
        ("", "avd_reference"),
    ]);
    observation
}
