//! The company's objectives: four quarters that ended, and the third quarter at its sixth week.
//!
//! The histories of the running quarter are those of the execution spec, part 1, "To reproduce";
//! with the records of promises below they give the playbook's three rows.

use domain::objectives::{Health, Input, InputKind, KeyResultId, Promise, WeekOfPromises};
use jiff::ToSpan;
use jiff::civil::{Date, date};

/// A key result's history over one quarter: where it starts, and what it read week by week.
pub(super) struct Course {
    /// Within its quarter: `O1-KR3`.
    pub code: &'static str,
    pub start: f64,
    pub values: Vec<f64>,
    pub health: Health,
    /// Whether the product computes the values: then the past ones are brought along.
    pub computed: bool,
}

/// A ritual: the day on which it was said, which one, for which day, and what came of it.
type Held = (Date, &'static str, Date, &'static str);

/// What was held in the running quarter: every backlog review until today, the readiness review of
/// July, and a date for the penetration test.
pub(super) const HELD: [Held; 8] = [
    held("backlog-review", date(2026, 7, 2), "12 critical, 31 high; two owners name a date."),
    held("backlog-review", date(2026, 7, 9), "Nothing past its date."),
    held("backlog-review", date(2026, 7, 16), "Two libraries to replace, not to patch."),
    held("backlog-review", date(2026, 7, 23), "High ones wait for room in the sprint."),
    held("backlog-review", date(2026, 7, 30), "CVE in core-api: asked for capacity."),
    held("backlog-review", date(2026, 8, 6), "core-api still without a merged fix."),
    held("readiness-review", date(2026, 7, 28), "Access reviews are the largest gap."),
    (
        date(2026, 7, 20),
        "penetration-test",
        date(2026, 9, 14),
        "Two weeks with the vendor, external and API.",
    ),
];

const fn held(ritual: &'static str, on: Date, words: &'static str) -> Held {
    (on, ritual, on, words)
}

/// The label of the running quarter, and its first day, a Wednesday.
pub(super) const RUNNING: (&str, Date) = ("FY26-Q3", date(2026, 7, 1));

/// The quarters before it, with their first days.
pub(super) const ENDED: [(&str, Date); 4] = [
    ("FY25-Q3", date(2025, 7, 1)),
    ("FY25-Q4", date(2025, 10, 1)),
    ("FY26-Q1", date(2026, 1, 1)),
    ("FY26-Q2", date(2026, 4, 1)),
];

/// The seven histories behind the playbook's three rows, weeks 0 to 6.
pub(super) fn running() -> Vec<Course> {
    use Health::{AtRisk, NeedsAttention, OnTrack};
    let course = |code, values: &[f64], health, computed| Course {
        code,
        start: values[0],
        values: values.to_vec(),
        health,
        computed,
    };
    vec![
        course("O1-KR1", &[70.0, 71.5, 72.5, 73.5, 83.0, 83.5, 91.5], NeedsAttention, true),
        course("O1-KR2", &[60.0, 61.0, 66.5, 63.0, 65.0, 66.5, 65.0], AtRisk, true),
        course("O1-KR3", &[55.0, 60.0, 63.0, 66.5, 70.5, 64.0, 68.0], NeedsAttention, false),
        course("O2-KR1", &[80.0, 76.8, 82.1, 78.8, 79.9, 81.5, 81.9], NeedsAttention, false),
        course("O2-KR2", &[8.0, 8.1, 9.3, 7.6, 4.6, 4.7, 0.0], OnTrack, false),
        course("O3-KR1", &[50.0, 51.0, 65.0, 74.0, 75.5, 76.0, 97.0], OnTrack, false),
        course("O3-KR2", &[14.0, 14.4, 14.1, 11.9, 12.3, 11.3, 10.9], OnTrack, false),
    ]
}

/// Typed key results over the four quarters that ended: where each quarter began, and the end.
const ENDED_WAYS: [(&str, [f64; 5]); 5] = [
    ("O1-KR3", [22.0, 31.0, 40.0, 47.0, 55.0]),
    ("O2-KR1", [71.0, 75.0, 79.0, 78.0, 80.0]),
    ("O2-KR2", [9.0, 7.0, 5.0, 6.0, 8.0]),
    ("O3-KR1", [24.0, 33.0, 38.0, 45.0, 50.0]),
    ("O3-KR2", [20.0, 18.0, 17.0, 15.0, 14.0]),
];
/// How far a week strays from its way, in hundredths of the way; sums to nothing.
const STRAY: [f64; 13] = [0.0, 12.0, -9.0, 6.0, -14.0, 8.0, 11.0, -7.0, -12.0, 9.0, 5.0, -9.0, 0.0];

