//! Nancy's JSON: vulnerable modules of a Go program, by Sonatype's OSS Index.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{
    Rating, cwes, identifiers, package_of, paragraphs, push_new, severity_of_score, text_at, title,
};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "nancy",
    title: "Nancy (JSON)",
    how_to_get: "go list -json -deps ./... | nancy sleuth --output json > report.json",
    manual: "One finding for each of the `Vulnerabilities` of each of the `vulnerable` modules. \
        Severity: by `CvssScore` (9.0, 7.0, 4.0 and above 0). Identifiers: `Cve` and those in the \
        title. Package: `Coordinates`. The rule is `Id`. An excluded vulnerability is a false \
        positive.",
    samples: &[("nancy.json", include_bytes!("samples/nancy.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("num_audited") && beginning.has("vulnerable")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let document = Node::root(source.text);
    intake.tool(Some("Nancy"), text_at(&document, "version")?.as_deref());
    let Some(list) = document.member("vulnerable")? else { return Ok(()) };
    item::each(&list, intake, |module, intake| {
        let purl = module.text("Coordinates").unwrap_or_default();
        let found = module.list("Vulnerabilities");
        found.into_iter().for_each(|one| intake.observe(observation(&purl, one)));
    })
}

fn observation(purl: &str, found: Item<'_>) -> Observation {
    let named = found.first(&["Title", "Cve", "Id"]);
    let named = named.unwrap_or_else(|| "Vulnerability without a title".to_owned());
    let score = found.number("CvssScore");
    let severity = score.map_or(Severity::Info, severity_of_score);
    let mut observation = Observation::new(title(&named), severity);
    observation.ids = identifiers(&named);
    found.text("Cve").into_iter().for_each(|id| push_new(&mut observation.ids, id));
    observation.cwes = cwes(&named);
    let mut rating = Rating::default();
    rating.offer(found.text("CvssVector").as_deref(), score);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.package = package_of(purl);
    observation.rule = found.text("Id");
    if found.is_true("Excluded") {
        observation.standing = Standing::FalsePositive;
    }
    observation.description =
        paragraphs([found.text("Description").as_deref(), found.text("Reference").as_deref()]);
    observation
}
