//! Sonatype Lifecycle (Nexus IQ): the security issues of the components of an application.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{paragraphs, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "sonatype",
    title: "Sonatype Lifecycle (JSON)",
    how_to_get: "GET /api/v2/applications/APPLICATION/reports/REPORT/raw of the server",
    manual: "One finding for each of `securityData.securityIssues` of each of `components`: \
        identifier from `reference`, score and severity from `severity`, which is a number, \
        package from `componentIdentifier.coordinates` or `packageUrl`, place from the first of \
        `pathnames`. The status Not Applicable is a false positive; other statuses change nothing.",
    samples: &[("sonatype.json", include_bytes!("samples/sonatype.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("components[].componentIdentifier") || beginning.has("components[].securityData")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Sonatype Lifecycle"), None);
    let list = Node::root(source.text).required("components")?;
    item::each(&list, intake, |component, intake| {
        for issue in component.list("securityData/securityIssues") {
            intake.observe(observation(component, issue));
        }
    })
}

fn observation(component: Item<'_>, issue: Item<'_>) -> Observation {
    let id = issue.text("reference").unwrap_or_else(|| "Issue without a name".to_owned());
    let coordinates = component.get("componentIdentifier/coordinates");
    let text = |name: &str| coordinates.and_then(|all| all.text(name));
    let short = text("artifactId").or_else(|| text("packageId")).or_else(|| text("name"));
    let name = match (text("groupId"), short) {
        (Some(group), Some(name)) => Some(format!("{group}:{name}")),
        (None, name) => name.or_else(|| component.first(&["displayName", "packageUrl"])),
        (group, None) => group,
    };
    let named = name.as_deref().map_or(id.clone(), |name| format!("{id} in {name}"));
    let score = issue.number("severity");
    let word = score.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title(&named), word);
    observation.score = score.filter(|score| *score > 0.0);
    observation.ids = vec![id];
    observation.cwes = issue.cwes("cwe");
    observation.package = item::package(name, text("version"), None);
    if let Some(package) = &mut observation.package {
        package.purl = component.text("packageUrl");
    }
    observation.location = item::in_file(component.text("pathnames/0"), None);
    let status = issue.text("status");
    if status.as_deref() == Some("Not Applicable") {
        observation.standing = Standing::FalsePositive;
    }
    let status = status.map(|status| format!("Status: {status}"));
    observation.description = paragraphs([status.as_deref(), issue.text("url").as_deref()]);
    observation
}
