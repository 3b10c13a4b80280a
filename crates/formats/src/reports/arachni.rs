//! Arachni's JSON: one finding for each issue.

use domain::findings::{Observation, Severity};

use super::item::{Item, at_url, each};
use super::json::Node;
use super::vocabulary::{TITLE, one_line, paragraphs};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "arachni",
    title: "Arachni (JSON)",
    how_to_get: "arachni_reporter scan.afr --reporter=json:outfile=report.json",
    manual: "One finding for each element of `issues`: title from `name`, severity from \
        `severity`, CWE number from `cwe`, rule from the check's name, fingerprint from `digest`; \
        the place is the `action` of `vector`, without one its `url`.",
    samples: &[("arachni.json", include_bytes!("samples/arachni.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    ["seed", "sitemap", "issues", "options"].into_iter().all(|name| beginning.has(name))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Arachni"), source.beginning.text("version"));
    let issues = Node::root(source.text).required("issues")?;
    each(&issues, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let name = item.text("name").unwrap_or_else(|| "Issue without a name".to_owned());
    let severity = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(&name, TITLE).0, severity);
    observation.cwes = item.cwes("cwe");
    observation.rule = item.first(&["check/shortname", "check/name"]);
    observation.fingerprint = item.text("digest");
    observation.location = at_url(item.first(&["vector/action", "vector/url", "page/dom/url"]));
    let input = item.text("vector/affected_input_name").map(|name| format!("Input: {name}"));
    let parts = [item.text("description"), item.text("remedy_guidance"), input, item.text("proof")];
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}
