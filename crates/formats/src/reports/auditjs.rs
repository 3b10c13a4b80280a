//! AuditJS' JSON: vulnerable npm packages, by Sonatype's OSS Index.

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{
    Rating, cwes, identifiers, package_of, paragraphs, push_new, severity_of_score, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "auditjs",
    title: "AuditJS (JSON)",
    how_to_get: "auditjs ossi --json > report.json",
    manual: "One finding for each package and each of its `vulnerabilities`. Severity: by \
        `cvssScore` (9.0, 7.0, 4.0 and above 0). Vector: `cvssVector`. Identifiers: `cve`, the \
        `id` where it is one, and those in the title; CWE numbers from the title. Package: \
        `coordinates`. The rule is `id` where it is no identifier.",
    samples: &[("auditjs.json", include_bytes!("samples/auditjs.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("[].coordinates") && beginning.has("[].vulnerabilities")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("AuditJS"), None);
    item::each(&Node::root(source.text), intake, |package, intake| {
        let purl = package.text("coordinates").unwrap_or_default();
        let found = package.list("vulnerabilities");
        found.into_iter().for_each(|one| intake.observe(observation(&purl, one)));
    })
}

fn observation(purl: &str, found: Item<'_>) -> Observation {
    let named = found.first(&["title", "cve", "id"]);
    let named = named.unwrap_or_else(|| "Vulnerability without a title".to_owned());
    let score = found.number("cvssScore");
    let severity = score.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title(&named), severity);
    let id = found.text("id").unwrap_or_default();
    found.text("cve").into_iter().for_each(|id| push_new(&mut observation.ids, id));
    for known in identifiers(&id).into_iter().chain(identifiers(&named)) {
        push_new(&mut observation.ids, known);
    }
    observation.cwes = cwes(&named);
    let mut rating = Rating::default();
    rating.offer(found.text("cvssVector").as_deref(), score);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.package = package_of(purl);
    observation.rule = Some(id).filter(|id| !id.is_empty() && identifiers(id).is_empty());
    observation.description =
        paragraphs([found.text("description").as_deref(), found.text("reference").as_deref()]);
    observation
}
