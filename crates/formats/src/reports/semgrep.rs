//! Semgrep's JSON: results of the command line, and supply-chain findings of its platform.
//!
//! Without an account Semgrep writes `requires login` where a fingerprint or the source text
//! belongs; such words are never taken for either.

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{cwes, identifiers, paragraphs, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "semgrep",
    title: "Semgrep (JSON)",
    how_to_get: "semgrep scan --json --output report.json",
    manual: "One finding for each element of `results`: rule from `check_id`, place from `path` \
        and `start.line`, source text from `extra.lines`, fingerprint from `extra.fingerprint` \
        unless it says that it requires a login, CWE numbers from `extra.metadata.cwe`. ERROR is \
        high, WARNING medium, INFO low; the newer words mean what they say. Results ignored by \
        `nosemgrep` are false positives. An entry of `errors` at the level `error` means that the \
        scan was not whole.\n\n\
        Supply-chain findings (`vulns`): identifiers from `advisory.references`, package from \
        `matchedDependency` and `closestSafeDependency`, place from `dependencyFileLocation`; \
        `triage` decides whether it is fixed or ignored.",
    samples: &[
        ("semgrep.json", include_bytes!("samples/semgrep.json")),
        ("semgrep_supply_chain.json", include_bytes!("samples/semgrep_supply_chain.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("results[].check_id") && beginning.has("results[].path");
    let nothing = beginning.has("results")
        && beginning.has("errors")
        && beginning.has("paths")
        && !beginning.has("results[]");
    let supply_chain = beginning.has("vulns[].advisory") && beginning.has("vulns[].title");
    found || nothing || supply_chain
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Semgrep"), source.beginning.text("version"));
    if let Some(errors) = document.member("errors")? {
        errors.each_element(|node| read_error(&node, intake))?;
    }
    if let Some(list) = document.member("vulns")? {
        if document.member("hasMore")?.is_some_and(|more| more.read::<bool>() == Ok(true)) {
            intake.tool_failed("this is one page of several (hasMore)");
        }
        return list.each_element(|node| {
            if let Some(found) = node.item::<Dependency>(intake) {
                intake.observe(found.observation());
            }
        });
    }
    document.required("results")?.each_element(|node| {
        if let Some(found) = node.item::<Found>(intake) {
            intake.observe(found.observation());
        }
    })
}

fn read_error(node: &Node<'_>, intake: &mut Intake<'_>) {
    let error: Trouble = node.read().unwrap_or_default();
    if error.level.get().is_none_or(|level| level.eq_ignore_ascii_case("error")) {
        intake.tool_failed("Semgrep says that it could not look at everything (errors)");
    } else {
        intake.remark("Semgrep gave a warning about its scan");
    }
}

/// The text, unless it only says that an account is needed to see it.
fn shown(text: &Text) -> Option<String> {
    text.owned().filter(|text| !text.eq_ignore_ascii_case("requires login"))
}

/// Semgrep's words, the older and the newer.
pub(super) fn severity_of(word: Option<&str>) -> Severity {
    match word.map(str::to_ascii_uppercase).as_deref() {
        Some("CRITICAL") => Severity::Critical,
        Some("ERROR" | "HIGH") => Severity::High,
        Some("WARNING" | "MEDIUM" | "MODERATE") => Severity::Medium,
        Some("LOW" | "INFO") => Severity::Low,
        _ => Severity::Info,
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Trouble {
    level: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    check_id: Text,
    path: Text,
    start: Option<Start>,
    extra: Extra,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Start {
    line: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Extra {
    message: Text,
    severity: Text,
    fingerprint: Text,
    lines: Text,
    fix: Text,
    is_ignored: Option<bool>,
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    cwe: List<Text>,
    references: List<Text>,
    source: Text,
}

impl Found {
    fn observation(&self) -> Observation {
        let extra = &self.extra;
        let name = extra.message.get().map(title).or(self.check_id.owned());
        let name = name.unwrap_or_else(|| "Result without a rule".to_owned());
        let mut observation = Observation::new(name, severity_of(extra.severity.get()));
        for number in extra.metadata.cwe.texts().flat_map(cwes) {
            push_new(&mut observation.cwes, number);
        }
        observation.location = self.path.owned().map(|path| {
            let line = self.start.as_ref().and_then(|start| start.line.line());
            Location { path: Some(path), line, url: None }
        });
        observation.rule = self.check_id.owned();
        observation.fingerprint = shown(&extra.fingerprint);
        observation.snippet = shown(&extra.lines);
        if extra.is_ignored == Some(true) {
            observation.standing = Standing::FalsePositive;
        }
        let fix = extra.fix.get().map(|fix| format!("Suggested:\n{fix}"));
        let texts = [extra.message.get(), fix.as_deref(), extra.metadata.source.get()];
        let references = extra.metadata.references.texts().map(Some);
        observation.description = paragraphs(texts.into_iter().chain(references));
        observation
    }
}

/// A vulnerable dependency, as the platform's programming interface gives it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Dependency {
    title: Text,
    advisory: Advisory,
    matched_dependency: Option<NamedVersion>,
    closest_safe_dependency: Option<NamedVersion>,
    dependency_file_location: Option<FilePlace>,
    triage: Option<Triage>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Advisory {
    rule_id: Text,
    description: Text,
    severity: Text,
    references: References,
    reachable_if: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct References {
    cve_ids: List<Text>,
    cwe_ids: List<Text>,
    urls: List<Text>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NamedVersion {
    name: Text,
    version_specifier: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FilePlace {
    path: Text,
    start_line: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Triage {
    status: Text,
    dismiss_reason: Text,
}

impl Dependency {
    fn observation(&self) -> Observation {
        let advisory = &self.advisory;
        let name = self.title.get().or(advisory.rule_id.get()).unwrap_or("Vulnerable dependency");
        let mut observation = Observation::new(title(name), severity_of(advisory.severity.get()));
        let references = &advisory.references;
        observation.ids = references.cve_ids.texts().map(str::to_owned).collect();
        for id in references.urls.texts().flat_map(identifiers) {
            push_new(&mut observation.ids, id);
        }
        observation.cwes = references.cwe_ids.texts().flat_map(cwes).collect();
        observation.package = self.package();
        observation.location = self.dependency_file_location.as_ref().and_then(|place| {
            let line = place.start_line.line();
            Some(Location { path: Some(place.path.owned()?), line, url: None })
        });
        observation.rule = advisory.rule_id.owned();
        observation.standing = self.triage.as_ref().map(Triage::standing).unwrap_or_default();
        let reachable = advisory.reachable_if.get().map(|when| format!("Reachable if {when}"));
        observation.description = paragraphs([advisory.description.get(), reachable.as_deref()]);
        observation
    }

    fn package(&self) -> Option<Package> {
        let matched = self.matched_dependency.as_ref()?;
        let safe = self.closest_safe_dependency.as_ref();
        Some(Package {
            name: matched.name.owned()?,
            version: matched.version_specifier.owned(),
            fixed: safe.and_then(|safe| safe.version_specifier.owned()),
            purl: None,
        })
    }
}

impl Triage {
    fn standing(&self) -> Standing {
        match (self.status.get(), self.dismiss_reason.get()) {
            (Some("FIXED"), _) => Standing::Fixed,
            (_, Some("FALSE_POSITIVE")) => Standing::FalsePositive,
            _ => Standing::Present,
        }
    }
}
