//! Key results: a number with a start, a target and a reason, or a milestone.
//!
//! The rule to remember: a key result without a unit, a start and a target is not finished unless
//! it is there to *establish* a number (a baseline). A share fixed within the SLA is measured like
//! any number: it grows while it starts below its target, and holds once it starts at it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{
    CheckIn, CheckInDue, Input, KeyResultId, ObjectiveId, ObjectivesError, Reading, text, title,
    unknown,
};
use crate::calendar::{end_of_day, monday_of, mondays_between, start_of_day};
use crate::metrics::{Bounds, Course, History, MetricsError, Point};

/// What sort of promise a key result is. Source: the execution spec, part 1, "Common ground".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    IncreaseTo,
    DecreaseTo,
    StayAbove,
    StayBelow,
    /// The share of findings fixed in time among those due in the period, in percent.
    ShareInSla,
    /// The share of its milestones that are done, in percent.
    Milestone,
    /// Done or not.
    Boolean,
    /// Establishes a number that nobody knows yet; its trend is shown, no target is held.
    Baseline,
}

impl Kind {
    /// Every kind, the numeric ones first.
    pub const ALL: [Kind; 8] = [
        Kind::IncreaseTo,
        Kind::DecreaseTo,
        Kind::StayAbove,
        Kind::StayBelow,
        Kind::ShareInSla,
        Kind::Milestone,
        Kind::Boolean,
        Kind::Baseline,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Kind::IncreaseTo => "increase_to",
            Kind::DecreaseTo => "decrease_to",
            Kind::StayAbove => "stay_above",
            Kind::StayBelow => "stay_below",
            Kind::ShareInSla => "share_in_sla",
            Kind::Milestone => "milestone",
            Kind::Boolean => "boolean",
            Kind::Baseline => "baseline",
        }
    }

    /// The kind that a word stands for.
    pub fn from_word(word: &str) -> Result<Kind, ObjectivesError> {
        let known = "increase_to, decrease_to, stay_above, stay_below, share_in_sla, milestone, \
                     boolean, baseline";
        let found = Kind::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| unknown("kind of key result", word, known))
    }
}

/// How often a key result owes its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    Weekly,
    Monthly,
    Quarterly,
}

impl Cadence {
    /// Every cadence, the quickest first.
    pub const ALL: [Cadence; 3] = [Cadence::Weekly, Cadence::Monthly, Cadence::Quarterly];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Cadence::Weekly => "weekly",
            Cadence::Monthly => "monthly",
            Cadence::Quarterly => "quarterly",
        }
    }

    /// The cadence that a word stands for.
    pub fn from_word(word: &str) -> Result<Cadence, ObjectivesError> {
        let found = Cadence::ALL.into_iter().find(|cadence| cadence.word() == word);
        found.ok_or_else(|| unknown("cadence", word, "weekly, monthly, quarterly"))
    }
}

/// What the product can compute by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Computed {
    /// Critical findings (CVSS ≥ 9.0) fixed in time, in percent of those due in the period.
    CriticalFixedInTime,
    /// High findings (7.0–8.9) fixed in time, in percent of those due in the period.
    HighFixedInTime,
    /// Critical findings open past their SLA, a count.
    CriticalOpenPastSla,
    /// Open critical and high findings, a count.
    Backlog,
}

impl Computed {
    /// Everything that can be computed.
    pub const ALL: [Computed; 4] = [
        Computed::CriticalFixedInTime,
        Computed::HighFixedInTime,
        Computed::CriticalOpenPastSla,
        Computed::Backlog,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Computed::CriticalFixedInTime => "critical_fixed_in_time",
            Computed::HighFixedInTime => "high_fixed_in_time",
            Computed::CriticalOpenPastSla => "critical_open_past_sla",
            Computed::Backlog => "backlog",
        }
    }

    /// What a word stands for.
    pub fn from_word(word: &str) -> Result<Computed, ObjectivesError> {
        let known = "critical_fixed_in_time, high_fixed_in_time, critical_open_past_sla, backlog";
        let found = Computed::ALL.into_iter().find(|computed| computed.word() == word);
        found.ok_or_else(|| unknown("computed value", word, known))
    }
}

/// Where a key result's values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Values {
    Typed,
    Computed(Computed),
}

/// A step on the way, with one person and one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// A short reference, `1.1` in the playbook.
    pub reference: String,
    pub title: String,
    /// Who answers for it, a person or a role in words.
    pub owner: String,
    pub due: Option<Date>,
    pub done_on: Option<Date>,
}

