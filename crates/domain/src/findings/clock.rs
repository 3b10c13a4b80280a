//! The clock of one finding: a ledger of what happened, and what follows from it.
//!
//! The ledger is append-only and in order of time; the clock is its fold, so that replaying the
//! ledger gives the stored state, today or in ten years. The one rule to remember: a breach that
//! has happened is never undone, by whatever comes later. Pauses, exceptions and hand-overs are
//! absent yet; each will be an event that moves `counted_from`, or the holder.
//!
//! How the deadline is computed (spec "Findings", "One finding, one clock"):
//!
//! - started: the last second, in the organisation's zone, of start day + days of the band;
//! - raised severity: the earlier of the old deadline and change day + new days;
//! - lowered severity: start day + new days, but never earlier than the old deadline, which a raise
//!   may have set meanwhile;
//! - another policy: as a raise where the band gets fewer days, as a lowering where it gets more;
//! - reopened at most 30 days after closing: start and deadline move by the days it was closed, so
//!   what remained on closing remains on reopening; later: a new clock, recurrence + 1;
//! - once breached, the deadline stays where it was missed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::Band;
use super::ledger::{Entry, Event, Grounds, StopReason};
use crate::policy::{BandDays, SlaMatrices, civil_day, last_second, shift_days};

/// A finding seen again within so many civil days goes on with the time it has used.
pub const REOPEN_WINDOW: i32 = 30;

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Open,
    /// A fix is merged and waits for a scan that verifies it; the deadline still runs.
    FixMerged,
    /// Verified by a later scan or a VEX statement.
    Fixed,
    FalsePositive,
    NotAffected,
    /// Under an exception; no event leads here yet.
    Accepted,
}

impl State {
    /// Every state, in the order of a finding's life.
    pub const ALL: [State; 6] = [
        State::Open,
        State::FixMerged,
        State::Fixed,
        State::FalsePositive,
        State::NotAffected,
        State::Accepted,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::FixMerged => "fix_merged",
            State::Fixed => "fixed",
            State::FalsePositive => "false_positive",
            State::NotAffected => "not_affected",
            State::Accepted => "accepted",
        }
    }

    /// The state a word stands for.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether time is used up in this state.
    pub fn is_running(self) -> bool {
        matches!(self, State::Open | State::FixMerged)
    }
}

/// What the ledger comes to: every field is a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub state: State,
    pub band: Band,
    /// When this clock started; a recurrence starts a new one.
    pub opened_at: Timestamp,
    /// The start that days are counted from: `opened_at`, moved by the days it was closed between.
    pub counted_from: Timestamp,
    /// The last second in time; none where the band has no deadline.
    pub due_at: Option<Timestamp>,
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

/// How a running clock stands to its deadline, as far as somebody has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeliness {
    InTime,
    PastDue,
    /// Its band has no deadline.
    NoDeadline,
}

impl Timeliness {
    /// Every value.
    pub const ALL: [Timeliness; 3] =
        [Timeliness::InTime, Timeliness::PastDue, Timeliness::NoDeadline];

    /// The word used in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Timeliness::InTime => "in_time",
            Timeliness::PastDue => "past_due",
            Timeliness::NoDeadline => "no_deadline",
        }
    }

    /// The value a word stands for.
    pub fn from_word(word: &str) -> Option<Timeliness> {
        Timeliness::ALL.into_iter().find(|timeliness| timeliness.word() == word)
    }
}

/// Whose word closed a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    Report,
    Person,
}

impl ClosedBy {
    /// The word used in SQL.
    pub fn word(self) -> &'static str {
        match self {
            ClosedBy::Report => "report",
            ClosedBy::Person => "person",
        }
    }

    /// The value a word stands for.
    pub fn from_word(word: &str) -> Option<ClosedBy> {
        [ClosedBy::Report, ClosedBy::Person].into_iter().find(|by| by.word() == word)
    }
}

