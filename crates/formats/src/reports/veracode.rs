//! Veracode: the detailed report as XML, and what its Findings API gives (JSON).

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::html::plain_text;
use super::item::{Item, at_url, each, in_file};
use super::json::Node;
use super::vocabulary::{Rating, TITLE, cwes, one_line, paragraphs};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "veracode",
    title: "Veracode (XML, JSON)",
    how_to_get: "GET /api/5.0/detailedreport.do?build_id=ID, or \
        GET /appsec/v2/applications/GUID/findings",
    manual: "XML: one finding for each `flaw` and for each `vulnerability` of a `component`. JSON: \
        one for each element of `findings`; what is CLOSED is left out. Title from the category, \
        severity from the number (5 critical, 4 high, 3 medium, 2 low, 1 and 0 info), CWE numbers, \
        CVE identifiers, vectors and scores as told; the place is file and line or the address, \
        the fingerprint the application's and the issue's number. Fixed flaws and accepted \
        mitigations close, accepted false positives are such. One page of several is not a whole \
        report.",
    samples: &[
        ("veracode.xml", include_bytes!("samples/veracode.xml")),
        ("veracode.json", include_bytes!("samples/veracode.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let json = ["findings[]", "_embedded.findings[]"].into_iter().any(|list| {
        let has = |name: &str| beginning.has(&format!("{list}.{name}"));
        has("scan_type") && has("finding_status") && has("finding_details")
    });
    json || beginning.root().is_some_and(|(name, _)| name == "detailedreport")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Veracode"), None);
    if source.beginning.syntax == Syntax::Xml {
        return read_xml(source, intake);
    }
    let number = |path: &str| source.beginning.text(path).and_then(|text| text.parse::<u64>().ok());
    if number("page.total_pages") > Some(1) {
        intake.tool_failed("this is one page of several; what it does not name may still be there");
    }
    let document = Node::root(source.text);
    let findings = match document.member("_embedded")? {
        Some(embedded) => embedded.required("findings")?,
        None => document.required("findings")?,
    };
    each(&findings, intake, |item, intake| match item.text("finding_status/status").as_deref() {
        Some("CLOSED") => intake.remark("a finding that is closed was left out"),
        _ => intake.observe(of_finding(item)),
    })
}

fn severity_of(number: Option<&str>) -> Severity {
    match number {
        Some("5") => Severity::Critical,
        Some("4") => Severity::High,
        Some("3") => Severity::Medium,
        Some("2") => Severity::Low,
        _ => Severity::Info,
    }
}

fn read_xml(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let application = source.beginning.root_attribute("app_id").map(str::to_owned);
    each_item(source.text, &["flaw", "component"], |item, _| match item.name.as_str() {
        "flaw" => intake.observe(of_flaw(&item, application.as_deref())),
        _ => {
            for vulnerability in item.listed("vulnerabilities", "vulnerability") {
                intake.observe(of_vulnerability(vulnerability, &item));
            }
        }
    })
}

fn of_flaw(flaw: &Element, application: Option<&str>) -> Observation {
    let part = |name: &str| flaw.attribute(name).map(str::trim).filter(|text| !text.is_empty());
    let title = part("categoryname").or(part("type")).unwrap_or("Flaw without a category");
    let mut observation = Observation::new(one_line(title, TITLE).0, severity_of(part("severity")));
    observation.cwes = part("cweid").map(cwes).unwrap_or_default();
    observation.rule = part("cweid").map(|number| format!("CWE-{number}"));
    let numbers = application.zip(part("issueid"));
    observation.fingerprint = numbers.map(|(app, issue)| format!("app-{app}_issue-{issue}"));
    let file = part("sourcefile").map(|file| {
        let folder = part("sourcefilepath").unwrap_or_default();
        format!("{folder}{file}")
    });
    let line = part("line").and_then(|line| line.parse().ok()).filter(|line| *line > 0);
    observation.location = match (file, part("url")) {
        (None, Some(url)) => at_url(Some(url.to_owned())),
        (file, _) => in_file(file, line),
    };
    observation.standing = match (part("remediation_status"), part("mitigation_status")) {
        (Some("Fixed" | "Mitigated"), _) | (_, Some("accepted")) => Standing::Fixed,
        (Some("Potential False Positive"), _) => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let module = part("module").map(|module| format!("Module: {module}"));
    let input = part("vuln_parameter").map(|name| format!("Parameter: {name}"));
    observation.description =
        paragraphs([part("description"), module.as_deref(), input.as_deref()]);
    observation
}

fn of_vulnerability(item: &Element, component: &Element) -> Observation {
    let part = |name: &str| item.attribute(name).map(str::trim).filter(|text| !text.is_empty());
    let of_component = |name: &str| component.attribute(name).filter(|text| !text.is_empty());
    let id = part("cve_id").unwrap_or("Vulnerability without a name");
    let package = package(of_component("library_id")).or_else(|| {
        Some(Package {
            name: of_component("library").or(of_component("file_name"))?.to_owned(),
            version: of_component("version").map(str::to_owned),
            ..Package::default()
        })
    });
    let title = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => id.to_owned(),
    };
    let mut observation =
        Observation::new(one_line(&title, TITLE).0, severity_of(part("severity")));
    observation.ids = part("cve_id").map(str::to_owned).into_iter().collect();
    observation.cwes = part("cwe_id").map(cwes).unwrap_or_default();
    observation.score = part("cvss_score").and_then(|score| score.parse().ok());
    observation.package = package;
    let path = component.listed("file_paths", "file_path").find_map(|path| path.attribute("value"));
    let path = path.or(of_component("file_name")).map(str::to_owned);
    observation.location = path.map(|path| Location { path: Some(path), ..Location::default() });
    if part("mitigation") == Some("true") {
        observation.standing = Standing::Fixed;
    }
    observation.description = part("cve_summary").map(str::to_owned);
    observation
}

