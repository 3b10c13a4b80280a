//! Mend (WhiteSource): vulnerabilities of libraries, as its platform and its older interfaces say.

use domain::findings::{Observation, Package, Severity, Standing};

use super::item::{Item, each};
use super::json::Node;
use super::solution::fixed_version;
use super::vocabulary::{Rating, TITLE, one_line, paragraphs, severity};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "mend",
    title: "Mend, WhiteSource (JSON)",
    how_to_get: "GET /api/v3.0/projects/UUID/dependencies/findings/security, or the unified agent's \
        report",
    manual: "One finding for each element of `response`, of `vulnerabilities`, of the \
        `vulnerabilities` of each of `libraries`, or of `alerts`. Identifier from `name`; severity \
        from `cvss3_severity`, then `severity`; vector from `scoreMetadataVector` with the score; \
        package from `component` or `library`. A finding of a library that was removed is left \
        out, an ignored one is a false positive.",
    samples: &[
        ("mend.json", include_bytes!("samples/mend.json")),
        ("mend_platform.json", include_bytes!("samples/mend_platform.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| beginning.has(name));
    all(&["additionalData", "supportToken", "response"])
        || all(&["vulnerabilities[].library", "vulnerabilities[].name"])
        || all(&["libraries[].keyUuid", "libraries[].name"])
        || all(&["alerts[].vulnerability", "alerts[].library"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Mend"), None);
    let document = Node::root(source.text);
    for name in ["response", "vulnerabilities", "alerts"] {
        if let Some(list) = document.member(name)? {
            each(&list, intake, |item, intake| {
                let status = item.first(&["findingInfo/status", "status"]).unwrap_or_default();
                if status == "LIBRARY_REMOVED" {
                    intake.remark("a finding of a library that was removed was left out");
                    return;
                }
                let library = item.get("library").or(item.get("component"));
                let mut observation = observation(item, library);
                if status.starts_with("IGNORED") {
                    observation.standing = Standing::FalsePositive;
                }
                intake.observe(observation);
            })?;
        }
    }
    match document.member("libraries")? {
        Some(list) => each(&list, intake, |library, intake| {
            for item in library.list("vulnerabilities") {
                intake.observe(observation(item, Some(library)));
            }
        }),
        None => Ok(()),
    }
}

fn observation(item: Item<'_>, library: Option<Item<'_>>) -> Observation {
    let own = item.get("vulnerability").unwrap_or(item);
    let id = item.text("name").or(own.text("name"));
    let package = library.and_then(package);
    let title = match (&id, &package) {
        (Some(id), Some(package)) => format!("{id} in {}", package.name),
        (Some(id), None) => id.clone(),
        _ => "Vulnerability without a name".to_owned(),
    };
    let word = own.first(&["cvss3_severity", "severity"]);
    let word = word.as_deref().and_then(severity).unwrap_or(Severity::Info);
    let mut observation = Observation::new(one_line(&title, TITLE).0, word);
    let mut rating = Rating::default();
    let vector = item.text("scoreMetadataVector").or(own.text("scoreMetadataVector"));
    let score = own.number("cvss3_score").or(own.number("score"));
    rating.offer(vector.as_deref(), score);
    (observation.vector, observation.score) = (rating.vector(), rating.score());
    observation.ids = id.into_iter().collect();
    let advice = item.text("topFix/fixResolution").or(own.text("topFix/fixResolution"));
    observation.package = package.map(|package| {
        let fixed = advice.as_deref().and_then(|advice| fixed_version(advice, &package.name));
        Package { fixed, ..package }
    });
    let project = item.first(&["project/name", "project", "projectName"]);
    let project = project.map(|project| format!("Project: {project}"));
    let parts = [own.text("description"), advice, own.text("url"), project];
    observation.description = paragraphs(parts.iter().map(Option::as_deref));
    observation
}

/// With Maven's group where there is one, otherwise by the name without version.
fn package(library: Item<'_>) -> Option<Package> {
    let group = library.text("groupId");
    let maven = library.first(&["libraryType", "type"]).is_some_and(|kind| kind.contains("MAVEN"));
    let name = match (group, library.text("artifactId")) {
        (Some(group), Some(artifact)) if maven => format!("{group}:{artifact}"),
        (_, Some(artifact)) => artifact,
        _ => library.first(&["name", "filename"])?,
    };
    Some(Package { name, version: library.text("version"), ..Package::default() })
}
