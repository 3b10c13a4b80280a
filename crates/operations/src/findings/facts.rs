//! Findings as triggers see them.

use domain::findings::{Band, Severity, State};
use domain::people::Organisation;
use domain::triggers::FindingFacts;
use store::{Session, findings};

use super::team_name;
use crate::Refusal;

/// The finding `id` as trigger 6 sees it, with its service; `None` when its clock does not run.
pub(crate) async fn running(
    session: &mut Session,
    organisation: &Organisation,
    id: &str,
) -> Result<Option<(FindingFacts, String)>, Refusal> {
    let finding = findings::one(session, super::number(id)?).await?;
    let finding =
        finding.filter(|finding| matches!(finding.clock.state, State::Open | State::FixMerged));
    let Some(finding) = finding else { return Ok(None) };
    let service = finding.service.clone();
    let alarmed = findings::Alarmed {
        weakness: finding.ids.first().or(finding.rule.as_ref()).cloned(),
        id: finding.id,
        service: finding.service,
        title: finding.title,
        clock: finding.clock,
        team: finding.custody.team,
    };
    Ok(Some((facts(alarmed, organisation), service)))
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
