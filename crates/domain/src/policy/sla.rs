//! The SLA matrix: how many days each band has, who signed that, and since when it holds.
//!
//! Days are civil days in the organisation's zone. A thing due on a day is in time until the last
//! second of that day, whatever the clocks do that night. Older versions are never edited: a
//! deadline is explained by the version it was set under (playbook, bet 1.1).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan};
use thiserror::Error;

use crate::findings::Band;

/// Longest time a band may have, in days: ten years; more is "none".
pub const LONGEST_SLA: u16 = 3650;

/// A number of days for each band; none = the band has no such day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandDays {
    pub critical: Option<u16>,
    pub high: Option<u16>,
    pub medium: Option<u16>,
    pub low: Option<u16>,
}

impl BandDays {
    /// The playbook's deadlines: 14, 30, 60 days, none below (bet 1.1).
    pub const PLAYBOOK: BandDays =
        BandDays { critical: Some(14), high: Some(30), medium: Some(60), low: None };

    /// The playbook's warning points: open 12 and 25 days with no fix merged (trigger 6).
    pub const PLAYBOOK_WARNING: BandDays =
        BandDays { critical: Some(12), high: Some(25), medium: None, low: None };

    /// The days of `band`.
    pub fn of(&self, band: Band) -> Option<u16> {
        match band {
            Band::Critical => self.critical,
            Band::High => self.high,
            Band::Medium => self.medium,
            Band::Low => self.low,
        }
    }
}

/// One who put their name under the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    /// Such as `CTO`.
    pub role: String,
    pub name: String,
}

/// One signed version of the organisation's deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaMatrix {
    /// The first day on which it holds; also what this version is called.
    pub effective_from: Date,
    pub signatories: Vec<Signatory>,
    pub days: BandDays,
}

impl SlaMatrix {
    /// The playbook's matrix, not yet signed by anybody, in force since ever.
    pub fn playbook() -> SlaMatrix {
        SlaMatrix {
            effective_from: Date::constant(1970, 1, 1),
            signatories: Vec::new(),
            days: BandDays::PLAYBOOK,
        }
    }

    /// Until when a thing of `band` that starts on `start` must be closed: the last second of
    /// its due day. None where the band has no deadline.
    pub fn due(&self, start: Date, band: Band, zone: &TimeZone) -> Option<Timestamp> {
        let days = self.days.of(band)?;
        Some(last_second(start.saturating_add(i64::from(days).days()), zone))
    }
}

/// Why a matrix, or a list of them, cannot be the policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MatrixRefused {
    #[error("there is no SLA matrix; at least one version is needed")]
    NoVersion,
    #[error("two SLA matrices take effect on {0}; one day has one matrix")]
    SameDay(Date),
    #[error("the SLA matrix of {from} gives {band} {days} days; allowed are 1 to {LONGEST_SLA}")]
    Days { from: Date, band: Band, days: u16 },
    #[error(
        "the SLA matrix of {from} gives {worse} more time than {milder}; a worse band comes first"
    )]
    Order { from: Date, worse: Band, milder: Band },
}

/// Every version of the matrix, so that any past deadline can be computed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaMatrices {
    /// By `effective_from`, earliest first; never empty.
    versions: Vec<SlaMatrix>,
}

impl Default for SlaMatrices {
    fn default() -> SlaMatrices {
        SlaMatrices { versions: vec![SlaMatrix::playbook()] }
    }
}

impl SlaMatrices {
    /// The versions in any order.
    ///
    /// # Errors
    ///
    /// None at all, two of one day, a band of 0 or over [`LONGEST_SLA`] days, or a worse band
    /// with more time than a milder one.
    pub fn new(mut versions: Vec<SlaMatrix>) -> Result<SlaMatrices, MatrixRefused> {
        if versions.is_empty() {
            return Err(MatrixRefused::NoVersion);
        }
        versions.sort_by_key(|matrix| matrix.effective_from);
        if let Some(pair) =
            versions.windows(2).find(|pair| pair[0].effective_from == pair[1].effective_from)
        {
            return Err(MatrixRefused::SameDay(pair[0].effective_from));
        }
        versions.iter().try_for_each(check_days)?;
        Ok(SlaMatrices { versions })
    }

    /// The version in force on `day`. Before the first version takes effect it is the first: a
    /// thing found earlier is not without a deadline.
    pub fn on(&self, day: Date) -> &SlaMatrix {
        let later = self.versions.partition_point(|matrix| matrix.effective_from <= day);
        &self.versions[later.saturating_sub(1)]
    }

    /// All versions, earliest first.
    pub fn versions(&self) -> &[SlaMatrix] {
        &self.versions
    }
}

fn check_days(matrix: &SlaMatrix) -> Result<(), MatrixRefused> {
    let from = matrix.effective_from;
    let mut worse: Option<(Band, u16)> = None;
    for band in Band::ALL {
        let days = matrix.days.of(band);
        if let Some(days) = days.filter(|days| !(1..=LONGEST_SLA).contains(days)) {
            return Err(MatrixRefused::Days { from, band, days });
        }
        let endless = u16::MAX;
        if let Some((worse, longer)) = worse
            && longer > days.unwrap_or(endless)
        {
            return Err(MatrixRefused::Order { from, worse, milder: band });
        }
        worse = Some((band, days.unwrap_or(endless)));
    }
    Ok(())
}

