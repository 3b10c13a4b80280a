//! What the clock does to an exception that holds: it covers what is new, people are reminded, and
//! it ends.
//!
//! An import wakes every exception that holds, which then looks at what is new; once an hour it
//! looks at all again, for what was reopened, handed over or told anew.

use domain::access::{Actor, Operation};
use domain::exceptions::{Exception, ExceptionState};
use domain::findings::{Event, Finding, State};
use domain::people::TeamId;
use domain::record;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::exceptions::Kept;
use store::findings::Stored;

use super::covering::{BATCH, WALK, accept};
use super::tell;
use crate::door::Change;
use crate::duties::Done;
use crate::findings::write;
use crate::notices::Message;
use crate::{App, Refusal, objectives};

/// How often all findings are looked at again.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Sets the timer after all that there is was looked at.
pub(super) fn looks_at(kept: &mut Kept, now: Timestamp, zone: &TimeZone) {
    let full_at = match kept.full_at.filter(|at| *at > now) {
        Some(at) => at,
        None => now.checked_add(AGAIN).unwrap_or(Timestamp::MAX),
    };
    kept.full_at = Some(full_at);
    kept.watch_at = Some(kept.exception.next_at(now, zone).min(full_at));
}

/// Looks at the exception that has waited longest: one transaction stays short.
pub(crate) async fn look(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let (now, zone) = (change.instant(), change.organisation.zone.clone());
    let due = store::exceptions::due(&mut change.transaction, now, 1).await?;
    let Some(mut kept) = due.into_iter().next() else { return Ok(Done::default()) };
    let mut done = Done { more: true, ..Done::default() };
    done.count(kept.watch_at.unwrap_or(now), now);
    let id = kept.exception.id.clone();
    let ends_at = kept.exception.ends_at(&zone);
    if ends_at <= now {
        let ended = end(&mut change, kept, ExceptionState::Expired, (ends_at, None)).await?;
        change.event(record::Event::new("exceptions", "expired", &id, ""));
        objectives::refresh_computed(&mut change).await?;
        done.lines.push(format!("{id}: expired, {ended} clocks go on"));
        change.commit().await?;
        return Ok(done);
    }
    if let Some(days) = kept.exception.reminder(now, &zone) {
        remind(&mut change, &kept, days).await?;
        kept.exception.reminded = Some(days);
        done.lines.push(format!("{id}: reminded, {days} days before its end"));
    }
    let moved = cover(&mut change, &mut kept, &zone).await?;
    if moved > 0 {
        objectives::refresh_computed(&mut change).await?;
        done.lines.push(format!("{id}: {moved} findings more or less"));
    }
    store::exceptions::save(&mut change.transaction, &kept).await?;
    change.commit().await?;
    Ok(done)
}

/// Accepts what is new and lets go what became critical under a long exception.
async fn cover(change: &mut Change, kept: &mut Kept, zone: &TimeZone) -> Result<u64, Refusal> {
    let now = change.instant();
    if kept.full_at.is_none_or(|at| at <= now) {
        kept.looked_to = 0;
        kept.full_at = None;
    }
    let mut moved = 0;
    if !kept.exception.may_cover(domain::findings::Band::Critical, zone) {
        let transaction = &mut change.transaction;
        let raised = store::exceptions::critical(transaction, kept.number, WALK).await?;
        moved += let_go(change, &kept.exception, raised, now).await?;
    }
    let scope = &kept.exception.request.scope;
    let transaction = &mut change.transaction;
    let walked = store::exceptions::candidates(transaction, scope, kept.looked_to, WALK).await?;
    let covered: Vec<i64> = walked
        .iter()
        .filter(|(_, candidate)| kept.exception.covers(candidate, zone))
        .map(|(number, _)| *number)
        .collect();
    moved += accept(change, kept, &covered).await?;
    if let Some((last, _)) = walked.last() {
        kept.looked_to = *last;
    }
    if walked.len() == WALK as usize {
        // The rest in the next turn; the hour begins when all was looked at.
        kept.full_at = kept.full_at.or(Some(now.checked_add(AGAIN).unwrap_or(Timestamp::MAX)));
        kept.watch_at = Some(now);
    } else {
        looks_at(kept, now, zone);
    }
    Ok(moved)
}

/// Ends an exception as of `at`; the clocks of what it accepted go on with the time they have used.
/// Answers how many.
pub(super) async fn end(
    change: &mut Change,
    mut kept: Kept,
    state: ExceptionState,
    (at, by): (Timestamp, Option<String>),
) -> Result<u64, Refusal> {
    let (mut after, mut ended) = (0, 0);
    let batch = u32::try_from(BATCH).unwrap_or(u32::MAX);
    loop {
        let transaction = &mut change.transaction;
        let accepted = store::exceptions::accepted(transaction, kept.number, after, batch).await?;
        let Some(last) = accepted.last() else { break };
        after = last.number;
        ended += let_go(change, &kept.exception, accepted, at).await?;
        store::exceptions::forget(&mut change.transaction, kept.number, after).await?;
    }
    let exception = &mut kept.exception;
    exception.state = state;
    exception.ended_at = Some(at);
    exception.ended_by = by;
    kept.watch_at = None;
    kept.full_at = None;
    store::exceptions::save(&mut change.transaction, &kept).await?;
    Ok(ended)
}

async fn let_go(
    change: &mut Change,
    exception: &Exception,
    accepted: Vec<Stored<Finding>>,
    at: Timestamp,
) -> Result<u64, Refusal> {
    let event = Event::AcceptanceEnded { exception: exception.id.clone() };
    let writes: Vec<_> = accepted
        .into_iter()
        .filter(|stored| stored.value.clock.state == State::Accepted)
        .map(|stored| (stored, event.clone()))
        .collect();
    for writes in writes.chunks(BATCH) {
        write::write_at(change, at, writes).await?;
    }
    Ok(writes.len() as u64)
}

/// Reminds who asked and the managers of the teams that hold what it covers.
async fn remind(change: &mut Change, kept: &Kept, days: i32) -> Result<(), Refusal> {
    let teams = store::exceptions::teams(&mut change.transaction, kept.number).await?;
    let Exception { id, request, requester, .. } = &kept.exception;
    let organisation = std::sync::Arc::clone(&change.organisation);
    let scope = request.scope.team.iter();
    let mut people = std::collections::BTreeSet::from([requester.clone()]);
    for team in teams.iter().chain(scope) {
        let Ok(team) = TeamId::parse(team) else { continue };
        // Where a team has no manager, the one above it answers.
        let manager =
            organisation.lineage(&team).into_iter().find_map(|team| team.manager.as_ref());
        people.extend(manager.map(ToString::to_string));
    }
    let (words, until) = (request.scope.words(), request.until);
    let when = if days == 1 { "tomorrow".to_owned() } else { format!("in {days} days") };
    let message = Message {
        key: &format!("exception/{id}/{days}"),
        about: id,
        subject: &format!("{id} ends {when}: {words}"),
        body: &format!(
            "The exception for {words} holds until the end of {until}. Then the clocks go on with \
             the time they have used.\n\n{}/exceptions\n",
            change.address
        ),
    };
    for person in &people {
        tell(change, person, &message, None);
    }
    Ok(())
}
