//! The playbook's objectives at week 6: 0.62/54/58/62/41 %, 0.78/68/74/42/58 %,
//! 0.85/75/80/32/70 %.

use std::error::Error;

use web::pages::drawing::{Band, Odds, Trend};
use web::pages::key_results::{CheckInPage, CheckInRow, HealthChoice, KeyResultPage, Reading};
use web::pages::objectives::{
    Align, Column, Driver, Evidence, Health, MetricWhy, ObjectivePage, ObjectiveRow, ObjectivesPage,
};
use web::pages::{Choice, Figure, Link, Meaning, Refusals, Room};

use super::{Gallery, moment};

use Meaning::{Bending, Broken, Holding, Plain};

fn figure(value: &str, bad: Option<(Meaning, &str)>, history: &[f64], threshold: f64) -> Figure {
    let (meaning, words) = bad.unwrap_or((Plain, ""));
    Figure {
        value: value.into(),
        meaning,
        words: words.into(),
        history: history.iter().copied().map(Some).collect(),
        threshold: Some(threshold),
    }
}

fn odds(percent: u8, low: u8, high: u8, meaning: Meaning) -> Odds {
    Odds { percent: Some(percent), range: Some((low, high)), meaning, note: String::new() }
}

pub fn health(meaning: Meaning, words: &str, by: &str) -> Option<Health> {
    let at = moment("2026-11-20T09:12:00Z");
    Some(Health { meaning, words: words.into(), by: by.into(), at })
}

/// One objective's five metrics over six weeks, oldest first.
struct Course {
    code: &'static str,
    title: &'static str,
    owner: &'static str,
    velocity: [f64; 7],
    momentum: [f64; 7],
    alignment: [f64; 7],
    risk: [f64; 7],
    /// Percent, lowest and highest.
    odds: (u8, u8, u8),
}

const COURSES: [Course; 3] = [
    Course {
        code: "O1",
        title: "Critical vulnerabilities never sit open past SLA",
        owner: "Marta Ruiz",
        velocity: [0.98, 0.91, 0.95, 0.84, 0.71, 0.74, 0.62],
        momentum: [60.0, 64.0, 66.0, 61.0, 58.0, 57.0, 54.0],
        alignment: [88.0, 86.0, 80.0, 74.0, 69.0, 63.0, 58.0],
        risk: [36.0, 38.0, 41.0, 47.0, 52.0, 55.0, 62.0],
        odds: (41, 28, 55),
    },
    Course {
        code: "O2",
        title: "Audit readiness holds continuously",
        owner: "Ines Okafor",
        velocity: [0.7, 0.82, 0.88, 0.81, 0.79, 0.8, 0.78],
        momentum: [60.0, 62.0, 65.0, 66.0, 70.0, 69.0, 68.0],
        alignment: [90.0, 88.0, 84.0, 80.0, 78.0, 76.0, 74.0],
        risk: [30.0, 32.0, 35.0, 36.0, 39.0, 40.0, 42.0],
        odds: (58, 44, 70),
    },
    Course {
        code: "O3",
        title: "Security catches vulnerabilities at build-time",
        owner: "Tom Lindqvist",
        velocity: [0.7, 0.68, 0.9, 0.86, 0.84, 0.82, 0.85],
        momentum: [60.0, 63.0, 69.0, 71.0, 73.0, 74.0, 75.0],
        alignment: [80.0, 80.0, 82.0, 81.0, 80.0, 80.0, 80.0],
        risk: [44.0, 43.0, 39.0, 37.0, 35.0, 33.0, 32.0],
        odds: (70, 57, 81),
    },
];

/// A share of 100, with its word when it is past its threshold.
fn share(history: &[f64; 7], threshold: f64, bad: Option<(Meaning, &str)>) -> Figure {
    figure(&format!("{:.0}", history[6]), bad, history, threshold)
}

