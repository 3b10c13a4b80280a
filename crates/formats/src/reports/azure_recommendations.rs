//! Recommendations of Microsoft Defender for Cloud (once Azure Security Center), as exported.

use domain::findings::{Observation, Severity};

use super::fields::Fields;
use super::table::{Row, each_row, has_columns};
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "azure_recommendations",
    title: "Microsoft Defender for Cloud recommendations (CSV)",
    how_to_get: "Azure portal: Microsoft Defender for Cloud > Recommendations > Download CSV report",
    manual: "One finding for each row whose state is Unhealthy: title from the recommendation's \
        display name, severity as named, rule from `recommendationName`, fingerprint from \
        `recommendationId`, the resource's id as the address. Healthy and not applicable ones are \
        left out.",
    samples: &[("azure_recommendations.csv", include_bytes!("samples/azure_recommendations.csv"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["recommendationid", "recommendationdisplayname", "severity", "state"])
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Microsoft Defender for Cloud"), None);
    each_row(source, &["recommendationdisplayname"], intake, |row, intake| {
        let state = row.get("state").unwrap_or("unhealthy");
        if state.eq_ignore_ascii_case("unhealthy") {
            intake.observe(observation(row));
        }
    })
}

fn observation(row: &Row<'_>) -> Observation {
    let named = row.get("recommendationdisplayname").or(row.get("recommendationname"));
    let word = row.severity("severity").unwrap_or(Severity::Info);
    let mut observation =
        Observation::new(title(named.unwrap_or("Recommendation without a name")), word);
    observation.rule = row.field("recommendationname");
    observation.fingerprint = row.field("recommendationid");
    observation.location = row.address(&["resourceid", "resourcename"]);
    observation.description = row.told(&[
        ("", "description"),
        ("Resource", "resourcename"),
        ("Subscription", "subscriptionname"),
        ("How to fix", "remediationsteps"),
        ("", "azureportalrecommendationlink"),
    ]);
    observation
}
