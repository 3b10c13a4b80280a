//! The fiscal calendar: quarters, their Mondays, and when a week's check-in is due.
//!
//! The rule to remember: a fiscal year carries the name of the calendar year in which it *ends*
//! (with a first month of February, FY27 runs from 1 February 2026 to 31 January 2027), and the
//! planning dates are the n-th Monday *strictly before* the quarter's first day. Public holidays
//! are deliberately absent: a week's check-in is dated to its Monday even when that is a holiday.
//! Source: the OKR process, "How We Plan, Assign, and Execute Work".

use std::fmt;

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What the calendar refuses, with what it found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("a fiscal year cannot begin in month {0}; give 1 (January) to 12 (December)")]
    NoSuchMonth(i8),
    #[error("`{0}` is not a quarter; write it as FY27-Q4")]
    NotAQuarter(String),
    #[error("the date lies outside the years that the calendar covers (2000 to 2099)")]
    OutsideCalendar,
    #[error("a time zone cannot name this local time; check the organisation's time zone")]
    NoSuchInstant,
}

/// The first fiscal year that can be named, because labels carry two digits.
pub const FIRST_YEAR: i16 = 2000;
/// The last fiscal year that can be named.
pub const LAST_YEAR: i16 = 2099;

/// One fiscal quarter, `FY27-Q4`: without the first month it is a name, not yet a span of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    number: i8,
}

impl Quarter {
    /// The `number`-th (1–4) quarter of the fiscal year that ends in `year` (2000–2099).
    pub fn new(year: i16, number: i8) -> Result<Quarter, CalendarError> {
        let known = (FIRST_YEAR..=LAST_YEAR).contains(&year) && (1..=4).contains(&number);
        if known { Ok(Quarter { year, number }) } else { Err(CalendarError::OutsideCalendar) }
    }

    /// Reads a label as the source writes it, `FY27-Q4`; nothing else is accepted.
    pub fn from_label(label: &str) -> Result<Quarter, CalendarError> {
        let refused = || CalendarError::NotAQuarter(label.to_owned());
        let digits = label.strip_prefix("FY").ok_or_else(refused)?;
        let (year, number) = digits.split_once("-Q").ok_or_else(refused)?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 2 || number.len() != 1 || !plain(year) || !plain(number) {
            return Err(refused());
        }
        let year: i16 = year.parse().map_err(|_| refused())?;
        let number: i8 = number.parse().map_err(|_| refused())?;
        Quarter::new(FIRST_YEAR + year, number).map_err(|_| refused())
    }

    /// The calendar year in which the fiscal year ends.
    pub fn fiscal_year(self) -> i16 {
        self.year
    }

    /// 1 to 4.
    pub fn number(self) -> i8 {
        self.number
    }

    /// The quarter after this one; `None` past the calendar's last year.
    pub fn next(self) -> Option<Quarter> {
        match self.number {
            4 => Quarter::new(self.year + 1, 1).ok(),
            number => Quarter::new(self.year, number + 1).ok(),
        }
    }

    /// The quarter before this one; `None` before the calendar's first year.
    pub fn previous(self) -> Option<Quarter> {
        match self.number {
            1 => Quarter::new(self.year - 1, 4).ok(),
            number => Quarter::new(self.year, number - 1).ok(),
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "FY{:02}-Q{}", self.year - FIRST_YEAR, self.number)
    }
}

/// The organisation's fiscal year: the month in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    first_month: i8,
}

impl Default for FiscalYear {
    /// The source's fiscal year begins on 1 February.
    fn default() -> FiscalYear {
        FiscalYear { first_month: 2 }
    }
}

impl FiscalYear {
    /// A fiscal year that begins on the first day of `month` (1–12).
    pub fn beginning_in(month: i8) -> Result<FiscalYear, CalendarError> {
        if (1..=12).contains(&month) {
            Ok(FiscalYear { first_month: month })
        } else {
            Err(CalendarError::NoSuchMonth(month))
        }
    }

    /// The month in which the fiscal year begins, 1–12.
    pub fn first_month(self) -> i8 {
        self.first_month
    }

    /// The quarter that contains `day`.
    pub fn quarter_of(self, day: Date) -> Result<Quarter, CalendarError> {
        let months = i32::from(day.month()) - i32::from(self.first_month);
        let begun = months >= 0;
        let number = months.rem_euclid(12) / 3 + 1;
        let ends_later = i16::from(begun && self.first_month != 1);
        let behind = i16::from(!begun && self.first_month == 1);
        Quarter::new(day.year() + ends_later - behind, number as i8)
    }

