//! Popeye: how sound the resources of a Kubernetes cluster are.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "popeye",
    title: "Popeye (JSON)",
    how_to_get: "popeye --out json > report.json",
    manual: "One finding for each of `issues` of each resource below `popeye.sanitizers` (newer \
        versions: `sections`) whose level is 1 (info), 2 (warning: low) or 3 (error: high); level \
        0 is fine. Rule from the code in brackets, such as POP-106; the place is the resource.",
    samples: &[("popeye.json", include_bytes!("samples/popeye.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("popeye.sanitizers") || beginning.has("popeye.sections")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Popeye"), None);
    let report = Node::root(source.text).required("popeye")?;
    let list = match report.member("sanitizers")? {
        Some(list) => list,
        None => report.required("sections")?,
    };
    item::each(&list, intake, |section, intake| {
        let kind = section.first(&["sanitizer", "linter", "section"]).unwrap_or_default();
        for (resource, issues) in section.members("issues") {
            for issue in issues.elements() {
                if let Some(observation) = observation(&kind, resource, issue) {
                    intake.observe(observation);
                }
            }
        }
    })
}

fn observation(kind: &str, resource: &str, issue: Item<'_>) -> Option<Observation> {
    let word = match issue.text("level").as_deref() {
        Some("1") => Severity::Info,
        Some("2") => Severity::Low,
        Some("3") => Severity::High,
        _ => return None,
    };
    let said = issue.text("message").unwrap_or_default();
    let code = said.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let text = code.map_or(said.as_str(), |(_, text)| text.trim());
    let mut observation = Observation::new(title(&format!("{kind} {resource}: {text}")), word);
    observation.rule = code.map(|(code, _)| code.to_owned());
    observation.location = item::in_file(Some(format!("{kind}/{resource}")), None);
    let group = issue.text("group").filter(|group| group != "__root__");
    let group = group.map(|group| format!("Part: {group}"));
    observation.description = paragraphs([Some(said.as_str()), group.as_deref()]);
    Some(observation)
}
