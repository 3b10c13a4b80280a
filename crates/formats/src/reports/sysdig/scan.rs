//! The result of a scan, as sysdig-cli-scanner writes it: the first form, where vulnerabilities
//! stand in their packages, and the one since, where packages refer to a map of them; and a report
//! as a list.

use std::collections::BTreeMap;

use domain::findings::{Observation, Severity};
use serde_json::Value;

use crate::reports::item::{self, Item};
use crate::reports::json::Node;
use crate::reports::vocabulary::{Rating, paragraphs, title};
use crate::reports::{Intake, Unreadable};

pub(super) fn read(text: &str, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(text);
    if let Some(list) = document.member("data")? {
        return item::each(&list, intake, |row, intake| intake.observe(listed(row)));
    }
    let result = document.required("result")?;
    let mut known = BTreeMap::new();
    if let Some(vulnerabilities) = result.member("vulnerabilities")? {
        vulnerabilities.each_member(|name, node| {
            if let Some(value) = node.item::<Value>(intake) {
                known.insert(name.to_owned(), value);
            }
        })?;
    }
    let packages = result.required("packages")?;
    let mut see = |node: Node<'_>| {
        item::look(&node, intake, |package, intake| read_package(package, &known, intake));
    };
    match packages.is_object() {
        true => packages.each_member(|_, node| see(node)),
        false => packages.each_element(see),
    }
}

fn read_package(package: Item<'_>, known: &BTreeMap<String, Value>, intake: &mut Intake<'_>) {
    for found in package.list("vulns") {
        intake.observe(observation(package, found));
    }
    for reference in package.texts("vulnerabilitiesRefs") {
        match known.get(&reference) {
            Some(found) => intake.observe(observation(package, Item::of(found))),
            None => intake.remark("a package refers to a vulnerability that is not there"),
        }
    }
}

/// A row of a report.
fn listed(row: Item<'_>) -> Observation {
    let id = row.text("vulnName").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = row.text("packageName");
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = row.severity("vulnSeverity").or(row.severity("severity"));
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.ids = vec![id];
    let score = row.number("cvssScore").or(row.number("vulnCvssScore"));
    let mut rating = Rating::default();
    rating.offer(row.first(&["cvssVector", "vulnCvssVector"]).as_deref(), score);
    observation.vector = rating.vector();
    observation.score = rating.score();
    let fixed = row.first(&["fixedInVersion", "vulnFixVersion", "packageSuggestedFix"]);
    observation.package = item::package(name, row.text("packageVersion"), fixed);
    observation.location = item::in_file(row.text("packagePath"), None);
    let image = row.first(&["imagePullString", "imageId"]).map(|image| format!("Image: {image}"));
    observation.description = paragraphs([image.as_deref(), row.text("vulnLink").as_deref()]);
    observation
}

fn observation(package: Item<'_>, found: Item<'_>) -> Observation {
    let id = found.shared("name").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = package.shared("name");
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let word = found.severity("severity/value").or(found.severity("severity"));
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.ids = vec![id];
    let mut rating = Rating::default();
    for base in ["cvssScore/value", "cvssScore/score", "cvssScore"] {
        let vector = found.shared(&format!("{base}/vector"));
        rating.offer(vector.as_deref(), found.number(&format!("{base}/score")));
    }
    observation.vector = rating.vector();
    observation.score = rating.score();
    let fixed = found.shared("fixedInVersion").or_else(|| found.shared("fixVersion"));
    let fixed = fixed.or_else(|| package.shared("suggestedFix"));
    observation.package = item::package(name, package.shared("version"), fixed);
    observation.location = item::in_file(package.shared("path"), None);
    let exploitable = found.is_true("exploitable").then_some("An exploit is known.");
    observation.description = paragraphs([
        found.shared("description").or_else(|| found.shared("url")).as_deref(),
        exploitable,
    ]);
    observation
}
