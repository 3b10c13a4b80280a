//! OSV-Scanner's JSON: vulnerabilities of packages, in the words of the OSV schema.
//!
//! The severity word stands in the part that each advisory database fills in its own way; few do.
//! The vector is handed over whenever there is one, and the clock goes by that.

use domain::findings::{Observation, Package, Severity};
use serde::Deserialize;

use super::json::{List, Node, Text};
use super::vocabulary::{
    Rating, cwes_of, first_of, paragraphs, place, push_new, severity, text_at, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "osv_scanner",
    title: "OSV-Scanner (JSON)",
    how_to_get: "osv-scanner scan --format json --output report.json DIRECTORY",
    manual: "One finding for each package and each of its `vulnerabilities`. Identifiers: `id`, \
        then `aliases`. Severity: `database_specific.severity` (moderate is medium); where an \
        advisory has none the finding is low, and its vector tells more. Vector: the newest of \
        `severity`, of the advisory or of the affected package. CWE numbers from \
        `database_specific.cwe_ids` and from the affected package. Package: name, version and \
        ecosystem; fixed: the `fixed` events of the affected ranges of that package. The place is \
        `source.path`.",
    samples: &[("osv_scanner.json", include_bytes!("samples/osv_scanner.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let found = beginning.has("results[].source") && beginning.has("results[].packages");
    found || (beginning.has("results") && beginning.has("experimental_config"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("OSV-Scanner"), None);
    for result in Node::root(source.text).required("results")?.elements()? {
        let origin = result.member("source")?;
        let path = origin.map(|origin| text_at(&origin, "path")).transpose()?.flatten();
        let Some(packages) = result.member("packages")? else { continue };
        packages.each_element(|node| {
            if let Some(entry) = node.item::<Entry>(intake) {
                entry.vulnerabilities.iter().for_each(|found| {
                    intake.observe(found.observation(&entry.package, path.as_deref()));
                });
            }
        })?;
    }
    Ok(())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    package: Named,
    vulnerabilities: List<Vulnerability>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Text,
    version: Text,
    ecosystem: Text,
    purl: Text,
}

/// An advisory in the OSV schema.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    id: Text,
    aliases: List<Text>,
    summary: Text,
    details: Text,
    severity: List<Stated>,
    database_specific: Option<Database>,
    affected: List<Affected>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stated {
    score: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Database {
    severity: Text,
    cwe_ids: List<Text>,
    cwes: List<Weakness>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Weakness {
    cwe_id: Text,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Affected {
    package: Option<Named>,
    severity: List<Stated>,
    ranges: List<Range>,
    database_specific: Option<Database>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Range {
    events: List<Happened>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Happened {
    fixed: Text,
}

impl Vulnerability {
    fn observation(&self, package: &Named, path: Option<&str>) -> Observation {
        let id = self.id.get().unwrap_or("Advisory without an id");
        let named = first_of([&self.summary]).unwrap_or(id);
        let heading = match package.name.get() {
            Some(package) => format!("{named} in {package}"),
            None => named.to_owned(),
        };
        let specific = self.database_specific.as_ref();
        let word = specific.and_then(|specific| specific.severity.get()).and_then(severity);
        let word = word.unwrap_or(Severity::Low);
        let mut observation = Observation::new(title(&heading), word);
        for id in self.id.get().into_iter().chain(self.aliases.texts()) {
            push_new(&mut observation.ids, id.to_owned());
        }
        let affected = || self.affected.iter().filter(|one| one.is_about(package));
        let mut rating = Rating::default();
        let stated = affected().flat_map(|one| one.severity.iter());
        self.severity.iter().chain(stated).for_each(|one| rating.offer(one.score.get(), None));
        observation.vector = rating.vector();
        let databases = affected().filter_map(|one| one.database_specific.as_ref());
        observation.cwes = cwes_of(specific.into_iter().chain(databases).flat_map(Database::cwes));
        observation.package = package.name.owned().map(|name| {
            let mut fixed = Vec::new();
            let events = affected().flat_map(|one| one.ranges.iter()).flat_map(|one| &one.events.0);
            events.filter_map(|one| one.fixed.owned()).for_each(|one| push_new(&mut fixed, one));
            let fixed = Some(fixed.join(", ")).filter(|fixed| !fixed.is_empty());
            Package { name, version: package.version.owned(), fixed, purl: package.purl.owned() }
        });
        observation.location = place(path, None);
        observation.description = paragraphs([self.summary.get(), self.details.get()]);
        observation
    }
}

impl Database {
    fn cwes(&self) -> impl Iterator<Item = &str> {
        self.cwe_ids.texts().chain(self.cwes.iter().filter_map(|one| one.cwe_id.get()))
    }
}

impl Affected {
    /// An advisory may be about packages of several names and ecosystems.
    fn is_about(&self, package: &Named) -> bool {
        let Some(own) = &self.package else { return true };
        let root = |text: &Text| text.get().map(|text| text.split(':').next().map(str::to_owned));
        own.name.get() == package.name.get() && root(&own.ecosystem) == root(&package.ecosystem)
    }
}
