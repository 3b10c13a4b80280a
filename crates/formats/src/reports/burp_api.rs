//! Burp Suite's interfaces: the scan of its REST API, the issues of Enterprise's GraphQL API.

use domain::findings::{Observation, Severity, Standing};

use super::folding::Folding;
use super::html::plain_text;
use super::item::{Item, at_url, each};
use super::json::Node;
use super::vocabulary::{TITLE, cwes, one_line, paragraphs};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "burp_api",
    title: "Burp Suite (REST and GraphQL API, JSON)",
    how_to_get: "GET /v0.1/scan/ID of Burp Suite Professional, or the issues of a scan from the \
        GraphQL API of Burp Suite Enterprise",
    manual: "REST: one finding for each issue of `issue_events`, title from `name`, rule from \
        `type_index`, fingerprint from `serial_number`, place from `origin` and `path`. GraphQL: \
        one finding for each name of `Issues`, its places are listed in the description, CWE \
        numbers from `vulnerability_classifications_html`; an issue without a name is refused. \
        Severity from the word, *false_positive* is one.",
    samples: &[
        ("burp_rest.json", include_bytes!("samples/burp_rest.json")),
        ("burp_graphql.json", include_bytes!("samples/burp_graphql.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let rest = beginning.has("issue_events") && beginning.has("scan_metrics");
    let issues = beginning.has("Issues[].issue_type") || beginning.members("") == ["Issues"];
    rest || issues
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Burp Suite"), None);
    let document = Node::root(source.text);
    if let Some(issues) = document.member("Issues")? {
        return graphql(&issues, intake);
    }
    each(&document.required("issue_events")?, intake, |event, intake| {
        if let Some(issue) = event.get("issue") {
            intake.observe(of_event(issue));
        }
    })
}

fn of_event(issue: Item<'_>) -> Observation {
    let name = issue.text("name").unwrap_or_else(|| "Issue without a name".to_owned());
    let mut observation = rated(&name, issue);
    observation.rule = issue.text("type_index");
    observation.fingerprint = issue.text("serial_number");
    observation.description =
        words(issue, &["description", "remediation", "issue_background", "remediation_background"]);
    observation
}

fn graphql(issues: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let mut folding = Folding::default();
    issues.each_element(|node| {
        super::item::look(&node, intake, |issue, intake| {
            let Some(name) = issue.text("issue_type/name") else {
                intake.refuse(|| (node.place().to_string(), "there is no name".to_owned()));
                return;
            };
            let mut observation = rated(&name, issue);
            let classes = issue.text("issue_type/vulnerability_classifications_html");
            observation.cwes = classes.as_deref().map(cwes).unwrap_or_default();
            observation.rule = issue.first(&["issue_type/type_index", "issue_type/name"]);
            observation.description = words(
                issue,
                &[
                    "description_html",
                    "remediation_html",
                    "issue_type/description_html",
                    "issue_type/remediation_html",
                    "issue_type/references_html",
                ],
            );
            folding.add(&[&name], observation);
        });
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn rated(name: &str, issue: Item<'_>) -> Observation {
    let severity = issue.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(name, TITLE).0, severity);
    let word = issue.text("severity").unwrap_or_default().replace('_', " ");
    if word.eq_ignore_ascii_case("false positive") {
        observation.standing = Standing::FalsePositive;
    }
    let path = issue.text("path").unwrap_or_default();
    observation.location = at_url(issue.text("origin").map(|origin| origin + &path));
    observation
}

fn words(issue: Item<'_>, paths: &[&str]) -> Option<String> {
    let texts: Vec<String> =
        paths.iter().filter_map(|path| issue.text(path)).map(|text| plain_text(&text)).collect();
    paragraphs(texts.iter().map(|text| Some(text.as_str())))
}
