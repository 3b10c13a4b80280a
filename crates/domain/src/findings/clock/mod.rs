//! The clock of one finding: a ledger of what happened, and what follows from it.
//!
//! The ledger is append-only and in order of time; the clock is its fold, so that replaying the
//! ledger gives the stored state, today or in ten years. The one rule to remember: a breach that
//! has happened is never undone, by whatever comes later.
//!
//! How the deadline is computed (spec "Findings", "One finding, one clock"):
//!
//! - started: the last second, in the organisation's zone, of start day + days of the band;
//! - raised severity: the earlier of the old deadline and change day + new days;
//! - lowered severity: start day + new days, but never earlier than the old deadline, which a raise
//!   may have set meanwhile;
//! - another policy: as a raise where the band gets fewer days, as a lowering where it gets more;
//! - known to be exploited: no later than the last second of the list's due day, whatever else
//!   moves the deadline;
//! - resumed after a pause, or at the end of an exception: the end of the day on which the deadline
//!   falls when it moves by the time that the clock stood still, so that what remains never
//!   shrinks;
//! - reopened at most 30 days after closing: start and deadline move by the days it was closed, so
//!   what remained on closing remains on reopening; later: a new clock, recurrence + 1;
//! - once breached, the deadline stays where it was missed.
//!
//! Beside the deadline stands the promise: the deadline as it would be without any exception. It is
//! what key results count, so that an exception never makes a number look better.

mod states;
mod watching;

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::Band;
use super::ledger::{Entry, Event, Grounds, StopReason};
use crate::policy::{SlaMatrices, civil_day, last_second, shift_days};

pub use states::{ClosedBy, State, Timeliness};
pub use watching::{Watching, breach_if_due, catch_up, completed, next_due, settled, warn_if_due};

/// A finding seen again within so many civil days goes on with the time it has used.
pub const REOPEN_WINDOW: i32 = 30;

/// What the ledger comes to: every field is a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub state: State,
    pub band: Band,
    /// When this clock started; a recurrence starts a new one.
    pub opened_at: Timestamp,
    /// The start that days are counted from: `opened_at`, moved by the days it was closed between.
    pub counted_from: Timestamp,
    /// The last second in time; none where the band has no deadline. While the clock stands still
    /// it is where it was when that began.
    pub due_at: Option<Timestamp>,
    /// The deadline without exceptions: what key results count.
    pub promised_at: Option<Timestamp>,
    /// No deadline is later: the due day of the list of known exploited vulnerabilities.
    pub capped_at: Option<Timestamp>,
    /// Since when the clock stands still, in a pause or under an exception.
    pub stands_since: Option<Timestamp>,
    /// The longest that it does.
    pub stands_until: Option<Timestamp>,
    /// The first instant out of time, once it has come; stays for the life of this clock.
    pub breached_at: Option<Timestamp>,
    /// When trigger 6 warned; again none after the band was lowered.
    pub warned_at: Option<Timestamp>,
    pub fix_merged_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    /// Whose word closed it; a person's is not undone by the next report.
    pub closed_by: Option<ClosedBy>,
    /// Time used before `running_since`.
    pub used: SignedDuration,
    /// Since when time is being used; none while closed.
    pub running_since: Option<Timestamp>,
    /// How many clocks this finding had before this one.
    pub recurrence: u32,
    /// The day from which the SLA matrix holds that this clock is under.
    pub policy: jiff::civil::Date,
    /// The time of the last entry; no entry may be earlier.
    pub last_at: Timestamp,
}

impl Clock {
    /// The first instant that is out of time; none while the clock stands still.
    pub fn breaches_at(&self) -> Option<Timestamp> {
        let due = self.due_at.filter(|_| self.stands_since.is_none())?;
        Some(due.checked_add(SignedDuration::from_secs(1)).unwrap_or(due).max(self.opened_at))
    }

    /// Time used until `now`; what passed while it was closed is not counted.
    pub fn time_used(&self, now: Timestamp) -> SignedDuration {
        let running = self.running_since.map_or(SignedDuration::ZERO, |since| {
            now.duration_since(since).max(SignedDuration::ZERO)
        });
        self.used.saturating_add(running)
    }

