//! cargo-audit's JSON: crates of a lock file with advisories of the RustSec database.
//!
//! An advisory tells a CVSS vector or nothing about its severity. What cargo-audit itself only
//! warns of (unmaintained, yanked, unsound) is no vulnerability to it and is left out.

use domain::findings::{Observation, Severity, cvss};

use super::item::{self, Item};
use super::json::Node;
use super::solution::least_versions;
use super::vocabulary::{cwes_of, package, paragraphs, push_new, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "cargo_audit",
    title: "cargo-audit (JSON)",
    how_to_get: "cargo audit --json > report.json",
    manual: "One finding for each element of `vulnerabilities.list`. Identifiers: `advisory.id` \
        (RUSTSEC), then `aliases`. Severity: by the score of `advisory.cvss`, without one high. \
        Package: name and version; fixed: the least version of each of `versions.patched`. `warnings` (unmaintained, yanked, \
        unsound and the like) are left out with a remark.",
    samples: &[("cargo_audit.json", include_bytes!("samples/cargo_audit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("vulnerabilities.list") && beginning.has("lockfile")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("cargo-audit"), None);
    let document = Node::root(source.text);
    if let Some(warnings) = document.member("warnings")? {
        item::look(&warnings, intake, |warnings, intake| {
            for (kind, list) in warnings.members("") {
                let words = format!("a warning was left out: {kind}");
                intake.remark_times(&words, list.list("").len() as u64);
            }
        });
    }
    let list = document.required("vulnerabilities")?.required("list")?;
    item::each(&list, intake, |found, intake| intake.observe(observation(found)))
}

fn observation(found: Item<'_>) -> Observation {
    let vector = found.text("advisory/cvss");
    let score = vector.as_deref().and_then(|vector| cvss::score(vector).ok());
    let severity = score.map_or(Severity::High, |score| severity_of_score(score.base_score));
    let id = found.text("advisory/id").unwrap_or_else(|| "Advisory without an id".to_owned());
    let named = found.text("advisory/title").unwrap_or_else(|| id.clone());
    let crate_name = found.first(&["package/name", "advisory/package"]);
    let heading = match &crate_name {
        Some(name) => format!("{named} in {name}"),
        None => named,
    };
    let mut observation = Observation::new(title(&heading), severity);
    for id in found.text("advisory/id").into_iter().chain(found.texts("advisory/aliases")) {
        push_new(&mut observation.ids, id);
    }
    observation.cwes = cwes_of(found.texts("advisory/cwe").iter().map(String::as_str));
    observation.vector = vector;
    observation.package = crate_name.map(|name| {
        let mut package = package("cargo", &name, found.text("package/version").as_deref());
        let patched = found.texts("versions/patched");
        let least = patched.iter().filter_map(|range| least_versions(range.split(',').next()?));
        package.fixed =
            Some(least.collect::<Vec<_>>().join(", ")).filter(|fixed| !fixed.is_empty());
        package
    });
    observation.description = paragraphs([
        found.text("advisory/description").as_deref(),
        found.text("advisory/url").as_deref(),
    ]);
    observation
}
