//! Kiuwan Insights' JSON: vulnerabilities of components.

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::folding::Folding;
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kiuwan_sca",
    title: "Kiuwan Insights (JSON)",
    how_to_get: "curl --user NAME 'https://api.kiuwan.com/insights/analysis/security?application=NAME' \
        > report.json",
    manual: "One finding for each of `components` of each vulnerability: identifier from `cve`, \
        CWE number from `cwe`, severity from `securityRisk`, score from the CVSS v3 base score, \
        else v2; package from `artifact` and `version`, rule from the vulnerability's id. Two \
        entries of one identifier and component are one. Muted ones are false positives.",
    samples: &[("kiuwan_sca.json", include_bytes!("samples/kiuwan_sca.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].securityRisk") && beginning.has("[].cve") && beginning.has("[].components")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Kiuwan Insights"), None);
    let mut folding = Folding::default();
    each_item(&Node::root(source.text), intake, &mut |item, _| {
        for component in item.items("components") {
            let name = item.first_of(&["cve", "id"]).unwrap_or_default();
            let part = |name: &str| component.field(name).unwrap_or_default();
            let key = [name, part("artifact"), part("version")];
            folding.add(&key.each_ref().map(String::as_str), observation(item, component));
        }
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(item: Item<'_>, component: Item<'_>) -> Observation {
    let id = item.first_of(&["cve", "id"]).unwrap_or_default();
    let package = component.package("artifact", "version", "");
    let title = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => id,
    };
    let word = item.severity("securityRisk").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title, word);
    observation.ids = item.field("cve").into_iter().collect();
    observation.cwes = item.cwes(&["cwe"]);
    observation.score = item
        .number("cVSSv3BaseScore")
        .filter(|score| *score > 0.0)
        .or_else(|| item.number("cVSSv2BaseScore"));
    observation.package = package;
    observation.rule = item.field("id");
    if item.is_true("muted") {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = item.field("description");
    observation
}