    /// How it stands to its deadline by what is noted; none once it is closed.
    pub fn timeliness(&self) -> Option<Timeliness> {
        if !self.state.is_running() {
            return None;
        }
        Some(match (self.breached_at, self.due_at) {
            (Some(_), _) => Timeliness::PastDue,
            (None, Some(_)) => Timeliness::InTime,
            (None, None) => Timeliness::NoDeadline,
        })
    }

    /// Whether it is past its deadline at `now`, closed or not.
    pub fn is_past_due(&self, now: Timestamp) -> bool {
        let is_late = |at| now >= at;
        self.breached_at.is_some_and(is_late)
            || (self.state.is_running() && self.breaches_at().is_some_and(is_late))
    }

    /// Whether it was closed in time; none while it is open or where it has no deadline.
    pub fn closed_in_time(&self) -> Option<bool> {
        match (self.closed_at, self.breached_at, self.due_at) {
            (None, None, _) => None,
            (_, Some(_), _) => Some(false),
            (Some(_), None, Some(_)) => Some(true),
            (Some(_), None, None) => None,
        }
    }

    /// Notes the breach where it lies before `at`, whether or not anybody looked in time.
    fn settle(&mut self, at: Timestamp) {
        if self.state.is_running() && self.breached_at.is_none() {
            self.breached_at = self.breaches_at().filter(|&breach| breach <= at);
        }
    }

    fn fold(&mut self, entry: &Entry, rules: &Rules) -> Result<(), LedgerRefused> {
        self.settle(entry.at);
        let at = entry.at;
        match &entry.event {
            Event::Started { .. } => return Err(LedgerRefused::StartedTwice { at }),
            Event::ImportUndone { .. } => return Err(LedgerRefused::NeedsAll { at }),
            Event::Rebanded { band, .. } => {
                self.must_last(entry)?;
                self.reband(*band, at, rules);
            }
            Event::PolicyChanged => {
                self.must_last(entry)?;
                self.change_policy(at, rules);
            }
            Event::KnownExploited { due } => {
                self.must_last(entry)?;
                self.cap(last_second(*due, rules.zone));
            }
            Event::HandedOver { .. } => self.must_last(entry)?,
            Event::Paused { .. }
            | Event::Resumed { .. }
            | Event::Accepted { .. }
            | Event::AcceptanceEnded { .. } => self.halt(entry, rules)?,
            Event::FixMerged { .. } => {
                self.must_run(entry)?;
                self.state = State::FixMerged;
                self.fix_merged_at = Some(at);
            }
            Event::Warned => {
                self.must_run(entry)?;
                self.warned_at = Some(at);
            }
            Event::Breached { .. } => {
                if self.breached_at.is_none() {
                    return Err(LedgerRefused::NotYetDue { at, due: self.due_at });
                }
            }
            Event::CauseCorrected { .. } => {
                if self.breached_at.is_none() {
                    return Err(LedgerRefused::NotYetDue { at, due: self.due_at });
                }
            }
            Event::Stopped { reason, grounds } => {
                self.must_last(entry)?;
                self.stop(*reason, grounds, at, rules.zone);
            }
            Event::Reopened => self.reopen(entry, rules)?,
        }
        self.last_at = at;
        Ok(())
    }

    /// What makes the clock stand still or go on.
    fn halt(&mut self, entry: &Entry, rules: &Rules) -> Result<(), LedgerRefused> {
        let at = entry.at;
        match &entry.event {
            Event::Paused { until, .. } => {
                self.must_run(entry)?;
                self.pause(at, *until)?;
            }
            Event::Resumed { .. } => {
                self.must_run(entry)?;
                self.must_stand(entry)?;
                self.resume(at, rules.zone);
            }
            Event::Accepted { until, .. } => {
                self.must_run(entry)?;
                self.resume(at, rules.zone);
                self.stand(at, *until);
                self.state = State::Accepted;
            }
            Event::AcceptanceEnded { .. } => {
                self.must_stand(entry)?;
                let promised = self.promised_at;
                self.resume(at, rules.zone);
                self.promised_at = promised;
                self.state = State::Open;
                self.fix_merged_at = None;
            }
            _ => {}
        }
        Ok(())
    }

