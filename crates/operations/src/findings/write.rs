//! Writing into ledgers: the one way by which people and duties move a clock.
//!
//! Before the new entry stands what the watch owes the clock by then, so that a breach is never
//! passed over because somebody acted first. Reports have their own way, in [`crate::imports`].

use domain::escalations::Resolution;
use domain::findings::{
    Clock, Custody, Entry, Event, Finding, LedgerRefused, State, apply, settled,
};
use jiff::Timestamp;
use store::findings::{Advance, Stored};

use crate::door::Change;
use crate::policy::SlaRules;
use crate::{Refusal, escalations, triggers};

/// A finding as it will be, with the entries that make it so.
struct Moved {
    clock: Clock,
    custody: Custody,
    entries: Vec<Entry>,
}

/// Writes one event into each ledger, saves the clocks, and lets escalations and triggers follow.
///
/// # Errors
///
/// An event that cannot happen in a finding's state, named by the finding; nothing is written then.
pub(crate) async fn write(
    change: &mut Change,
    writes: &[(Stored<Finding>, Event)],
) -> Result<(), Refusal> {
    let now = change.instant();
    write_at(change, now, writes).await
}

/// As [`write`], for what happened at `at`: the watch was late.
pub(crate) async fn write_at(
    change: &mut Change,
    at: Timestamp,
    writes: &[(Stored<Finding>, Event)],
) -> Result<(), Refusal> {
    let now = change.instant();
    let sla = SlaRules::of(&change.organisation)?;
    let mut moved = Vec::with_capacity(writes.len());
    for (stored, event) in writes {
        let refused =
            |refused: LedgerRefused| Refusal::Conflict(format!("{}: {refused}", stored.value.id));
        moved.push(step(&stored.value, event.clone(), (at, now), &sla).map_err(refused)?);
    }
    let advances: Vec<Advance<'_>> = writes
        .iter()
        .zip(&moved)
        .map(|((stored, _), moved)| Advance {
            number: stored.number,
            service: &stored.value.service,
            version: stored.version,
            entries_before: stored.entries,
            entries: &moved.entries,
            before: stored.value.clock,
            clock: moved.clock,
            assessed: stored.value.assessment,
            assessment: stored.value.assessment,
            held: &stored.value.custody,
            custody: &moved.custody,
        })
        .collect();
    store::findings::advance(&mut change.transaction, &advances, &sla.watching()).await?;
    // What climbs is told only where it has another deadline or none any more.
    let is_other = |before: &Clock, after: &Clock| {
        (before.due_at, before.state.is_running()) != (after.due_at, after.state.is_running())
    };
    let moved = writes.iter().zip(&moved).map(|((stored, _), moved)| (&stored.value, moved.clock));
    let climbing: Vec<(String, Clock)> = moved
        .filter(|(finding, clock)| is_other(&finding.clock, clock))
        .map(|(finding, clock)| (finding.id.clone(), clock))
        .collect();
    let ids: Vec<String> = writes.iter().map(|(stored, _)| stored.value.id.clone()).collect();
    triggers::look_at(change, &ids).await?;
    follow(change, &climbing).await
}

fn step(
    finding: &Finding,
    event: Event,
    (at, now): (Timestamp, Timestamp),
    sla: &SlaRules,
) -> Result<Moved, LedgerRefused> {
    let at = at.max(finding.clock.last_at);
    let rules = sla.rules();
    let (clock, owed) = settled(finding.clock, &finding.custody, at, &rules)?;
    let mut entries: Vec<Entry> =
        owed.into_iter().map(|entry| Entry { recorded_at: now, ..entry }).collect();
    entries.push(Entry::new(at, now, event));
    let mut custody = finding.custody.clone();
    entries.iter().for_each(|entry| custody.follow(entry));
    let clock = entries.last().map_or(Ok(clock), |entry| apply(Some(clock), entry, &rules))?;
    Ok(Moved { clock, custody, entries })
}

/// What climbs because of these findings follows them: over, or with a moved deadline.
pub(crate) async fn follow(change: &mut Change, moved: &[(String, Clock)]) -> Result<(), Refusal> {
    for (id, clock) in moved {
        if clock.state.is_running() {
            escalations::sla_moved(change, id, clock.due_at).await?;
        } else {
            let resolution = match clock.state {
                State::Accepted => Resolution::ExceptionGranted,
                _ => Resolution::RemediationVerified,
            };
            escalations::finding_resolved(change, id, resolution).await?;
        }
    }
    Ok(())
}
