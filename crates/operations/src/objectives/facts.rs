//! What the triggers look at: every key result of the running quarter.

use domain::audits;
use domain::calendar::start_of_day;
use domain::findings::{Band, Fix, cycle_times};
use domain::objectives::{Computed, KeyResult, Values, standpoint, with_upstream_odds};
use domain::people::{Organisation, PersonId, Team};
use domain::triggers::{CycleTimeFacts, KeyResultFacts};
use jiff::Timestamp;
use store::Session;

use super::views::Quarterly;
use super::{answers_for, check_in_due, code, running_quarter, told, zone_of};
use crate::Refusal;
use crate::policy::SlaRules;

/// The key results of the running quarter as the triggers see them at `now`, each with who answers
/// for it. `fixes` are those of the last months.
pub(crate) async fn key_result_facts(
    session: &mut Session,
    organisation: &Organisation,
    now: Timestamp,
    fixes: &[Fix],
) -> Result<Vec<(KeyResultFacts, Option<String>)>, Refusal> {
    let quarter = running_quarter(organisation, now)?;
    let quarterly = Quarterly::load(session, quarter).await?;
    let odds = quarterly.odds(organisation, now)?;
    let created = store::objectives::created(session, quarter).await?;
    let mut facts = Vec::with_capacity(quarterly.key_results.len());
    for key_result in &quarterly.key_results {
        let Some(objective) = quarterly.objective_of(key_result) else { continue };
        let person = answers_for(key_result, objective);
        let health = quarterly.check_ins_of(key_result).last().map(|said| said.health);
        let readings = quarterly.readings_of(key_result);
        let made = quarterly.made(key_result);
        let zone = &organisation.zone;
        let key_result = with_upstream_odds(key_result.clone(), &odds);
        let standpoint = standpoint(&key_result, readings, health, now, zone).map_err(told)?;
        let (due, due_zone) = (check_in_due(organisation), zone_of(organisation, person));
        let one = KeyResultFacts::of(&key_result, &standpoint, &made, due, due_zone);
        let team = person.and_then(|person| team_of(organisation, person));
        let team = team.map(|team| team.id.to_string());
        let mut facts_of_one = KeyResultFacts {
            team,
            next_audit_week: next_audit_week(organisation, &key_result, now)?,
            cycle_times: cycles(organisation, &key_result, now, fixes)?,
            ..one.map_err(told)?
        };
        let own = created.iter().find(|(id, _)| id == objective.id.as_str());
        let since = own.map(|(_, at)| *at);
        // Nobody skipped what was due before it was promised.
        facts_of_one.owed.retain(|owed| owed.made || since.is_none_or(|since| owed.due > since));
        facts.push((facts_of_one, person.map(str::to_owned)));
    }
    Ok(facts)
}

/// The first day of the next audit that looks at it, in weeks since its start; now while one runs.
fn next_audit_week(
    organisation: &Organisation,
    key_result: &KeyResult,
    now: Timestamp,
) -> Result<Option<f64>, Refusal> {
    let zone = &organisation.zone;
    let (today, code) = (now.to_zoned(zone.clone()).date(), code(key_result.id.as_str()));
    let next = audits::next(organisation.audits.values(), today, |one| one.looks_at(&code));
    let Some(audit) = next else { return Ok(None) };
    let at = start_of_day(audit.begins, zone).map_err(told)?.max(now);
    Ok(Some(key_result.week_at(at, zone).map_err(told)?))
}

/// How long fixes took, for a key result that is computed from the fixes of a band.
fn cycles(
    organisation: &Organisation,
    key_result: &KeyResult,
    now: Timestamp,
    fixes: &[Fix],
) -> Result<Vec<CycleTimeFacts>, Refusal> {
    let band = match key_result.values {
        Values::Computed(Computed::CriticalFixedInTime) => Band::Critical,
        Values::Computed(Computed::HighFixedInTime) => Band::High,
        _ => return Ok(Vec::new()),
    };
    let today = now.to_zoned(organisation.zone.clone()).date();
    let Some(days) = SlaRules::of(organisation)?.days(band, today) else { return Ok(Vec::new()) };
    let facts = cycle_times(fixes, band, now).into_iter().map(|one| CycleTimeFacts {
        team_name: crate::findings::team_name(organisation, one.team.as_deref()),
        team: one.team,
        band: band.word(),
        target_days: f64::from(days),
        p90_days: one.p90_days,
        fixes: one.fixes,
    });
    Ok(facts.collect())
}

/// The smallest team to which a person belongs.
pub(crate) fn team_of<'a>(organisation: &'a Organisation, person: &str) -> Option<&'a Team> {
    let person = PersonId::parse(person).ok()?;
    let belongs =
        |team: &&Team| team.members.contains(&person) || team.manager.as_ref() == Some(&person);
    organisation.teams.values().filter(belongs).max_by_key(|team| team.kind)
}
