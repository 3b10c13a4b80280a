//! Rituals: what is held again and again, by one person, in each week, month or quarter.
//!
//! The backlog review each week, the readiness review each month, the penetration test each
//! quarter. The organisation's file declares them; a record says on which day one was held, or for
//! which day it is scheduled. The rule to remember: a period is missed when its day passes with the
//! ritual neither held nor scheduled for a day of that period still to come. The check-ins of key
//! results are not rituals: they carry a value. Source: the CISO playbook, "Trigger 1".

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::calendar::{CalendarError, FiscalYear, end_of_day, monday_of};
use crate::objectives::{Cadence, CheckInDue};
use crate::people::{InvalidName, PersonId, plain_name};

/// The most rituals of one organisation: a page, not a plan of the year.
pub const MAX_RITUALS: usize = 200;
/// The longest words beside a record, in characters: a link and a sentence.
pub const WORDS_LENGTH: usize = 2_000;
/// How many periods are looked back: a run of misses longer than a year of weeks says nothing more.
const LOOK_BACK: usize = 60;

/// Something that is held once in each period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ritual {
    pub id: RitualId,
    /// As people call it: `Backlog review`.
    pub name: String,
    /// The one person who sees to it.
    pub owner: PersonId,
    pub cadence: Cadence,
    /// By the end of which day of its period it is held or scheduled, counted from 1. `None` = a
    /// weekly one by the time that check-ins are due, the others by the period's last day.
    pub due_day: Option<u16>,
    /// The first day that counts: a period whose due day lies before it is not owed.
    pub starts: Date,
}

/// A ritual's identifier, such as `backlog-review`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RitualId(String);

/// Why a record of a ritual was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RitualsError {
    #[error("{on} lies before {starts}, since when {ritual} is held; give a later day")]
    BeforeStart { ritual: RitualId, on: Date, starts: Date },
    #[error("{on} is too far ahead; {ritual} can be scheduled until {last}")]
    TooFarAhead { ritual: RitualId, on: Date, last: Date },
    #[error("the words have {0} characters; {WORDS_LENGTH} are kept")]
    TooLong(usize),
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

impl RitualId {
    /// 1–64 lower-case letters, digits, `.`, `-` or `_`, beginning with a letter or digit.
    pub fn parse(text: &str) -> Result<RitualId, InvalidName> {
        plain_name("ritual id", text).map(RitualId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RitualId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One week, month or quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub first: Date,
    pub last: Date,
}

impl Period {
    /// The period of `cadence` that contains `day`; quarters are those of the fiscal year.
    pub fn containing(
        day: Date,
        cadence: Cadence,
        year: FiscalYear,
    ) -> Result<Period, CalendarError> {
        Ok(match cadence {
            Cadence::Weekly => {
                let first = monday_of(day);
                Period { first, last: first.saturating_add(6.days()) }
            }
            Cadence::Monthly => Period { first: day.first_of_month(), last: day.last_of_month() },
            Cadence::Quarterly => {
                let quarter = year.quarter_of(day)?;
                Period { first: year.first_day(quarter), last: year.last_day(quarter) }
            }
        })
    }

    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// What was said of one period: on which day it was held, or for which it is scheduled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub ritual: RitualId,
    /// The first day of the period.
    pub period: Date,
    pub scheduled_for: Option<Date>,
    pub held_on: Option<Date>,
    /// What came of it, or where it is written down; may be empty.
    pub words: String,
    pub by: String,
    pub at: Timestamp,
}

/// When the dates of an organisation's rituals fall.
#[derive(Clone, Copy, Debug)]
pub struct Almanac<'a> {
    pub year: FiscalYear,
    /// When check-ins are due in their week.
    pub due: CheckInDue,
    /// The owner's zone.
    pub zone: &'a TimeZone,
}

/// How a period stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Held(Date),
    /// For a day still to come.
    Scheduled(Date),
    /// Neither held nor scheduled, and there is time.
    Open,
    Missed,
}

/// One period of a ritual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub period: Period,
    /// The first instant at which it is missed, unless it was held.
    pub due: Timestamp,
    pub standing: Standing,
}

