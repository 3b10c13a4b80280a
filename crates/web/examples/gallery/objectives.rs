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
    Odds {
        percent: Some(percent),
        range: Some((low, high)),
        meaning,
        note: String::new(),
    }
}

pub fn health(meaning: Meaning, words: &str, by: &str) -> Option<Health> {
    let at = moment("2026-11-20T09:12:00Z");
    Some(Health {
        meaning,
        words: words.into(),
        by: by.into(),
        at,
    })
}

/// The three rows of the source.
pub fn rows() -> Vec<ObjectiveRow> {
    vec![
        ObjectiveRow {
            code: "O1".into(),
            title: "Critical vulnerabilities never sit open past SLA".into(),
            href: "/objectives/O1".into(),
            owner: "Marta Ruiz".into(),
            standing: String::new(),
            velocity: figure(
                "0.62",
                None,
                &[0.98, 0.91, 0.95, 0.84, 0.71, 0.74, 0.62],
                0.5,
            ),
            momentum: figure(
                "54",
                Some((Bending, "decaying")),
                &[60.0, 64.0, 66.0, 61.0, 58.0, 57.0, 54.0],
                60.0,
            ),
            alignment: figure(
                "58",
                Some((Broken, "inputs broken")),
                &[88.0, 86.0, 80.0, 74.0, 69.0, 63.0, 58.0],
                70.0,
            ),
            risk: figure(
                "62",
                Some((Broken, "exposed")),
                &[36.0, 38.0, 41.0, 47.0, 52.0, 55.0, 62.0],
                60.0,
            ),
            odds: odds(41, 28, 55, Bending),
            chances: Figure::default(),
            health: health(Bending, "Needs attention", "Marta Ruiz"),
        },
        ObjectiveRow {
            code: "O2".into(),
            title: "Audit readiness holds continuously".into(),
            href: "/objectives/O2".into(),
            owner: "Ines Okafor".into(),
            standing: String::new(),
            velocity: figure("0.78", None, &[0.7, 0.82, 0.88, 0.81, 0.79, 0.8, 0.78], 0.5),
            momentum: figure(
                "68",
                None,
                &[60.0, 62.0, 65.0, 66.0, 70.0, 69.0, 68.0],
                60.0,
            ),
            alignment: figure(
                "74",
                None,
                &[90.0, 88.0, 84.0, 80.0, 78.0, 76.0, 74.0],
                70.0,
            ),
            risk: figure(
                "42",
                None,
                &[30.0, 32.0, 35.0, 36.0, 39.0, 40.0, 42.0],
                60.0,
            ),
            odds: odds(58, 44, 70, Plain),
            chances: Figure::default(),
            health: health(Holding, "On track", "Ines Okafor"),
        },
        ObjectiveRow {
            code: "O3".into(),
            title: "Security catches vulnerabilities at build-time".into(),
            href: "/objectives/O3".into(),
            owner: "Tom Lindqvist".into(),
            standing: String::new(),
            velocity: figure("0.85", None, &[0.7, 0.68, 0.9, 0.86, 0.84, 0.82, 0.85], 0.5),
            momentum: figure(
                "75",
                None,
                &[60.0, 63.0, 69.0, 71.0, 73.0, 74.0, 75.0],
                60.0,
            ),
            alignment: figure(
                "80",
                None,
                &[80.0, 80.0, 82.0, 81.0, 80.0, 80.0, 80.0],
                70.0,
            ),
            risk: figure(
                "32",
                None,
                &[44.0, 43.0, 39.0, 37.0, 35.0, 33.0, 32.0],
                60.0,
            ),
            odds: odds(70, 57, 81, Holding),
            chances: Figure::default(),
            health: None,
        },
    ]
}