/// The three rows of the source.
pub fn rows() -> Vec<ObjectiveRow> {
    let row = |course: &Course| {
        let (middle, low, high) = course.odds;
        let decaying = (course.momentum[6] < 60.0).then_some((Bending, "decaying"));
        let inputs_broken = (course.alignment[6] < 70.0).then_some((Broken, "inputs broken"));
        let exposed = (course.risk[6] >= 60.0).then_some((Broken, "exposed"));
        let meaning = if middle < 50 { Bending } else { Plain };
        ObjectiveRow {
            code: course.code.into(),
            title: course.title.into(),
            href: format!("/objectives/{}", course.code),
            owner: course.owner.into(),
            standing: String::new(),
            velocity: figure(&format!("{:.2}", course.velocity[6]), None, &course.velocity, 0.5),
            momentum: share(&course.momentum, 60.0, decaying),
            alignment: share(&course.alignment, 70.0, inputs_broken),
            risk: share(&course.risk, 60.0, exposed),
            odds: odds(middle, low, high, if middle >= 70 { Holding } else { meaning }),
            health: match course.code {
                "O1" => health(Bending, "Needs attention", course.owner),
                "O2" => health(Holding, "On track", course.owner),
                _ => None,
            },
        }
    };
    COURSES.iter().map(row).collect()
}

fn key_results() -> Vec<ObjectiveRow> {
    let of = |code: &str, title: &str, standing: &str, percent: u8| ObjectiveRow {
        code: code.into(),
        title: title.into(),
        href: format!("/key-results/{code}"),
        standing: standing.into(),
        odds: odds(percent, percent - 12, percent + 12, if percent < 50 { Bending } else { Plain }),
        ..rows().remove(usize::from(percent > 50) * 2)
    };
    vec![
        of("O1.1", "100 % of CVSS 9.0+ fixed within 14 days", "91.5 % of 100 %", 38),
        of("O1.2", "100 % of CVSS 7.0–8.9 fixed within 30 days", "65 % of 100 %", 22),
        of("O1.3", "SBOM coverage of production services ≥ 95 %", "68 % of 95 %", 61),
    ]
}

fn column(heading: &str, align: Align) -> Column {
    Column { heading: heading.into(), align }
}

