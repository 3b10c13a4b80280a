//! PingCastle: risks of an Active Directory.

use domain::findings::{Observation, Severity};

use super::item;
use super::vocabulary::{paragraphs, title};
use super::xml::{self, Element};
use super::{Beginning, Intake, Report, Source, Unreadable};

pub const REPORT: Report = Report {
    name: "pingcastle",
    title: "PingCastle health check (XML)",
    how_to_get: "PingCastle --healthcheck --server DOMAIN, then the XML file",
    manual: "One finding for each `HealthcheckRiskRule`: rule from `RiskId`, title from \
        `Rationale`, severity from `Points` (50 critical, 30 high, 10 medium, 1 low, others \
        info), place from `DomainFQDN`.",
    samples: &[("pingcastle.xml", include_bytes!("samples/pingcastle.xml"))],
    recognises,
    read,
};

fn recognises(beginning: &Beginning) -> bool {
    beginning.root().is_some_and(|(name, _)| name == "HealthcheckData")
}

fn read(source: &Source<'_>, intake: &mut Intake<'_>) -> Result<(), Unreadable> {
    let (mut domain, mut version) = (None, None);
    xml::each_item(source.text, &["DomainFQDN", "EngineVersion"], |element, around| {
        if around.len() == 1 {
            let words = element.words().map(str::to_owned);
            *(if element.name == "DomainFQDN" { &mut domain } else { &mut version }) = words;
        }
    })?;
    intake.tool(Some("PingCastle"), version.as_deref());
    xml::each_item(source.text, &["HealthcheckRiskRule"], |rule, _| {
        let location = item::at_url(domain.clone());
        intake.observe(Observation { location, ..observation(&rule) });
    })
}

fn observation(rule: &Element) -> Observation {
    let id = rule.text_of("RiskId").unwrap_or_default();
    let said = rule.text_of("Rationale").unwrap_or(id);
    let points = rule.text_of("Points").and_then(|points| points.parse::<i64>().ok());
    let word = match points.unwrap_or(0) {
        50.. => Severity::Critical,
        30.. => Severity::High,
        10.. => Severity::Medium,
        1.. => Severity::Low,
        _ => Severity::Info,
    };
    let mut observation = Observation::new(title(said), word);
    observation.rule = Some(id.to_owned());
    let kind = [rule.text_of("Category"), rule.text_of("Model")];
    let kind = kind.into_iter().flatten().collect::<Vec<&str>>().join(", ");
    let points = points.map(|points| format!("Points: {points}"));
    observation.description = paragraphs([Some(said), Some(kind.as_str()), points.as_deref()]);
    observation
}
