//! Rapplex: vulnerabilities of a web site, in groups below their severity.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "rapplex",
    title: "Rapplex (JSON)",
    how_to_get: "Scan, Report, JSON",
    manual: "One finding for each of `Issues` of each of `IssueGroups` below `Severities`: title \
        and rule from the group's `Definition`, severity from the issue, the group or the name it \
        stands under, CWE numbers from the `Classifications`, place from `Url`.",
    samples: &[("rapplex.json", include_bytes!("samples/rapplex.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("Severities.Critical.IssueGroups") && beginning.has("ScanId")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Rapplex"), None);
    Node::root(source.text).required("Severities")?.each_member(|name, node| {
        item::look(&node, intake, |level, intake| {
            for group in level.list("IssueGroups") {
                for issue in group.list("Issues") {
                    intake.observe(observation(name, group, issue));
                }
            }
        });
    })
}

fn observation(level: &str, group: Item<'_>, issue: Item<'_>) -> Observation {
    let kind = group.first(&["Definition/Title", "Group"]);
    let named = issue.text("Title").or_else(|| kind.clone()).unwrap_or_default();
    let word = issue.severity("Severity").or(group.severity("Severity")).or(severity(level));
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    observation.rule = kind.or(Some(named));
    for class in group.list("Definition/Classifications") {
        if class.text("Foundation").as_deref() == Some("CWE") {
            observation.cwes.extend(class.cwes("Value"));
        }
    }
    observation.location = item::at_url(issue.first(&["Url", "Path"]));
    observation.description = paragraphs([
        group.text("Definition/Sections/Summary").as_deref(),
        group.text("Definition/Sections/Remediation").as_deref(),
    ]);
    observation
}
