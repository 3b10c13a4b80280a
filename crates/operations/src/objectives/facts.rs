//! What the triggers look at: every key result of the running quarter.

use domain::objectives::{standpoint, with_upstream_odds};
use domain::people::{Organisation, PersonId, Team};
use domain::triggers::KeyResultFacts;
use jiff::Timestamp;
use store::Session;

use super::views::Quarterly;
use super::{answers_for, check_in_due, running_quarter, told, zone_of};
use crate::Refusal;

/// The key results of the running quarter as the triggers see them at `now`, each with who answers
/// for it.
pub(crate) async fn key_result_facts(
    session: &mut Session,
    organisation: &Organisation,
    now: Timestamp,
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
        let mut facts_of_one = KeyResultFacts { team, ..one.map_err(told)? };
        let since = created.iter().find(|(id, _)| id == objective.id.as_str()).map(|(_, at)| *at);
        // Nobody skipped what was due before it was promised.
        facts_of_one.owed.retain(|owed| owed.made || since.is_none_or(|since| owed.due > since));
        facts.push((facts_of_one, person.map(str::to_owned)));
    }
    Ok(facts)
}

/// The smallest team to which a person belongs.
fn team_of<'a>(organisation: &'a Organisation, person: &str) -> Option<&'a Team> {
    let person = PersonId::parse(person).ok()?;
    let belongs =
        |team: &&Team| team.members.contains(&person) || team.manager.as_ref() == Some(&person);
    organisation.teams.values().filter(belongs).max_by_key(|team| team.kind)
}
