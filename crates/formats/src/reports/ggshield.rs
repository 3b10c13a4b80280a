//! ggshield's JSON: secrets that GitGuardian found in files and commits.

use domain::findings::{Location, Observation, Severity};

use super::fields::{Fields, Item, each_item, each_node};
use super::folding::Folding;
use super::json::Node;
use super::vocabulary::paragraphs;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "ggshield",
    title: "ggshield (JSON)",
    how_to_get: "ggshield secret scan repo --json --output report.json DIRECTORY",
    manual: "One finding, high and with CWE 798, for each occurrence of each incident, of `scans` \
        (ranges of commits) or of the document itself; the same secret at the same lines of a file \
        in several commits is one. Title from the secret's `type` and the file, place from \
        `filename` and `line_start`. The secret itself, which ggshield masks, is left out.",
    samples: &[("ggshield.json", include_bytes!("samples/ggshield.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("total_incidents")
        && beginning.has("total_occurrences")
        && (beginning.has("scans") || beginning.has("type"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("ggshield"), None);
    let document = Node::root(source.text);
    let mut folding = Folding::default();
    read_scan(&document, &mut folding, intake)?;
    if let Some(scans) = document.member("scans")? {
        each_node(&scans, &mut |scan| read_scan(&scan, &mut folding, intake))?;
    }
    folding.hand_over(intake);
    Ok(())
}

fn read_scan(
    scan: &Node<'_>,
    folding: &mut Folding,
    intake: &mut Intake<'_>,
) -> Result<(), Unreadable> {
    let Some(entities) = scan.member("entities_with_incidents")? else { return Ok(()) };
    let commit = scan.member("id")?.and_then(|id| id.read::<String>().ok());
    each_item(&entities, intake, &mut |entity, _| {
        for incident in entity.items("incidents") {
            for occurrence in incident.items("occurrences") {
                let observation = observation(entity, incident, occurrence, commit.as_deref());
                let mut key = vec![observation.title.clone()];
                for name in ["match", "line_start", "line_end"] {
                    key.push(occurrence.field(name).unwrap_or_default());
                }
                let key: Vec<&str> = key.iter().map(String::as_str).collect();
                folding.add(&key, observation);
            }
        }
    })
}

fn observation(
    entity: Item<'_>,
    incident: Item<'_>,
    occurrence: Item<'_>,
    commit: Option<&str>,
) -> Observation {
    let kind = incident.field("type").unwrap_or_else(|| "Secret".to_owned());
    let path = entity.field("filename");
    let name = match &path {
        Some(path) => format!("{kind} in {path}"),
        None => kind,
    };
    let mut observation = Observation::new(name, Severity::High);
    observation.cwes = vec![798];
    observation.rule = incident.field("type");
    observation.location = path.map(|path| Location {
        path: Some(path),
        line: occurrence.line("line_start"),
        url: None,
    });
    let commit = commit.map(|commit| format!("Commit: {commit}"));
    let text = incident.told(&[("Policy", "policy"), ("Validity", "validity")]);
    observation.description = paragraphs([text.as_deref(), commit.as_deref()]);
    observation
}