/// A key result.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResult {
    pub id: KeyResultId,
    pub objective: ObjectiveId,
    pub title: String,
    pub kind: Kind,
    /// `%`, `findings`, `days`: shown after the value.
    pub unit: String,
    /// The values that can occur at all.
    pub bounds: Bounds,
    /// Where it stood at the start; `None` only before it is known.
    pub start_value: Option<f64>,
    /// `None` for a baseline.
    pub target: Option<f64>,
    /// What others reach, in words.
    pub benchmark: String,
    /// Crossing it to the bad side fires trigger 4.
    pub alarm: Option<f64>,
    /// Why this target and not another.
    pub reason: String,
    pub starts: Date,
    /// The last day.
    pub ends: Date,
    pub cadence: Cadence,
    /// The person who answers for it; `None` = nobody yet.
    pub dri: Option<String>,
    /// The success weight in its objective, in percent.
    pub weight: f64,
    pub values: Values,
    pub inputs: Vec<Input>,
    /// The day on which its inputs were asked for; `None` = before it was kept, taken as its start.
    pub asked_on: Option<Date>,
    pub milestones: Vec<Milestone>,
}

impl KeyResult {
    /// Passes the key result through when it can be measured and shown.
    pub fn checked(self) -> Result<KeyResult, ObjectivesError> {
        title("the key result's title", &self.title)?;
        text("the reason for the target", &self.reason)?;
        text("the benchmark", &self.benchmark)?;
        let impossible = |what, found: String, expected| ObjectivesError::Impossible {
            key_result: self.id.to_string(),
            what,
            found,
            expected,
        };
        if self.ends <= self.starts {
            let found = format!("{} for a start on {}", self.ends, self.starts);
            return Err(impossible("last day", found, "a day after the start"));
        }
        let missing = |what| ObjectivesError::Missing { key_result: self.id.to_string(), what };
        if self.is_numeric() && self.kind != Kind::Milestone {
            self.start_value.ok_or_else(|| missing("baseline"))?;
            self.target.ok_or_else(|| missing("target"))?;
            title("the key result's unit", &self.unit).map_err(|_| missing("unit"))?;
        }
        let numbers = [self.start_value, self.target, self.alarm, Some(self.weight)];
        if let Some(number) = numbers.into_iter().flatten().find(|number| !number.is_finite()) {
            return Err(impossible("number", number.to_string(), "a finite number"));
        }
        if !(0.0..=100.0).contains(&self.weight) {
            return Err(impossible("weight", self.weight.to_string(), "0 to 100 percent"));
        }
        Ok(self)
    }

    /// Passes when a check-in made on `today` speaks of a week that this key result has and that
    /// has begun, and brings a value exactly where one is typed.
    pub fn accepts(&self, check_in: &CheckIn, today: Date) -> Result<(), ObjectivesError> {
        let (week, from, to) = (check_in.week, monday_of(self.starts), monday_of(self.ends));
        let key_result = self.id.to_string();
        if week < from || week > to {
            return Err(ObjectivesError::OutsidePeriod { key_result, week, from, to });
        }
        if week > monday_of(today) {
            return Err(ObjectivesError::NotBegun(week));
        }
        match (self.values, check_in.value) {
            (Values::Computed(_), Some(_)) => Err(ObjectivesError::ValueComputed(key_result)),
            (Values::Computed(_), None) => Ok(()),
            (Values::Typed, Some(value)) => self.accepts_value(value),
            (Values::Typed, None) if matches!(self.kind, Kind::Boolean | Kind::Milestone) => Ok(()),
            (Values::Typed, None) => Err(ObjectivesError::ValueMissing(key_result)),
        }
    }

    /// Passes when `value` can occur at all.
    pub fn accepts_value(&self, value: f64) -> Result<(), ObjectivesError> {
        if value.is_finite() && self.bounds.keep(value) == value {
            return Ok(());
        }
        Err(ObjectivesError::Impossible {
            key_result: self.id.to_string(),
            what: "value",
            found: value.to_string(),
            expected: "a number that can occur: 0 to 100 for a share, none below 0 for a count",
        })
    }

    /// Whether it is measured by readings against a target.
    pub fn is_numeric(&self) -> bool {
        !matches!(self.kind, Kind::Boolean | Kind::Baseline)
    }

    /// How the metrics treat it; `None` for what has no target to reach by readings.
    pub fn course(&self) -> Option<Course> {
        match self.kind {
            Kind::IncreaseTo | Kind::Milestone => Some(Course::IncreaseTo),
            Kind::DecreaseTo => Some(Course::DecreaseTo),
            Kind::StayAbove => Some(Course::StayAbove),
            Kind::StayBelow => Some(Course::StayBelow),
            Kind::ShareInSla if self.start_value < self.target => Some(Course::IncreaseTo),
            Kind::ShareInSla => Some(Course::StayAbove),
            Kind::Boolean | Kind::Baseline => None,
        }
    }

