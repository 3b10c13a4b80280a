//! `yarn audit --json` of yarn 1, and `yarn npm audit --json` of yarn 4: JSON Lines.
//!
//! Yarn 1 tells an advisory again for each path by which the package comes in; an advisory with an
//! installed version is one finding. Yarn 2 and 3 write the shape of npm 6, see `npm_audit_6`.

use std::collections::BTreeSet;

use domain::findings::{Location, Observation, Severity};

use super::item::{self, Item};
use super::lines;
use super::npm;
use super::solution::least_versions;
use super::vocabulary::{Rating, cwes_of, identifiers_of, paragraphs, place, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "yarn_audit",
    title: "yarn audit (yarn 1) and yarn npm audit (yarn 4)",
    how_to_get: "yarn audit --json > report.json with yarn 1, or \
        yarn npm audit --all --recursive --json > report.json with yarn 4",
    manual: "Yarn 1: one finding for each advisory (`auditAdvisory`) and installed version. \
        Severity: `severity` (moderate is medium). Identifiers: all `cves`, then \
        `github_advisory_id` and any in `url`. Package: `module_name` and the version; the place \
        is the first dependency path; fixed: the least version of each range of \
        `patched_versions`.\n\n\
        Yarn 4: one finding for each line and each of its `Tree Versions`. Identifiers: those in \
        `URL`. Lines of the type `error` make the report partial.",
    samples: &[
        ("yarn_audit.jsonl", include_bytes!("samples/yarn_audit.jsonl")),
        ("yarn_audit_4.jsonl", include_bytes!("samples/yarn_audit_4.jsonl")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let kind = beginning.text("type").unwrap_or_default();
    let classic = beginning.has("data")
        && (kind.starts_with("audit") || matches!(kind, "info" | "warning" | "error"));
    let newer = beginning.has("value") && beginning.has("children.Severity");
    (classic && beginning.members("").len() == 2) || newer
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("yarn audit"), None);
    let mut seen = BTreeSet::new();
    lines::each_value(source.text, |node| {
        item::look(&node, intake, |line, intake| {
            if let Some(children) = line.get("children") {
                read_newer(&line.text("value").unwrap_or_default(), children, intake);
            } else if let Some(advisory) = line.get("data/advisory") {
                read_advisory(line, advisory, &mut seen, intake);
            } else if line.text("type").as_deref() == Some("error") {
                let words = line.text("data").unwrap_or_default();
                intake.tool_failed(&format!("yarn says: {}", title(&words)));
            }
        });
    })
}

fn read_advisory(
    line: Item<'_>,
    advisory: Item<'_>,
    seen: &mut BTreeSet<(Option<String>, Option<String>)>,
    intake: &mut Intake<'_>,
) {
    let id = advisory.text("id");
    let observation = observation(advisory);
    let name = advisory.text("module_name");
    let mut hand_over = |version: Option<String>, path: Option<String>| {
        if seen.insert((id.clone(), version.clone())) {
            let package = name.as_deref().map(|name| {
                let mut package = npm::package(name, version.as_deref());
                let patched = advisory.text("patched_versions");
                package.fixed = patched.as_deref().and_then(least_versions);
                package
            });
            let location = place(path.as_deref(), None);
            intake.observe(Observation { package, location, ..observation.clone() });
        }
    };
    let findings = advisory.list("findings");
    for finding in &findings {
        let path = finding.text("paths/0").or_else(|| line.text("data/resolution/path"));
        hand_over(finding.text("version"), path);
    }
    if findings.is_empty() {
        hand_over(None, line.text("data/resolution/path"));
    }
}

fn observation(advisory: Item<'_>) -> Observation {
    let named = advisory.first(&["title", "module_name"]);
    let word = advisory.text("severity").as_deref().and_then(severity).unwrap_or(Severity::Info);
    let named = named.unwrap_or_else(|| "Advisory without title".to_owned());
    let mut observation = Observation::new(title(&named), word);
    let (mut texts, github) = (advisory.texts("cves"), advisory.text("github_advisory_id"));
    texts.extend(github.into_iter().chain(advisory.text("url")));
    observation.ids = identifiers_of(texts.iter().map(String::as_str));
    observation.cwes = cwes_of(advisory.texts("cwe").iter().map(String::as_str));
    let mut rating = Rating::default();
    rating.offer(advisory.text("cvss/vectorString").as_deref(), advisory.number("cvss/score"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.rule = advisory.text("id");
    observation.description = paragraphs([
        advisory.text("overview").as_deref(),
        advisory.text("recommendation").as_deref(),
        advisory.text("url").as_deref(),
    ]);
    observation
}

fn read_newer(name: &str, told: Item<'_>, intake: &mut Intake<'_>) {
    let word = told.text("Severity").as_deref().and_then(severity).unwrap_or(Severity::Info);
    let named = told.text("Issue").unwrap_or_else(|| format!("{name} is vulnerable"));
    let mut observation = Observation::new(title(&named), word);
    let url = told.text("URL");
    observation.ids = identifiers_of(url.as_deref());
    observation.rule = told.text("ID");
    let range =
        told.text("Vulnerable Versions").map(|range| format!("Vulnerable versions: {range}"));
    observation.description = paragraphs([range.as_deref(), url.as_deref()]);
    let dependent = told.texts("Dependents").into_iter().next();
    observation.location =
        dependent.map(|path| Location { path: Some(path), ..Location::default() });
    let versions = told.texts("Tree Versions");
    for version in &versions {
        let package = Some(npm::package(name, Some(version)));
        intake.observe(Observation { package, ..observation.clone() });
    }
    if versions.is_empty() {
        let package = Some(npm::package(name, None));
        intake.observe(Observation { package, ..observation });
    }
}
