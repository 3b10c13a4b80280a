//! What the company's scanners found over five quarters, and when it was fixed.
//!
//! Made by arithmetic, so that every build is the same. Hand-placed among them: five critical
//! findings that were not fixed in time, the last one in core-api, logged on a Monday.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::company::services;

/// One weakness in one service, from the day on which a scan first had it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weakness {
    pub service: &'static str,
    pub cve: String,
    pub component: &'static str,
    pub score: f64,
    pub opened: Date,
    /// The day on which a scan no longer had it; `None` = still open.
    pub fixed: Option<Date>,
}

/// The first day of which there are scans.
pub(super) const FIRST_DAY: Date = date(2025, 6, 9);
/// The Monday on which the playbook's example was logged: day 16 is the demo's today.
const EXAMPLE_LOGGED: Date = date(2026, 7, 27);

const COMPONENTS: [&str; 12] = [
    "requests-core",
    "fastparse",
    "libimage",
    "tlswrap",
    "yamlkit",
    "httpfront",
    "authtoken",
    "logfmt",
    "zipstream",
    "sqlbridge",
    "cronlite",
    "protowire",
];

/// `opened`, days to the fix (`None` = open): service, score.
type Placed = (Date, Option<i64>, &'static str, f64);

/// The critical findings, by hand, since the story depends on them.
const CRITICAL: [Placed; 44] = [
    (date(2025, 6, 20), Some(9), "core-api", 9.8),
    (date(2025, 7, 3), Some(11), "billing", 9.1),
    (date(2025, 7, 14), Some(6), "identity", 9.8),
    (date(2025, 7, 29), Some(10), "events", 9.0),
    (date(2025, 8, 11), Some(8), "edge-proxy", 9.3),
    (date(2025, 8, 25), Some(13), "web-app", 9.6),
    (date(2025, 9, 8), Some(7), "partner-api", 9.8),
    (date(2025, 9, 22), Some(12), "secrets", 9.1),
    (date(2025, 10, 6), Some(19), "core-api", 9.8),
    (date(2025, 10, 13), Some(9), "search", 9.0),
    (date(2025, 10, 28), Some(5), "billing", 9.8),
    (date(2025, 11, 5), Some(12), "connectors", 9.4),
    (date(2025, 11, 18), Some(8), "backups", 9.1),
    (date(2025, 12, 2), Some(11), "mobile-gateway", 9.8),
    (date(2025, 12, 11), Some(4), "edge-proxy", 9.9),
    (date(2025, 12, 22), Some(13), "warehouse", 9.0),
    (date(2026, 1, 7), Some(10), "identity", 9.8),
    (date(2026, 1, 19), Some(23), "billing", 9.8),
    (date(2026, 1, 27), Some(9), "events", 9.6),
    (date(2026, 2, 4), Some(12), "reports", 9.1),
    (date(2026, 2, 16), Some(7), "core-api", 9.8),
    (date(2026, 2, 24), Some(11), "observability", 9.0),
    (date(2026, 3, 5), Some(17), "connectors", 9.8),
    (date(2026, 3, 12), Some(10), "web-app", 9.3),
    (date(2026, 3, 23), Some(12), "deployer", 9.1),
    (date(2026, 4, 2), Some(6), "partner-api", 9.8),
    (date(2026, 4, 13), Some(13), "secrets", 9.4),
    (date(2026, 4, 21), Some(20), "core-api", 9.8),
    (date(2026, 4, 30), Some(8), "search", 9.0),
    (date(2026, 5, 11), Some(11), "edge-proxy", 9.8),
    (date(2026, 5, 26), Some(9), "invoices", 9.1),
    (date(2026, 6, 4), Some(12), "identity", 9.6),
    // Due from 1 July to today: twelve, of which one is past its date.
    (date(2026, 6, 18), Some(10), "billing", 9.8),
    (date(2026, 6, 22), Some(12), "web-app", 9.1),
    (date(2026, 6, 25), Some(8), "events", 9.0),
    (date(2026, 6, 30), Some(11), "connectors", 9.8),
    (date(2026, 7, 3), Some(6), "backups", 9.3),
    (date(2026, 7, 7), Some(13), "mobile-gateway", 9.0),
    (date(2026, 7, 10), Some(9), "core-api", 9.6),
    (date(2026, 7, 14), Some(12), "search", 9.1),
    (date(2026, 7, 17), Some(7), "identity", 9.8),
    (date(2026, 7, 21), Some(10), "edge-proxy", 9.0),
    (date(2026, 7, 24), Some(11), "partner-api", 9.4),
    (EXAMPLE_LOGGED, None, "core-api", 9.4),
];

/// Logged later than the example and still open: both are past day 12 today or tomorrow.
const AGEING: [Placed; 2] =
    [(date(2026, 7, 30), None, "billing", 9.1), (date(2026, 7, 31), None, "secrets", 9.0)];

/// Every weakness, in the order in which they were opened.
pub(super) fn weaknesses(today: Date) -> Vec<Weakness> {
    let mut found: Vec<Weakness> = Vec::new();
    for (opened, days, service, score) in CRITICAL.into_iter().chain(AGEING) {
        let fixed = days.map(|days| opened.saturating_add(days.days()));
        found.push(weakness(found.len(), service, score, (opened, fixed)));
    }
    let services: Vec<&'static str> = services().collect();
    // One high, medium or low finding every other day.
    let days = i64::from((today - FIRST_DAY).get_days());
    for nth in 0..days {
        let opened = FIRST_DAY.saturating_add(nth.days());
        // A stride that is prime to the number of services visits all of them.
        let service = services[(nth as usize * 7 + 3) % services.len()];
        let (score, days) = match nth % 9 {
            0 | 4 => (7.0 + (nth % 20) as f64 / 10.0, high_days(nth)),
            1 | 6 => (4.0 + (nth % 29) as f64 / 10.0, Some(18 + nth * 5 % 37)),
            3 => (3.1, (nth % 4 != 0).then_some(40 + nth % 50)),
            _ => continue,
        };
        let fixed = days.map(|days| opened.saturating_add(days.days()));
        let fixed = fixed.filter(|fixed| *fixed <= today);
        found.push(weakness(found.len(), service, score, (opened, fixed)));
    }
    found.sort_by(|one, other| (one.opened, &one.cve).cmp(&(other.opened, &other.cve)));
    found
}

/// About one high finding in three is fixed late.
fn high_days(nth: i64) -> Option<i64> {
    match nth * 11 % 17 {
        0..=5 => Some(32 + nth % 9),
        _ => Some(9 + nth * 7 % 19),
    }
}

fn weakness(
    nth: usize,
    service: &'static str,
    score: f64,
    (opened, fixed): (Date, Option<Date>),
) -> Weakness {
    let cve = format!("CVE-{}-{}", opened.year(), 20_000 + nth * 37);
    Weakness { service, cve, component: COMPONENTS[nth % 12], score, opened, fixed }
}

/// The days on which a service's scan differs from the day before, each with what it then has.
pub(super) fn scans(weaknesses: &[Weakness]) -> BTreeMap<(Date, &'static str), Vec<&Weakness>> {
    let mut scans: BTreeMap<(Date, &'static str), Vec<&Weakness>> = BTreeMap::new();
    for weakness in weaknesses {
        for day in [Some(weakness.opened), weakness.fixed].into_iter().flatten() {
            scans.entry((day, weakness.service)).or_default();
        }
    }
    for ((day, service), open) in &mut scans {
        let is_open = |one: &&Weakness| {
            one.service == *service
                && one.opened <= *day
                && one.fixed.is_none_or(|fixed| fixed > *day)
        };
        *open = weaknesses.iter().filter(is_open).collect();
    }
    scans
}

/// A scan as a generic JSON report.
pub(super) fn report(open: &[&Weakness]) -> Vec<u8> {
    let findings: Vec<serde_json::Value> = open
        .iter()
        .map(|one| {
            serde_json::json!({
                "title": format!("{} in {}", one.cve, one.component),
                "severity": severity(one.score),
                "cve": one.cve,
                "cvssv3_score": one.score,
                "component_name": one.component,
                "component_version": "1.4.2",
                "fix_version": "1.4.9",
            })
        })
        .collect();
    let report = serde_json::json!({
        "name": "Nightly scan",
        "type": "Dependency scan",
        "findings": findings,
    });
    report.to_string().into_bytes()
}

fn severity(score: f64) -> &'static str {
    match score {
        score if score >= 9.0 => "Critical",
        score if score >= 7.0 => "High",
        score if score >= 4.0 => "Medium",
        _ => "Low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_critical_findings_were_not_fixed_in_time() {
        let today = date(2026, 8, 12);
        let late = weaknesses(today).into_iter().filter(|one| {
            let due = one.opened.saturating_add(14.days());
            one.score >= 9.0 && due < today && one.fixed.is_none_or(|fixed| fixed > due)
        });
        let late: Vec<Date> = late.map(|one| one.opened).collect();
        assert_eq!(late.len(), 5);
        assert_eq!(late[4], EXAMPLE_LOGGED);
    }

    #[test]
    fn the_same_history_comes_out_every_time() {
        let today = date(2026, 8, 12);
        assert_eq!(weaknesses(today), weaknesses(today));
        let all = weaknesses(today);
        let scans = scans(&all);
        assert!(scans.len() > 300, "{}", scans.len());
    }
}
