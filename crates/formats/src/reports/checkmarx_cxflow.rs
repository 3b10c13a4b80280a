//! CxFlow's JSON: results of Checkmarx SAST as CxFlow writes them into a file.

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "checkmarx_cxflow",
    title: "Checkmarx CxFlow SAST (JSON)",
    how_to_get: "java -jar cx-flow.jar --scan --bug-tracker=Json --app=NAME --f=DIRECTORY",
    manual: "One finding for each line in `details` of each element of `xissues`: rule and title \
        from `vulnerability`, severity as named, CWE number from `cwe`, place from `filename` and \
        the line, source text from `codeSnippet`; `falsePositive` is a false positive. \
        `unFilteredIssues` are left out: they are what CxFlow was told to filter.",
    samples: &[("checkmarx_cxflow.json", include_bytes!("samples/checkmarx_cxflow.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("xissues") && beginning.has("project")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Checkmarx SAST"), source.beginning.text("version"));
    let issues = document.required("xissues")?;
    each_item(&issues, intake, &mut |issue, intake| {
        let details = issue.members("details");
        for (line, detail) in &details {
            let mut observation = observation(issue);
            if let Some(location) = &mut observation.location {
                location.line = line.parse().ok().filter(|line| *line > 0);
            }
            observation.snippet = detail.field("codeSnippet");
            if detail.is_true("falsePositive") {
                observation.standing = Standing::FalsePositive;
            }
            intake.observe(observation);
        }
        if details.is_empty() {
            intake.observe(observation(issue));
        }
    })
}

fn observation(issue: Item<'_>) -> Observation {
    let rule = issue.field("vulnerability");
    let title = rule.as_deref().unwrap_or("Weakness without a name").replace('_', " ");
    let word = issue.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title, word);
    observation.cwes = issue.cwes(&["cwe"]);
    observation.location =
        issue.field("filename").map(|path| Location { path: Some(path), ..Location::default() });
    observation.rule = rule;
    observation.description = issue.told(&[
        ("", "description"),
        ("Status", "vulnerabilityStatus"),
        ("Categories", "additionalDetails.categories"),
        ("How to fix", "additionalDetails.recommendedFix"),
        ("", "link"),
    ]);
    observation
}
