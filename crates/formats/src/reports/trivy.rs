//! Trivy's JSON: vulnerabilities, misconfigurations, secrets and licences.
//!
//! Four shapes are one format: an object with `SchemaVersion`, the bare list of results written
//! before it, and the two forms of `trivy k8s`, where every resource has results of its own.

use std::collections::BTreeMap;

use domain::findings::{Location, Observation, Package, Severity, Standing};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{Rating, cwes, paragraphs, push_new, severity, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "trivy",
    title: "Trivy (JSON)",
    how_to_get: "trivy image --format json --output report.json IMAGE (also fs, repo, k8s, config)",
    manual: "Vulnerabilities: identifiers from `VulnerabilityID` and `VendorIDs`, package from \
        `PkgName`, `InstalledVersion`, `FixedVersion` and `PkgIdentifier.PURL`, place from \
        `PkgPath`, else `Target`. Severity: `Severity`, where that is missing the score, `UNKNOWN` \
        is info. The vector is the newest among those in `CVSS`, of equals that of \
        `SeveritySource`, then of nvd, ghsa, redhat and bitnami. A VEX status, also under \
        `ExperimentalModifiedFindings`, closes.\n\n\
        Misconfigurations: only those that failed; rule from `ID`, title from `Message`, line and \
        text from `CauseMetadata`. Secrets: rule from `RuleID`; the text is `Match`, in which \
        Trivy has hidden the secret. Licences: rule from `Name`, package from `PkgName`. In \
        reports of a cluster the place begins with the namespace.",
    samples: &[
        ("trivy.json", include_bytes!("samples/trivy.json")),
        ("trivy_kubernetes.json", include_bytes!("samples/trivy_kubernetes.json")),
        ("trivy_before_schema.json", include_bytes!("samples/trivy_before_schema.json")),
    ],
    recognises,
    read,
};

/// The sources of ratings, the one that is asked first standing first.
const SOURCES: [&str; 4] = ["nvd", "ghsa", "redhat", "bitnami"];

fn recognises(beginning: &Beginning) -> bool {
    let schema = beginning.has("SchemaVersion")
        && (beginning.has("Results") || beginning.has("ArtifactName"));
    let cluster = beginning.has("ClusterName")
        && ["Resources", "Vulnerabilities", "Misconfigurations"]
            .iter()
            .any(|part| beginning.has(part));
    let list = beginning.has("[].Target")
        && ["Vulnerabilities", "Misconfigurations", "Secrets", "Type"]
            .iter()
            .any(|part| beginning.has(&format!("[].{part}")));
    schema || cluster || list
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Trivy"), source.beginning.text("Trivy.Version"));
    if document.is_array() {
        return read_results(&document, None, intake);
    }
    let mut known = document.member("SchemaVersion")?.is_some();
    if let Some(results) = document.member("Results")? {
        read_results(&results, None, intake)?;
        known = true;
    }
    for part in ["Resources", "Vulnerabilities", "Misconfigurations"] {
        let Some(resources) = document.member(part)? else { continue };
        known = true;
        for resource in resources.elements()? {
            let namespace = resource.member("Namespace")?.and_then(|node| node.read::<Text>().ok());
            let namespace = namespace.as_ref().and_then(Text::get);
            if let Some(error) = resource.member("Error")?.and_then(|node| node.read::<Text>().ok())
                && error.get().is_some()
            {
                intake.tool_failed("Trivy could not look at a resource of the cluster");
            }
            if let Some(results) = resource.member("Results")? {
                read_results(&results, namespace, intake)?;
            }
        }
    }
    if known { Ok(()) } else { document.required("Results").map(|_| ()) }
}

fn read_results(
    results: &Node<'_>,
    namespace: Option<&str>,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    for result in results.elements()? {
        let target = result.member("Target")?.and_then(|node| node.read::<Text>().ok());
        let target = target.unwrap_or_default();
        let place = match (namespace, target.get()) {
            (Some(namespace), Some(target)) => Some(format!("{namespace}/{target}")),
            (_, target) => target.map(str::to_owned),
        };
        read_result(&result, place.as_deref(), intake)?;
    }
    Ok(())
}

