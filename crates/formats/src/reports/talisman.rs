//! Talisman: secrets on their way into a repository.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "talisman",
    title: "Talisman (JSON)",
    how_to_get: "talisman --scan --reportdirectory DIRECTORY, then \
        DIRECTORY/talisman_reports/data/report.json",
    manual: "One finding, CWE-798, for each of `failure_list` of each of `results`: title from \
        `message`, rule from `type`, severity from `severity` (none is high), place from \
        `filename`. Warnings and what is ignored are left out with a remark.",
    samples: &[("talisman.json", include_bytes!("samples/talisman.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("summary.types.filecontent") && beginning.has("results")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Talisman"), None);
    let list = Node::root(source.text).required("results")?;
    item::each(&list, intake, |file, intake| {
        for failure in file.list("failure_list") {
            intake.observe(observation(file, failure));
        }
        let others = file.list("warning_list").len() + file.list("ignore_list").len();
        intake.remark_times("a warning or what was ignored was left out", others as u64);
    })
}

fn observation(file: Item<'_>, failure: Item<'_>) -> Observation {
    let said = failure.text("message").unwrap_or_else(|| "Secret".to_owned());
    let word = failure.severity("severity").unwrap_or(Severity::High);
    let mut observation = Observation::new(title(&said), word);
    observation.cwes = vec![798];
    observation.rule = failure.text("type");
    observation.location = item::in_file(file.text("filename"), None);
    let commits = failure.texts("commits").join(", ");
    let commits = (!commits.is_empty()).then(|| format!("Commits: {commits}"));
    observation.description = paragraphs([Some(said.as_str()), commits.as_deref()]);
    observation
}
