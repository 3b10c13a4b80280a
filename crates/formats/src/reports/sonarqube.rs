//! SonarQube: issues and security hotspots as its web API gives them, and as `sonar-report` does.

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{Item, each, in_file};
use super::json::Node;
use super::vocabulary::{TITLE, cwes, identifiers, one_line, paragraphs};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "sonarqube",
    title: "SonarQube (JSON)",
    how_to_get: "GET /api/issues/search?componentKeys=KEY, or /api/hotspots/search?projectKey=KEY",
    manual: "One finding for each element of `issues` and of `hotspots`: title from `message`, \
        rule from `rule`, place from `component` and `line`, fingerprint from `key`. Severity of \
        an issue: BLOCKER and CRITICAL critical, MAJOR medium, MINOR low, INFO info, without one \
        the worst of `impacts`; of a hotspot its `vulnerabilityProbability`. The report of \
        `sonar-report` is read alike, there CRITICAL is high. What Dependency-Check found is told \
        in the message: package, identifiers, CWE number and score are taken from there. \
Resolved issues close, false positives are such. \
        One page of several is not a whole report.",
    samples: &[
        ("sonarqube.json", include_bytes!("samples/sonarqube.json")),
        ("sonarqube_report.json", include_bytes!("samples/sonarqube_report.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let paged = beginning.has("paging.pageIndex") || beginning.has("paging.pageSize");
    let listed = beginning.has("issues") && beginning.has("components");
    let listed = listed || beginning.has("hotspots");
    (paged && listed) || is_report(beginning)
}

/// Of `sonar-report`, which puts its own view beside the issues.
fn is_report(beginning: &Beginning) -> bool {
    ["sonarBaseURL", "projectName", "issues"].into_iter().all(|name| beginning.has(name))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("SonarQube"), None);
    let document = Node::root(source.text);
    let report = is_report(source.beginning);
    let mut told = 0_u64;
    if let Some(issues) = document.member("issues")? {
        each(&issues, intake, |item, intake| {
            told += 1;
            let word = item.text("severity").unwrap_or_default().to_uppercase();
            let severity = match word.as_str() {
                "CRITICAL" if report => Some(Severity::High),
                word => severity_of(word),
            };
            intake.observe(observation(item, severity.unwrap_or_else(|| impact(item))));
        })?;
    }
    if let Some(hotspots) = document.member("hotspots")? {
        each(&hotspots, intake, |item, intake| {
            told += 1;
            let severity = item.severity("vulnerabilityProbability").unwrap_or(Severity::Info);
            intake.observe(observation(item, severity));
        })?;
    }
    let total = source.beginning.text("paging.total").and_then(|total| total.parse().ok());
    if total.is_some_and(|total: u64| total > told) {
        intake.tool_failed("this is one page of several; what it does not name may still be there");
    }
    Ok(())
}

fn severity_of(word: &str) -> Option<Severity> {
    match word {
        "BLOCKER" | "CRITICAL" => Some(Severity::Critical),
        "HIGH" => Some(Severity::High),
        "MAJOR" | "MEDIUM" => Some(Severity::Medium),
        "MINOR" | "LOW" => Some(Severity::Low),
        "INFO" => Some(Severity::Info),
        _ => None,
    }
}

/// The worst of the impacts, which newer versions give in place of a severity.
fn impact(item: Item<'_>) -> Severity {
    let impacts = item.list("impacts").into_iter();
    let words = impacts.filter_map(|impact| impact.text("severity"));
    words.filter_map(|word| severity_of(&word)).max().unwrap_or(Severity::Info)
}

fn observation(item: Item<'_>, severity: Severity) -> Observation {
    let message = item.text("message");
    let rule = item.first(&["rule", "ruleKey"]);
    let title = message.clone().or(rule.clone()).unwrap_or_else(|| "Issue of no rule".to_owned());
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    let component = item.text("component");
    let path = component.as_deref().map(|key| key.split_once(':').map_or(key, |(_, path)| path));
    let line = item.line("line").or(item.line("textRange/startLine"));
    observation.location = in_file(path.map(str::to_owned), line);
    observation.fingerprint = item.text("key");
    observation.standing = standing(item);
    let known = rule.as_deref().is_some_and(|rule| rule.contains("ComponentWithKnownVuln"));
    if let Some(message) = message.as_deref().filter(|_| known) {
        observation.ids = identifiers(message);
        observation.cwes = part(message, "Category").map(cwes).unwrap_or_default();
        observation.score = part(message, "CVSS Score").and_then(|score| score.parse().ok());
        observation.package = part(message, "Filename").map(package);
    }
    if let (Some(id), Some(package)) = (observation.ids.first(), &observation.package) {
        observation.title = one_line(&format!("{id} in {}", package.name), TITLE).0;
    }
    observation.rule = rule;
    let kind = item.first(&["type", "securityCategory"]).map(|kind| format!("Type: {kind}"));
    let longer = item.text("description");
    let parts = [message.as_deref(), longer.as_deref(), kind.as_deref()];
    observation.description = paragraphs(parts);
    observation
}

fn standing(item: Item<'_>) -> Standing {
    let resolution = item.first(&["resolution", "issueStatus"]).unwrap_or_default();
    match (resolution.replace('_', "-").to_uppercase().as_str(), item.text("status").as_deref()) {
        ("FALSE-POSITIVE" | "SAFE", _) => Standing::FalsePositive,
        ("FIXED" | "REMOVED", _) | (_, Some("RESOLVED" | "CLOSED")) => Standing::Fixed,
        (_, Some("REVIEWED")) => Standing::Fixed,
        _ => Standing::Present,
    }
}

/// The value of `NAME: value` between bars, as the Dependency-Check plugin writes its message.
fn part<'m>(message: &'m str, name: &str) -> Option<&'m str> {
    let parts = message.split('|').filter_map(|part| part.split_once(':'));
    let value = parts.into_iter().find(|(key, _)| key.trim().ends_with(name))?.1.trim();
    let value = match name {
        "Category" => value.split(' ').next().unwrap_or(value),
        _ => value.split(" (").next().unwrap_or(value),
    };
    Some(value).filter(|value| !value.is_empty())
}

/// `package:1.1.2`, or the name of a file.
fn package(name: &str) -> Package {
    match name.rsplit_once(':') {
        Some((name, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => {
            let (name, version) = (name.to_owned(), Some(version.to_owned()));
            Package { name, version, ..Package::default() }
        }
        _ => Package { name: name.to_owned(), ..Package::default() },
    }
}
