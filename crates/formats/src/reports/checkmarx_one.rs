//! Checkmarx One's results: weaknesses in code, infrastructure files, packages and containers.
//!
//! The similarity is kept as the fingerprint of code: by Checkmarx' documentation it stays the same
//! from scan to scan while the id of a result does not.

use domain::findings::{Location, Observation, Package, Severity, Standing};

use super::fields::{Fields, Item, below, each_item, each_node, listed, named};
use super::json::Node;
use super::vocabulary::{identifiers, paragraphs, push_new, title};
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
        the status FIXED is fixed. Fingerprint of code: `similarityId`.\n\n\
        The console's JSON report: one finding for each of `vulnerabilities` of each query in \
        `scanResults.resultsList` and each of `resultsList` of each query of each technology in \
        `iacScanResults`, with the place of the sink; its packages are left out.",
    samples: &[
        ("checkmarx_one.json", include_bytes!("samples/checkmarx_one.json")),
        ("checkmarx_one_console.json", include_bytes!("samples/checkmarx_one_console.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("results[].similarityId") && beginning.has("results[].state");
    let nothing = beginning.has("results")
        && beginning.has("totalCount")
        && beginning.has("scanID")
        && !beginning.has("results[]");
    found || nothing || LISTS.iter().any(|path| beginning.has(path))
}

/// Where the reports of the console keep their lists.
const LISTS: [&str; 2] = ["scanResults.resultsList", "iacScanResults.technology"];

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Checkmarx One"), None);
    if LISTS.iter().any(|path| source.beginning.has(path)) {
        return read_lists(&document, intake);
    }
    let results = listed(&document, "results")?;
    each_item(&results, intake, &mut |item, intake| intake.observe(observation(item)))
}

/// Reads the report of the console, which groups results by query.
fn read_lists(document: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let names = ["queryName", "queryPath", "cweId", "description", "category"];
    let read_query = |query: &Node<'_>, list: &str, intake: &mut Intake<'_>| {
        let said = named(query, &names, intake)?;
        let Some(list) = query.member(list)? else { return Ok(()) };
        each_item(&list, intake, &mut |item, intake| {
            intake.observe(of_query(item, Item(&said)));
        })
    };
    if let Some(queries) = below(document, &["scanResults", "resultsList"])? {
        each_node(&queries, &mut |query| read_query(&query, "vulnerabilities", intake))?;
    }
    if let Some(technologies) = below(document, &["iacScanResults", "technology"])? {
        each_node(&technologies, &mut |technology| match technology.member("queries")? {
            Some(queries) => {
                each_node(&queries, &mut |query| read_query(&query, "resultsList", intake))
            }
            None => Ok(()),
        })?;
    }
    if below(document, &["scaScanResults", "packages"])?.is_some() {
        intake.remark("packages (scaScanResults) were left out; use the results of the API");
    }
    Ok(())
}

fn of_query(item: Item<'_>, query: Item<'_>) -> Observation {
    let name = query.first_of(&["queryName", "queryPath"]).unwrap_or_default();
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&name.replace('_', " ")), word);
    observation.cwes = query.cwes(&["cweId"]);
    observation.rule = Some(name);
    observation.location = item
        .in_file("destinationFileName", "destinationLine")
        .or_else(|| item.in_file("fileName", "line"));
    observation.fingerprint = item.field("similarityId");
    observation.standing = standing(item);
    let found = item.told(&[
        ("Expected", "expectedValue"),
        ("Found", "actualValue"),
        ("State", "state"),
        ("", "resultViewerLink"),
    ]);
    let text = query.field("description");
    observation.description = paragraphs([text.as_deref(), found.as_deref()]);
    observation
}

fn observation(item: Item<'_>) -> Observation {
    let kind = item.field("type").unwrap_or_default();
    let of_package = kind.starts_with("sca") || kind.contains("container");
    let query = item.field("data.queryName").map(|name| name.replace('_', " "));
    let package = package(item);
    let id = item.first_of(&["vulnerabilityDetails.cveName", "id"]).unwrap_or_default();
    let name = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => query.or(item.field("description")).unwrap_or(id),
    };
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&name), word);
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
    match () {
        () if item.is("state", "NOT_EXPLOITABLE") => Standing::FalsePositive,
        () if item.is("status", "FIXED") => Standing::Fixed,
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
        return first.in_file("fileName", "line");
    }
    let in_package = || {
        let path = item.texts("data.scaPackageData.locations").into_iter().next();
        path.map(|path| Location { path: Some(path), ..Location::default() })
    };
    item.in_file("data.fileName", "data.line")
        .or_else(|| item.in_file("data.filename", "data.line"))
        .or_else(in_package)
}
