//! Issues of Snyk's REST interface: vulnerable packages and weaknesses in code.

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, cwes_of, paragraphs, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "snyk_issue_api",
    title: "Snyk issues (REST answer)",
    how_to_get: "GET https://api.snyk.io/rest/orgs/ORGANISATION/issues?version=2024-10-15&limit=100",
    manual: "One finding for each element of `data`. Severity: `effective_severity_level`; vector \
        and score: the newest of `severities`. Identifiers: `problems` of vulnerabilities, CVE \
        first; CWE numbers: `classes`. Package: the first dependency of the `coordinates`; place: \
        the first source location, whose rule is the first problem. The fingerprint is the issue's `id`. A resolved issue closes; \
        an ignored one is a false positive. An answer with a next page is partial.",
    samples: &[("snyk_issue_api.json", include_bytes!("samples/snyk_issue_api.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let issues = beginning.has("data[].attributes.effective_severity_level");
    let asked = ["links.self", "links.first"].iter().any(|path| {
        beginning.text(path).is_some_and(|link| link.contains("/orgs/") && link.contains("/issues"))
    });
    beginning.has("jsonapi") && beginning.has("data") && (issues || asked)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Snyk"), None);
    if let Some(links) = document.member("links")?
        && links.member("next")?.is_some()
    {
        intake.tool_failed("this is one page of several (links.next)");
    }
    item::each(&document.required("data")?, intake, |issue, intake| {
        intake.observe(observation(issue));
    })
}

fn observation(issue: Item<'_>) -> Observation {
    let about = |name: &str| issue.text(&format!("attributes/{name}"));
    let named = about("title").or(about("key")).unwrap_or_else(|| "Issue of no title".to_owned());
    let word = about("effective_severity_level").as_deref().and_then(severity);
    let mut observation = Observation::new(title(&named), word.unwrap_or(Severity::Info));
    let problems = issue.list("attributes/problems");
    let is_code = about("type").as_deref() == Some("code");
    let mut ids: Vec<String> = problems.iter().filter_map(|problem| problem.text("id")).collect();
    ids.sort_by_key(|id| !id.starts_with("CVE-"));
    for id in ids.into_iter().filter(|id| !is_code || id.starts_with("CVE-")) {
        push_new(&mut observation.ids, id);
    }
    let rule = problems.first().and_then(|problem| problem.text("id")).or(about("key"));
    observation.rule = rule.filter(|_| is_code);
    let classes = issue.list("attributes/classes");
    let classes: Vec<String> = classes.iter().filter_map(|class| class.text("id")).collect();
    observation.cwes = cwes_of(classes.iter().map(String::as_str));
    let mut rating = Rating::default();
    for stated in issue.list("attributes/severities") {
        rating.offer(stated.text("vector").as_deref(), stated.number("score"));
    }
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    seen_at(issue, &mut observation);
    observation.fingerprint = issue.text("id");
    observation.standing = match (about("status").as_deref(), about("ignored").as_deref()) {
        (Some("resolved"), _) => Standing::Fixed,
        (_, Some("true")) => Standing::FalsePositive,
        _ => Standing::Present,
    };
    observation.description = paragraphs([about("description").as_deref()]);
    observation
}

/// The first package and the first place among the coordinates.
fn seen_at(issue: Item<'_>, observation: &mut Observation) {
    for coordinate in issue.list("attributes/coordinates") {
        for seen in coordinate.list("representations") {
            if let Some(name) =
                seen.text("dependency/package_name").filter(|_| observation.package.is_none())
            {
                let version = seen.text("dependency/package_version");
                observation.package = Some(Package { name, version, ..Package::default() });
            }
            let at = seen.get("sourceLocation").or_else(|| seen.get("source_location"));
            if let Some(at) = at.filter(|_| observation.location.is_none()) {
                observation.location = item::in_file(at.text("file"), at.line("region/start/line"));
            }
        }
    }
}