/// The typed histories of the `nth` quarter that ended, weeks 0 to 12.
pub(super) fn ended(nth: usize) -> Vec<Course> {
    let course = |(code, ways): &(&'static str, [f64; 5])| {
        let (start, way) = (ways[nth], ways[nth + 1] - ways[nth]);
        let value = |(week, stray): (usize, &f64)| {
            let value = start + way * (week as f64 / 12.0 + stray / 100.0);
            (value * 10.0).round() / 10.0
        };
        let values = STRAY.iter().enumerate().map(value).collect();
        Course { code, start, values, health: Health::NeedsAttention, computed: false }
    };
    ENDED_WAYS.iter().map(course).collect()
}

/// A team's record of one promise: the weeks' sums are spread evenly, the remainder first.
struct Record {
    code: &'static str,
    provider: &'static str,
    what: &'static str,
    kept: u32,
    due: u32,
}

const RECORDS: [Record; 9] = [
    record("O1-KR1", "Engineering", "room in the sprint for critical fixes", (9, 25)),
    record("O1-KR1", "IT", "patches of company systems on schedule", (21, 25)),
    record("O1-KR2", "Engineering", "high fixes within 30 days", (10, 25)),
    record("O1-KR3", "Engineering", "SBOM steps in the pipelines", (17, 25)),
    record("O2-KR1", "IT", "access reviews on time", (19, 25)),
    record("O2-KR1", "Engineering", "evidence from the owners of controls", (18, 25)),
    record("O2-KR2", "Engineering", "audit findings fixed within 30 days", (21, 25)),
    record("O3-KR1", "Engineering", "blocking scans in the pipelines", (20, 25)),
    record("O3-KR2", "People and IT", "training of those who failed within 7 days", (19, 25)),
];

/// Key results that wait for another one: which, for which, and what of it.
const WAITING: [(&str, &str, &str); 2] = [
    ("O2-KR2", "O1-KR1", "critical vulnerabilities fixed in time"),
    ("O2-KR2", "O3-KR1", "releases that pass every scan"),
];

const fn record(
    code: &'static str,
    provider: &'static str,
    what: &'static str,
    (kept, due): (u32, u32),
) -> Record {
    Record { code, provider, what, kept, due }
}

/// What the key result of `code` needs, with how the promises were kept over the last five weeks.
pub(super) fn inputs(code: &str) -> Vec<Input> {
    let standing = RECORDS.iter().filter(|one| one.code == code).map(|one| Input {
        team: one.provider.to_lowercase().replace(' ', "-"),
        provider: one.provider.to_owned(),
        what: one.what.to_owned(),
        weight: 1.0,
        kind: InputKind::Standing { weeks: weeks(one) },
        promise: Promise::Confirmed,
    });
    let waiting = WAITING.iter().filter(|(waiting, ..)| *waiting == code);
    let upstream = waiting.filter_map(|(_, upstream, what)| {
        let id = KeyResultId::new(format!("{}-{upstream}", RUNNING.0)).ok()?;
        Some(Input {
            team: "security".to_owned(),
            provider: "Security".to_owned(),
            what: (*what).to_owned(),
            weight: 1.0,
            kind: InputKind::KeyResult { id, probability: None },
            promise: Promise::Confirmed,
        })
    });
    standing.chain(upstream).collect()
}

fn weeks(record: &Record) -> Vec<WeekOfPromises> {
    const WEEKS: u32 = 5;
    let spread = |sum: u32, week: u32| sum / WEEKS + u32::from(week < sum % WEEKS);
    let first = date(2026, 7, 6);
    let week = |week: u32| WeekOfPromises {
        monday: first.saturating_add((7 * i64::from(week)).days()),
        due: spread(record.due, week),
        kept: spread(record.kept, week),
    };
    (0..WEEKS).map(week).collect()
}
