//! What the clock has to do with key results: readings that are due, check-ins that are owed.
//!
//! A computed value is read once a day, shortly after midnight where the organisation is; a
//! reminder goes out a day before a check-in is late. The rule to remember: what is owed ends with
//! the next check-in, as trigger 1 does; nobody is asked to write up a row of weeks gone by.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{CheckInDue, KeyResult, ObjectivesError, Values};
use crate::calendar::{end_of_day, start_of_day};

/// How long after midnight the day's values are read: the night's last imports are in by then.
const AFTER_MIDNIGHT: SignedDuration = SignedDuration::from_mins(5);
/// How long before a check-in is late its owner is reminded.
pub const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(24);

impl KeyResult {
    /// When a computed value is read for the first time if it is loaded at `now`: at once while the
    /// period runs, else when it begins. `None` for typed values and for periods that are over.
    pub fn first_reading(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, ObjectivesError> {
        if self.values == Values::Typed || now >= self.is_over_at(zone)? {
            return Ok(None);
        }
        Ok(Some(self.begins(zone)?.max(now)))
    }

    /// When its value is read again after a reading at `now`; `None` once the whole period was
    /// read.
    pub fn next_reading(
        &self,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, ObjectivesError> {
        if self.values == Values::Typed || now >= self.is_over_at(zone)? {
            return Ok(None);
        }
        let midnight = end_of_day(now.to_zoned(zone.clone()).date(), zone)?;
        Ok(midnight.checked_add(AFTER_MIDNIGHT).ok())
    }

    /// The next instant after `now` at which its owner may have to be reminded.
    pub fn next_reminder(
        &self,
        now: Timestamp,
        due: CheckInDue,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, ObjectivesError> {
        let owed = self.owed(due, zone)?.into_iter();
        let reminders = owed.filter_map(|(_, late)| late.checked_sub(REMIND_BEFORE).ok());
        Ok(reminders.filter(|at| *at > now).min())
    }

    /// The week for which a reminder is to go out at `now`, with the instant from which its
    /// check-in is late: less than a day ahead, and not made.
    pub fn to_remind(
        &self,
        made: &BTreeSet<Date>,
        now: Timestamp,
        due: CheckInDue,
        zone: &TimeZone,
    ) -> Result<Option<(Date, Timestamp)>, ObjectivesError> {
        let soon = |late: Timestamp| {
            now < late && late.checked_sub(REMIND_BEFORE).is_ok_and(|reminder| reminder <= now)
        };
        let owed = self.owed(due, zone)?;
        Ok(owed.into_iter().find(|(week, late)| !made.contains(week) && soon(*late)))
    }

    /// The weeks for which a check-in is owed at `now`, with the instants from which they are
    /// late, earliest first: the last one that was missed, and the one that runs.
    pub fn owes(
        &self,
        made: &BTreeSet<Date>,
        now: Timestamp,
        due: CheckInDue,
        zone: &TimeZone,
    ) -> Result<Vec<(Date, Timestamp)>, ObjectivesError> {
        let mut running = None;
        let mut missed = None;
        for (week, late) in self.owed(due, zone)? {
            if start_of_day(week, zone)? > now {
                break;
            }
            if made.last().is_some_and(|last| *last >= week) {
                continue;
            }
            if late > now { running = Some((week, late)) } else { missed = Some((week, late)) }
        }
        Ok(missed.into_iter().chain(running).collect())
    }
}
