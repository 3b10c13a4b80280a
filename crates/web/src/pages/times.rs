//! Times as people read them: how far away, and exactly when, always together.
//!
//! The rule to remember: nothing here reads a clock. `now` is the instant the page was
//! asked for and the zone is the reader's, so the same page twice reads the same.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::words::escaped;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Under this an hour still matters: `26 h` says more than `1 d`.
const HOURS_MATTER: i64 = 2 * DAY;
/// Ahead and under this, the hours beside the days still matter.
const DAYS_AND_HOURS: i64 = 7 * DAY;
/// Within this many days a weekday alone names one day.
const WEEKDAY_IS_ENOUGH: i32 = 6;

/// How far `then` is from `now`: `in 5 h 12 min`, `3 d ago`, `now`.
pub fn relative(now: Timestamp, then: Timestamp) -> String {
    let seconds = then.as_second() - now.as_second();
    if seconds.abs() < MINUTE {
        return "now".to_owned();
    }
    let ahead = seconds > 0;
    let length = duration(seconds.abs(), ahead);
    if ahead { format!("in {length}") } else { format!("{length} ago") }
}

fn duration(seconds: i64, ahead: bool) -> String {
    if seconds < HOUR {
        return format!("{} min", seconds / MINUTE);
    }
    if seconds < HOURS_MATTER {
        return two(seconds / HOUR, "h", (seconds % HOUR) / MINUTE, "min");
    }
    if ahead && seconds < DAYS_AND_HOURS {
        return two(seconds / DAY, "d", (seconds % DAY) / HOUR, "h");
    }
    format!("{} d", seconds / DAY)
}

fn two(large: i64, unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {unit}")
    } else {
        format!("{large} {unit} {small} {small_unit}")
    }
}

/// Exactly when, in the reader's zone: `Tue 14:00` within six days of `now`,
/// `Tue 1 Dec 14:00` within its year, `Sat 1 Jan 2028 00:00` beyond.
pub fn exact(now: Timestamp, then: Timestamp, zone: &TimeZone) -> String {
    let today = now.to_zoned(zone.clone()).date();
    let at = then.to_zoned(zone.clone());
    let days = today.until(at.date()).map_or(i32::MAX, |span| span.get_days());
    let pattern = if days.unsigned_abs() <= WEEKDAY_IS_ENOUGH.unsigned_abs() {
        "%a %H:%M"
    } else if at.year() == today.year() {
        "%a %-d %b %H:%M"
    } else {
        "%a %-d %b %Y %H:%M"
    };
    at.strftime(pattern).to_string()
}

/// A civil day as a heading reads it: `Monday 23 November 2026`.
pub fn day(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%A %-d %B %Y").to_string()
}

/// An instant, relative and exact together; writes a `<time>` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub relative: String,
    pub exact: String,
    /// RFC 3339 in UTC, for machines.
    pub machine: String,
}

impl Moment {
    /// `then` as read at `now` in `zone`.
    pub fn new(now: Timestamp, then: Timestamp, zone: &TimeZone) -> Moment {
        Moment {
            relative: relative(now, then),
            exact: exact(now, then, zone),
            machine: then.to_string(),
        }
    }
}

impl HtmlSafe for Moment {}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (relative, exact) = (escaped(&self.relative), escaped(&self.exact));
        write!(f, r#"<time datetime="{}">{relative} "#, escaped(&self.machine))?;
        write!(f, r#"<span class="exact"><span class="apart">· </span>{exact}</span></time>"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn check(then: &str, expected: &str) {
        assert_eq!(relative(at("2026-11-23T08:40:00Z"), at(then)), expected, "{then}");
    }

    #[test]
    fn distances_are_told_in_the_two_units_that_matter() {
        check("2026-11-23T08:40:59Z", "now");
        check("2026-11-23T08:52:00Z", "in 12 min");
        check("2026-11-23T13:52:00Z", "in 5 h 12 min");
        check("2026-11-23T13:40:00Z", "in 5 h");
        check("2026-11-24T18:40:00Z", "in 34 h");
        check("2026-11-26T11:40:00Z", "in 3 d 3 h");
        check("2026-12-09T11:40:00Z", "in 16 d");
        check("2026-11-23T08:20:00Z", "20 min ago");
        check("2026-11-20T05:40:00Z", "3 d ago");
        check("2025-11-23T08:40:00Z", "365 d ago");
    }

    #[test]
    fn exact_times_are_in_the_reader_s_zone() {
        let now = at("2026-11-23T08:40:00Z");
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(exact(now, at("2026-11-24T13:00:00Z"), &berlin), "Tue 14:00");
        assert_eq!(exact(now, at("2026-11-16T23:30:00Z"), &berlin), "Tue 00:30");
        assert_eq!(exact(now, at("2026-12-01T13:00:00Z"), &berlin), "Tue 1 Dec 14:00");
        assert_eq!(exact(now, at("2027-12-31T23:00:00Z"), &berlin), "Sat 1 Jan 2028 00:00");
    }

    #[test]
    fn a_moment_is_one_time_element() {
        let now = at("2026-11-23T08:40:00Z");
        let moment = Moment::new(now, at("2026-11-23T13:52:00Z"), &TimeZone::UTC);
        assert_eq!(
            moment.to_string(),
            "<time datetime=\"2026-11-23T13:52:00Z\">in 5 h 12 min \
             <span class=\"exact\"><span class=\"apart\">· </span>Mon 13:52</span></time>"
        );
    }
}
