//! Aqua's reports on images: vulnerable packages of a scan, and the older list by file.
//!
//! Aqua keeps several opinions about a vulnerability. Its own severity comes first, because that
//! is the one its console shows; without it the scores decide.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, each_node};
use super::json::Node;
use super::vocabulary::{Rating, push_new, severity_of_score};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "aqua",
    title: "Aqua (JSON)",
    how_to_get: "scannercli scan --jsonfile report.json IMAGE",
    manual: "One finding for each of `vulnerabilities` of each of `resources` (also inside the \
        list that pipelines write), or for each of `cves` of the older report. Severity: \
        `aqua_severity`, negligible is info; else the band of `aqua_score`, the vendor's or the \
        NVD's score. Identifier from `name`, package from `resource`, fixed version from \
        `fix_version`, place from the package's `path` or the `file`. Checks of image assurance \
        are left out.",
    samples: &[
        ("aqua.json", include_bytes!("samples/aqua.json")),
        ("aqua_by_file.json", include_bytes!("samples/aqua_by_file.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let scan = |above: &str| {
        beginning.has(&format!("{above}resources"))
            && beginning.has(&format!("{above}scan_options"))
            && beginning.has(&format!("{above}image"))
    };
    scan("") || scan("[].results.") || (beginning.has("cves") && beginning.has("cves_counts"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Aqua"), None);
    if !document.is_array() {
        return read_image(&document, intake);
    }
    each_node(&document, &mut |image| match image.member("results")? {
        Some(results) => read_image(&results, intake),
        None => Ok(()),
    })
}

fn read_image(image: &Node<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    if let Some(list) = image.member("cves")? {
        each_item(&list, intake, &mut |item, intake| intake.observe(by_file(item)))?;
    }
    let Some(resources) = image.member("resources")? else { return Ok(()) };
    each_node(&resources, &mut |node| {
        let mut resource = serde_json::Value::Null;
        if let Some(described) = node.member("resource")? {
            resource = described.item(intake).unwrap_or_default();
        }
        let Some(list) = node.member("vulnerabilities")? else { return Ok(()) };
        each_item(&list, intake, &mut |item, intake| {
            intake.observe(in_package(item, Item(&resource)));
        })
    })
}

fn in_package(item: Item<'_>, resource: Item<'_>) -> Observation {
    let path = resource.place("path", "");
    let of_path = path.as_ref().and_then(|place| place.path.clone());
    let mut observation = observation(item, resource.field("name").or(of_path));
    observation.package = resource.package("name", "version", "");
    if let Some(package) = &mut observation.package {
        package.fixed = item.field("fix_version");
    }
    observation.location = path;
    observation
}

fn by_file(item: Item<'_>) -> Observation {
    let mut observation = observation(item, item.field("file"));
    observation.location = item.place("file", "");
    observation
}

fn observation(item: Item<'_>, within: Option<String>) -> Observation {
    let id = item.field("name").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let name = match within {
        Some(within) => format!("{id} in {within}"),
        None => id.clone(),
    };
    let mut rating = Rating::default();
    for (vector, score) in [
        ("nvd_vectors_v3", "nvd_score_v3"),
        ("aqua_vectors", "aqua_score"),
        ("vendor_vectors_v3", "vendor_score_v3"),
        ("nvd_vectors", "nvd_score"),
        ("vendor_vectors", "vendor_score"),
        ("", "score"),
    ] {
        rating.offer(item.field(vector).as_deref(), item.number(score));
    }
    let mut observation = Observation::new(name, severity_of(item));
    observation.ids = item.field("name").into_iter().collect();
    for number in item.items("cwe_info").iter().flat_map(|weakness| weakness.cwes(&["Id", "id"])) {
        push_new(&mut observation.cwes, number);
    }
    observation.score = rating.score();
    observation.vector = rating.vector();
    observation.description = item.told(&[
        ("", "description"),
        ("", "solution"),
        ("Vendor", "vendor_statement"),
        ("", "nvd_url"),
        ("", "url"),
    ]);
    observation
}

fn severity_of(item: Item<'_>) -> Severity {
    match item.first_of(&["aqua_severity", "severity"]).as_deref() {
        Some("negligible" | "unknown") => return Severity::Info,
        Some(word) => {
            if let Some(known) = super::vocabulary::severity(word) {
                return known;
            }
        }
        None => {}
    }
    let scores = ["aqua_score", "vendor_score", "nvd_score_v3", "nvd_score", "score"];
    let score = scores.iter().find_map(|score| item.number(score));
    score.map_or(Severity::Info, severity_of_score)
}