    /// Where it starts and where it is meant to be; a milestone goes from 0 to 100 %.
    pub fn way(&self) -> Option<(f64, f64)> {
        match self.kind {
            Kind::Milestone => {
                Some((self.start_value.unwrap_or(0.0), self.target.unwrap_or(100.0)))
            }
            _ => Some((self.start_value?, self.target?)),
        }
    }

    /// The instant from which its weeks are counted.
    pub fn begins(&self, zone: &TimeZone) -> Result<Timestamp, ObjectivesError> {
        Ok(start_of_day(self.starts, zone)?)
    }

    /// Its length in weeks; the last day counts whole.
    pub fn length_weeks(&self) -> f64 {
        f64::from((self.ends - self.starts).get_days() + 1) / 7.0
    }

    /// Weeks since its start, with fractions; negative before it.
    pub fn week_at(&self, at: Timestamp, zone: &TimeZone) -> Result<f64, ObjectivesError> {
        Ok(weeks_between(self.begins(zone)?, at))
    }

    /// The weeks for which it owes a check-in, by their Mondays, earliest first: every week that
    /// begins in its period, or for slower cadences the week of the month's or the period's end.
    pub fn owed_weeks(&self) -> Vec<Date> {
        match self.cadence {
            Cadence::Weekly => mondays_between(self.starts, self.ends),
            Cadence::Monthly => {
                let mut weeks = Vec::new();
                let mut month = self.starts.first_of_month();
                while month <= self.ends {
                    weeks.push(monday_of(month.last_of_month().min(self.ends)));
                    month = month.saturating_add(1.month());
                }
                weeks.dedup();
                weeks.retain(|week| *week >= monday_of(self.starts));
                weeks
            }
            Cadence::Quarterly => vec![monday_of(self.ends)],
        }
    }

    /// The instants at which its check-ins are late, with their weeks, earliest first.
    pub fn owed(
        &self,
        due: CheckInDue,
        zone: &TimeZone,
    ) -> Result<Vec<(Date, Timestamp)>, ObjectivesError> {
        let weeks = self.owed_weeks().into_iter();
        weeks.map(|week| Ok((week, due.instant(week, zone)?))).collect()
    }

    /// The share of milestones that were done by the end of `day`, in percent.
    pub fn milestones_done(&self, day: Date) -> Option<f64> {
        if self.milestones.is_empty() {
            return None;
        }
        let done = |milestone: &&Milestone| milestone.done_on.is_some_and(|on| on <= day);
        let count = self.milestones.iter().filter(done).count();
        Some(100.0 * count as f64 / self.milestones.len() as f64)
    }

    /// The first instant after its period.
    pub fn is_over_at(&self, zone: &TimeZone) -> Result<Timestamp, ObjectivesError> {
        Ok(end_of_day(self.ends, zone)?)
    }
}

/// The history that the metrics work on: the readings from the start until `now`, in weeks.
/// `Ok(None)` without a target or without a reading. Readings from before the start belong to the
/// baseline and are left out.
pub fn history_of(
    key_result: &KeyResult,
    readings: &[Reading],
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<History>, HistoryRefused> {
    let (Some(course), Some((start, target))) = (key_result.course(), key_result.way()) else {
        return Ok(None);
    };
    let begins = key_result.begins(zone)?;
    let mut counted: Vec<&Reading> =
        readings.iter().filter(|reading| reading.at >= begins && reading.at <= now).collect();
    counted.sort_by_key(|reading| reading.at);
    if counted.is_empty() {
        return Ok(None);
    }
    let point = |reading: &&Reading| Point {
        week: weeks_between(begins, reading.at),
        value: reading.value,
    };
    let points: Vec<Point> = counted.iter().map(point).collect();
    Ok(Some(History::new(course, start, target, key_result.length_weeks(), &points)?))
}

/// Why no history could be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HistoryRefused {
    #[error(transparent)]
    Objectives(#[from] ObjectivesError),
    #[error(transparent)]
    Metrics(#[from] MetricsError),
}

/// Refuses key results of one objective whose weights do not sum to 100 %.
pub fn check_weights(key_results: &[KeyResult]) -> Result<(), ObjectivesError> {
    let sum: f64 = key_results.iter().map(|key_result| key_result.weight).sum();
    // Thirds are typed as 33.3 or 33.33.
    if (sum - 100.0).abs() > 0.2 { Err(ObjectivesError::Weights(sum)) } else { Ok(()) }
}

fn weeks_between(from: Timestamp, to: Timestamp) -> f64 {
    const WEEK_IN_MICROSECONDS: f64 = 7.0 * 24.0 * 3600.0 * 1e6;
    (to.as_microsecond() - from.as_microsecond()) as f64 / WEEK_IN_MICROSECONDS
}