/// The civil day on which an instant falls in `zone`.
pub fn civil_day(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// The last full second of `day` in `zone`, also where that night is skipped or repeated.
///
/// A day that a zone left out altogether (Samoa, 30 December 2011) ends with the day before it.
/// Beyond the range of time it is the end of time.
pub fn last_second(day: Date, zone: &TimeZone) -> Timestamp {
    let next = day.saturating_add(1.day()).to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    let Ok(next) = next else {
        return Timestamp::MAX;
    };
    next.checked_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN)
}

/// The first second of `day` in `zone`.
pub fn first_second(day: Date, zone: &TimeZone) -> Timestamp {
    let start = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
    start.unwrap_or(Timestamp::MAX)
}

/// The same time of day `days` civil days later in `zone`.
pub fn shift_days(at: Timestamp, days: i32, zone: &TimeZone) -> Timestamp {
    let span = Span::new().try_days(days).unwrap_or_default();
    let shifted = at.to_zoned(zone.clone()).checked_add(span);
    shifted.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn check_due(start: &str, band: Band, zone: &str, expected: &str) {
        let zone = TimeZone::get(zone).expect("a known zone");
        let start: Timestamp = start.parse().expect("an instant");
        let due = SlaMatrix::playbook().due(civil_day(start, &zone), band, &zone);
        let said = due.map_or("none".to_owned(), |due| due.to_zoned(zone).to_string());
        assert_eq!(said, expected);
    }

    #[test]
    fn due_is_the_last_second_of_the_due_day_in_the_organisations_zone() {
        let at = "2026-01-05T23:30:00Z";
        check_due(at, Band::Critical, "Europe/Berlin", "2026-01-20T23:59:59+01:00[Europe/Berlin]");
        check_due(
            at,
            Band::Critical,
            "America/New_York",
            "2026-01-19T23:59:59-05:00[America/New_York]",
        );
        check_due(
            at,
            Band::Critical,
            "Pacific/Kiritimati",
            "2026-01-20T23:59:59+14:00[Pacific/Kiritimati]",
        );
        check_due(at, Band::Low, "Europe/Berlin", "none");
    }

    #[test]
    fn a_change_of_the_clocks_does_not_move_the_due_day() {
        let zone = "Europe/Berlin";
        check_due(
            "2026-03-20T10:00:00Z",
            Band::Critical,
            zone,
            "2026-04-03T23:59:59+02:00[Europe/Berlin]",
        );
        check_due(
            "2026-10-11T10:00:00Z",
            Band::Critical,
            zone,
            "2026-10-25T23:59:59+01:00[Europe/Berlin]",
        );
        // The clocks of Lebanon go forward at midnight: the next day begins at 01:00.
        check_due(
            "2026-03-14T10:00:00Z",
            Band::Critical,
            "Asia/Beirut",
            "2026-03-28T23:59:59+02:00[Asia/Beirut]",
        );
    }

    #[test]
    fn leap_days_and_left_out_days_count_as_the_calendar_has_them() {
        check_due(
            "2028-02-15T10:00:00Z",
            Band::Critical,
            "Europe/Berlin",
            "2028-02-29T23:59:59+01:00[Europe/Berlin]",
        );
        check_due(
            "2027-02-15T10:00:00Z",
            Band::Critical,
            "Europe/Berlin",
            "2027-03-01T23:59:59+01:00[Europe/Berlin]",
        );
        check_due(
            "2011-12-16T12:00:00Z",
            Band::Critical,
            "Pacific/Apia",
            "2011-12-29T23:59:59-10:00[Pacific/Apia]",
        );
    }

    #[test]
    fn the_version_of_the_day_holds() {
        let mut stricter = SlaMatrix::playbook();
        stricter.effective_from = date(2026, 7, 1);
        stricter.days.critical = Some(7);
        let mut first = SlaMatrix::playbook();
        first.effective_from = date(2026, 1, 1);
        let matrices = SlaMatrices::new(vec![stricter, first]).expect("two versions");
        let days = |day| matrices.on(day).days.critical;
        assert_eq!(days(date(2026, 6, 30)), Some(14));
        assert_eq!(days(date(2026, 7, 1)), Some(7));
        assert_eq!(days(date(1999, 1, 1)), Some(14));
    }

    #[test]
    fn a_senseless_matrix_is_refused() {
        let with = |days| {
            let matrix = SlaMatrix { days, ..SlaMatrix::playbook() };
            SlaMatrices::new(vec![matrix]).expect_err("refused").to_string()
        };
        let book = BandDays::PLAYBOOK;
        assert_eq!(SlaMatrices::new(Vec::new()), Err(MatrixRefused::NoVersion));
        assert_eq!(
            SlaMatrices::new(vec![SlaMatrix::playbook(); 2]),
            Err(MatrixRefused::SameDay(date(1970, 1, 1))),
        );
        assert_eq!(
            with(BandDays { critical: Some(0), ..book }),
            "the SLA matrix of 1970-01-01 gives critical 0 days; allowed are 1 to 3650",
        );
        assert_eq!(
            with(BandDays { critical: None, ..book }),
            "the SLA matrix of 1970-01-01 gives critical more time than high; \
             a worse band comes first",
        );
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for zone in [TimeZone::UTC, TimeZone::get("Pacific/Kiritimati").expect("a zone")] {
            for at in [Timestamp::MIN, Timestamp::MAX] {
                let day = civil_day(at, &zone);
                let _ = SlaMatrix::playbook().due(day, Band::Medium, &zone);
                let _ = (shift_days(at, 30, &zone), shift_days(at, -30, &zone));
            }
        }
    }
}