    fn must_run(&self, entry: &Entry) -> Result<(), LedgerRefused> {
        if self.state.is_running() {
            return Ok(());
        }
        let (event, state) = (entry.event.word(), self.state.word());
        Err(LedgerRefused::NotRunning { event, at: entry.at, state })
    }

    /// Not closed: a clock under an exception stands still, and is not over.
    fn must_last(&self, entry: &Entry) -> Result<(), LedgerRefused> {
        if self.state == State::Accepted { Ok(()) } else { self.must_run(entry) }
    }

    fn must_stand(&self, entry: &Entry) -> Result<(), LedgerRefused> {
        match self.stands_since {
            Some(_) => Ok(()),
            None => Err(LedgerRefused::NotStanding { event: entry.event.word(), at: entry.at }),
        }
    }

    fn pause(&mut self, at: Timestamp, until: Timestamp) -> Result<(), LedgerRefused> {
        if self.stands_since.is_some() {
            return Err(LedgerRefused::PausedTwice { at });
        }
        self.stand(at, until);
        Ok(())
    }

    fn stand(&mut self, at: Timestamp, until: Timestamp) {
        self.used = self.time_used(at);
        self.running_since = None;
        self.stands_since = Some(at);
        self.stands_until = Some(until);
    }

    /// Lets the clock go on, if it stands still: start and deadlines move by the time it stood.
    fn resume(&mut self, at: Timestamp, zone: &TimeZone) {
        let Some(since) = self.stands_since.take() else { return };
        let stood = at.duration_since(since);
        let later = |from: Timestamp| from.checked_add(stood).unwrap_or(Timestamp::MAX);
        let extended = |due| last_second(civil_day(later(due), zone), zone);
        self.counted_from = later(self.counted_from);
        if self.breached_at.is_none() {
            self.due_at = self.due_at.map(extended);
        }
        self.promised_at =
            self.promised_at.map(|due| if due < since { due } else { extended(due) });
        self.keep_cap();
        self.stands_until = None;
        self.running_since = Some(at);
    }

    fn cap(&mut self, day: Timestamp) {
        self.capped_at = self.capped_at.into_iter().chain([day]).min();
        self.promised_at = self.promised_at.or(self.capped_at);
        if self.breached_at.is_none() {
            self.due_at = self.due_at.or(self.capped_at);
        }
        self.keep_cap();
    }

    fn keep_cap(&mut self) {
        let Some(cap) = self.capped_at else { return };
        if self.breached_at.is_none() {
            self.due_at = Some(self.due_at.map_or(cap, |due| due.min(cap)));
        }
        self.promised_at = Some(self.promised_at.map_or(cap, |due| due.min(cap)));
    }

    fn reband(&mut self, band: Band, at: Timestamp, rules: &Rules) {
        let matrix = rules.policies.on(self.policy);
        if band > self.band {
            self.tighten(at, matrix.due(civil_day(at, rules.zone), band, rules.zone));
        } else if band < self.band {
            self.warned_at = None;
            let from = civil_day(self.counted_from, rules.zone);
            self.loosen(at, matrix.due(from, band, rules.zone));
        }
        self.band = band;
    }

    fn change_policy(&mut self, at: Timestamp, rules: &Rules) {
        let zone = rules.zone;
        let days = rules.policies.on(self.policy).days.of(self.band);
        let matrix = rules.policies.on(civil_day(at, zone));
        match (days, matrix.days.of(self.band)) {
            (Some(old), Some(new)) if new == old => {}
            (None, None) => {}
            (Some(old), new) if new.is_none_or(|new| new > old) => {
                self.loosen(at, matrix.due(civil_day(self.counted_from, zone), self.band, zone));
            }
            _ => self.tighten(at, matrix.due(civil_day(at, zone), self.band, zone)),
        }
        self.policy = matrix.effective_from;
    }