fn cells(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

fn pace() -> Evidence {
    let numbers = |heading| column(heading, Align::Numbers);
    Evidence {
        caption: "Pace needed and achieved".into(),
        columns: vec![
            numbers("Week"),
            numbers("Value, %"),
            numbers("Achieved, points a week"),
            numbers("Needed, points a week"),
        ],
        rows: cells(&[
            &["4", "83.0", "+9.5", "1.9"],
            &["5", "83.5", "+0.5", "1.9"],
            &["6", "91.5", "+8.0", "2.1"],
        ]),
    }
}

fn inputs() -> Evidence {
    let words = |heading| column(heading, Align::Words);
    Evidence {
        caption: "Each input with its score".into(),
        columns: vec![
            words("Input"),
            words("From"),
            words("Said"),
            column("Score, %", Align::Numbers),
        ],
        rows: cells(&[
            &["Critical CVEs flow into the next sprint", "Engineering", "asked", "41"],
            &["SBOM pipeline in every build", "Platform", "confirmed", "83"],
        ]),
    }
}

/// Name, question, threshold, because.
const WHYS: [[&str; 4]; 5] = [
    [
        "Velocity",
        "Is it moving fast enough this week?",
        "Below 0.5 is behind.",
        "It gained 1.3 points a week since week 5; 2.1 a week are needed from here.",
    ],
    [
        "Momentum",
        "Is the trend bending right over weeks?",
        "Below 60 is decaying.",
        "Of the last 8 readings, 11 of 21 pairs moved at half the planned pace or better.",
    ],
    [
        "Alignment",
        "Are the inputs clean?",
        "Below 70 inputs are broken.",
        "The weakest input is the sprint allocation, in Engineering.",
    ],
    [
        "Success probability",
        "What are the odds that it lands?",
        "",
        "From 91.5 % at week 6 with a spread of 3.1 points per root week, 7 weeks to go.",
    ],
    [
        "Execution risk",
        "How exposed is it?",
        "60 or more mid-quarter opens a pattern brief.",
        "59 % chance of missing, and one goal depends on it.",
    ],
];

fn metrics() -> Vec<MetricWhy> {
    let row = rows().remove(0);
    let chances = [64.0, 60.0, 57.0, 55.0, 49.0, 46.0, 41.0];
    let chance = figure("41 %", Some((Bending, "below half")), &chances, 50.0);
    let figures = [row.velocity, row.momentum, row.alignment, chance, row.risk];
    let evidence = [Some(pace()), None, Some(inputs()), None, None];
    let why = |((words, figure), evidence): (([&str; 4], Figure), Option<Evidence>)| {
        let [name, question, threshold, because] = words.map(str::to_owned);
        MetricWhy { name, question, figure, because, threshold, evidence }
    };
    WHYS.into_iter().zip(figures).zip(evidence).map(why).collect()
}

fn course() -> Trend {
    let values = [70.0, 71.5, 72.5, 73.5, 83.0, 83.5, 91.5];
    let weeks = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let steps: [f64; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    Trend {
        name: "Share of critical findings fixed in time".into(),
        unit: " %".into(),
        weeks: 13.0,
        now: 6.0,
        target: Some(100.0),
        readings: weeks.into_iter().zip(values).collect(),
        forecast: steps
            .into_iter()
            .map(|step| Band {
                week: 6.0 + step,
                low: 91.5 + step * 0.9 - 5.0 * step.sqrt(),
                high: 91.5 + step * 0.9 + 5.0 * step.sqrt(),
            })
            .collect(),
        bounds: Some((0.0, 100.0)),
        labels: ("12 Oct".into(), "now".into(), "10 Jan".into()),
        meaning: Bending,
    }
}

fn readings() -> Vec<Reading> {
    let reading = |week: &str, day: &str, value: &str, change: &str, source: &str| Reading {
        week: week.into(),
        at: moment(&format!("{day}T06:00:00Z")),
        value: value.into(),
        change: change.into(),
        source: source.into(),
    };
    vec![
        reading("6", "2026-11-23", "91.5 %", "+8", "import I-881"),
        reading("5", "2026-11-16", "83.5 %", "+0.5", "import I-860"),
        reading("4", "2026-11-09", "83 %", "+9.5", "import I-842"),
        reading("3", "2026-11-02", "73.5 %", "+1", "import I-821"),
    ]
}

fn check_ins() -> Vec<CheckInRow> {
    let check_in = |week: &str, value: &str, done: &str, next: &str| CheckInRow {
        week: week.into(),
        value: value.into(),
        health: health(Bending, "Needs attention", "Marta Ruiz"),
        done: done.into(),
        next: next.into(),
    };
    vec![
        check_in(
            "Mon 16 Nov",
            "83.5 %",
            "Three fixes merged in core-api.",
            "Ask for the \
                sprint commitment in writing.",
        ),
        CheckInRow {
            week: "Mon 9 Nov".into(),
            value: "–".into(),
            health: None,
            done: String::new(),
            next: String::new(),
        },
        check_in(
            "Mon 2 Nov",
            "73.5 %",
            "Scanner runs in every build.",
            "Clear the two \
                oldest.",
        ),
    ]
}

fn key_result(gallery: &Gallery) -> KeyResultPage {
    KeyResultPage {
        frame: gallery.frame(Room::Objectives, "/key-results/O1.1"),
        code: "O1.1".into(),
        title: "100 % of CVSS 9.0+ critical vulnerabilities fixed within 14 days".into(),
        objective: Link::new(
            "/objectives/O1",
            "O1 Critical vulnerabilities never sit open past \
            SLA",
        ),
        owner: "Marta Ruiz".into(),
        current: "91.5 %".into(),
        target: "100 %".into(),
        start: "70 %".into(),
        source: "computed from findings".into(),
        sentence: "It lands with 38 %: two findings in core-api pass their date today, and the \
            sprint allocation is not confirmed."
            .into(),
        meaning: Bending,
        odds: odds(38, 26, 50, Bending),
        health: health(Bending, "Needs attention", "Marta Ruiz"),
        trend: course(),
        metrics: metrics(),
        readings: readings(),
        check_ins: check_ins(),
        check_in_href: Some("/key-results/O1.1/check-ins/new".into()),
        exceptions: Some(Link::new("/findings?state=accepted", "2 accepted findings")),
    }
}

fn check_in(gallery: &Gallery) -> CheckInPage {
    let healths = [
        ("on-track", "On track", Holding, "you expect it to land"),
        ("needs-attention", "Needs attention", Bending, "it can go either way"),
        ("at-risk", "At risk", Broken, "you expect it to miss"),
    ];
    CheckInPage {
        frame: gallery.frame(Room::Objectives, "/key-results/O2.1/check-ins/new"),
        key_result: Link::new("/key-results/O2.1", "O2.1 SOC 2 audit-readiness score ≥ 90 %"),
        week: "Mon 23 Nov".into(),
        due: moment("2026-11-23T16:00:00Z"),
        action: "/key-results/O2.1/check-ins".into(),
        unit: "%".into(),
        last: "81.5 %, Mon 16 Nov".into(),
        computed: None,
        value: String::new(),
        healths: healths
            .into_iter()
            .map(|(value, label, meaning, hint)| HealthChoice {
                choice: Choice {
                    value: value.into(),
                    label: label.into(),
                    chosen: value == "needs-attention",
                },
                meaning,
                hint: hint.into(),
            })
            .collect(),
        done: String::new(),
        next: String::new(),
        refusals: Refusals::none(),
    }
}

fn objective(gallery: &Gallery) -> ObjectivePage {
    let driver = |what: Link, place: &str, points: &str| Driver {
        what,
        place: place.into(),
        points: points.into(),
    };
    let row = rows().remove(0);
    ObjectivePage {
        frame: gallery.frame(Room::Objectives, "/objectives/O1"),
        code: row.code,
        title: row.title,
        period: "Week 6 of 13, Q3".into(),
        owner: row.owner,
        sentence: "41 % probability of landing; the largest risk is the sprint allocation for \
            critical findings, in Engineering."
            .into(),
        meaning: Bending,
        rule: "the weighted mean of its key results reaches 70 %".into(),
        odds: odds(41, 28, 55, Bending),
        health: row.health,
        key_results: key_results(),
        metrics: metrics(),
        drivers: vec![
            driver(Link::new("", "Critical CVEs flow into the next sprint"), "Engineering", "+18"),
            driver(
                Link::new("/key-results/O1.2", "O1.2 high findings within 30 days"),
                "Payments",
                "+11",
            ),
            driver(Link::new("/findings/F-1042", "F-1042 in core-api"), "Core API", "+4"),
        ],
    }
}

/// The objective pages.
pub fn write(gallery: &mut Gallery) -> Result<(), Box<dyn Error>> {
    let list = ObjectivesPage {
        frame: gallery.frame(Room::Objectives, "/objectives"),
        period: "Week 6 of 13, Q3".into(),
        objectives: rows(),
    };
    gallery.write("objectives", &list)?;
    gallery.write("objectives-empty", &ObjectivesPage { objectives: Vec::new(), ..list })?;
    gallery.write("objective", &objective(gallery))?;
    gallery.write("key-result", &key_result(gallery))?;
    let fresh = KeyResultPage {
        trend: Trend { readings: Vec::new(), forecast: Vec::new(), target: None, ..course() },
        check_ins: Vec::new(),
        readings: Vec::new(),
        odds: Odds::default(),
        health: None,
        exceptions: None,
        ..key_result(gallery)
    };
    gallery.write("key-result-fresh", &fresh)?;
    gallery.write("check-in", &check_in(gallery))?;
    let refused = CheckInPage {
        value: "ninety".into(),
        refusals: Refusals::none()
            .and("value", "“ninety” is not a number; write it in digits, like 84.5"),
        ..check_in(gallery)
    };
    gallery.write("check-in-refused", &refused)?;
    let computed = CheckInPage { computed: Some("91.5 %".into()), ..check_in(gallery) };
    gallery.write("check-in-computed", &computed)
}
