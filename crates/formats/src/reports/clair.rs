//! Clair's findings on images: as clair-scanner, as Klar and as clairctl write them.

use domain::findings::{Observation, Severity};

use super::fields::{Fields, Item, each_item, kept};
use super::json::Node;
use super::vocabulary::{identifiers, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "clair",
    title: "Clair (JSON)",
    how_to_get: "clair-scanner --report report.json IMAGE; or JSON_OUTPUT=true klar IMAGE; \
        or clairctl report --out json IMAGE",
    manual: "One finding for each vulnerable feature of the image: the elements of \
        `vulnerabilities` (clair-scanner), those under each severity of `Vulnerabilities` (Klar), \
        or each vulnerability of each package (clairctl: `package_vulnerabilities`). Identifier \
        from the vulnerability's name; Defcon1 is critical; unknown and negligible are info; \
        package and fixed version from the feature.",
    samples: &[
        ("clair.json", include_bytes!("samples/clair.json")),
        ("clair_klar.json", include_bytes!("samples/clair_klar.json")),
        ("clair_clairctl.json", include_bytes!("samples/clair_clairctl.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let scanner = beginning.has("unapproved") && beginning.has("vulnerabilities");
    let klar = beginning.has("LayerCount") && beginning.has("Vulnerabilities");
    scanner || klar || beginning.has("package_vulnerabilities")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Clair"), None);
    if let Some(pairs) = document.member("package_vulnerabilities")? {
        return read_pairs(&document, &pairs, intake);
    }
    let mut visit = |item: Item<'_>, intake: &mut Intake<'_>| intake.observe(observation(item));
    if let Some(by_severity) = document.member("Vulnerabilities")? {
        let mut outcome = Ok(());
        by_severity.each_member(|_, list| {
            if outcome.is_ok() {
                outcome = each_item(&list, intake, &mut visit);
            }
        })?;
        return outcome;
    }
    each_item(&document.required("vulnerabilities")?, intake, &mut visit)
}

fn observation(item: Item<'_>) -> Observation {
    let id = item.first_of(&["vulnerability", "Name"]);
    let name = id.clone().unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let package = item
        .package("featurename", "featureversion", "fixedby")
        .or_else(|| item.package("FeatureName", "FeatureVersion", "FixedBy"));
    let title = match &package {
        Some(package) => format!("{name} in {}", package.name),
        None => name,
    };
    let word = item.first_of(&["severity", "Severity"]);
    let mut observation = Observation::new(title, severity_of(word.as_deref()));
    observation.ids = id.into_iter().collect();
    observation.package = package;
    observation.description = item.told(&[
        ("", "description"),
        ("", "Description"),
        ("Namespace", "namespace"),
        ("Namespace", "NamespaceName"),
        ("", "link"),
        ("", "Link"),
    ]);
    observation
}

fn severity_of(word: Option<&str>) -> Severity {
    match word {
        Some(word) if word.eq_ignore_ascii_case("defcon1") => Severity::Critical,
        Some(word) => severity(word).unwrap_or(Severity::Info),
        None => Severity::Info,
    }
}

/// Reads packages with the ids of their vulnerabilities, each described once elsewhere.
fn read_pairs(
    document: &Node<'_>,
    pairs: &Node<'_>,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    let packages = kept(document.member("packages")?, intake)?;
    let vulnerabilities = kept(document.member("vulnerabilities")?, intake)?;
    let mut each = |id: &str, list: Node<'_>| {
        let ids: Vec<String> = list.item(intake).unwrap_or_default();
        for vulnerability in ids.iter().filter_map(|id| vulnerabilities.get(id)) {
            let package = packages.get(id).map(Item);
            intake.observe(of_package(Item(vulnerability), package));
        }
    };
    pairs.each_member(&mut each)
}

fn of_package(item: Item<'_>, package: Option<Item<'_>>) -> Observation {
    let name = item.field("name").unwrap_or_else(|| "Vulnerability without a name".to_owned());
    let mut package = package.and_then(|package| package.package("name", "version", ""));
    if let Some(package) = &mut package {
        package.fixed = item.field("fixed_in_version");
    }
    let mut ids = identifiers(&name);
    if ids.is_empty() {
        ids.push(name);
    }
    let title = match &package {
        Some(package) => format!("{} in {}", ids[0], package.name),
        None => ids[0].clone(),
    };
    let word = item.first_of(&["normalized_severity", "severity"]);
    let mut observation = Observation::new(title, severity_of(word.as_deref()));
    observation.ids = ids;
    observation.package = package;
    observation.description = item.told(&[("", "description"), ("", "links")]);
    observation
}