    /// The earlier of the deadline and `from_change`; what is missed stays.
    fn tighten(&mut self, at: Timestamp, from_change: Option<Timestamp>) {
        let earlier = |due: Option<Timestamp>| due.into_iter().chain(from_change).min();
        if self.breached_at.is_none() {
            self.due_at = earlier(self.due_at);
        }
        if !self.has_missed_promise(at) {
            self.promised_at = earlier(self.promised_at);
        }
        self.keep_cap();
    }

    /// The later of the deadline and `from_start`, and none is the latest; what is missed stays.
    fn loosen(&mut self, at: Timestamp, from_start: Option<Timestamp>) {
        let later = |due: Option<Timestamp>| due.zip(from_start).map(|(old, new)| old.max(new));
        if self.breached_at.is_none() {
            self.due_at = later(self.due_at);
        }
        if !self.has_missed_promise(at) {
            self.promised_at = later(self.promised_at);
        }
        self.keep_cap();
    }

    fn has_missed_promise(&self, at: Timestamp) -> bool {
        self.breached_at.is_some() || self.promised_at.is_some_and(|promised| promised < at)
    }

    fn stop(&mut self, reason: StopReason, grounds: &Grounds, at: Timestamp, zone: &TimeZone) {
        let promised = self.promised_at.filter(|_| self.state == State::Accepted);
        self.resume(at, zone);
        self.promised_at = promised.or(self.promised_at);
        self.used = self.time_used(at);
        self.running_since = None;
        self.closed_at = Some(at);
        self.closed_by = Some(grounds.closed_by());
        self.state = match reason {
            StopReason::VerifiedFixed => State::Fixed,
            StopReason::FalsePositive => State::FalsePositive,
            StopReason::NotAffected => State::NotAffected,
            StopReason::Merged => State::Merged,
            StopReason::Withdrawn => State::Withdrawn,
        };
    }

    fn reopen(&mut self, entry: &Entry, rules: &Rules) -> Result<(), LedgerRefused> {
        let at = entry.at;
        let Some(closed_at) = self.closed_at else {
            return Err(LedgerRefused::NotClosed { at, state: self.state.word() });
        };
        let closed_days = days_between(closed_at, at, rules.zone);
        match self.state {
            State::Merged => {
                self.go_on(closed_at);
                return Ok(());
            }
            State::Withdrawn => {
                self.begin_anew(self.recurrence, at, rules);
                return Ok(());
            }
            _ if closed_days > REOPEN_WINDOW => {
                self.begin_anew(self.recurrence.saturating_add(1), at, rules);
                return Ok(());
            }
            _ => {}
        }
        let zone = rules.zone;
        let later = |due| last_second(civil_day(shift_days(due, closed_days, zone), zone), zone);
        self.counted_from = shift_days(self.counted_from, closed_days, zone);
        if self.breached_at.is_none() {
            self.due_at = self.due_at.map(later);
        }
        if self.promised_at.is_some_and(|promised| promised >= closed_at) {
            self.promised_at = self.promised_at.map(later);
        }
        self.keep_cap();
        self.go_on(at);
        Ok(())
    }

    fn begin_anew(&mut self, recurrence: u32, at: Timestamp, rules: &Rules) {
        let capped_at = self.capped_at;
        *self = Clock { recurrence, capped_at, ..start(self.band, at, rules) };
        self.keep_cap();
    }

    /// Open again, with time used since `from`: a finding that was merged by mistake was open all
    /// the time.
    fn go_on(&mut self, from: Timestamp) {
        self.state = State::Open;
        self.fix_merged_at = None;
        self.closed_at = None;
        self.closed_by = None;
        self.running_since = Some(from);
    }
}

/// What a ledger is read by: the organisation's matrices and its zone.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub policies: &'a SlaMatrices,
    pub zone: &'a TimeZone,
}