/// A library as Veracode names it: `maven:org.example:core:1.2.0:`.
pub fn package(written: Option<&str>) -> Option<Package> {
    let parts: Vec<&str> = written?.trim_end_matches(':').split(':').collect();
    let (name, version) = match parts.as_slice() {
        [_, group, artifact, version] if !artifact.is_empty() => {
            (format!("{group}:{artifact}"), *version)
        }
        [_, name, .., version] => ((*name).to_owned(), *version),
        _ => return None,
    };
    Some(Package { name, version: Some(version.to_owned()), ..Package::default() })
}

fn of_finding(item: Item<'_>) -> Observation {
    let details = item.get("finding_details").unwrap_or(item);
    let id = details.text("cve/name");
    let package = details.text("component_filename").map(|file| Package {
        name: library_of(&file, details.text("version").as_deref()).to_owned(),
        version: details.text("version"),
        ..Package::default()
    });
    let title = match (&id, &package) {
        (Some(id), Some(package)) => format!("{id} in {}", package.name),
        _ => details
            .first(&["finding_category/name", "cwe/name"])
            .unwrap_or_else(|| "Finding without a category".to_owned()),
    };
    let severity = severity_of(details.text("severity").as_deref());
    let mut observation = Observation::new(one_line(&title, TITLE).0, severity);
    let mut rating = Rating::default();
    let v3 = details.text("cve/cvss3/vector").map(|vector| versioned(&vector));
    rating.offer(v3.as_deref(), details.number("cve/cvss3/score"));
    rating.offer(details.text("cve/vector").as_deref(), details.number("cve/cvss"));
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.ids = id.into_iter().collect();
    observation.cwes = details.cwes("cwe/id");
    observation.rule = details.text("cwe/id").map(|number| format!("CWE-{number}"));
    let numbers = item.text("context_guid").zip(item.text("issue_id"));
    observation.fingerprint = numbers.map(|(app, issue)| format!("app-{app}_issue-{issue}"));
    observation.package = package;
    let path = details.first(&["file_path", "component_path/0/path"]);
    observation.location = match details.text("url") {
        Some(url) => at_url(Some(url)),
        None => in_file(path, details.line("file_line_number")),
    };
    let approved = item.text("finding_status/resolution_status").as_deref() == Some("APPROVED");
    observation.standing = match item.text("finding_status/resolution").as_deref() {
        Some("POTENTIAL_FALSE_POSITIVE") if approved => Standing::FalsePositive,
        Some("MITIGATED") if approved => Standing::Fixed,
        _ => Standing::Present,
    };
    observation.description = item.text("description").map(|text| plain_text(&text));
    observation
}

/// Vectors of CVSS v3 are written without their version.
pub fn versioned(vector: &str) -> String {
    if vector.starts_with("AV:") { format!("CVSS:3.1/{vector}") } else { vector.to_owned() }
}

/// `core` of the file `core-1.2.0.jar`.
fn library_of<'f>(file: &'f str, version: Option<&str>) -> &'f str {
    let at = version.and_then(|version| file.find(&format!("-{version}")));
    at.map_or(file, |at| &file[..at])
}
