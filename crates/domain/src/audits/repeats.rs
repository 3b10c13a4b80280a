//! What an auditor would find again: findings that stay open too long where it matters most.
//!
//! A critical or high finding in a Tier-1 service that is open for more than 30 days is one that
//! the next audit repeats. Counted at the end of each of the last weeks, so that the count has a
//! trend and the trend has a value on the day of the audit. Source: the CISO playbook, O2 and
//! "Trigger 7": "findings' count and age trend to result in repeat findings".

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::metrics::Point;

/// Open for longer than this, a finding becomes a repeat finding.
pub const REPEATS_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many weeks back the count is taken: the trend of a month and a half.
pub const AGED_WEEKS: i32 = 6;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// From when to when a finding was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lived {
    pub service: String,
    pub started: Timestamp,
    /// `None` = it still is.
    pub ended: Option<Timestamp>,
}

impl Lived {
    fn is_aged_at(&self, at: Timestamp) -> bool {
        let is_old = self.started.checked_add(REPEATS_AFTER).is_ok_and(|old| old < at);
        is_old && self.ended.is_none_or(|ended| ended > at)
    }
}

/// How many of `lived` had been open for too long at the end of each week, the last one now; the
/// weeks count from the first.
pub fn aged(lived: &[Lived], now: Timestamp) -> Vec<Point> {
    (0..=AGED_WEEKS)
        .map(|week| {
            let at = now.checked_sub(WEEK * (AGED_WEEKS - week)).unwrap_or(Timestamp::MIN);
            let count = lived.iter().filter(|one| one.is_aged_at(at)).count();
            Point { week: f64::from(week), value: count as f64 }
        })
        .collect()
}

/// The services in which some are too old now, with how many, the most first.
pub fn aged_by_service(lived: &[Lived], now: Timestamp) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in lived.iter().filter(|one| one.is_aged_at(now)) {
        *counts.entry(&one.service).or_default() += 1;
    }
    let mut counts: Vec<_> =
        counts.into_iter().map(|(service, count)| (service.to_owned(), count)).collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_aged_from_its_31st_day_until_it_is_closed() {
        let now: Timestamp = "2026-08-12T08:00:00Z".parse().unwrap();
        let days = |days: i64| now - SignedDuration::from_hours(days * 24);
        let lived =
            |service: &str, started, ended| Lived { service: service.into(), started, ended };
        let all = [
            lived("api", days(30), None),
            lived("api", days(46), None),
            lived("web", days(60), Some(days(10))),
            lived("web", days(31), None),
            lived("api", days(32), None),
        ];
        let counts: Vec<f64> = aged(&all, now).iter().map(|point| point.value).collect();
        // Thirty days and not more is not too long; the closed one counted until it was closed.
        assert_eq!(counts, [0.0, 0.0, 1.0, 1.0, 2.0, 1.0, 3.0]);
        assert_eq!(aged_by_service(&all, now), [("api".into(), 2), ("web".into(), 1)]);
    }
}
