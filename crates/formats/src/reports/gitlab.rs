//! What the security reports of GitLab CI have in common: one schema, one kind of scan each.
//!
//! The kind is told by `scan.type`, in old reports by `category` or by what a location names. The
//! field names are those of schema versions 2 to 15 (gitlab-org/security-products/
//! security-report-schemas); `cve` is the old name of what became `id` and is no CVE.

use domain::findings::{Location, Observation, Package, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::solution::fixed_version;
use super::vocabulary::{Rating, cwes, identifiers, push_new, severity, title};
use super::{Beginning, Intake, Source, Unreadable};

/// Types of identifiers that name one published advisory; all others name a rule or a class.
const ADVISORIES: [&str; 8] = ["cve", "ghsa", "osvdb", "usn", "rhsa", "elsa", "alas", "dsa"];
/// The type of identifiers of the GitLab advisory database; the name is told, such as
/// `Gemnasium-7368f513-…`.
const GITLAB_ADVISORY: &str = "gemnasium";
/// Types of identifiers that name a class of weaknesses.
const CLASSES: [&str; 3] = ["cwe", "owasp", "wasc"];

/// Whether the document is a GitLab report of one of these kinds of scan.
pub fn is_one_of(beginning: &Beginning, kinds: &[&str]) -> bool {
    kind(beginning).is_some_and(|kind| kinds.contains(&kind))
}

fn kind(beginning: &Beginning) -> Option<&str> {
    if !beginning.has("vulnerabilities") {
        return None;
    }
    let scan = beginning.has("scan.scanner") || beginning.has("scan.status");
    if let Some(kind) = beginning.text("scan.type").filter(|_| scan) {
        return Some(kind);
    }
    if !beginning.has("vulnerabilities[].identifiers") {
        let bare = beginning.has("version") && beginning.has("remediations");
        return (bare && !beginning.has("vulnerabilities[]")).then_some("sast");
    }
    let located = |name: &str| beginning.has(&format!("vulnerabilities[].location.{name}"));
    match beginning.text("vulnerabilities[].category") {
        Some(category) => Some(category),
        None if located("hostname") => Some("dast"),
        None if located("image") => Some("container_scanning"),
        None if located("start_line") => Some("sast"),
        None if located("dependency") => Some("dependency_scanning"),
        None => located("file").then_some("sast"),
    }
}

/// Hands over each vulnerability; `complete` fills in what is the kind's own.
pub fn read(
    source: &Source<'_>,
    intake: &mut Intake<'_>,
    complete: fn(&Vulnerability, &mut Observation),
) -> Result<(), Unreadable> {
    each(source, intake, |vulnerability, mut observation, intake| {
        complete(vulnerability, &mut observation);
        intake.observe(observation);
    })
}

/// Shows each vulnerability with what every kind of scan says the same way.
pub fn each(
    source: &Source<'_>,
    intake: &mut Intake<'_>,
    mut see: impl FnMut(&Vulnerability, Observation, &mut Intake<'_>),
) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    if let Some(node) = document.member("scan")? {
        let scan: Scan = node.read().unwrap_or_default();
        let spoke = [&scan.scanner, &scan.analyzer].into_iter().flatten();
        spoke.for_each(|tool| intake.tool(tool.name.get(), tool.version.get()));
        if scan.status.get().is_some_and(|status| status != "success") {
            intake.tool_failed("the tool says that it did not finish (scan.status)");
        }
    }
    document.required("vulnerabilities")?.each_element(|node| {
        let Some(vulnerability) = node.item::<Vulnerability>(intake) else { return };
        if let Some(tool) = &vulnerability.scanner {
            intake.tool(tool.name.get(), None);
        }
        let doubts = vulnerability.flags.iter().filter(|flag| flag.is_doubt()).count();
        if doubts > 0 {
            intake.remark("the tool takes a finding for a likely false positive; it stays present");
        }
        see(&vulnerability, vulnerability.observation(), intake);
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Scan {
    scanner: Option<Tool>,
    analyzer: Option<Tool>,
    status: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    name: Text,
    version: Text,
}

/// One entry of `vulnerabilities`, of whatever kind.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Vulnerability {
    id: Text,
    cve: Text,
    name: Text,
    message: Text,
    description: Text,
    severity: Text,
    solution: Text,
    scanner: Option<Tool>,
    identifiers: List<Identifier>,
    cvss_vectors: List<CvssVector>,
    location: Option<Place>,
    tracking: Option<Tracking>,
    flags: List<Flag>,
    raw_source_code_extract: Text,
}

impl Vulnerability {
    /// All that every kind of scan says the same way.
    fn observation(&self) -> Observation {
        let severity = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(self.title(), severity);
        for identifier in self.identifiers.iter() {
            identifier.sort_into(&mut observation);
        }
        // GitLab's own advisory stands first in reports, but is the name of fewest elsewhere.
        let own = self.identifiers.iter().filter(|identifier| identifier.is(GITLAB_ADVISORY));
        for name in own.filter_map(|identifier| identifier.name.get()) {
            push_new(&mut observation.ids, name.to_owned());
        }
        let mut rating = Rating::default();
        self.cvss_vectors.iter().for_each(|stated| rating.offer(stated.vector.get(), None));
        observation.vector = rating.vector();
        observation.description = self.text();
        observation
    }

    /// The name, else what stands for it in the kinds and versions without one.
    fn title(&self) -> String {
        let named = [&self.name, &self.message, &self.description];
        let first = named.into_iter().find_map(Text::get);
        let identifier = || self.identifiers.first().and_then(|id| id.name.get());
        title(first.or_else(identifier).unwrap_or("Vulnerability without a name"))
    }

    /// The name that the scanner gave, without which every entry stands for itself.
    pub fn name(&self) -> Option<&str> {
        self.name.get()
    }

    /// What the first identifier says, for kinds whose description is long and whose name is none.
    pub fn first_identifier(&self) -> Option<String> {
        self.identifiers.first().and_then(|id| id.name.get()).map(title)
    }

    /// The address that was asked.
    pub fn url(&self) -> Option<Location> {
        let place = self.location.as_ref()?;
        let host = place.hostname.get()?;
        let url = Some(format!("{host}{}", place.path.get().unwrap_or_default()));
        Some(Location { url, ..Location::default() })
    }

    /// How and where the program failed, of a fuzzer.
    pub fn crash(&self) -> Option<String> {
        let place = self.location.as_ref()?;
        let texts = [&place.crash_type, &place.crash_state].into_iter().filter_map(Text::get);
        Some(texts.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    }

    /// Some scanners name the thing alone ("AWS") and say what it means in the message.
    pub fn message(&self) -> Option<String> {
        self.message.get().map(title)
    }

    fn text(&self) -> Option<String> {
        let mut parts = Vec::new();
        for text in [&self.description, &self.solution].into_iter().filter_map(Text::get) {
            push_new(&mut parts, text);
        }
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    /// The package of a dependency or of an image.
    pub fn package(&self) -> Option<Package> {
        let dependency = self.location.as_ref()?.dependency.as_ref()?;
        let name = dependency.package.as_ref()?.name.owned()?;
        let fixed = self.solution.get().and_then(|solution| fixed_version(solution, &name));
        Some(Package { name, version: dependency.version.owned(), fixed, purl: None })
    }

    /// The file and the line where it begins.
    pub fn file(&self) -> Option<Location> {
        let place = self.location.as_ref()?;
        let location =
            Location { path: place.file.owned(), line: place.start_line.line(), url: None };
        (location != Location::default()).then_some(location)
    }

    /// The image that was looked into.
    pub fn image(&self) -> Option<Location> {
        let path = self.location.as_ref()?.image.owned()?;
        Some(Location { path: Some(path), ..Location::default() })
    }

    pub fn source_text(&self) -> Option<String> {
        self.raw_source_code_extract.owned()
    }

    /// The tracking signature, else the id; nothing that changes when lines move or at random.
    pub fn fingerprint(&self) -> Option<String> {
        let tracked = self.tracking.as_ref().and_then(Tracking::signature);
        let keeps = |own: &&str| !self.names_its_line(own) && !is_random(own);
        let own = || [&self.id, &self.cve].into_iter().filter_map(Text::get).find(keeps);
        tracked.or_else(|| own().map(str::to_owned))
    }

    fn names_its_line(&self, own: &str) -> bool {
        let Some(place) = &self.location else { return false };
        let lines = [place.start_line.get(), place.end_line.get()];
        own.split(':').any(|part| lines.contains(&Some(part)))
    }
}

/// A version 4 UUID is drawn anew in every scan (RFC 9562, 5.4).
fn is_random(own: &str) -> bool {
    own.len() == 36 && own.split('-').nth(2).is_some_and(|part| part.starts_with('4'))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Identifier {
    #[serde(rename = "type")]
    kind: Text,
    name: Text,
    value: Text,
}

impl Identifier {
    fn is(&self, kind: &str) -> bool {
        self.kind.get().is_some_and(|stated| stated.eq_ignore_ascii_case(kind))
    }

    fn sort_into(&self, observation: &mut Observation) {
        let kind = self.kind.get().unwrap_or_default().to_ascii_lowercase();
        let Some(value) = self.value.get().or(self.name.get()) else { return };
        if ADVISORIES.contains(&kind.as_str()) {
            let mut named = identifiers(value);
            if named.is_empty() {
                named.push(value.to_owned());
            }
            named.into_iter().for_each(|id| push_new(&mut observation.ids, id));
        } else if kind == "cwe" {
            let mut numbers = cwes(value);
            if numbers.is_empty() {
                numbers = self.name.get().map(cwes).unwrap_or_default();
            }
            numbers.into_iter().for_each(|number| push_new(&mut observation.cwes, number));
        } else if !CLASSES.contains(&kind.as_str()) && observation.rule.is_none() {
            observation.rule = Some(value.to_owned());
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CvssVector {
    vector: Text,
}

/// Where, in the words of all kinds at once.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Place {
    file: Text,
    start_line: Text,
    end_line: Text,
    image: Text,
    dependency: Option<Dependency>,
    hostname: Text,
    path: Text,
    crash_type: Text,
    crash_state: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dependency {
    package: Option<Named>,
    version: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Text,
}

/// What GitLab itself follows a finding by when lines move.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Tracking {
    items: List<TrackedItem>,
}

impl Tracking {
    /// The signature that best survives edits, of the first place.
    fn signature(&self) -> Option<String> {
        let signatures = &self.items.first()?.signatures;
        let by = |name: &str| {
            let signature = signatures.iter().find(|one| one.algorithm.get() == Some(name));
            signature.and_then(|signature| signature.value.owned())
        };
        by("scope_offset_compressed").or_else(|| by("scope_offset"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TrackedItem {
    signatures: List<Signature>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Signature {
    algorithm: Text,
    value: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Flag {
    #[serde(rename = "type")]
    kind: Text,
}

impl Flag {
    fn is_doubt(&self) -> bool {
        self.kind.get() == Some("flagged-as-likely-false-positive")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fingerprint(vulnerability: &str) -> Option<String> {
        serde_json::from_str::<Vulnerability>(vulnerability).unwrap().fingerprint()
    }

    #[test]
    fn an_identity_with_a_line_or_at_random_is_no_fingerprint() {
        let at = r#""location": {"start_line": 96, "end_line": 97}"#;
        let of = |id: &str| fingerprint(&format!(r#"{{"id": "{id}", {at}}}"#));
        assert_eq!(of("src/a.java:96:XSS"), None);
        assert_eq!(of("src/a.java:97"), None);
        assert_eq!(of("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"), None);
        assert_eq!(of("src/a96.java:XSS").as_deref(), Some("src/a96.java:XSS"));
        assert_eq!(
            of("f81d4fae-7dec-51d0-a765-00a0c91e6bf6").as_deref(),
            Some("f81d4fae-7dec-51d0-a765-00a0c91e6bf6")
        );
    }

    #[test]
    fn the_tracking_signature_goes_before_the_id() {
        let tracked = r#"{"id": "x", "tracking": {"items": [{"signatures": [
            {"algorithm": "hash", "value": "h"},
            {"algorithm": "scope_offset", "value": "a.java|A[0]:2"}]}]}}"#;
        assert_eq!(fingerprint(tracked).as_deref(), Some("a.java|A[0]:2"));
    }
}
