//! secretlint: secrets in files. Its JSON is shaped like ESLint's.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "secretlint",
    title: "secretlint (JSON)",
    how_to_get: "secretlint --format json --maskSecrets --output report.json \"**/*\"",
    manual: "One finding, CWE-798, for each of `messages` of each file: title from `message`, \
        rule from `ruleId` and `messageId`, severity from `severity` (error is high, warning \
        medium, info), place from `filePath` and `loc.start.line`. The file's content is not kept.",
    samples: &[("secretlint.json", include_bytes!("samples/secretlint.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].messages")
        && beginning.has("[].filePath")
        && beginning.has("[].sourceContentType")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("secretlint"), None);
    item::each(&Node::root(source.text), intake, |file, intake| {
        file.list("messages").into_iter().for_each(|said| intake.observe(observation(file, said)));
    })
}

fn observation(file: Item<'_>, said: Item<'_>) -> Observation {
    let message = said.text("message").unwrap_or_else(|| "Secret".to_owned());
    let word = match said.text("severity").as_deref() {
        Some("warning") => Severity::Medium,
        Some("info") => Severity::Info,
        _ => Severity::High,
    };
    let mut observation = Observation::new(title(&message), word);
    observation.cwes = vec![798];
    let rule = said.text("ruleId");
    observation.rule = match (rule, said.text("messageId")) {
        (Some(rule), Some(kind)) => Some(format!("{rule}/{kind}")),
        (rule, kind) => rule.or(kind),
    };
    observation.location = item::in_file(file.text("filePath"), said.line("loc/start/line"));
    observation.description = paragraphs([said.text("docsUrl").as_deref()]);
    observation
}
