//! Vulnerabilities of an image in Google's Artifact Registry, as gcloud describes them.

use domain::findings::{Location, Observation, Package, Severity};

use super::fields::{Fields, Item, each_item};
use super::json::Node;
use super::vocabulary::{Rating, identifiers, paragraphs, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "gcloud_artifacts",
    title: "Google Artifact Registry vulnerabilities (JSON)",
    how_to_get: "gcloud artifacts docker images describe IMAGE \
        --show-package-vulnerability --format=json > report.json",
    manual: "One finding for each vulnerability under each severity of \
        `package_vulnerability_summary.vulnerabilities`: the severity is that under which it \
        stands (minimal is info), identifier from its short description or its note, score, \
        package, fixed version and path from the first of `packageIssue`.",
    samples: &[("gcloud_artifacts.json", include_bytes!("samples/gcloud_artifacts.json"))],
    recognises,
    read,
};

const LIST: [&str; 2] = ["package_vulnerability_summary", "vulnerabilities"];

fn recognises(beginning: &Beginning) -> bool {
    beginning.has(LIST[0]) && beginning.has("image_summary")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Google Artifact Registry"), None);
    let summary = Node::root(source.text).required(LIST[0])?;
    let Some(list) = summary.member(LIST[1])? else { return Ok(()) };
    let mut outcome = Ok(());
    list.each_member(|word, found| {
        let word = severity(word).unwrap_or(Severity::Info);
        if outcome.is_ok() {
            outcome = each_item(&found, intake, &mut |item, intake| {
                intake.observe(observation(item, word));
            });
        }
    })?;
    outcome
}

fn observation(item: Item<'_>, word: Severity) -> Observation {
    let note = item.field("noteName").unwrap_or_default();
    let id = item
        .field("vulnerability.shortDescription")
        .unwrap_or_else(|| note.rsplit('/').next().unwrap_or_default().to_owned());
    let issues = item.items("vulnerability.packageIssue");
    let package = issues.first().and_then(package);
    let title = match &package {
        Some(package) => format!("{id} in {}", package.name),
        None => id.clone(),
    };
    let mut observation = Observation::new(title, word);
    observation.ids = identifiers(&id);
    if observation.ids.is_empty() && !id.is_empty() {
        observation.ids.push(id);
    }
    let text = item.field("vulnerability.longDescription");
    let vector = text.as_deref().and_then(|text| text.split_whitespace().find(is_vector));
    let mut rating = Rating::default();
    rating.offer(vector, item.number("vulnerability.cvssScore"));
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.location = issues.first().and_then(|issue| {
        let path = issue.items("fileLocation").first()?.field("filePath")?;
        Some(Location { path: Some(path), ..Location::default() })
    });
    observation.package = package;
    let pages = item.items("vulnerability.relatedUrls");
    let pages: Vec<String> = pages.iter().filter_map(|page| page.field("url")).collect();
    let texts = text.iter().chain(&pages).map(|text| Some(text.as_str()));
    observation.description = paragraphs(texts);
    observation
}

fn is_vector(word: &&str) -> bool {
    word.starts_with("CVSS:")
}

fn package(issue: &Item<'_>) -> Option<Package> {
    let version = |name: &str| issue.field(&format!("{name}.fullName"));
    Some(Package {
        name: issue.field("affectedPackage")?,
        version: version("affectedVersion"),
        fixed: version("fixedVersion"),
        purl: None,
    })
}
