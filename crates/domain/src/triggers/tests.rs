//! Each trigger at its line, past it, and clearing; the examples of the source.

use super::*;
use crate::metrics::{Course, Point};

fn history(course: Course, target: f64, readings: &[(f64, f64)]) -> History {
    let points: Vec<Point> = readings.iter().map(|&(week, value)| Point { week, value }).collect();
    History::new(course, readings[0].1, target, 13.0, &points).unwrap()
}

fn weekly(course: Course, target: f64, values: &[f64]) -> KeyResultFacts {
    let readings: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(week, value)| (week as f64, *value)).collect();
    KeyResultFacts {
        history: Some(history(course, target, &readings)),
        now_week: readings[readings.len() - 1].0,
        ..KeyResultFacts::new("KR1", "The number")
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What one trigger says about one key result, with or without standing already.
fn on(number: u8, key_result: &KeyResultFacts, standing: bool) -> Option<Firing> {
    let trigger = TRIGGERS.iter().find(|trigger| trigger.number == number).unwrap();
    let key = format!("{}/{}", trigger.name, key_result.id);
    let standing: BTreeSet<String> = standing.then_some(key).into_iter().collect();
    let facts = Facts {
        now: at("2026-09-14T00:00:00Z"),
        key_results: std::slice::from_ref(key_result),
        findings: &[],
        standing: &standing,
    };
    let mut firings = (trigger.evaluate)(&facts, &Settings::default());
    assert!(firings.len() <= 1);
    firings.pop()
}

fn fires(number: u8, key_result: &KeyResultFacts) -> bool {
    on(number, key_result, false).is_some()
}

fn stands(number: u8, key_result: &KeyResultFacts) -> bool {
    on(number, key_result, true).is_some()
}

fn owing(made: &[bool]) -> KeyResultFacts {
    let week: Date = "2026-08-03".parse().unwrap();
    let owed = made.iter().enumerate().map(|(nth, made)| OwedCheckIn {
        week: week.saturating_add(jiff::Span::new().days(7 * nth as i64)),
        due: at("2026-08-08T00:00:00Z") + SignedDuration::from_hours(7 * 24 * nth as i64),
        made: *made,
    });
    KeyResultFacts { owed: owed.collect(), ..KeyResultFacts::new("KR1", "CVE backlog") }
}

#[test]
fn a_skipped_review_fires_and_grows_louder_with_each_miss() {
    // By 14 September six check-ins were due, the last on the 12th.
    assert!(!fires(1, &owing(&[true; 6])));
    assert!(!fires(1, &owing(&[false, false, true, true, true, true])), "made up since");
    let once = on(1, &owing(&[true, true, true, true, true, false]), false).unwrap();
    let thrice = on(1, &owing(&[true, true, true, false, false, false]), false).unwrap();
    assert_eq!((once.loudness, thrice.loudness), (1, 3));
    assert_eq!(once.cause_key, thrice.cause_key, "one run of misses is one cause");
    let sentence = "3 check-ins in a row on “CVE backlog” were skipped, since the week of \
                    2026-08-24.";
    assert_eq!(thrice.sentence, sentence);
    let early = owing(&[true, true, true, true, true, false, true]);
    assert!(!stands(1, &early), "an early check-in ends the run");
    assert!(!fires(1, &owing(&[true, true, true, true, true, true, false])), "not due yet");
}

#[test]
fn one_slow_week_is_no_drop_and_two_are() {
    let facts = |values: &[f64]| weekly(Course::IncreaseTo, 13.0, values);
    assert!(!fires(2, &facts(&[0.0, 1.0, 2.0, 2.1])));
    assert!(fires(2, &facts(&[0.0, 1.0, 2.0, 2.1, 2.2])));
    assert!(!fires(2, &facts(&[0.0])), "one reading has no velocity");
    // At 0.55 it stands but would not fire; at 0.7 it clears. The need is 11 in 11 weeks.
    assert!(stands(2, &facts(&[0.0, 1.0, 2.0, 2.55])));
    assert!(!stands(2, &facts(&[0.0, 1.0, 2.0, 2.7])));
}

#[test]
fn phishing_from_4_over_6_to_9_fires_before_the_threshold_of_the_alarm() {
    let phishing =
        KeyResultFacts { unit: "%".into(), ..weekly(Course::StayBelow, 10.0, &[4.0, 6.0, 9.0]) };
    let firing = on(3, &phishing, false).unwrap();
    assert!(firing.sentence.contains("4 → 6 → 9 %"), "{}", firing.sentence);
    let two = weekly(Course::StayBelow, 10.0, &[4.0, 6.0]);
    assert!(!fires(3, &two), "two readings are few");
}

#[test]
fn three_adverse_readings_in_a_row_fire_whatever_the_momentum() {
    let values = [0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 19.9, 19.8, 19.7];
    let facts = weekly(Course::IncreaseTo, 26.0, &values);
    let firing = on(3, &facts, false).unwrap();
    assert_eq!(firing.figures[1].value, 3.0);
    let recovering = weekly(Course::IncreaseTo, 26.0, &[0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 24.0]);
    assert!(!stands(3, &recovering));
}

#[test]
fn an_alarm_rings_when_it_is_crossed_and_not_while_it_is_approached() {
    let findings = |values: &[f64]| KeyResultFacts {
        alarm: Some(5.0),
        unit: "findings".into(),
        ..weekly(Course::DecreaseTo, 0.0, values)
    };
    let firing = on(4, &findings(&[5.0, 4.0, 7.0]), false).unwrap();
    assert_eq!(
        firing.sentence,
        "“The number” stands at 7 findings, above its alarm at 5 findings."
    );
    assert!(!fires(4, &findings(&[9.0, 8.0, 7.0])), "it was never on the good side");
    assert!(!fires(4, &findings(&[5.0, 5.0])), "the line itself is good");
    assert!(stands(4, &findings(&[5.0, 7.0, 4.0])), "one good reading is not two");
    assert!(!stands(4, &findings(&[5.0, 7.0, 4.0, 4.0])));
}

#[test]
fn readiness_from_92_to_87_over_60_days_projects_to_a_miss_and_names_what_drifts() {
    let readiness = KeyResultFacts {
        unit: "%".into(),
        history: Some(history(Course::StayAbove, 90.0, &[(0.0, 92.0), (60.0 / 7.0, 87.0)])),
        now_week: 60.0 / 7.0,
        next_audit_week: Some(60.0 / 7.0 + 13.0),
        drifting: vec!["access reviews".into(), "vendor reviews".into()],
        ..KeyResultFacts::new("KR1", "Readiness")
    };
    let firing = on(7, &readiness, false).unwrap();
    assert_eq!(
        firing.sentence,
        "“Readiness” stands at 87 % and projects to 82 % at the next audit, where 85 % is the \
         least. Drifting: access reviews, vendor reviews."
    );
    let near = KeyResultFacts { next_audit_week: Some(10.0), ..readiness };
    assert!(!fires(7, &near), "an audit next week is still made");
}

#[test]
fn odds_below_one_in_two_fire_once_there_are_readings_enough() {
    assert!(!fires(7, &weekly(Course::IncreaseTo, 100.0, &[50.0, 50.0])));
    assert!(fires(7, &weekly(Course::IncreaseTo, 100.0, &[50.0, 50.0, 50.0])));
    assert!(!fires(7, &weekly(Course::IncreaseTo, 100.0, &[50.0, 60.0, 70.0, 80.0])));
}

fn finding(severity: Severity, started: &str, due: &str) -> FindingFacts {
    FindingFacts {
        id: "F-1".into(),
        title: "CVE-2024-3094 in core-api".into(),
        severity,
        clock_started: at(started),
        sla_due: Some(at(due)),
        fix_merged: false,
        team: Some("api".into()),
        team_name: Some("Core API".into()),
    }
}

fn on_finding(finding: &FindingFacts, now: &str, standing: bool) -> Option<Firing> {
    let key = format!("dependency_sla_breach/F-1/{}", finding.clock_started);
    let standing: BTreeSet<String> = standing.then_some(key).into_iter().collect();
    let facts = Facts {
        now: at(now),
        key_results: &[],
        findings: std::slice::from_ref(finding),
        standing: &standing,
    };
    evaluate(&facts, &Settings::default()).pop()
}

#[test]
fn a_critical_finding_fires_on_day_12_at_the_owning_team() {
    let critical = finding(Severity::Critical, "2026-08-03T09:00:00Z", "2026-08-18T00:00:00Z");
    assert_eq!(on_finding(&critical, "2026-08-15T08:59:59Z", false), None);
    let firing = on_finding(&critical, "2026-08-15T09:00:00Z", false).unwrap();
    assert_eq!(
        firing.sentence,
        "CVE-2024-3094 in core-api (critical): open for 12 days, no fix merged, 2 days left on \
         its SLA; Core API holds it."
    );
    assert_eq!(firing.attributed_to.as_deref(), Some("api"));
    assert_eq!(firing.first_to, [Role::OwningEngineer, Role::EngineeringManager]);
    assert_eq!(firing.sla_due, critical.sla_due);
}

#[test]
fn a_high_finding_fires_on_day_25_and_a_medium_one_never() {
    let high = finding(Severity::High, "2026-08-03T09:00:00Z", "2026-09-03T00:00:00Z");
    assert_eq!(warning_at(&high, &Settings::default()), Some(at("2026-08-28T09:00:00Z")));
    let medium = FindingFacts { severity: Severity::Medium, ..high };
    assert_eq!(on_finding(&medium, "2027-08-03T09:00:00Z", false), None);
}

#[test]
fn a_date_that_was_brought_forward_warns_two_days_before_it() {
    let known_exploited = finding(Severity::High, "2026-08-03T09:00:00Z", "2026-08-10T00:00:00Z");
    let warning = warning_at(&known_exploited, &Settings::default());
    assert_eq!(warning, Some(at("2026-08-08T00:00:00Z")));
}

#[test]
fn a_merged_fix_prevents_the_warning_but_not_the_breach_and_never_clears_what_stands() {
    let merged = FindingFacts {
        fix_merged: true,
        ..finding(Severity::Critical, "2026-08-03T09:00:00Z", "2026-08-18T00:00:00Z")
    };
    assert_eq!(on_finding(&merged, "2026-08-16T00:00:00Z", false), None);
    assert!(on_finding(&merged, "2026-08-16T00:00:00Z", true).is_some());
    let late = on_finding(&merged, "2026-08-18T06:00:00Z", false).unwrap();
    assert!(late.sentence.contains("6 hours past its SLA"), "{}", late.sentence);
}

#[test]
fn broken_inputs_fire_early_at_the_team_that_provides_them() {
    let input = |score| InputScore {
        team: "it".into(),
        provider: "IT".into(),
        what: "access reviews on time".into(),
        weight: 1.0,
        firmness: 1.0,
        chance: score,
        score,
        note: "kept 5 of 9 in 13 weeks".into(),
    };
    let facts = |score| KeyResultFacts {
        inputs: vec![input(score)],
        ..KeyResultFacts::new("KR1", "Ready")
    };
    let firing = on(6, &facts(0.55), false).unwrap();
    assert_eq!(firing.attributed_to.as_deref(), Some("it"));
    assert_eq!(
        firing.sentence,
        "What “Ready” needs does not arrive: access reviews on time, from IT (kept 5 of 9 in 13 \
         weeks)."
    );
    assert!(!fires(6, &facts(0.7)) && stands(6, &facts(0.7)) && !stands(6, &facts(0.75)));
}

#[test]
fn the_same_cause_fires_once_and_clears_by_itself() {
    let slow = weekly(Course::IncreaseTo, 13.0, &[0.0, 0.1, 0.2, 0.3]);
    let evaluated = |key_results: &[KeyResultFacts], standing: &BTreeSet<String>| {
        let now = at("2026-09-14T00:00:00Z");
        let facts = Facts { now, key_results, findings: &[], standing };
        changes(standing, evaluate(&facts, &Settings::default()))
    };
    let first = evaluated(std::slice::from_ref(&slow), &BTreeSet::new());
    let standing: BTreeSet<String> =
        first.raised.iter().map(|firing| firing.cause_key.clone()).collect();
    assert!(standing.contains("velocity_drop/KR1"));
    let again = evaluated(std::slice::from_ref(&slow), &standing);
    assert_eq!((again.raised.len(), again.cleared.len()), (0, 0));
    assert_eq!(again.standing.len(), standing.len());
    let over = evaluated(&[], &standing);
    assert_eq!(over.cleared.len(), standing.len());
}

#[test]
fn the_catalogue_has_a_name_a_title_and_words_for_every_trigger() {
    let names: BTreeSet<&str> = TRIGGERS.iter().map(|trigger| trigger.name).collect();
    assert_eq!(names.len(), TRIGGERS.len());
    for trigger in TRIGGERS {
        for words in [trigger.title, trigger.fires_when, trigger.clears_when, trigger.goes_first_to]
        {
            assert!(!words.is_empty(), "{}", trigger.name);
        }
    }
}
