//! Vulnerabilities of an image as Anchore's engine, its enterprise product and its command line
//! list them; they differ in the spelling of the names and in what is around the list.

use domain::findings::{Location, Observation, Package, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{Rating, identifiers, push_new};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "anchore_vulnerabilities",
    title: "Anchore vulnerabilities (JSON)",
    how_to_get: "anchorectl --output json image vulnerabilities IMAGE > report.json",
    manual: "One finding for each element of `vulnerabilities`, of the bare list that anchorectl \
        writes, or of `securityEvaluation`. Identifiers from `vuln` or `vulnerabilityId` with \
        those of `nvd_data` and `cves`; negligible and unknown are info; package from its name and \
        version (where only `package` is there, the version is what follows the name), fixed \
        version from `fix` unless it is None, place from the path unless that is the database of \
        the package manager.",
    samples: &[
        ("anchore_vulnerabilities.json", include_bytes!("samples/anchore_vulnerabilities.json")),
        ("anchore_anchorectl.json", include_bytes!("samples/anchore_anchorectl.json")),
        ("anchore_evaluation.json", include_bytes!("samples/anchore_evaluation.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let listed = |above: &str| {
        let has = |name: &str| beginning.has(&format!("{above}.{name}"));
        has("vuln") && (has("package_name") || has("packageName"))
    };
    let kind = beginning.has("vulnerability_type") || beginning.has("vulnerabilityType");
    let nothing = beginning.has("vulnerabilities") && beginning.has("imageDigest") && kind;
    let evaluated = beginning.has("securityEvaluation") && beginning.has("metadata.imageDigest");
    listed("vulnerabilities[]") || listed("[]") || nothing || evaluated
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Anchore"), None);
    let list = match document.is_array() {
        true => document,
        false => match document.member("securityEvaluation")? {
            Some(list) => list,
            None => document.required("vulnerabilities")?,
        },
    };
    each_item(&list, intake, &mut |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let id = item.first_of(&["vuln", "vulnerabilityId"]);
    let package = package(item);
    let name = id.as_deref().unwrap_or("Vulnerability without a name");
    let title = match &package {
        Some(package) => format!("{name} in {}", package.name),
        None => name.to_owned(),
    };
    let word = item.severity("severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title, word);
    let related = ["nvd_data", "nvdData"].iter().flat_map(|list| item.items(list));
    let related: Vec<String> = related.filter_map(|one| one.field("id")).collect();
    let named = item.field("cves").map(|text| identifiers(&text)).unwrap_or_default();
    for id in id.into_iter().chain(named).chain(related) {
        push_new(&mut observation.ids, id);
    }
    let rating = rating(item);
    observation.score = rating.score();
    observation.vector = rating.vector();
    observation.package = package;
    observation.location = real(item, &["package_path", "packagePath", "path"])
        .filter(|path| path != "pkgdb")
        .map(|path| Location { path: Some(path), ..Location::default() });
    observation.description = item.told(&[
        ("", "extra.description"),
        ("Package", "package"),
        ("Feed", "feed_group"),
        ("Feed", "feedGroup"),
        ("", "url"),
        ("", "link"),
    ]);
    observation
}

/// The first of these that says something and not None or N/A.
fn real(item: Item<'_>, fields: &[&str]) -> Option<String> {
    item.first_of(fields).filter(|text| !matches!(text.as_str(), "None" | "N/A"))
}

fn package(item: Item<'_>) -> Option<Package> {
    let whole = item.field("package");
    let kind = item.first_of(&["package_type", "packageType"]).unwrap_or_default();
    let split = whole.as_deref().map(|whole| name_and_version(whole, &kind));
    let version = split.and_then(|(_, version)| version).map(str::to_owned);
    let name = item.first_of(&["package_name", "packageName"]);
    Some(Package {
        name: name.or(split.map(|(name, _)| name.to_owned()))?,
        version: item.first_of(&["package_version", "packageVersion"]).or(version),
        fixed: real(item, &["fix", "fixAvailable"]).map(|fix| fix.replace(',', ", ")),
        purl: None,
    })
}

/// Takes `openssl-libs-1:1.1.1k-14.el8` apart. The version of an RPM has a hyphen before its
/// release, that of a Debian package may have any, others are taken to have none.
fn name_and_version<'p>(package: &'p str, kind: &str) -> (&'p str, Option<&'p str>) {
    let at = match kind.to_ascii_lowercase().as_str() {
        "rpm" => package.rfind('-').and_then(|release| package[..release].rfind('-')),
        "dpkg" | "deb" => before_digit(package).next(),
        _ => before_digit(package).last(),
    };
    match at.filter(|at| *at > 0) {
        Some(at) => (&package[..at], Some(&package[at + 1..])),
        None => (package, None),
    }
}

fn before_digit(package: &str) -> impl Iterator<Item = usize> {
    let digit = |at: &usize| package[at + 1..].starts_with(|next: char| next.is_ascii_digit());
    package.match_indices('-').map(|(at, _)| at).filter(digit)
}

fn rating(item: Item<'_>) -> Rating {
    let mut rating = Rating::default();
    for version in ["cvss_v3", "cvss_v2"] {
        for nvd in item.items("extra.nvd_data") {
            let vector = nvd.field(&format!("{version}.vector_string"));
            let score = nvd.number(&format!("{version}.base_metrics.base_score"));
            rating.offer(vector.as_deref(), score);
        }
        let camel = version.replace("_v", "V");
        for nvd in ["nvd_data", "nvdData", "vendor_data", "vendorData"].map(|list| item.items(list))
        {
            for one in nvd {
                let score = one.number(&format!("{version}.base_score"));
                rating.offer(None, score.or(one.number(&format!("{camel}.baseScore"))));
            }
        }
    }
    rating.offer(None, item.number("nvdCvssBaseScore"));
    rating
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn the_version_is_what_follows_the_name() {
        let apart = |package, kind| name_and_version(package, kind);
        assert_eq!(apart("glib2-2.56.4-165.el8", "RPM"), ("glib2", Some("2.56.4-165.el8")));
        assert_eq!(apart("log4j-1.2-api-2.17.1", "Java"), ("log4j-1.2-api", Some("2.17.1")));
        assert_eq!(apart("apt-1.4.9-2", "dpkg"), ("apt", Some("1.4.9-2")));
        assert_eq!(apart("plain", "Java"), ("plain", None));
        assert_eq!(apart("é-1é", "Java"), ("é", Some("1é")));
    }
}
