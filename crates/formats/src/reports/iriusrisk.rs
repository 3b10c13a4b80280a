//! IriusRisk's table of threats in a threat model.

use domain::findings::{Observation, Severity};

use super::fields::Fields;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::{cwes, title};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "iriusrisk",
    title: "IriusRisk threats (CSV)",
    how_to_get: "IriusRisk: project > Threats > Export > CSV",
    manual: "One finding for each row: title from `Threat`, severity from `Current Risk` (very \
        high is critical, very low is info), CWE number from `MITRE reference`, the component as \
        the place; use case, risk response and progress in the description.",
    samples: &[("iriusrisk.csv", include_bytes!("samples/iriusrisk.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["component", "threat", "currentrisk", "mitrereference"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("IriusRisk"), None);
    each_row(source, &["threat", "currentrisk"], intake, |row, intake| {
        intake.observe(observation(row));
    })
}

fn observation(row: &Row<'_>) -> Observation {
    let word = match row.get("currentrisk") {
        Some(word) if word.eq_ignore_ascii_case("very high") => Severity::Critical,
        _ => row.severity("currentrisk").unwrap_or(Severity::Info),
    };
    let named = row.get("threat").unwrap_or("Threat without a name");
    let mut observation = Observation::new(title(named), word);
    let reference = row.get("mitrereference").filter(|text| text.starts_with("CWE"));
    observation.cwes = reference.map(cwes).unwrap_or_default();
    observation.location = row.in_file("component", "");
    observation.description = row.told(&[
        ("", "threat"),
        ("Use case", "usecase"),
        ("Risk response", "riskresponse"),
        ("Inherent risk", "inherentrisk"),
        ("Projected risk", "projectedrisk"),
        ("Progress", "countermeasureprogress"),
        ("Reference", "mitrereference"),
    ]);
    observation
}