impl Ritual {
    /// The ritual's periods up to the running one, earliest first, as they stand at `now`.
    pub fn occurrences(
        &self,
        records: &[Record],
        now: Timestamp,
        almanac: Almanac<'_>,
    ) -> Result<Vec<Occurrence>, CalendarError> {
        let today = now.to_zoned(almanac.zone.clone()).date();
        let mut occurrences = Vec::new();
        let mut day = today;
        while day >= self.starts && occurrences.len() < LOOK_BACK {
            let period = Period::containing(day, self.cadence, almanac.year)?;
            if self.due_on(period, almanac) >= self.starts {
                occurrences.push(self.occurrence(period, records, now, almanac)?);
            }
            match period.first.yesterday() {
                Ok(before) => day = before,
                Err(_) => break,
            }
        }
        occurrences.reverse();
        Ok(occurrences)
    }

    /// The day of a period by whose end it is due.
    fn due_on(&self, period: Period, almanac: Almanac<'_>) -> Date {
        match (self.due_day, self.cadence) {
            (Some(day), _) => {
                let days = i64::from(day.max(1)) - 1;
                period.first.saturating_add(days.days()).min(period.last)
            }
            (None, Cadence::Weekly) => {
                let days = almanac.due.weekday.since(jiff::civil::Weekday::Monday);
                period.first.saturating_add(i64::from(days).days())
            }
            (None, Cadence::Monthly | Cadence::Quarterly) => period.last,
        }
    }

    fn occurrence(
        &self,
        period: Period,
        records: &[Record],
        now: Timestamp,
        almanac: Almanac<'_>,
    ) -> Result<Occurrence, CalendarError> {
        let within = |day: Option<Date>| day.filter(|day| period.contains(*day));
        let held = records.iter().filter_map(|one| within(one.held_on)).max();
        let scheduled = records.iter().filter_map(|one| within(one.scheduled_for)).max();
        let mut due = match (self.due_day, self.cadence) {
            (None, Cadence::Weekly) => almanac.due.instant(period.first, almanac.zone),
            _ => end_of_day(self.due_on(period, almanac), almanac.zone).map_err(Into::into),
        }
        .map_err(|_| CalendarError::NoSuchInstant)?;
        let mut standing = if now < due { Standing::Open } else { Standing::Missed };
        if let Some(day) = scheduled {
            due = due.max(end_of_day(day, almanac.zone)?);
            standing = if now < due { Standing::Scheduled(day) } else { Standing::Missed };
        }
        if let Some(day) = held {
            standing = Standing::Held(day);
        }
        Ok(Occurrence { period, due, standing })
    }

    /// The record that on the day `on` it was held, or, when that day is still to come, that it is
    /// scheduled for it. A record of the same period takes the place of `before`.
    pub fn record(
        &self,
        on: Date,
        words: &str,
        before: Option<&Record>,
        (by, now): (&str, Timestamp),
        almanac: Almanac<'_>,
    ) -> Result<Record, RitualsError> {
        let today = now.to_zoned(almanac.zone.clone()).date();
        let ritual = self.id.clone();
        if on < self.starts {
            return Err(RitualsError::BeforeStart { ritual, on, starts: self.starts });
        }
        let running = Period::containing(today, self.cadence, almanac.year)?;
        let next =
            Period::containing(running.last.saturating_add(1.day()), self.cadence, almanac.year)?;
        if on > next.last {
            return Err(RitualsError::TooFarAhead { ritual, on, last: next.last });
        }
        let characters = words.chars().count();
        if characters > WORDS_LENGTH {
            return Err(RitualsError::TooLong(characters));
        }
        let scheduled = before.and_then(|record| record.scheduled_for);
        let held = before.and_then(|record| record.held_on);
        let is_to_come = on > today;
        Ok(Record {
            ritual,
            period: Period::containing(on, self.cadence, almanac.year)?.first,
            scheduled_for: if is_to_come { Some(on) } else { scheduled },
            held_on: if is_to_come { held } else { Some(on) },
            words: words.trim().to_owned(),
            by: by.to_owned(),
            at: now,
        })
    }
}

#[cfg(test)]
mod tests;
