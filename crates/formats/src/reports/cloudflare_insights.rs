//! Cloudflare's security insights, as exported (CSV) or answered by its API (JSON).

use domain::findings::{Observation, Severity, Standing};

use super::fields::{Fields, each_item};
use super::json::Node;
use super::table::{each_row, has_columns};
use super::vocabulary::title;
use super::{Beginning, Intake, Report, Source, Syntax, Unreadable};

pub const REPORT: Report = Report {
    name: "cloudflare_insights",
    title: "Cloudflare Security Insights (CSV, JSON)",
    how_to_get: "Cloudflare: Security Center > Security Insights > Export CSV",
    manual: "One finding for each insight: title from its class and subject, severity as named \
        (moderate is medium), rule from the issue's type and class, the subject as the address, \
        the recommended action in the description. Resolved, mitigated, closed, fixed and \
        dismissed ones are fixed.",
    samples: &[
        ("cloudflare_insights.csv", include_bytes!("samples/cloudflare_insights.csv")),
        ("cloudflare_insights.json", include_bytes!("samples/cloudflare_insights.json")),
    ],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    has_columns(beginning, &["severity", "issueclass", "subject", "issuetype"])
        || (beginning.has("[].issue_class") && beginning.has("[].subject"))
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    intake.tool(Some("Cloudflare"), None);
    if source.beginning.syntax == Syntax::Plain {
        return each_row(source, &["severity", "subject"], intake, |row, intake| {
            intake.observe(observation(row, |name| name.replace('_', "")));
        });
    }
    each_item(&Node::root(source.text), intake, &mut |item, intake| {
        intake.observe(observation(&item, str::to_owned));
    })
}

/// An insight, whose names are spelt differently in the two syntaxes.
fn observation(insight: &dyn Fields, spelt: fn(&str) -> String) -> Observation {
    let field = |name: &str| insight.field(&spelt(name));
    let word = insight.severity("severity").unwrap_or(Severity::Info);
    let parts: Vec<String> =
        field("issue_class").or(field("issue_type")).into_iter().chain(field("subject")).collect();
    let named = if parts.is_empty() { "Insight".to_owned() } else { parts.join(": ") };
    let mut observation = Observation::new(title(&named), word);
    let rule: Vec<String> = ["issue_type", "issue_class"].iter().filter_map(|n| field(n)).collect();
    observation.rule = (!rule.is_empty()).then(|| rule.join(": "));
    observation.location = insight.address(&["subject"]);
    let status = field("status").unwrap_or_default().to_lowercase();
    let over = ["resolved", "mitigated", "closed", "fixed"].contains(&status.as_str());
    if over || insight.is_true("dismissed") {
        observation.standing = Standing::Fixed;
    }
    let action = spelt("recommended_action");
    let resolve = spelt("resolve_text");
    observation.description = insight.told(&[
        ("", "insight"),
        ("Risk", "risk"),
        ("How to fix", action.as_str()),
        ("How to fix", resolve.as_str()),
        ("Status", "status"),
    ]);
    observation
}