/// Why an entry cannot be added to a ledger, or a ledger cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LedgerRefused {
    #[error("the ledger is empty; it begins with started")]
    Empty,
    #[error("the ledger begins with {event}; it must begin with started")]
    NotStarted { event: &'static str },
    #[error("started at {at}, but the clock is there already; use reopened")]
    StartedTwice { at: Timestamp },
    #[error("{event} at {at} is before the ledger's last entry at {last}; entries are in order")]
    OutOfOrder { event: &'static str, at: Timestamp, last: Timestamp },
    #[error("{event} at {at} needs a running clock; this finding is {state}")]
    NotRunning { event: &'static str, at: Timestamp, state: &'static str },
    #[error("reopened at {at}, but the finding is {state}")]
    NotClosed { at: Timestamp, state: &'static str },
    #[error("{event} at {at}, but the clock does not stand still")]
    NotStanding { event: &'static str, at: Timestamp },
    #[error("paused at {at}, but the clock stands still already; resume it first")]
    PausedTwice { at: Timestamp },
    #[error("an import undone at {at} can only be told by the whole ledger")]
    NeedsAll { at: Timestamp },
    #[error("breached at {at}, but the clock is in time then ({})", due_words(*.due))]
    NotYetDue { at: Timestamp, due: Option<Timestamp> },
}

fn due_words(due: Option<Timestamp>) -> String {
    due.map_or("it has no deadline".to_owned(), |due| format!("due {due}"))
}

/// The clock after one more entry; none before the first.
///
/// # Errors
///
/// An entry that is earlier than the last one, or that cannot happen in the clock's state.
pub fn apply(clock: Option<Clock>, entry: &Entry, rules: &Rules) -> Result<Clock, LedgerRefused> {
    let Some(mut clock) = clock else {
        return match entry.event {
            Event::Started { band, .. } => Ok(start(band, entry.at, rules)),
            _ => Err(LedgerRefused::NotStarted { event: entry.event.word() }),
        };
    };
    if entry.at < clock.last_at {
        let (event, at, last) = (entry.event.word(), entry.at, clock.last_at);
        return Err(LedgerRefused::OutOfOrder { event, at, last });
    }
    clock.fold(entry, rules)?;
    Ok(clock)
}

/// The entries that count: without those of imports that were undone. Where the beginning itself
/// is void it stays, since the finding was there to be told of.
pub fn standing(entries: &[Entry]) -> impl Iterator<Item = &Entry> {
    let undone: BTreeSet<&str> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::ImportUndone { import } => Some(import.as_str()),
            _ => None,
        })
        .collect();
    entries.iter().enumerate().filter_map(move |(place, entry)| {
        let is_void = entry.import.as_deref().is_some_and(|import| undone.contains(import));
        let counts = (place == 0 || !is_void) && !matches!(entry.event, Event::ImportUndone { .. });
        counts.then_some(entry)
    })
}

/// The clock that a whole ledger comes to.
///
/// # Errors
///
/// An empty ledger, or the first entry that [`apply`] refuses.
pub fn replay(entries: &[Entry], rules: &Rules) -> Result<Clock, LedgerRefused> {
    let folded =
        standing(entries).try_fold(None, |clock, entry| apply(clock, entry, rules).map(Some))?;
    let mut clock = folded.ok_or(LedgerRefused::Empty)?;
    let last = entries.last().map_or(clock.last_at, |entry| entry.at);
    clock.last_at = clock.last_at.max(last);
    Ok(clock)
}

fn start(band: Band, at: Timestamp, rules: &Rules) -> Clock {
    let day = civil_day(at, rules.zone);
    let matrix = rules.policies.on(day);
    Clock {
        state: State::Open,
        band,
        opened_at: at,
        counted_from: at,
        due_at: matrix.due(day, band, rules.zone),
        promised_at: matrix.due(day, band, rules.zone),
        capped_at: None,
        stands_since: None,
        stands_until: None,
        breached_at: None,
        warned_at: None,
        fix_merged_at: None,
        closed_at: None,
        closed_by: None,
        used: SignedDuration::ZERO,
        running_since: Some(at),
        recurrence: 0,
        policy: matrix.effective_from,
        last_at: at,
    }
}

fn days_between(from: Timestamp, to: Timestamp, zone: &TimeZone) -> i32 {
    let hours = civil_day(to, zone).duration_since(civil_day(from, zone)).as_hours();
    i32::try_from(hours / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
