//! Kiuwan's table of defects and vulnerabilities in code.

use domain::findings::{Observation, Severity, Standing};

use super::fields::Fields;
use super::folding::Folding;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "kiuwan",
    title: "Kiuwan Code Security (CSV)",
    how_to_get: "Kiuwan: Code Security > Vulnerabilities > Export > CSV",
    manual: "One finding for each row; equal rows are one. Rule from `Rule code`, title from \
        `Rule`, severity from `Priority` (very high is critical, normal medium, very low info), \
        CWE number, place from `File` and `Line number`, source text from `Line text`. Muted ones \
        are false positives.",
    samples: &[("kiuwan.csv", include_bytes!("samples/kiuwan.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["rulecode", "rule", "priority", "softwarecharacteristic", "muted"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Kiuwan"), None);
    let mut folding = Folding::default();
    each_row(source, &["rule", "priority"], intake, |row, _| {
        let cells: Vec<&str> = row.cells().map(|(_, cell)| cell).collect();
        folding.add(&cells, observation(row));
    })?;
    folding.hand_over(intake);
    Ok(())
}

fn observation(row: &Row<'_>) -> Observation {
    let word = match row.get("priority").unwrap_or_default().to_lowercase().as_str() {
        "very high" => Severity::Critical,
        "high" => Severity::High,
        "normal" => Severity::Medium,
        "low" => Severity::Low,
        _ => Severity::Info,
    };
    let named = row.get("rule").or(row.get("rulecode")).unwrap_or("Defect of no rule");
    let mut observation = Observation::new(title(named), word);
    observation.cwes = row.cwes(&["cwe"]);
    observation.rule = row.field("rulecode");
    observation.location = row.in_file("file", "linenumber");
    observation.snippet = row.field("linetext");
    if row.get("muted").is_some_and(|muted| muted.eq_ignore_ascii_case("yes")) {
        observation.standing = Standing::FalsePositive;
    }
    observation.description = row.told(&[
        ("Characteristic", "softwarecharacteristic"),
        ("Kind", "vulnerabilitytype"),
        ("Source", "sourcefile"),
        ("Source line", "sourcelinenumber"),
        ("Norms", "normative"),
        ("Effort", "effort"),
        ("Status", "status"),
    ]);
    observation
}
