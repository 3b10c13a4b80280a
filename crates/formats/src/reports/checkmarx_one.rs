//! Checkmarx One's results: weaknesses in code, infrastructure files, packages and containers.
//!
//! The similarity is kept as the fingerprint of code: by Checkmarx' documentation it stays the same
//! from scan to scan while the id of a result does not.

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{identifiers, push_new, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "checkmarx_one",
    title: "Checkmarx One (JSON)",
    how_to_get: "cx results show --scan-id ID --report-format json",
    manual: "One finding for each element of `results`. Rule and title from `data.queryName`, else \
        the description; severity as named; place: the first of `data.nodes`, else the file that \
        `data` names; package from `data.packageName` and `packageVersion`, else taken out of \
        `packageIdentifier`, fixed version from `recommendedVersion`; CWE number and score from \
        `vulnerabilityDetails`; CVE from there or from the id. NOT_EXPLOITABLE is a false positive, \
        the status FIXED is fixed. Fingerprint of code: `similarityId`.",
    samples: &[("checkmarx_one.json", include_bytes!("samples/checkmarx_one.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("results[].similarityId") && beginning.has("results[].state");
    let nothing = beginning.has("results")
        && beginning.has("totalCount")
        && beginning.has("scanID")
        && !beginning.has("results[]");
    found || nothing
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Checkmarx One"), None);
    let results = document.required("results")?;
    each_item(&results, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let kind = item.field("type").unwrap_or_default();
    let of_package = kind.starts_with("sca") || kind.contains("container");
    let query = item.field("data.queryName").map(|name| name.replace('_', " "));
    let package = package(item);
    let id = item.first_of(&["vulnerabilityDetails.cveName", "id"]).unwrap_or_default();
    let named = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => query.or(item.field("description")).unwrap_or(id),
    };
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    let names = ["vulnerabilityDetails.cveName", "id", "data.vulnerabilityId"];
    for text in names.iter().filter_map(|name| item.field(name)) {
        let found = identifiers(&text);
        let vendors = of_package && found.is_empty() && text.starts_with("Cx");
        for id in found.into_iter().chain(vendors.then_some(text)) {
            push_new(&mut observation.ids, id);
        }
    }
    observation.cwes = item.cwes(&["vulnerabilityDetails.cweId"]);
    let score = item.number("vulnerabilityDetails.cvssScore").filter(|score| *score > 0.0);
    observation.score = score.map(|score| (score * 10.0).round() / 10.0);
    observation.package = package;
    observation.location = location(item);
    observation.rule = item.first_of(&["data.queryName", "data.queryId"]);
    observation.fingerprint = item.field("similarityId").filter(|_| !of_package);
    observation.standing = standing(item);
    observation.description = item.told(&[
        ("", "description"),
        ("Expected", "data.expectedValue"),
        ("Found", "data.value"),
        ("Group", "data.group"),
        ("State", "state"),
        ("", "data.scaPackageData.fixLink"),
    ]);
    observation
}

fn standing(item: Item<'_>) -> Standing {
    let is = |name: &str, word: &str| item.field(name).is_some_and(|said| said == word);
    match () {
        () if is("state", "NOT_EXPLOITABLE") => Standing::FalsePositive,
        () if is("status", "FIXED") => Standing::Fixed,
        () => Standing::Present,
    }
}

/// `Maven-com.acme:tool-1.4.5` is a package manager, a name and a version.
fn package(item: Item<'_>) -> Option<Package> {
    let identifier = item.field("data.packageIdentifier");
    let parts = identifier.as_deref().and_then(|text| text.split_once('-'));
    let parts = parts.and_then(|(_, rest)| rest.rsplit_once('-'));
    let name = item.field("data.packageName").or(parts.map(|(name, _)| name.to_owned()))?;
    let version = parts.map(|(_, version)| version.to_owned());
    Some(Package {
        name,
        version: item.field("data.packageVersion").or(version),
        fixed: item.field("data.recommendedVersion"),
        purl: None,
    })
}

fn location(item: Item<'_>) -> Option<Location> {
    if let Some(first) = item.items("data.nodes").first() {
        return first.place("fileName", "line");
    }
    let in_package = || {
        let path = item.texts("data.scaPackageData.locations").into_iter().next();
        path.map(|path| Location { path: Some(path), ..Location::default() })
    };
    item.place("data.fileName", "data.line")
        .or_else(|| item.place("data.filename", "data.line"))
        .or_else(in_package)
}
