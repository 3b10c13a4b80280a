//! HCL AppScan's XML: issues of web applications and of code, also of AppScan on Cloud.

use domain::findings::{Location, Observation, Severity, Standing};

use super::fields::Fields;
use super::vocabulary::{cwes, identifiers, title};
use super::xml::{Element, each_item};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "hcl_appscan",
    title: "HCL AppScan (XML)",
    how_to_get: "AppScan on Cloud: scan > Create report > XML; AppScan Standard: File > Export > XML",
    manual: "One finding for each `item` of the `issue-group`: title and rule from the issue's \
        type, severity as named, CWE number, CVE from the item, place from `source-file` and \
        `line`, else the address from `url-name`, `location` or host and path; fingerprint from \
        the issue's id in the cloud. The statuses Fixed and Noise say what they mean.",
    samples: &[
        ("hcl_appscan.xml", include_bytes!("samples/hcl_appscan.xml")),
        ("hcl_appscan_code.xml", include_bytes!("samples/hcl_appscan_code.xml")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "xml-report")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("HCL AppScan"), None);
    each_item(source.text, &["item"], |item, around| {
        if around.last().is_some_and(|group| group.name == "issue-group") {
            intake.observe(observation(&item));
        }
    })
}

/// The text of an element, or of the reference in it.
fn said(item: &Element, name: &str) -> Option<String> {
    item.field(name).or_else(|| item.field(&format!("{name}.ref")))
}

fn observation(item: &Element) -> Observation {
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let rule = said(item, "issue-type").or_else(|| said(item, "issue-type-name"));
    let named = said(item, "issue-type-name").or(rule.clone());
    let mut observation =
        Observation::new(title(named.as_deref().unwrap_or("Issue of no type")), word);
    observation.ids = item.field("cve").map(|text| identifiers(&text)).unwrap_or_default();
    observation.cwes = said(item, "cwe").map(|text| cwes(&text)).unwrap_or_default();
    observation.rule = rule;
    observation.fingerprint = item.field("asoc-issue-id");
    observation.location = item.in_file("source-file", "line").or_else(|| address(item));
    observation.snippet = item.field("context");
    observation.standing = match item.field("status").as_deref() {
        Some("Fixed") => Standing::Fixed,
        Some("Noise") => Standing::FalsePositive,
        _ => Standing::Present,
    };
    let parts = [
        ("Threat", "threat-class"),
        ("Risk", "security-risks"),
        ("Cause", "cause-id"),
        ("Entity", "entity"),
        ("Remedy", "remediation"),
        ("Advisory", "advisory"),
        ("Status", "status"),
    ];
    let told = |(label, name): &(&str, &str)| Some(format!("{label}: {}", said(item, name)?));
    let texts: Vec<String> = parts.iter().filter_map(told).collect();
    observation.description = (!texts.is_empty()).then(|| texts.join("\n\n"));
    observation
}

fn address(item: &Element) -> Option<Location> {
    let whole = said(item, "url-name").or_else(|| said(item, "location"));
    let url = whole.or_else(|| {
        let host = said(item, "host")?;
        let scheme = said(item, "scheme").map(|scheme| format!("{scheme}://")).unwrap_or_default();
        let path = said(item, "path").unwrap_or_default();
        Some(format!("{scheme}{host}{path}"))
    })?;
    Some(Location { url: Some(url), ..Location::default() })
}
