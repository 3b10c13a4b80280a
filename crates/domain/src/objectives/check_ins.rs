//! Check-ins and readings: what was said about a week, and what was measured.
//!
//! A check-in carries the human half, a reading the number; a typed value is a reading too. One
//! check-in a week, dated to its Monday also when that is a holiday, due by the end of the week's
//! Friday in the organisation's zone. Source: the OKR process, weekly updates.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{KeyResultId, ObjectivesError, text, unknown};
use crate::calendar::{end_of_day, instant_of, monday_of, start_of_day};

/// How the owner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    OnTrack,
    NeedsAttention,
    AtRisk,
}

impl Health {
    /// Every health, best first.
    pub const ALL: [Health; 3] = [Health::OnTrack, Health::NeedsAttention, Health::AtRisk];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Health::OnTrack => "on_track",
            Health::NeedsAttention => "needs_attention",
            Health::AtRisk => "at_risk",
        }
    }

    /// The words on pages.
    pub fn title(self) -> &'static str {
        match self {
            Health::OnTrack => "On track",
            Health::NeedsAttention => "Needs attention",
            Health::AtRisk => "At risk",
        }
    }

    /// The health that a word stands for.
    pub fn from_word(word: &str) -> Result<Health, ObjectivesError> {
        let found = Health::ALL.into_iter().find(|health| health.word() == word);
        found.ok_or_else(|| unknown("health", word, "on_track, needs_attention, at_risk"))
    }

    /// The probability that the word is read as, where a key result has no number of its own.
    /// Source: the execution spec, trigger 5.
    pub fn confidence(self) -> f64 {
        match self {
            Health::OnTrack => 0.85,
            Health::NeedsAttention => 0.50,
            Health::AtRisk => 0.20,
        }
    }
}

/// One week's word on a key result.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckIn {
    pub key_result: KeyResultId,
    /// The Monday of the week that it speaks of.
    pub week: Date,
    /// `None` where the value is computed, or where there is no number.
    pub value: Option<f64>,
    pub health: Health,
    /// What was done; may be empty.
    pub done: String,
    /// What comes next; may be empty.
    pub next: String,
    /// Who says so.
    pub by: String,
    pub at: Timestamp,
}

impl CheckIn {
    /// Passes the check-in through when it speaks of a week and its value is a number.
    pub fn checked(self) -> Result<CheckIn, ObjectivesError> {
        if self.week.weekday() != Weekday::Monday {
            return Err(ObjectivesError::NotAMonday(self.week, monday_of(self.week)));
        }
        if let Some(value) = self.value.filter(|value| !value.is_finite()) {
            return Err(ObjectivesError::Impossible {
                key_result: self.key_result.to_string(),
                what: "value",
                found: value.to_string(),
                expected: "a finite number",
            });
        }
        text("what was done", &self.done)?;
        text("what comes next", &self.next)?;
        Ok(self)
    }

    /// The reading in this check-in. A word on a week gone by is dated to that week's last second;
    /// a correction keeps the instant of what it corrects, the reading of that week in `before`.
    pub fn reading(
        &self,
        before: &[Reading],
        zone: &TimeZone,
    ) -> Result<Option<Reading>, ObjectivesError> {
        let Some(value) = self.value else { return Ok(None) };
        let from = start_of_day(self.week, zone)?;
        let until = end_of_day(self.week.saturating_add(6.days()), zone)?;
        let typed = |one: &&Reading| one.source == ReadingSource::Typed;
        let corrected = before.iter().filter(typed).find(|one| from <= one.at && one.at < until);
        let last_second = until.checked_sub(SignedDuration::from_secs(1)).unwrap_or(until);
        let at = corrected.map_or_else(|| self.at.min(last_second), |one| one.at);
        Ok(Some(Reading { at, value, source: ReadingSource::Typed }))
    }
}

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    pub at: Timestamp,
    pub value: f64,
    pub source: ReadingSource,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadingSource {
    Typed,
    Computed,
    Imported,
}

impl ReadingSource {
    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            ReadingSource::Typed => "typed",
            ReadingSource::Computed => "computed",
            ReadingSource::Imported => "imported",
        }
    }

    /// The source that a word stands for.
    pub fn from_word(word: &str) -> Result<ReadingSource, ObjectivesError> {
        let all = [ReadingSource::Typed, ReadingSource::Computed, ReadingSource::Imported];
        let found = all.into_iter().find(|source| source.word() == word);
        found.ok_or_else(|| unknown("source of a reading", word, "typed, computed, imported"))
    }
}

/// When in its week a check-in is due, by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckInDue {
    pub weekday: Weekday,
    /// `None` = the end of that day.
    pub time: Option<Time>,
}

impl Default for CheckInDue {
    /// By the end of Friday. Source: the OKR spec, "The weekly rhythm".
    fn default() -> CheckInDue {
        CheckInDue { weekday: Weekday::Friday, time: None }
    }
}

impl CheckInDue {
    /// The first instant at which the check-in of `week` (a Monday) is late.
    pub fn instant(self, week: Date, zone: &TimeZone) -> Result<Timestamp, ObjectivesError> {
        let days = i64::from(self.weekday.since(Weekday::Monday));
        let day = monday_of(week).saturating_add(days.days());
        match self.time {
            None => Ok(end_of_day(day, zone)?),
            Some(time) => Ok(instant_of(day.to_datetime(time), zone)?),
        }
    }
}