fn read_result(
    result: &Node<'_>,
    place: Option<&str>,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    if let Some(list) = result.member("Vulnerabilities")? {
        list.each_element(|node| {
            if let Some(item) = node.item::<Vulnerability>(intake) {
                intake.observe(item.observation(place));
            }
        })?;
    }
    if let Some(list) = result.member("Misconfigurations")? {
        list.each_element(|node| match node.item::<Misconfiguration>(intake) {
            Some(item) if item.has_failed() => intake.observe(item.observation(place)),
            Some(_) => intake.remark("a check that passed is no finding"),
            None => {}
        })?;
    }
    if let Some(list) = result.member("Secrets")? {
        list.each_element(|node| {
            if let Some(item) = node.item::<Secret>(intake) {
                intake.observe(item.observation(place));
            }
        })?;
    }
    if let Some(list) = result.member("Licenses")? {
        list.each_element(|node| {
            if let Some(item) = node.item::<Licence>(intake) {
                intake.observe(item.observation(place));
            }
        })?;
    }
    match result.member("ExperimentalModifiedFindings")? {
        Some(list) => list.each_element(|node| read_modified(&node, place, intake)),
        None => Ok(()),
    }
}

/// Findings that Trivy took out because of VEX statements or of its ignore file.
fn read_modified(node: &Node<'_>, place: Option<&str>, intake: &mut Intake<'_>) {
    let Some(modified) = node.item::<Modified>(intake) else { return };
    match (modified.standing(), modified.finding) {
        (Some(standing), Some(finding)) => {
            intake.observe(Observation { standing, ..finding.observation(place) });
        }
        _ => intake.remark("a finding that Trivy was told to ignore was left out"),
    }
}

