//! Cycle times: how long fixes take, from the start of the clock to the scan that verified them.
//!
//! Read at the end of each week over the quarter of a year before it, for all teams together and
//! for each team, as the 90th percentile: nine of ten fixes were quicker. The rule to remember: few
//! fixes have no percentile, so a team speaks for itself only from five fixes on. Source: the CISO
//! playbook, "Trigger 2"; the execution spec, part 3.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::Band;

/// The fixes that one reading counts: a quarter of a year, since one team fixes few in a week.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(13 * 7 * 24);
/// How many weeks the first and the last reading of a cycle time lie apart.
pub const SLOWING_WEEKS: u32 = 4;
/// With fewer fixes there is no percentile worth telling.
const LEAST_FIXES: usize = 5;
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The share of the fixes that are as quick or quicker.
const SHARE: f64 = 0.9;

/// One verified fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The owning team; `None` = nobody's.
    pub team: Option<String>,
    pub band: Band,
    /// When its clock started (with the time used before a reopening taken off).
    pub started: Timestamp,
    /// The scan that verified it.
    pub fixed: Timestamp,
}

/// How long the fixes of one band took.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleTime {
    /// `None` = all teams together.
    pub team: Option<String>,
    /// The 90th percentile in days at the ends of the last weeks, earliest first, the last one as
    /// of now; `None` where there were too few fixes.
    pub p90_days: Vec<Option<f64>>,
    /// The fixes behind the last reading.
    pub fixes: usize,
}

/// The cycle times of `band` as of `now`: all teams together first, then each team by its name.
pub fn cycle_times(fixes: &[Fix], band: Band, now: Timestamp) -> Vec<CycleTime> {
    let counted: Vec<&Fix> = fixes.iter().filter(|fix| fix.band == band).collect();
    let mut by_team: BTreeMap<&str, Vec<&Fix>> = BTreeMap::new();
    let teams: BTreeSet<&str> = counted.iter().filter_map(|fix| fix.team.as_deref()).collect();
    for team in teams {
        let own = counted.iter().copied().filter(|fix| fix.team.as_deref() == Some(team));
        by_team.insert(team, own.collect());
    }
    let all = std::iter::once(cycle_time(None, &counted, now));
    all.chain(by_team.iter().map(|(team, own)| cycle_time(Some(team), own, now))).collect()
}

fn cycle_time(team: Option<&str>, fixes: &[&Fix], now: Timestamp) -> CycleTime {
    let mut readings = Vec::new();
    for weeks_ago in (0..=SLOWING_WEEKS).rev() {
        let end = now.checked_sub(WEEK * weeks_ago as i32).unwrap_or(Timestamp::MIN);
        let begin = end.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
        let within = fixes.iter().filter(|fix| begin < fix.fixed && fix.fixed <= end);
        let mut days: Vec<f64> = within
            .map(|fix| fix.fixed.duration_since(fix.started).as_secs_f64() / 86_400.0)
            .collect();
        readings.push((p90(&mut days), days.len()));
    }
    let fixes = readings.last().map_or(0, |(_, count)| *count);
    let p90_days = readings.into_iter().map(|(p90, _)| p90).collect();
    CycleTime { team: team.map(str::to_owned), p90_days, fixes }
}

/// The nearest-rank percentile.
fn p90(days: &mut [f64]) -> Option<f64> {
    if days.len() < LEAST_FIXES {
        return None;
    }
    days.sort_by(f64::total_cmp);
    let rank = (SHARE * days.len() as f64).ceil() as usize;
    days.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-08-12T08:00:00Z";

    fn fix(team: &str, band: Band, took: i64, weeks_ago: i64) -> Fix {
        let now: Timestamp = NOW.parse().unwrap();
        let fixed = now - SignedDuration::from_hours(weeks_ago * 7 * 24);
        let started = fixed - SignedDuration::from_hours(took * 24);
        Fix { team: Some(team.into()), band, started, fixed }
    }

    fn of(fixes: &[Fix]) -> Vec<CycleTime> {
        cycle_times(fixes, Band::High, NOW.parse().unwrap())
    }

    #[test]
    fn nine_of_ten_fixes_are_as_quick_as_the_percentile() {
        let fixes: Vec<Fix> = (1..=10).map(|took| fix("api", Band::High, took * 3, 0)).collect();
        let times = of(&fixes);
        assert_eq!(times[0].p90_days.last(), Some(&Some(27.0)));
        assert_eq!((times.len(), times[1].fixes), (2, 10));
        assert_eq!(times[1].team.as_deref(), Some("api"));
    }

    #[test]
    fn a_team_with_few_fixes_does_not_speak_for_itself_and_other_bands_do_not_count() {
        let mut fixes: Vec<Fix> = (0..4).map(|_| fix("api", Band::High, 40, 1)).collect();
        fixes.push(fix("web", Band::High, 10, 1));
        fixes.push(fix("web", Band::Critical, 90, 1));
        let times = of(&fixes);
        assert_eq!(times[0].p90_days.last(), Some(&Some(40.0)), "five fixes of all teams");
        assert!(times[1..].iter().all(|one| one.p90_days.last() == Some(&None)));
        assert_eq!(times[0].p90_days[0], None, "four weeks ago there was none");
    }

    #[test]
    fn a_fix_older_than_the_window_is_forgotten() {
        let fixes: Vec<Fix> = (0..6).map(|_| fix("api", Band::High, 40, 13)).collect();
        let times = of(&fixes);
        assert_eq!(times[0].p90_days, [Some(40.0), Some(40.0), Some(40.0), Some(40.0), None]);
    }
}