    /// The first day of `quarter`.
    pub fn first_day(self, quarter: Quarter) -> Date {
        let begins = quarter.year - i16::from(self.first_month != 1);
        let months = i16::from(self.first_month) - 1 + 3 * (i16::from(quarter.number) - 1);
        date(begins + months / 12, (months % 12 + 1) as i8, 1)
    }

    /// The last day of `quarter`.
    pub fn last_day(self, quarter: Quarter) -> Date {
        let first = self.first_day(quarter);
        first.saturating_add(2.months()).last_of_month()
    }

    /// The `n`-th Monday strictly before the first day of `quarter`; `n` counts from 1.
    pub fn monday_before(self, quarter: Quarter, n: u8) -> Date {
        let first = self.first_day(quarter);
        let days = i64::from(first.weekday().since(Weekday::Monday));
        let nearest = if days == 0 { 7 } else { days };
        first.saturating_sub((nearest + 7 * (i64::from(n.max(1)) - 1)).days())
    }

    /// The week of the quarter in which `day` lies: 1 is the (partial) calendar week that holds
    /// the first day. `None` outside the quarter.
    pub fn week_of(self, quarter: Quarter, day: Date) -> Option<u8> {
        let first = self.first_day(quarter);
        if day < first || day > self.last_day(quarter) {
            return None;
        }
        let days = (monday_of(day) - monday_of(first)).get_days();
        u8::try_from(days / 7 + 1).ok()
    }

    /// Every Monday that lies in the quarter: the weeks for which a check-in is owed.
    pub fn mondays(self, quarter: Quarter) -> Vec<Date> {
        mondays_between(self.first_day(quarter), self.last_day(quarter))
    }

    /// The planning dates of `quarter`, earliest first, with what happens on each.
    pub fn planning_dates(self, quarter: Quarter) -> [(Date, &'static str); 4] {
        PLANNING.map(|(mondays, step)| (self.monday_before(quarter, mondays), step))
    }
}

/// Mondays before the quarter, and the step that the OKR process puts on each.
const PLANNING: [(u8, &str); 4] = [
    (7, "planning document opened for the functional leaders"),
    (6, "functional leaders agree on objectives"),
    (4, "the CISO proposes the division's objectives; draft review begins"),
    (2, "objectives and key results are final"),
];

/// The Monday of the week in which `day` lies.
pub fn monday_of(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days())
}

/// The Mondays from `first` to `last`, both included, earliest first.
pub fn mondays_between(first: Date, last: Date) -> Vec<Date> {
    let monday = monday_of(first);
    let mut next = if monday < first { monday.saturating_add(7.days()) } else { monday };
    let mut mondays = Vec::new();
    while next <= last {
        mondays.push(next);
        next = next.saturating_add(7.days());
    }
    mondays
}

/// The first instant of `day` in `zone`.
pub fn start_of_day(day: Date, zone: &TimeZone) -> Result<Timestamp, CalendarError> {
    instant_of(day.at(0, 0, 0, 0), zone)
}

/// The instant of a local time in `zone`. A time that the clocks skip is moved forward with them;
/// of one that they show twice, the first counts.
pub fn instant_of(local: DateTime, zone: &TimeZone) -> Result<Timestamp, CalendarError> {
    let zoned = zone.to_ambiguous_zoned(local).compatible();
    zoned.map(|zoned| zoned.timestamp()).map_err(|_| CalendarError::NoSuchInstant)
}

/// The first instant *after* `day` in `zone`: what is due "by the end of the day" is in time
/// before this instant and late from it on.
pub fn end_of_day(day: Date, zone: &TimeZone) -> Result<Timestamp, CalendarError> {
    let next = day.tomorrow().map_err(|_| CalendarError::OutsideCalendar)?;
    start_of_day(next, zone)
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests find the corpus by its variable, and say so loudly when it is absent"
)]
mod tests {
    use super::*;

    fn label(text: &str) -> Quarter {
        Quarter::from_label(text).unwrap()
    }