fn path_only(path: Option<&str>, line: Option<u32>) -> Option<Location> {
    path.map(|path| Location { path: Some(path.to_owned()), line, url: None })
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    vulnerability_id: Text,
    #[serde(rename = "VendorIDs")]
    vendor_ids: List<Text>,
    pkg_name: Text,
    pkg_path: Text,
    pkg_identifier: Option<Identifier>,
    installed_version: Text,
    fixed_version: Text,
    status: Text,
    severity_source: Text,
    #[serde(rename = "PrimaryURL")]
    primary_url: Text,
    title: Text,
    description: Text,
    severity: Text,
    #[serde(rename = "CweIDs")]
    cwe_ids: List<Text>,
    #[serde(rename = "CVSS")]
    cvss: Option<BTreeMap<String, Scores>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Identifier {
    #[serde(rename = "PURL")]
    purl: Text,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Scores {
    v2_vector: Text,
    v3_vector: Text,
    v40_vector: Text,
    v2_score: Text,
    v3_score: Text,
    v40_score: Text,
}

impl Vulnerability {
    fn observation(&self, place: Option<&str>) -> Observation {
        let rating = self.rating();
        let severity = match (self.severity.get(), rating.score()) {
            (Some(word), _) => severity(word).unwrap_or(Severity::Info),
            (None, Some(score)) => severity_of_score(score),
            (None, None) => Severity::Info,
        };
        let described = self.title.get().or(self.description.get()).map(title);
        let name = described.or(self.vulnerability_id.owned()).or(self.pkg_name.owned());
        let name = name.unwrap_or_else(|| "Vulnerability without a name".to_owned());
        let mut observation = Observation::new(name, severity);
        observation.score = rating.score();
        observation.vector = rating.vector();
        for id in self.vulnerability_id.get().into_iter().chain(self.vendor_ids.texts()) {
            push_new(&mut observation.ids, id.to_owned());
        }
        observation.cwes = self.cwe_ids.texts().flat_map(cwes).collect();
        observation.package = self.package();
        observation.location = path_only(self.pkg_path.get().or(place), None);
        observation.standing = match self.status.get() {
            Some("not_affected") => Standing::NotAffected,
            _ => Standing::Present,
        };
        observation.description = paragraphs([self.description.get(), self.primary_url.get()]);
        observation
    }

    fn package(&self) -> Option<Package> {
        Some(Package {
            name: self.pkg_name.owned()?,
            version: self.installed_version.owned(),
            fixed: self.fixed_version.owned(),
            purl: self.pkg_identifier.as_ref().and_then(|identifier| identifier.purl.owned()),
        })
    }

    fn rating(&self) -> Rating {
        let mut rating = Rating::default();
        let Some(cvss) = &self.cvss else { return rating };
        let own = self.severity_source.get();
        let first = own.into_iter().chain(SOURCES).filter_map(|source| cvss.get(source));
        for scores in first.chain(cvss.values()) {
            rating.offer(scores.v40_vector.get(), scores.v40_score.number());
            rating.offer(scores.v3_vector.get(), scores.v3_score.number());
            rating.offer(scores.v2_vector.get(), scores.v2_score.number());
        }
        rating
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Modified {
    status: Text,
    finding: Option<Vulnerability>,
}

impl Modified {
    fn standing(&self) -> Option<Standing> {
        match self.status.get()? {
            "not_affected" => Some(Standing::NotAffected),
            "fixed" => Some(Standing::Fixed),
            _ => None,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Misconfiguration {
    #[serde(rename = "ID")]
    id: Text,
    #[serde(rename = "AVDID")]
    avd_id: Text,
    title: Text,
    description: Text,
    message: Text,
    resolution: Text,
    severity: Text,
    status: Text,
    #[serde(rename = "PrimaryURL")]
    primary_url: Text,
    cause_metadata: Option<Cause>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Cause {
    start_line: Text,
    code: Option<Code>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Code {
    lines: List<CodeLine>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct CodeLine {
    content: Text,
    is_cause: bool,
}

impl Misconfiguration {
    fn has_failed(&self) -> bool {
        self.status.get().is_none_or(|status| status.eq_ignore_ascii_case("FAIL"))
    }

    /// The message names the container or resource, which the title does not.
    fn observation(&self, place: Option<&str>) -> Observation {
        let rule = self.id.owned().or(self.avd_id.owned());
        let name = self.message.get().or(self.title.get()).or(rule.as_deref());
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(title(name.unwrap_or("Misconfiguration")), word);
        let cause = self.cause_metadata.as_ref();
        observation.location = path_only(place, cause.and_then(|cause| cause.start_line.line()));
        observation.snippet = cause.and_then(Cause::text);
        observation.description = paragraphs([
            self.title.get(),
            self.message.get(),
            self.description.get(),
            self.resolution.get(),
            self.primary_url.get(),
        ]);
        observation.rule = rule;
        observation
    }
}

impl Cause {
    fn text(&self) -> Option<String> {
        let code = self.code.as_ref()?;
        let lines: Vec<&str> = code
            .lines
            .iter()
            .filter(|line| line.is_cause)
            .filter_map(|line| line.content.get())
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Secret {
    #[serde(rename = "RuleID")]
    rule_id: Text,
    category: Text,
    severity: Text,
    title: Text,
    start_line: Text,
    r#match: Text,
}

impl Secret {
    fn observation(&self, place: Option<&str>) -> Observation {
        let name = self.title.get().or(self.rule_id.get()).unwrap_or("Secret");
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let mut observation = Observation::new(title(name), word);
        observation.rule = self.rule_id.owned();
        observation.location = path_only(place, self.start_line.line());
        observation.snippet = self.r#match.owned();
        observation.description = self.category.owned();
        observation
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Licence {
    severity: Text,
    category: Text,
    pkg_name: Text,
    file_path: Text,
    name: Text,
    link: Text,
}

impl Licence {
    fn observation(&self, place: Option<&str>) -> Observation {
        let licence = self.name.get().unwrap_or("unknown");
        let word = self.severity.get().and_then(severity).unwrap_or(Severity::Info);
        let of = self.pkg_name.get().or(self.file_path.get()).or(place).unwrap_or("the target");
        let mut observation = Observation::new(format!("Licence {licence} of {of}"), word);
        observation.rule = Some(format!("licence:{licence}"));
        observation.package =
            self.pkg_name.owned().map(|name| Package { name, ..Package::default() });
        observation.location = path_only(self.file_path.get().or(place), None);
        let category = self.category.get().map(|category| format!("Category: {category}"));
        observation.description = paragraphs([category.as_deref(), self.link.get()]);
        observation
    }
}
