//! Lets what is due climb, and tells again what nobody could be told.
//!
//! Each escalation has a transaction of its own, so that one that cannot be saved keeps nobody
//! else waiting; another node that was quicker is no failure.

use domain::access::{Actor, Operation};
use jiff::{SignedDuration, Timestamp};

use super::{BATCH, Doing, Done, Duty};
use crate::{App, Refusal, escalations, triggers};

/// How often it is tried again to find somebody for an unheard escalation.
const RETRY_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The mark of the next such attempt.
const UNHEARD: &str = "unheard";

pub(super) const DUTY: Duty = Duty {
    name: "escalations",
    words: "lets escalations climb whose time has come, and tells the next level",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let mut view = app.view(&Actor::Watch, Operation::RunDuties).await?;
    let due = store::escalations::due(&mut view.session, view.now, BATCH).await?;
    drop(view);
    let mut done = Done { more: due.len() == BATCH as usize, ..Done::default() };
    let mut failure = None;
    for (id, due_at) in &due {
        match advance(app, id, *due_at, &mut done).await {
            Ok(()) | Err(Refusal::Conflict(_)) => {}
            Err(refusal) => {
                failure.get_or_insert(refusal);
            }
        }
    }
    if let Some(refusal) = failure {
        return Err(refusal);
    }
    tell_unheard(app, &mut done).await?;
    Ok(done)
}

async fn advance(app: &App, id: &str, due_at: Timestamp, done: &mut Done) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let stored = escalations::load(&mut change.transaction, id).await?;
    let firing = escalations::firing_of(&mut change.transaction, &stored).await?;
    triggers::freshen(&mut change, &firing).await?;
    let stored = escalations::load(&mut change.transaction, id).await?;
    let outcome = stored.escalation.clone().advance(now);
    if !outcome.changed() {
        // What was freshened may have ended it.
        return change.commit().await;
    }
    let words: Vec<&str> = outcome.events.iter().map(|event| event.word()).collect();
    let line = format!("{id} {}: {}", outcome.escalation.level(), words.join(", "));
    let is_unheard = outcome.escalation.is_unheard();
    escalations::save(&mut change, &stored, outcome, "").await?;
    if is_unheard {
        let mark = [UNHEARD.to_owned()];
        store::triggers::mark(&mut change.transaction, &mark, after(now)).await?;
    }
    change.commit().await?;
    done.count(due_at, now);
    done.lines.push(line);
    Ok(())
}

/// Once an hour while anything is unheard: the organisation may have filled a role.
async fn tell_unheard(app: &App, done: &mut Done) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let due_at = store::triggers::mark_of(&mut change.transaction, UNHEARD).await?;
    let Some(due_at) = due_at.filter(|due_at| *due_at <= now) else { return Ok(()) };
    let unheard = store::escalations::unheard(&mut change.transaction, BATCH).await?;
    let next = (!unheard.is_empty()).then(|| after(now));
    store::triggers::settle_mark(&mut change.transaction, UNHEARD, due_at, next).await?;
    for id in &unheard {
        let told = escalations::tell_again(&mut change, id).await?;
        if told > 0 {
            done.count(due_at, now);
            done.lines.push(format!("{id}: told {told} more"));
        }
    }
    change.commit().await
}

fn after(now: Timestamp) -> Timestamp {
    now.saturating_add(RETRY_EVERY).unwrap_or(Timestamp::MAX)
}
