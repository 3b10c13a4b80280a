//! njsscan: weaknesses in Node.js code and its templates. See also `mobsf`, of the same people.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "njsscan",
    title: "njsscan (JSON)",
    how_to_get: "njsscan --json --output report.json DIRECTORY",
    manual: "One finding for each of the `files` of each rule in `nodejs` and `templates`: rule \
        and title from the rule's name, severity from `metadata.severity` (ERROR is high, WARNING \
        medium, INFO low), CWE number from `metadata.cwe`, place from `file_path` and \
        `match_lines`, source text from `match_string`. An entry of `errors` means that the scan \
        was not whole.",
    samples: &[("njsscan.json", include_bytes!("samples/njsscan.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("njsscan_version") && (beginning.has("nodejs") || beginning.has("templates"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("njsscan"), source.beginning.text("njsscan_version"));
    let document = Node::root(source.text);
    if let Some(errors) = document.member("errors")?.filter(Node::is_array) {
        errors.each_element(|_| intake.tool_failed("njsscan says that it met errors (errors)"))?;
    }
    for part in ["nodejs", "templates"] {
        let Some(rules) = document.member(part)? else { continue };
        rules.each_member(|name, node| {
            item::look(&node, intake, |rule, intake| {
                let files = rule.list("files");
                files.iter().for_each(|file| intake.observe(observation(name, rule, Some(*file))));
                if files.is_empty() {
                    intake.observe(observation(name, rule, None));
                }
            });
        })?;
    }
    Ok(())
}

/// The words of njsscan and mobsfscan, which are those of the engine below both.
pub(super) fn severity_of(word: Option<&str>) -> Severity {
    match word.map(str::to_ascii_uppercase).as_deref() {
        Some("ERROR") => Severity::High,
        Some("WARNING") => Severity::Medium,
        Some("INFO") => Severity::Low,
        _ => Severity::Info,
    }
}

/// What mobsfscan and njsscan say alike of a rule and of the first place where it was met.
pub(super) fn observation(name: &str, rule: Item<'_>, file: Option<Item<'_>>) -> Observation {
    let word = severity_of(rule.text("metadata/severity").as_deref());
    let mut observation = Observation::new(title(name), word);
    observation.rule = Some(name.to_owned());
    observation.cwes = rule.cwes("metadata/cwe");
    let text = |path: &str| file.and_then(|file| file.text(path));
    let number = file.and_then(|file| file.line("match_lines/0"));
    observation.location = item::in_file(text("file_path"), number);
    observation.snippet = text("match_string");
    observation.description = paragraphs([
        rule.text("metadata/description").as_deref(),
        rule.text("metadata/reference").as_deref(),
    ]);
    observation
}
