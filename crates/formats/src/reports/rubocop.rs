//! RuboCop: of all that it says about Ruby code, what its Security department says.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "rubocop",
    title: "RuboCop (JSON)",
    how_to_get: "rubocop --only Security --format json --out report.json",
    manual: "One finding for each of `offenses` of each of `files` whose `cop_name` is of the \
        department Security; what other departments say about style is left out with a remark. \
        Rule from `cop_name`, title from `message`, severity from `severity` (fatal is critical, \
        error high, warning and convention medium, refactor low, info), place from `path` and \
        `location`. A corrected offense is fixed.",
    samples: &[("rubocop.json", include_bytes!("samples/rubocop.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("metadata.rubocop_version") && beginning.has("files")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("RuboCop"), source.beginning.text("metadata.rubocop_version"));
    let list = Node::root(source.text).required("files")?;
    item::each(&list, intake, |file, intake| {
        for offense in file.list("offenses") {
            let cop = offense.text("cop_name").unwrap_or_default();
            if is_about_security(&cop) {
                intake.observe(observation(file, offense, cop));
            } else {
                intake.remark("an offense of a department other than Security was left out");
            }
        }
    })
}

/// `Security/Eval`, and the cops of extensions such as `GitlabSecurity/…`.
fn is_about_security(cop: &str) -> bool {
    cop.split('/').any(|part| part.ends_with("Security"))
}

fn observation(file: Item<'_>, offense: Item<'_>, cop: String) -> Observation {
    let word = match offense.text("severity").as_deref() {
        Some("fatal") => Severity::Critical,
        Some("error") => Severity::High,
        Some("warning" | "convention") => Severity::Medium,
        Some("refactor") => Severity::Low,
        _ => Severity::Info,
    };
    let said = offense.text("message").unwrap_or_else(|| cop.clone());
    let mut observation = Observation::new(title(&said), word);
    observation.rule = Some(cop);
    let line = offense.line("location/start_line").or(offense.line("location/line"));
    observation.location = item::in_file(file.text("path"), line);
    if offense.is_true("corrected") {
        observation.standing = domain::findings::Standing::Fixed;
    }
    observation.description = paragraphs([Some(said.as_str())]);
    observation
}
