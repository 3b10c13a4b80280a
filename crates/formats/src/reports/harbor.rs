//! Harbor's vulnerability report of an image, by whichever scanner Harbor uses.

use std::collections::BTreeSet;

use domain::findings::{Observation, Severity};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, cwes_of, paragraphs, push_new, severity, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "harbor",
    title: "Harbor (vulnerability report of an artifact)",
    how_to_get: "GET /api/v2.0/projects/PROJECT/repositories/REPOSITORY/artifacts/TAG/additions/\
        vulnerabilities with the header X-Accept-Vulnerabilities",
    manual: "One finding for each identifier, package and version among `vulnerabilities`. \
        Severity: `severity`; Negligible, None and Unknown are info. Package: `package`, \
        `version`, `fix_version`. Vector and score: `preferred_cvss`, else those of the NVD among \
        `vendor_attributes`. CWE numbers: `cwe_ids`.",
    samples: &[("harbor.json", include_bytes!("samples/harbor.json"))],
    recognises,
    read,
};

/// The media types under which Harbor files its report.
const MEDIA: [&str; 3] = [
    "application/vnd.security.vulnerability.report; version=1.1",
    "application/vnd.security.vulnerability.report; version=1.0",
    "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0",
];

fn recognises(beginning: &Beginning) -> bool {
    MEDIA.iter().any(|media| beginning.has(media))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    let mut report = None;
    for media in MEDIA {
        report = report.or(document.member(media)?);
    }
    let report = match report {
        Some(report) => report,
        None => document.required(MEDIA[0])?,
    };
    if let Some(scanner) = report.member("scanner")? {
        item::look(&scanner, intake, |scanner, intake| {
            intake.tool(scanner.text("name").as_deref(), scanner.text("version").as_deref());
        });
    }
    let Some(list) = report.member("vulnerabilities")? else { return Ok(()) };
    let mut seen = BTreeSet::new();
    item::each(&list, intake, |found, intake| {
        if seen.insert(["id", "package", "version"].map(|name| found.text(name))) {
            intake.observe(observation(found));
        }
    })
}

fn observation(found: Item<'_>) -> Observation {
    let id = found.text("id").unwrap_or_else(|| "Vulnerability without an id".to_owned());
    let heading = match found.text("package") {
        Some(package) => format!("{id} in {package}"),
        None => id,
    };
    let word = found.text("severity").as_deref().and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&heading), word);
    found.text("id").into_iter().for_each(|id| push_new(&mut observation.ids, id));
    observation.cwes = cwes_of(found.texts("cwe_ids").iter().map(String::as_str));
    observation.package =
        item::package(found.text("package"), found.text("version"), found.text("fix_version"));
    let mut rating = Rating::default();
    for (at, vector, score) in [
        ("preferred_cvss", "vector_v3", "score_v3"),
        ("vendor_attributes/CVSS/nvd", "V3Vector", "V3Score"),
        ("preferred_cvss", "vector_v2", "score_v2"),
    ] {
        let vector = found.text(&format!("{at}/{vector}"));
        rating.offer(vector.as_deref(), found.number(&format!("{at}/{score}")));
    }
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    let links = found.texts("links");
    let text = found.text("description");
    let links = links.iter().map(|link| Some(link.as_str()));
    observation.description = paragraphs([text.as_deref()].into_iter().chain(links));
    observation
}