fn key_results() -> Vec<ObjectiveRow> {
    let of = |code: &str, title: &str, standing: &str, percent: u8| ObjectiveRow {
        code: code.into(),
        title: title.into(),
        href: format!("/key-results/{code}"),
        standing: standing.into(),
        odds: odds(
            percent,
            percent - 12,
            percent + 12,
            if percent < 50 { Bending } else { Plain },
        ),
        ..rows().remove(usize::from(percent > 50) * 2)
    };
    vec![
        of(
            "O1.1",
            "100 % of CVSS 9.0+ fixed within 14 days",
            "91.5 % of 100 %",
            38,
        ),
        of(
            "O1.2",
            "100 % of CVSS 7.0–8.9 fixed within 30 days",
            "65 % of 100 %",
            22,
        ),
        of(
            "O1.3",
            "SBOM coverage of production services ≥ 95 %",
            "68 % of 95 %",
            61,
        ),
    ]
}

fn column(heading: &str, align: Align) -> Column {
    Column {
        heading: heading.into(),
        align,
    }
}

fn cells(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect()
}

fn why(name: &str, words: [&str; 3], figure: Figure, evidence: Option<Evidence>) -> MetricWhy {
    let [question, threshold, because] = words.map(str::to_owned);
    MetricWhy {
        name: name.into(),
        question,
        figure,
        because,
        threshold,
        evidence,
    }
}

