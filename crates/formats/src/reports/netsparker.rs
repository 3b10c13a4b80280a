//! Netsparker, Invicti, Acunetix 360: vulnerabilities of a web site, as the list of a scan.
//!
//! One product under three names, with one format.

use domain::findings::{Observation, Severity, Standing};

use super::item::{self, Item};
use super::json::Node;
use super::vocabulary::{Rating, cwes, paragraphs, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "netsparker",
    title: "Invicti, Netsparker, Acunetix 360 (JSON)",
    how_to_get: "Scan, Export, Vulnerabilities List (JSON)",
    manual: "One finding for each of `Vulnerabilities`: title from `Name`, rule from `Type`, \
        severity from `Severity` (BestPractice is info), CWE number, vector and score from \
        `Classification`, place from `Url`. A `State` with Fixed is fixed, with FalsePositive a \
        false positive; accepted risks change nothing.",
    samples: &[("netsparker.json", include_bytes!("samples/netsparker.json"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.has("Vulnerabilities") && beginning.has("Generated") && beginning.has("Target.ScanId")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Invicti"), None);
    let list = Node::root(source.text).required("Vulnerabilities")?;
    item::each(&list, intake, |item, intake| intake.observe(observation(item)))
}

fn observation(item: Item<'_>) -> Observation {
    let named = item.first(&["Name", "Type"]).unwrap_or_default();
    let word = item.severity("Severity").unwrap_or(Severity::Info);
    let mut observation = Observation::new(title(&named), word);
    observation.rule = item.text("Type").or(Some(named));
    let numbers = item.text("Classification/Cwe").unwrap_or_default();
    observation.cwes = numbers.split(',').flat_map(cwes).collect();
    let mut rating = Rating::default();
    for version in ["Cvss40", "Cvss31", "Cvss"] {
        let base = format!("Classification/{version}");
        let vector = item.text(&format!("{base}/Vector"));
        rating.offer(vector.as_deref(), item.number(&format!("{base}/BaseScore/Value")));
    }
    observation.vector = rating.vector();
    observation.score = rating.score();
    observation.location = item::at_url(item.text("Url"));
    let state = item.text("State").unwrap_or_default().replace(' ', "");
    observation.standing = match state.as_str() {
        state if state.contains("FalsePositive") => Standing::FalsePositive,
        state if state.contains("Fixed") => Standing::Fixed,
        _ => Standing::Present,
    };
    observation.description = paragraphs([
        item.text("Description").as_deref(),
        item.text("Impact").as_deref(),
        item.text("RemedialProcedure").as_deref(),
    ]);
    observation
}
