//! JFrog Xray: its reports, searches, summaries of artifacts and scans on demand (JSON).
//!
//! Components are written as `type://…:name:version`, with what the type needs between: a release
//! of the distribution before the name, an epoch before the version. Only the name is the name.

use domain::findings::{Observation, Package, Severity};

use super::item::{Item, each, in_file};
use super::json::Node;
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, push_new};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "jfrog_xray",
    title: "JFrog Xray (JSON)",
    how_to_get: "in JFrog: Xray, Reports, Export, JSON; or jf scan --format json FILE",
    manual: "One finding for each element of `rows` (a report), of `data` (a search), of the \
        `issues` of each of `artifacts` (a summary), and for each component of each of \
        `vulnerabilities` (a scan on demand). CVE identifiers from `cves`, where there are none \
        Xray's own; severity from `severity`, unknown and information are info; the newest of the \
        vectors. Package and version from the component, the fixed versions where they are told, \
        place from `path` or `impact_path`.",
    samples: &[
        ("jfrog_xray_report.json", include_bytes!("samples/jfrog_xray_report.json")),
        ("jfrog_xray_search.json", include_bytes!("samples/jfrog_xray_search.json")),
        ("jfrog_xray_summary.json", include_bytes!("samples/jfrog_xray_summary.json")),
        ("jfrog_xray_scan.json", include_bytes!("samples/jfrog_xray_scan.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| beginning.has(name));
    all(&["rows[].vulnerable_component", "rows[].severity"])
        || all(&["data[].source_comp_id", "data[].severity"])
        || all(&["artifacts[].general.component_id", "artifacts[].issues"])
        || all(&["[].scan_id", "[].component_id", "[].status"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("JFrog Xray"), None);
    let document = Node::root(source.text);
    if document.is_array() {
        return each(&document, intake, on_demand);
    }
    for (name, read) in [("rows", row as Reader), ("data", found), ("artifacts", summary)] {
        if let Some(list) = document.member(name)? {
            return each(&list, intake, read);
        }
    }
    document.required("rows").map(|_| ())
}

type Reader = fn(Item<'_>, &mut Intake<'_>);

fn row(item: Item<'_>, intake: &mut Intake<'_>) {
    let component = item.first(&["vulnerable_component", "impacted_artifact"]);
    let mut observation = observation(item, item, component.as_deref().map(component_of));
    set_fixed(&mut observation, item, "fixed_versions");
    observation.location = in_file(item.text("path"), None);
    intake.observe(observation);
}

fn found(item: Item<'_>, intake: &mut Intake<'_>) {
    let more = item.get("component_versions/more_details").unwrap_or(item);
    let component = item.first(&["source_comp_id", "source_id", "component"]);
    let mut observation = observation(item, more, component.as_deref().map(component_of));
    set_fixed(&mut observation, item, "component_versions/fixed_versions");
    intake.observe(observation);
}

fn summary(artifact: Item<'_>, intake: &mut Intake<'_>) {
    let component = artifact.first(&["general/component_id", "general/name"]);
    for issue in artifact.list("issues") {
        let mut observation = observation(issue, issue, component.as_deref().map(component_of));
        if let Some(id) = issue.text("issue_id") {
            push_new(&mut observation.ids, id);
        }
        let path = issue.text("impact_path/0").or(artifact.text("general/path"));
        observation.location = in_file(path, None);
        intake.observe(observation);
    }
}

fn on_demand(scan: Item<'_>, intake: &mut Intake<'_>) {
    for vulnerability in scan.list("vulnerabilities") {
        for (name, component) in vulnerability.members("components") {
            let mut observation =
                observation(vulnerability, vulnerability, Some(component_of(name)));
            set_fixed(&mut observation, component, "fixed_versions");
            let path = component.list("impact_paths/0").into_iter().rev();
            let path = path.filter_map(|step| step.text("full_path")).next();
            observation.location = in_file(path, None);
            intake.observe(observation);
        }
    }
}

/// `details` is where the CVEs are.
fn observation(item: Item<'_>, details: Item<'_>, package: Option<Package>) -> Observation {
    let mut rating = Rating::default();
    let (mut ids, mut numbers) = (Vec::new(), Vec::new());
    for cve in details.list("cves") {
        cve.texts("cve").into_iter().for_each(|id| push_new(&mut ids, id));
        cve.cwes("cwe").into_iter().for_each(|number| push_new(&mut numbers, number));
        for (joined, vector, score) in [
            ("cvss_v4", "cvss_v4_vector", "cvss_v4_score"),
            ("cvss_v3", "cvss_v3_vector", "cvss_v3_score"),
            ("cvss_v2", "cvss_v2_vector", "cvss_v2_score"),
        ] {
            offer(&mut rating, cve.text(joined));
            let vector = cve.text(vector);
            rating.offer(vector.as_deref().map(bare), cve.number(score));
        }
    }
    let own = item.text("issue_id");
    if ids.is_empty() {
        ids.extend(own.clone());
    }
    let summary = item.first(&["summary", "description"]);
    let title = summary.clone().or(ids.first().cloned());
    let title = title.unwrap_or_else(|| "Issue without a summary".to_owned());
    let severity = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    (observation.ids, observation.cwes) = (ids, numbers);
    observation.rule = own;
    observation.package = package;
    let description = item.text("description");
    observation.description = paragraphs([summary.as_deref(), description.as_deref()]);
    observation
}

/// `7.5/CVSS:3.0/AV:N/…`: score and vector in one.
fn offer(rating: &mut Rating, joined: Option<String>) {
    if let Some((score, vector)) = joined.as_deref().and_then(|joined| joined.split_once('/')) {
        rating.offer(Some(bare(vector)), score.parse().ok());
    }
}

/// Vectors of CVSS v2 have no prefix.
fn bare(vector: &str) -> &str {
    vector.strip_prefix("CVSS:2.0/").unwrap_or(vector)
}

/// Versions are written as ranges: `[1.26]`, `≥ 4.15.0-117.118`.
fn set_fixed(observation: &mut Observation, item: Item<'_>, path: &str) {
    let versions: Vec<String> = item
        .texts(path)
        .iter()
        .map(|version| version.trim_matches(['[', ']', '≥', ' ']).to_owned())
        .filter(|version| !version.is_empty() && !version.contains([',', '(', ')']))
        .collect();
    if let Some(package) = observation.package.as_mut().filter(|_| !versions.is_empty()) {
        package.fixed = Some(versions.join(", "));
    }
}

fn component_of(written: &str) -> Package {
    let (kind, rest) = written.split_once("://").unwrap_or(("", written));
    let parts: Vec<&str> = rest.split(':').collect();
    let (name, version) = match (kind, parts.as_slice()) {
        ("deb", [_, _, name, version @ ..]) if !version.is_empty() => {
            (name.to_string(), version.join(":"))
        }
        ("rpm", [_, name, version @ ..]) if !version.is_empty() => {
            (name.to_string(), version.join(":"))
        }
        ("alpine", [_, name, version]) => (name.to_string(), version.to_string()),
        (_, [name @ .., version]) if !name.is_empty() => (name.join(":"), version.to_string()),
        _ => (rest.to_owned(), String::new()),
    };
    let version = Some(version).filter(|version| !version.is_empty());
    Package { name, version, ..Package::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_a_name_and_a_version() {
        let check = |written, name: &str, version| {
            let package = component_of(written);
            assert_eq!((package.name.as_str(), package.version.as_deref()), (name, version));
        };
        check("gav://org.yaml:snakeyaml:1.16", "org.yaml:snakeyaml", Some("1.16"));
        check("rpm://7:expat:17:2.1.0-10.el7_3", "expat", Some("17:2.1.0-10.el7_3"));
        check("deb://debian:stretch:libx11:2:1.6.4-3", "libx11", Some("2:1.6.4-3"));
        check("alpine://3.18:libssl3:3.1.1-r1", "libssl3", Some("3.1.1-r1"));
        check("pypi://pip:9.0.1", "pip", Some("9.0.1"));
        check("artifact:1.0", "artifact", Some("1.0"));
        check("gav://test", "test", None);
    }
}
