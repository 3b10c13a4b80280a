//! What the watch owes a clock: the next instant at which it must look, and what it then notes.
//!
//! However late the watch looks, each entry has the time it was due.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Clock, LedgerRefused, Rules, State, apply};
use crate::findings::custody::Custody;
use crate::findings::ledger::{Entry, Event};
use crate::policy::{BandDays, first_second};

/// What the watch goes by, beside the clock itself.
#[derive(Clone, Copy, Debug)]
pub struct Watching<'a> {
    /// Trigger 6: open so many times 24 hours with no fix merged;
    /// [`BandDays::PLAYBOOK_WARNING`] by default.
    pub warning: &'a BandDays,
    pub rules: Rules<'a>,
}

/// The next instant at which the watch must look at this clock: the warning of trigger 6, the
/// breach, the end of a pause, or the day on which another SLA matrix takes effect, whichever
/// comes first. None when nothing waits. May lie in the past: then the watch is late.
pub fn next_due(clock: &Clock, watching: &Watching<'_>) -> Option<Timestamp> {
    if !clock.state.is_running() {
        return None;
    }
    let breach = breach_due(clock);
    let warning = warns_at(clock, watching.warning);
    let policy = policy_due(clock, &watching.rules);
    breach.into_iter().chain(warning).chain(clock.stands_until).chain(policy).min()
}

fn breach_due(clock: &Clock) -> Option<Timestamp> {
    if !clock.state.is_running() || clock.breached_at.is_some() {
        return None;
    }
    clock.breaches_at()
}

fn warns_at(clock: &Clock, warning: &BandDays) -> Option<Timestamp> {
    if clock.state != State::Open || clock.warned_at.is_some() || clock.stands_since.is_some() {
        return None;
    }
    let days = warning.of(clock.band)?;
    let open = SignedDuration::from_hours(24 * i64::from(days));
    clock.counted_from.checked_add(open).ok()
}

/// When the next version of the matrix takes effect that this clock is not under yet.
fn policy_due(clock: &Clock, rules: &Rules) -> Option<Timestamp> {
    if !clock.state.is_running() {
        return None;
    }
    let is_newer = |from: &Date| *from > clock.policy;
    let versions = rules.policies.versions().iter().map(|matrix| matrix.effective_from);
    let next = versions.filter(is_newer).min()?;
    Some(first_second(next, rules.zone))
}

/// The warning that has come by `now` and is not in the ledger yet.
pub fn warn_if_due(clock: &Clock, warning: &BandDays, now: Timestamp) -> Option<Entry> {
    let at = warns_at(clock, warning).filter(|&at| at <= now)?;
    Some(Entry::new(at.max(clock.last_at), now, Event::Warned))
}

/// The breach that has come by `now` and that nobody has noted: with who holds the finding and the
/// cause, frozen. Its time is the first instant out of time, however late the watch looks.
pub fn breach_if_due(clock: &Clock, custody: &Custody, now: Timestamp) -> Option<Entry> {
    let at = breach_due(clock).filter(|&at| at <= now)?;
    let cause = Some(custody.cause(clock));
    let event = Event::Breached { holder: custody.holder(), cause };
    Some(Entry::new(at.max(clock.last_at), now, event))
}

fn resume_if_due(clock: &Clock, now: Timestamp) -> Option<Entry> {
    let until = clock.stands_until.filter(|&until| clock.state.is_running() && until <= now)?;
    Some(Entry::new(until.max(clock.last_at), now, Event::Resumed { by: None }))
}

fn policy_if_due(clock: &Clock, rules: &Rules, now: Timestamp) -> Option<Entry> {
    let at = policy_due(clock, rules).filter(|&at| at <= now)?;
    Some(Entry::new(at.max(clock.last_at), now, Event::PolicyChanged))
}

/// Everything that the watch owes a clock by `now`, in order, and the clock after it; no entries
/// when nothing has come.
///
/// # Errors
///
/// Only when the clock contradicts itself, for example after damage to the store.
pub fn catch_up(
    clock: Clock,
    custody: &Custody,
    now: Timestamp,
    watching: &Watching<'_>,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    let rules = &watching.rules;
    // The breach first where several come at once: a later entry would settle it without a word.
    settle(clock, rules, |clock| {
        let breach = breach_if_due(clock, custody, now);
        let policy = policy_if_due(clock, rules, now);
        let warning = warn_if_due(clock, watching.warning, now);
        first([breach, resume_if_due(clock, now), policy, warning])
    })
}

/// What must be in the ledger before an entry of `at` can be written: as [`catch_up`], without the
/// warning, which is the watch's own word.
///
/// # Errors
///
/// As [`catch_up`].
pub fn settled(
    clock: Clock,
    custody: &Custody,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    settle(clock, rules, |clock| {
        let breach = breach_if_due(clock, custody, at);
        first([breach, resume_if_due(clock, at), policy_if_due(clock, rules, at)])
    })
}

fn first<const N: usize>(owed: [Option<Entry>; N]) -> Option<Entry> {
    owed.into_iter().flatten().min_by_key(|entry| entry.at)
}

fn settle(
    mut clock: Clock,
    rules: &Rules,
    owed: impl Fn(&Clock) -> Option<Entry>,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    let mut entries = Vec::new();
    while let Some(entry) = owed(&clock) {
        clock = apply(Some(clock), &entry, rules)?;
        entries.push(entry);
    }
    Ok((clock, entries))
}

/// A ledger as somebody tells it, with what follows from it by `now`: breaches that nobody noted
/// and pauses that reached their longest time are added; matrices take effect only where the
/// ledger says so.
///
/// # Errors
///
/// The first entry that [`apply`] refuses, or an empty ledger.
pub fn completed(
    told: &[Entry],
    now: Timestamp,
    rules: &Rules,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    let mut custody = Custody::default();
    let mut clock: Option<Clock> = None;
    let mut entries = Vec::with_capacity(told.len());
    for entry in told {
        if let Some(before) = clock {
            let owed = matches!(entry.event, Event::Breached { .. }).then_some(Vec::new());
            let (settled, owed) = match owed {
                Some(none) => (before, none),
                None => end_and_miss(before, &custody, entry.at, rules)?,
            };
            clock = Some(settled);
            entries.extend(owed);
        }
        clock = Some(apply(clock, entry, rules)?);
        custody.follow(entry);
        entries.push(entry.clone());
    }
    let clock = clock.ok_or(LedgerRefused::Empty)?;
    let (clock, owed) = end_and_miss(clock, &custody, now, rules)?;
    entries.extend(owed);
    Ok((clock, entries))
}

fn end_and_miss(
    clock: Clock,
    custody: &Custody,
    at: Timestamp,
    rules: &Rules,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    settle(clock, rules, |clock| {
        first([breach_if_due(clock, custody, at), resume_if_due(clock, at)])
    })
}