fn metrics() -> Vec<MetricWhy> {
    let row = rows().remove(0);
    let pace = Evidence {
        caption: "Pace needed and achieved".into(),
        columns: vec![
            column("Week", Align::Numbers),
            column("Value, %", Align::Numbers),
            column("Achieved, points a week", Align::Numbers),
            column("Needed, points a week", Align::Numbers),
        ],
        rows: cells(&[
            &["4", "83.0", "+9.5", "1.9"],
            &["5", "83.5", "+0.5", "1.9"],
            &["6", "91.5", "+8.0", "2.1"],
        ]),
    };
    let inputs = Evidence {
        caption: "Each input with its score".into(),
        columns: vec![
            column("Input", Align::Words),
            column("From", Align::Words),
            column("Said", Align::Words),
            column("Score, %", Align::Numbers),
        ],
        rows: cells(&[
            &[
                "Critical CVEs flow into the next sprint",
                "Engineering",
                "asked, not confirmed",
                "41",
            ],
            &[
                "SBOM pipeline in every build",
                "Platform",
                "confirmed",
                "83",
            ],
        ]),
    };
    let chance = figure(
        "41 %",
        Some((Bending, "below half")),
        &[64.0, 60.0, 57.0, 55.0, 49.0, 46.0, 41.0],
        50.0,
    );
    vec![
        why(
            "Velocity",
            [
                "Is it moving fast enough this week?",
                "Below 0.5 is behind.",
                "It gained 1.3 points a week since the reading of week 5; 2.1 a week are needed from here.",
            ],
            row.velocity,
            Some(pace),
        ),
        why(
            "Momentum",
            [
                "Is the trend bending right over weeks?",
                "Below 60 is decaying.",
                "Of the last 8 readings, 11 of 21 pairs moved at half the planned pace or better.",
            ],
            row.momentum,
            None,
        ),
        why(
            "Alignment",
            [
                "Are the inputs clean?",
                "Below 70 inputs are broken.",
                "The weakest input is the sprint allocation, in Engineering.",
            ],
            row.alignment,
            Some(inputs),
        ),
        why(
            "Success probability",
            [
                "What are the odds that it lands?",
                "",
                "From 91.5 % at week 6 with a spread of 3.1 points per root week, 7 weeks to go.",
            ],
            chance,
            None,
        ),
        why(
            "Execution risk",
            [
                "How exposed is it?",
                "60 or more mid-quarter opens a pattern brief.",
                "59 % chance of missing, and one goal depends on it.",
            ],
            row.risk,
            None,
        ),
    ]
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

fn key_result(gallery: &Gallery) -> KeyResultPage {
    let reading = |week: &str, day: &str, value: &str, change: &str, source: &str| Reading {
        week: week.into(),
        at: moment(&format!("{day}T06:00:00Z")),
        value: value.into(),
        change: change.into(),
        source: source.into(),
    };
    let check_in = |week: &str, value: &str, done: &str, next: &str| CheckInRow {
        week: week.into(),
        value: value.into(),
        health: health(Bending, "Needs attention", "Marta Ruiz"),
        done: done.into(),
        next: next.into(),
    };
    KeyResultPage {
        frame: gallery.frame(Room::Objectives, "/key-results/O1.1"),
        code: "O1.1".into(),
        title: "100 % of CVSS 9.0+ critical vulnerabilities fixed within 14 days".into(),
        objective: Link::new("/objectives/O1", "O1 Critical vulnerabilities never sit open past SLA"),
        owner: "Marta Ruiz".into(),
        current: "91.5 %".into(),
        target: "100 %".into(),
        start: "70 %".into(),
        source: "computed from findings".into(),
        sentence: "It lands with 38 %: two findings in core-api pass their date today, and the sprint allocation is not confirmed.".into(),
        meaning: Bending,
        odds: odds(38, 26, 50, Bending),
        health: health(Bending, "Needs attention", "Marta Ruiz"),
        trend: course(),
        metrics: metrics(),
        readings: vec![
            reading("6", "2026-11-23", "91.5 %", "+8", "import I-881"),
            reading("5", "2026-11-16", "83.5 %", "+0.5", "import I-860"),
            reading("4", "2026-11-09", "83 %", "+9.5", "import I-842"),
            reading("3", "2026-11-02", "73.5 %", "+1", "import I-821"),
        ],
        check_ins: vec![
            check_in("Mon 16 Nov", "83.5 %", "Three fixes merged in core-api.", "Ask for the sprint commitment in writing."),
            CheckInRow { week: "Mon 9 Nov".into(), value: "–".into(), health: None, done: String::new(), next: String::new() },
            check_in("Mon 2 Nov", "73.5 %", "Scanner runs in every build.", "Clear the two oldest."),
        ],
        check_in_href: Some("/key-results/O1.1/check-ins/new".into()),
        exceptions: Some(Link::new("/findings?state=accepted", "2 accepted findings")),
    }
}

fn check_in(gallery: &Gallery) -> CheckInPage {
    let healths = [
        ("on-track", "On track", Holding, "you expect it to land"),
        (
            "needs-attention",
            "Needs attention",
            Bending,
            "it can go either way",
        ),
        ("at-risk", "At risk", Broken, "you expect it to miss"),
    ];
    CheckInPage {
        frame: gallery.frame(Room::Objectives, "/key-results/O2.1/check-ins/new"),
        key_result: Link::new(
            "/key-results/O2.1",
            "O2.1 SOC 2 audit-readiness score ≥ 90 %",
        ),
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
        comment: String::new(),
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
        sentence: "41 % probability of landing; the largest risk is the sprint allocation for critical findings, in Engineering.".into(),
        meaning: Bending,
        rule: "the weighted mean of its key results reaches 70 %".into(),
        odds: odds(41, 28, 55, Bending),
        health: row.health,
        key_results: key_results(),
        metrics: metrics(),
        drivers: vec![
            driver(Link::new("", "Critical CVEs flow into the next sprint"), "Engineering", "+18"),
            driver(Link::new("/key-results/O1.2", "O1.2 high findings within 30 days"), "Payments", "+11"),
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
    gallery.write(
        "objectives-empty",
        &ObjectivesPage {
            objectives: Vec::new(),
            ..list
        },
    )?;
    gallery.write("objective", &objective(gallery))?;
    gallery.write("key-result", &key_result(gallery))?;
    let fresh = KeyResultPage {
        trend: Trend {
            readings: Vec::new(),
            forecast: Vec::new(),
            target: None,
            ..course()
        },
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
        refusals: Refusals::none().and(
            "value",
            "“ninety” is not a number; write it in digits, like 84.5",
        ),
        ..check_in(gallery)
    };
    gallery.write("check-in-refused", &refused)?;
    let computed = CheckInPage {
        computed: Some("91.5 %".into()),
        ..check_in(gallery)
    };
    gallery.write("check-in-computed", &computed)
}
