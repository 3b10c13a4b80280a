//! What people owe: the check-ins of running key results.

use domain::access::{Actor, Operation};
use domain::calendar::Quarter;
use domain::objectives::{KeyResult, Reading};
use domain::people::{Organisation, PersonId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::Session;

use super::views::Quarterly;
use super::{answers_for, check_in_due, code, running_quarter, told, zone_of};
use crate::{App, Refusal};

/// How long after its end a quarter's last check-ins can still be made up for.
const MADE_UP_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One check-in that somebody owes.
#[derive(Clone, Debug, PartialEq)]
pub struct Owed {
    pub key_result: KeyResult,
    /// `O1-KR1`
    pub code: String,
    /// Who owes it: the DRI, else the DRI of the objective; `None` = nobody answers for it.
    pub person: Option<String>,
    /// The Monday of its week.
    pub week: Date,
    /// The first instant at which it is late.
    pub due_at: Timestamp,
    pub late: bool,
    /// The last value, whoever gave it.
    pub last: Option<Reading>,
}

/// What the actor owes, soonest first.
pub async fn owed(app: &App, actor: &Actor) -> Result<Vec<Owed>, Refusal> {
    let person = actor.person().map(PersonId::as_str);
    let all = owed_by_all(app, actor).await?;
    Ok(all.into_iter().filter(|one| person.is_some() && one.person.as_deref() == person).collect())
}

/// What anybody owes, soonest first.
pub async fn owed_by_all(app: &App, actor: &Actor) -> Result<Vec<Owed>, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    let quarter = running_quarter(&organisation, view.now)?;
    let mut owed = owed_in(&mut view.session, &organisation, quarter, view.now).await?;
    if let Some(before) = quarter.previous() {
        let ended = owed_in(&mut view.session, &organisation, before, view.now).await?;
        let recent = |one: &Owed| view.now.duration_since(one.due_at) < MADE_UP_FOR;
        owed.extend(ended.into_iter().filter(recent));
    }
    owed.sort_by(|one, other| (one.due_at, &one.code).cmp(&(other.due_at, &other.code)));
    Ok(owed)
}

async fn owed_in(
    session: &mut Session,
    organisation: &Organisation,
    quarter: Quarter,
    now: Timestamp,
) -> Result<Vec<Owed>, Refusal> {
    let quarterly = Quarterly::load(session, quarter).await?;
    let mut owed = Vec::new();
    for key_result in &quarterly.key_results {
        let Some(objective) = quarterly.objective_of(key_result) else { continue };
        let person = answers_for(key_result, objective);
        let (due, zone) = (check_in_due(organisation), zone_of(organisation, person));
        let made = quarterly.made(key_result);
        for (week, due_at) in key_result.owes(&made, now, due, zone).map_err(told)? {
            owed.push(Owed {
                key_result: key_result.clone(),
                code: code(key_result.id.as_str()),
                person: person.map(str::to_owned),
                week,
                due_at,
                late: due_at <= now,
                last: quarterly.readings_of(key_result).last().copied(),
            });
        }
    }
    Ok(owed)
}
