//! Prisma Cloud (Twistlock): what `twistcli` writes as JSON, and the console's tables as CSV.
//!
//! Where a package of the distribution makes up several installed ones, the tool writes all of
//! them into its name; the name before the parenthesis is the package.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::table::{self, Row};
use super::vocabulary::{Rating, cwes, paragraphs, severity, title};
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "twistlock",
    title: "Prisma Cloud / Twistlock images (JSON, CSV)",
    how_to_get: "twistcli images scan --details --output-file report.json IMAGE; or Monitor, \
        Vulnerabilities, Images, CSV",
    manual: "One finding for each element of `vulnerabilities` and `compliances` of each of \
        `results`: identifier from `id`, severity from `severity` (important is high, moderate \
        medium, anything else info), score and vector from `cvss` and `vector`, package from \
        `packageName` and `packageVersion`, the fixed version from `status` (`fixed in 1.2`), \
        place from `packagePath`. Of a compliance the rule is its `id`.\n\n\
        CSV: one finding a row, from the columns CVE ID or Compliance ID, Severity, Packages, \
        Package Version, CVSS, Fix Status, Description and Cause.",
    samples: &[
        ("twistlock.json", include_bytes!("samples/twistlock.json")),
        ("twistlock.csv", include_bytes!("samples/twistlock.csv")),
    ],
    recognises,
    read,
};

const COLUMNS: [&str; 4] = ["cveid", "complianceid", "packages", "fixstatus"];

fn recognises(beginning: &Beginning) -> bool {
    let first = |name: &str| beginning.has(&format!("results[].{name}"));
    first("vulnerabilityDistribution")
        || first("complianceDistribution")
        || table::has_columns(beginning, &COLUMNS)
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Prisma Cloud"), None);
    if source.beginning.syntax == Syntax::Plain {
        return table::each_row(source, &["cveid", "severity"], intake, |row, intake| {
            intake.observe(row_observation(row));
        });
    }
    for result in Node::root(source.text).required("results")?.elements()? {
        if let Some(list) = result.member("vulnerabilities")? {
            item::each(&list, intake, |item, intake| intake.observe(vulnerability(item)))?;
        }
        if let Some(list) = result.member("compliances")? {
            item::each(&list, intake, |item, intake| intake.observe(compliance(item)))?;
        }
    }
    Ok(())
}

fn severity_of(word: Option<&str>) -> Severity {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("important") => Severity::High,
        word => word.and_then(severity).unwrap_or(Severity::Info),
    }
}

/// The version in `fixed in 1.2, 1.3`.
fn fixed(status: Option<&str>) -> Option<String> {
    status?.trim().strip_prefix("fixed in ").map(str::to_owned)
}

/// The name before `(used in …)`.
fn package_name(name: &str) -> String {
    name.split(" (").next().unwrap_or(name).to_owned()
}

fn vulnerability(item: Item<'_>) -> Observation {
    let id = item.text("id").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let package = item.text("packageName");
    let named = package.as_deref().map_or(id.clone(), |package| format!("{id} in {package}"));
    let word = severity_of(item.text("severity").as_deref());
    let mut observation = Observation::new(title(&named), word);
    let mut rating = Rating::default();
    rating.offer(item.text("vector").as_deref(), item.number("cvss"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.ids = vec![id];
    let fixed = fixed(item.text("status").as_deref());
    let name = package.as_deref().map(package_name);
    observation.package = item::package(name, item.text("packageVersion"), fixed);
    observation.location = item::in_file(item.text("packagePath"), None);
    observation.description =
        paragraphs([item.text("description").as_deref(), item.text("link").as_deref()]);
    observation
}

fn compliance(item: Item<'_>) -> Observation {
    let named = item.text("title").unwrap_or_else(|| "Compliance check".to_owned());
    let word = severity_of(item.text("severity").as_deref());
    let mut observation = Observation::new(title(&named), word);
    observation.rule = item.text("id").or(Some(named));
    observation.description =
        paragraphs([item.text("description").as_deref(), item.text("cause").as_deref()]);
    observation
}

fn row_observation(row: &Row<'_>) -> Observation {
    let id = row.get("cveid");
    let package = row.any(&["packages", "sourcepackage"]);
    let named = match (id, package) {
        (Some(id), Some(package)) => format!("{id} in {package}"),
        (Some(id), None) => id.to_owned(),
        (None, _) => title(row.any(&["cause", "description"]).unwrap_or("Compliance check")),
    };
    let mut observation = Observation::new(title(&named), severity_of(row.get("severity")));
    observation.ids = id.map(str::to_owned).into_iter().collect();
    observation.cwes = row.get("cwe").map(cwes).unwrap_or_default();
    observation.score = row.text("cvss").number().filter(|score| *score > 0.0);
    if id.is_some() {
        let name = package.map(package_name);
        let version = row.text("packageversion").owned();
        observation.package = item::package(name, version, fixed(row.get("fixstatus")));
    } else {
        observation.rule = row.text("complianceid").owned();
    }
    observation.description = paragraphs([row.get("description"), row.get("cause")]);
    observation
}