    #[test]
    fn the_planning_mondays_of_the_source_come_out() {
        let year = FiscalYear::default();
        let dates = |text: &str| year.planning_dates(label(text)).map(|(day, _)| day.to_string());
        assert_eq!(dates("FY27-Q4"), ["2026-09-14", "2026-09-21", "2026-10-05", "2026-10-19"]);
        // The first day of this quarter is itself a Monday, and does not count.
        assert_eq!(dates("FY28-Q1"), ["2026-12-14", "2026-12-21", "2027-01-04", "2027-01-18"]);
    }

    #[test]
    fn every_day_lies_in_the_quarter_that_it_is_said_to_lie_in() {
        for month in 1..=12 {
            let year = FiscalYear::beginning_in(month).unwrap();
            let mut day = date(2024, 1, 1);
            while day < date(2028, 1, 1) {
                let quarter = year.quarter_of(day).unwrap();
                assert!(year.first_day(quarter) <= day && day <= year.last_day(quarter), "{day}");
                assert_eq!(Quarter::from_label(&quarter.to_string()), Ok(quarter));
                day = day.tomorrow().unwrap();
            }
        }
    }

    #[test]
    fn quarters_follow_each_other_without_a_gap() {
        let year = FiscalYear::default();
        let mut quarter = label("FY20-Q1");
        for _ in 0..40 {
            let next = quarter.next().unwrap();
            assert_eq!(year.last_day(quarter).tomorrow().unwrap(), year.first_day(next));
            assert_eq!(next.previous(), Some(quarter));
            quarter = next;
        }
    }

    #[test]
    fn a_label_in_any_other_form_is_refused() {
        for text in
            ["FY27-Q5", "FY27-Q0", "FY2027-Q1", "fy27-q1", "FY27Q1", "FY+7-Q1", "", "FY27-Q"]
        {
            assert_eq!(
                Quarter::from_label(text),
                Err(CalendarError::NotAQuarter(text.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn weeks_of_a_quarter_count_from_the_week_of_its_first_day() {
        let (year, quarter) = (FiscalYear::default(), label("FY27-Q3"));
        // 1 August 2026 is a Saturday: its week is week 1, and the first Monday opens week 2.
        assert_eq!(year.week_of(quarter, date(2026, 8, 1)), Some(1));
        assert_eq!(year.week_of(quarter, date(2026, 8, 3)), Some(2));
        assert_eq!(year.week_of(quarter, date(2026, 11, 1)), None);
        assert_eq!(year.mondays(quarter).first(), Some(&date(2026, 8, 3)));
        assert_eq!(year.mondays(quarter).len(), 13);
    }

    #[test]
    fn the_end_of_a_day_is_told_in_the_organisations_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let end = end_of_day(date(2026, 10, 25), &zone).unwrap();
        assert_eq!(end.to_string(), "2026-10-25T23:00:00Z");
        let start = start_of_day(date(2026, 10, 25), &zone).unwrap();
        assert_eq!(start.to_string(), "2026-10-24T22:00:00Z");
    }

    /// Quarters and Mondays of the public vectors; their milestones belong to the planning rooms.
    #[test]
    fn the_calendar_agrees_with_the_public_vectors() {
        let Ok(corpus) = std::env::var("WATCHBELL_CORPUS") else {
            eprintln!("CORPUS ABSENT: set WATCHBELL_CORPUS to check the public calendar vectors");
            return;
        };
        let text = std::fs::read_to_string(format!("{corpus}/gitlab/calendar/vectors.json"));
        let vectors: serde_json::Value = serde_json::from_str(&text.unwrap()).unwrap();
        let year = FiscalYear::default();
        let day = |value: &serde_json::Value| value.as_str().unwrap().parse::<Date>().unwrap();
        for vector in vectors["fiscal_quarters"].as_array().unwrap() {
            let quarter = label(vector["quarter"].as_str().unwrap());
            assert_eq!(year.first_day(quarter), day(&vector["start"]));
            assert_eq!(year.last_day(quarter), day(&vector["end"]));
            for (n, monday) in vector["mondays_prior"].as_object().unwrap() {
                assert_eq!(year.monday_before(quarter, n.parse().unwrap()), day(monday));
            }
        }
        for (date, quarter) in vectors["quarter_of"].as_object().unwrap() {
            let found = year.quarter_of(date.parse().unwrap()).unwrap();
            assert_eq!(found, label(quarter.as_str().unwrap()));
        }
    }
}