impl Clock {
    /// The first instant that is out of time.
    pub fn breaches_at(&self) -> Option<Timestamp> {
        self.due_at.map(|due| due.checked_add(SignedDuration::from_secs(1)).unwrap_or(due))
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
            Event::Rebanded { band, .. } => {
                self.must_run(entry)?;
                self.reband(*band, at, rules);
            }
            Event::PolicyChanged => {
                self.must_run(entry)?;
                self.change_policy(at, rules);
            }
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
            Event::Stopped { reason, grounds } => {
                self.must_run(entry)?;
                self.stop(*reason, grounds, at);
            }
            Event::Reopened => self.reopen(entry, rules)?,
        }
        self.last_at = at;
        Ok(())
    }

    fn must_run(&self, entry: &Entry) -> Result<(), LedgerRefused> {
        if self.state.is_running() {
            return Ok(());
        }
        let (event, state) = (entry.event.word(), self.state.word());
        Err(LedgerRefused::NotRunning { event, at: entry.at, state })
    }

    fn reband(&mut self, band: Band, at: Timestamp, rules: &Rules) {
        let matrix = rules.policies.on(self.policy);
        if band > self.band {
            self.tighten(matrix.due(civil_day(at, rules.zone), band, rules.zone));
        } else if band < self.band {
            self.warned_at = None;
            self.loosen(matrix.due(civil_day(self.counted_from, rules.zone), band, rules.zone));
        }
        self.band = band;
    }

    fn change_policy(&mut self, at: Timestamp, rules: &Rules) {
        let zone = rules.zone;
        let days = rules.policies.on(self.policy).days.of(self.band);
        let matrix = rules.policies.on(civil_day(at, zone));
        match (days, matrix.days.of(self.band)) {
            (Some(old), Some(new)) if new == old => {}
            (Some(old), new) if new.is_none_or(|new| new > old) => {
                self.loosen(matrix.due(civil_day(self.counted_from, zone), self.band, zone));
            }
            _ => self.tighten(matrix.due(civil_day(at, zone), self.band, zone)),
        }
        self.policy = matrix.effective_from;
    }

    /// The earlier of the deadline and `from_change`; a missed deadline stays.
    fn tighten(&mut self, from_change: Option<Timestamp>) {
        if self.breached_at.is_none() {
            self.due_at = self.due_at.into_iter().chain(from_change).min();
        }
    }

    /// The later of the deadline and `from_start`, and none is the latest; a missed one stays.
    fn loosen(&mut self, from_start: Option<Timestamp>) {
        if self.breached_at.is_none() {
            self.due_at = self.due_at.zip(from_start).map(|(old, new)| old.max(new));
        }
    }

    fn stop(&mut self, reason: StopReason, grounds: &Grounds, at: Timestamp) {
        self.used = self.time_used(at);
        self.running_since = None;
        self.closed_at = Some(at);
        self.closed_by = Some(grounds.closed_by());
        self.state = match reason {
            StopReason::VerifiedFixed => State::Fixed,
            StopReason::FalsePositive => State::FalsePositive,
            StopReason::NotAffected => State::NotAffected,
        };
    }

    fn reopen(&mut self, entry: &Entry, rules: &Rules) -> Result<(), LedgerRefused> {
        let at = entry.at;
        let Some(closed_at) = self.closed_at else {
            return Err(LedgerRefused::NotClosed { at, state: self.state.word() });
        };
        let closed_days = days_between(closed_at, at, rules.zone);
        if closed_days > REOPEN_WINDOW {
            let recurrence = self.recurrence.saturating_add(1);
            *self = Clock { recurrence, ..start(self.band, at, rules) };
            return Ok(());
        }
        let zone = rules.zone;
        self.counted_from = shift_days(self.counted_from, closed_days, zone);
        if self.breached_at.is_none() {
            let later =
                |due| last_second(civil_day(shift_days(due, closed_days, zone), zone), zone);
            self.due_at = self.due_at.map(later);
        }
        self.state = State::Open;
        self.fix_merged_at = None;
        self.closed_at = None;
        self.closed_by = None;
        self.running_since = Some(at);
        Ok(())
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

/// The clock that a whole ledger comes to.
///
/// # Errors
///
/// An empty ledger, or the first entry that [`apply`] refuses.
pub fn replay(entries: &[Entry], rules: &Rules) -> Result<Clock, LedgerRefused> {
    let folded =
        entries.iter().try_fold(None, |clock, entry| apply(clock, entry, rules).map(Some))?;
    folded.ok_or(LedgerRefused::Empty)
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

/// The next instant at which the watch must look at this clock: the warning of trigger 6 (open so
/// many times 24 hours with no fix merged; `warning` is [`BandDays::PLAYBOOK_WARNING`] by default)
/// or the breach, whichever comes first. None when nothing waits. May lie in the past: then the
/// watch is late.
pub fn next_due(clock: &Clock, warning: &BandDays) -> Option<Timestamp> {
    let breach = match (clock.state.is_running(), clock.breached_at) {
        (true, None) => clock.breaches_at(),
        _ => None,
    };
    let warning = warns_at(clock, warning);
    breach.into_iter().chain(warning).min()
}

fn warns_at(clock: &Clock, warning: &BandDays) -> Option<Timestamp> {
    if clock.state != State::Open || clock.warned_at.is_some() {
        return None;
    }
    let days = warning.of(clock.band)?;
    let open = SignedDuration::from_hours(24 * i64::from(days));
    clock.counted_from.checked_add(open).ok()
}

/// The warning that has come by `now` and is not in the ledger yet.
pub fn warn_if_due(clock: &Clock, warning: &BandDays, now: Timestamp) -> Option<Entry> {
    let at = warns_at(clock, warning).filter(|&at| at <= now)?;
    Some(Entry { at: at.max(clock.last_at), recorded_at: now, event: Event::Warned })
}

/// The breach that has come by `now` and that nobody has noted: with who holds the finding, frozen
/// as attribution. Its time is the first instant out of time, however late the watch looks.
pub fn breach_if_due(clock: &Clock, holder: Option<&str>, now: Timestamp) -> Option<Entry> {
    if !clock.state.is_running() || clock.breached_at.is_some() {
        return None;
    }
    let at = clock.breaches_at().filter(|&at| at <= now)?;
    let event = Event::Breached { holder: holder.map(str::to_owned) };
    Some(Entry { at: at.max(clock.last_at), recorded_at: now, event })
}

/// Everything that the watch owes a clock by `now`, in order, and the clock after it; no entries
/// when nothing has come. However late the watch looks, each entry has the time it was due.
///
/// # Errors
///
/// Only when the clock contradicts itself, for example after damage to the store.
pub fn catch_up(
    mut clock: Clock,
    holder: Option<&str>,
    warning: &BandDays,
    now: Timestamp,
    rules: &Rules,
) -> Result<(Clock, Vec<Entry>), LedgerRefused> {
    let mut entries = Vec::new();
    // The breach first where both come at once: a later entry would settle it without a word.
    let owed = |clock: &Clock| {
        let breach = breach_if_due(clock, holder, now);
        breach.into_iter().chain(warn_if_due(clock, warning, now)).min_by_key(|entry| entry.at)
    };
    while let Some(entry) = owed(&clock) {
        clock = apply(Some(clock), &entry, rules)?;
        entries.push(entry);
    }
    Ok((clock, entries))
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
