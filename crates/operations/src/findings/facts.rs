//! Findings as triggers see them.

use domain::findings::{Band, Severity, State};
use domain::people::Organisation;
use domain::triggers::FindingFacts;
use store::{Session, findings};

use super::team_name;
use crate::Refusal;

/// Those of `ids` whose clock runs, as trigger 6 sees them, each with its service.
pub(crate) async fn running(
    session: &mut Session,
    organisation: &Organisation,
    ids: &[String],
) -> Result<Vec<(FindingFacts, String)>, Refusal> {
    let numbers = ids.iter().map(|id| super::number(id)).collect::<Result<Vec<i64>, _>>()?;
    let found = findings::several(session, &numbers).await?.into_iter();
    let running =
        found.filter(|finding| matches!(finding.clock.state, State::Open | State::FixMerged));
    let seen = running.map(|finding| {
        let service = finding.service.clone();
        let alarmed = findings::Alarmed {
            weakness: finding.ids.first().or(finding.rule.as_ref()).cloned(),
            id: finding.id,
            service: finding.service,
            title: finding.title,
            clock: finding.clock,
            team: finding.custody.team,
        };
        (facts(alarmed, organisation), service)
    });
    Ok(seen.collect())
}

fn facts(alarmed: findings::Alarmed, organisation: &Organisation) -> FindingFacts {
    let findings::Alarmed { id, service, title, weakness, clock, team } = alarmed;
    let what = weakness.unwrap_or(title);
    FindingFacts {
        id,
        title: format!("{what} in {service}"),
        severity: severity(clock.band),
        clock_started: clock.counted_from,
        sla_due: clock.due_at,
        fix_merged: clock.fix_merged_at.is_some(),
        team_name: team_name(organisation, team.as_deref()),
        team,
    }
}

fn severity(band: Band) -> Severity {
    match band {
        Band::Critical => Severity::Critical,
        Band::High => Severity::High,
        Band::Medium => Severity::Medium,
        Band::Low => Severity::Low,
    }
}
