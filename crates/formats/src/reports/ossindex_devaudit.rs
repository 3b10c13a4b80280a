//! DevAudit's JSON: vulnerable packages of any manager, by Sonatype's OSS Index.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, cwes, identifiers, package, paragraphs, severity_of_score, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ossindex_devaudit",
    title: "DevAudit (OSS Index, JSON)",
    how_to_get: "devaudit npm --file package.json --non-interact --report-json report.json",
    manual: "One finding for each of the `Packages` and each of its `Vulnerabilities`. Severity: \
        by `cvssScore` (9.0, 7.0, 4.0 and above 0), without one info. Vector: `cvssVector`. \
        Identifiers: those in the title; CWE number: `cwe`. Package: name and version, the \
        manager in its package URL. The rule is `id`.",
    samples: &[("ossindex_devaudit.json", include_bytes!("samples/ossindex_devaudit.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("Packages") && beginning.has("Packages Audited")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("DevAudit"), None);
    item::each(&Node::root(source.text).required("Packages")?, intake, |entry, intake| {
        let found = entry.list("Vulnerabilities");
        found.into_iter().for_each(|one| intake.observe(observation(entry, one)));
    })
}

/// DevAudit writes the word None where it has nothing.
fn said(item: Item<'_>, path: &str) -> Option<String> {
    item.text(path).filter(|text| text != "None")
}

fn observation(entry: Item<'_>, found: Item<'_>) -> Observation {
    let named = said(found, "title").or(said(found, "id"));
    let named = named.unwrap_or_else(|| "Vulnerability without a title".to_owned());
    let score = found.number("cvssScore");
    let severity = score.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title(&named), severity);
    observation.ids = identifiers(&named);
    observation.cwes = said(found, "cwe").as_deref().map(cwes).unwrap_or_default();
    let mut rating = Rating::default();
    rating.offer(said(found, "cvssVector").as_deref(), score);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.package = said(entry, "Package/name").map(|name| {
        let name = match said(entry, "Package/group") {
            Some(group) => format!("{group}/{name}"),
            None => name,
        };
        let kind = said(entry, "Package/pm").unwrap_or_else(|| "generic".to_owned());
        package(&kind, &name, said(entry, "Package/version").as_deref())
    });
    observation.rule = said(found, "id");
    observation.description =
        paragraphs([said(found, "description").as_deref(), said(found, "reference").as_deref()]);
    observation
}
