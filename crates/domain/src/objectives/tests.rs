//! Key results, check-ins and the playbook.

use jiff::civil::{Time, date};
use jiff::tz::TimeZone;

use super::playbook::{self, Placement};
use super::*;
use crate::calendar::FiscalYear;
use crate::metrics::Course;

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

fn loaded() -> Vec<(Objective, Vec<KeyResult>)> {
    let quarter = Quarter::from_label("FY27-Q3").unwrap();
    let year = FiscalYear::default();
    let placement = Placement {
        quarter,
        starts: year.first_day(quarter),
        ends: year.last_day(quarter),
        prefix: "FY27-Q3-",
    };
    playbook::ciso(&placement).unwrap()
}

#[test]
fn the_playbook_has_three_objectives_and_seven_key_results_that_hold_together() {
    let loaded = loaded();
    let counts: Vec<usize> = loaded.iter().map(|(_, key_results)| key_results.len()).collect();
    assert_eq!(counts, [3, 2, 2]);
    for (objective, key_results) in loaded {
        objective.checked().unwrap();
        check_weights(&key_results).unwrap();
        for key_result in key_results {
            assert!(!key_result.reason.is_empty() && !key_result.benchmark.is_empty());
            assert!(key_result.alarm.is_some() || key_result.values != Values::Typed);
            key_result.checked().unwrap();
        }
    }
}

#[test]
fn the_playbooks_twelve_bets_are_milestones_with_owners() {
    let loaded = loaded();
    let key_results = loaded.iter().flat_map(|(_, key_results)| key_results);
    let mut bets: Vec<(String, String)> = key_results
        .flat_map(|one| &one.milestones)
        .map(|bet| (bet.reference.clone(), bet.owner.clone()))
        .collect();
    bets.sort();
    let references: Vec<&str> = bets.iter().map(|(reference, _)| reference.as_str()).collect();
    let expected =
        ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4"];
    assert_eq!(references, expected);
    assert_eq!(bets[0].1, "CTO + VP Eng");
}

#[test]
fn the_two_sla_key_results_are_computed_and_the_rest_typed() {
    let loaded = loaded();
    let values: Vec<Values> =
        loaded.iter().flat_map(|(_, key_results)| key_results).map(|one| one.values).collect();
    let computed = [Computed::CriticalFixedInTime, Computed::HighFixedInTime].map(Values::Computed);
    assert_eq!(values[..2], computed);
    assert!(values[2..].iter().all(|values| *values == Values::Typed));
}

#[test]
fn a_share_in_sla_grows_to_its_target_and_then_holds_it() {
    let (_, key_results) = loaded().swap_remove(0);
    let below = KeyResult { start_value: Some(70.0), ..key_results[0].clone() };
    assert_eq!(below.course(), Some(Course::IncreaseTo));
    let there = KeyResult { start_value: Some(100.0), ..key_results[0].clone() };
    assert_eq!(there.course(), Some(Course::StayAbove));
}

#[test]
fn a_check_in_is_late_from_the_first_instant_of_saturday() {
    let late = CheckInDue::default().instant(date(2026, 10, 19), &berlin()).unwrap();
    assert_eq!(late.to_string(), "2026-10-23T22:00:00Z");
    // The clocks go back on Sunday 25 October: the next one is an hour later in UTC.
    let next = CheckInDue::default().instant(date(2026, 10, 26), &berlin()).unwrap();
    assert_eq!(next.to_string(), "2026-10-30T23:00:00Z");
    let five = CheckInDue { time: Some(Time::constant(17, 0, 0, 0)), ..CheckInDue::default() };
    let five = five.instant(date(2026, 10, 19), &berlin()).unwrap();
    assert_eq!(five.to_string(), "2026-10-23T15:00:00Z");
}

#[test]
fn a_check_in_speaks_of_a_monday() {
    let made = |week| CheckIn {
        key_result: KeyResultId::new("O1-KR1").unwrap(),
        week,
        value: Some(70.0),
        health: Health::OnTrack,
        done: String::new(),
        next: String::new(),
        by: "ines".into(),
        at: "2026-10-20T08:00:00Z".parse().unwrap(),
    };
    assert!(made(date(2026, 10, 19)).checked().is_ok());
    let refused = made(date(2026, 10, 21)).checked().unwrap_err();
    insta::assert_snapshot!(refused, @"a check-in belongs to the week of a Monday, not to 2026-10-21; the Monday is 2026-10-19");
    let endless = CheckIn { value: Some(f64::INFINITY), ..made(date(2026, 10, 19)) };
    assert!(endless.checked().is_err());
}

#[test]
fn a_weekly_key_result_owes_a_check_in_for_each_monday_of_its_period() {
    let (_, key_results) = loaded().swap_remove(0);
    let owed = key_results[0].owed(CheckInDue::default(), &berlin()).unwrap();
    assert_eq!(owed.len(), 13);
    assert_eq!(owed[0].0, date(2026, 8, 3));
    let monthly = KeyResult { cadence: Cadence::Monthly, ..key_results[0].clone() };
    let weeks = [date(2026, 8, 31), date(2026, 9, 28), date(2026, 10, 26)];
    assert_eq!(monthly.owed_weeks(), weeks);
    let quarterly = KeyResult { cadence: Cadence::Quarterly, ..key_results[0].clone() };
    assert_eq!(quarterly.owed_weeks(), [date(2026, 10, 26)]);
}

#[test]
fn readings_before_the_start_and_after_now_do_not_count() {
    let (_, key_results) = loaded().swap_remove(0);
    let key_result = KeyResult { start_value: Some(60.0), ..key_results[0].clone() };
    let reading = |at: &str, value| Reading {
        at: at.parse().unwrap(),
        value,
        source: ReadingSource::Computed,
    };
    let readings = [
        reading("2026-08-20T00:00:00Z", 70.0),
        reading("2026-07-20T00:00:00Z", 10.0),
        reading("2026-08-07T22:00:00Z", 65.0),
        reading("2026-09-20T00:00:00Z", 90.0),
    ];
    let now = "2026-09-01T00:00:00Z".parse().unwrap();
    let history = history_of(&key_result, &readings, now, &berlin()).unwrap().unwrap();
    let values: Vec<f64> = history.points().iter().map(|point| point.value).collect();
    assert_eq!(values, [65.0, 70.0]);
    assert_eq!(history.points()[0].week, 1.0, "midnight in Berlin, one week after the start");
}

#[test]
fn what_cannot_be_measured_is_refused_with_a_hint() {
    let (_, key_results) = loaded().swap_remove(0);
    let without = KeyResult { start_value: None, ..key_results[2].clone() };
    insta::assert_snapshot!(without.checked().unwrap_err(), @"key result FY27-Q3-O1-KR3 has no baseline; set one before its first check-in");
    let (starts, ends) = (date(2026, 8, 1), date(2026, 8, 1));
    let short = KeyResult { starts, ends, ..key_results[2].clone() };
    insta::assert_snapshot!(short.checked().unwrap_err(), @"key result FY27-Q3-O1-KR3: its last day is 2026-08-01 for a start on 2026-08-01; give a day after the start");
    let light = KeyResult { weight: 10.0, ..key_results[2].clone() };
    insta::assert_snapshot!(check_weights(&[light]).unwrap_err(), @"the weights of an objective's key results sum to 10 %; make it 100 %");
    assert!(ObjectiveId::new("O 1").is_err() && KeyResultId::new("").is_err());
}

#[test]
fn stored_facts_become_a_scorecard_and_what_the_triggers_look_at() {
    let (_, key_results) = loaded().swap_remove(0);
    let key_result = &key_results[2];
    let reading =
        |at: &str, value| Reading { at: at.parse().unwrap(), value, source: ReadingSource::Typed };
    let readings = [reading("2026-08-07T10:00:00Z", 52.0), reading("2026-08-14T10:00:00Z", 56.0)];
    let now = "2026-08-17T10:00:00Z".parse().unwrap();
    let standpoint = standpoint(key_result, &readings, None, now, &berlin()).unwrap();
    let card = crate::metrics::scorecard(&standpoint.situation(1, &crate::metrics::DRIVEN));
    // 43 points were missing with 12.2 weeks to go: 3.5 a week were needed, 4 came.
    assert!((card.velocity.value.unwrap() - 1.14).abs() < 0.01, "{:?}", card.velocity.value);
    assert_eq!(card.inputs.len(), 1);
    let made = [date(2026, 8, 3)].into();
    let facts = crate::triggers::KeyResultFacts::of(
        key_result,
        &standpoint,
        &made,
        CheckInDue::default(),
        &berlin(),
    );
    let facts = facts.unwrap();
    assert_eq!((facts.owed[0].made, facts.owed[1].made, facts.owed.len()), (true, false, 13));
}

#[test]
fn a_key_result_that_is_done_or_not_has_the_odds_that_its_owner_reports() {
    let (_, key_results) = loaded().swap_remove(0);
    let signed = KeyResult { kind: Kind::Boolean, ..key_results[2].clone() };
    let now = "2026-08-17T10:00:00Z".parse().unwrap();
    let odds = |readings: &[Reading], health| {
        let standpoint = standpoint(&signed, readings, health, now, &berlin()).unwrap();
        let card = crate::metrics::scorecard(&standpoint.situation(0, &crate::metrics::DRIVEN));
        card.success_probability.value
    };
    assert_eq!(odds(&[], None), None);
    assert_eq!(odds(&[], Some(Health::AtRisk)), Some(0.2));
    let done = Reading { at: now, value: 1.0, source: ReadingSource::Typed };
    assert_eq!(odds(&[done], Some(Health::AtRisk)), Some(0.99));
}

#[test]
fn alignment_of_a_day_gone_by_knows_only_the_promises_of_until_then() {
    let (_, key_results) = loaded().swap_remove(0);
    let week = |monday, kept| WeekOfPromises { monday, due: 10, kept };
    let weeks = vec![week(date(2026, 8, 3), 10), week(date(2026, 8, 10), 0)];
    let input = Input {
        kind: InputKind::Standing { weeks },
        promise: Promise::Confirmed,
        ..key_results[2].inputs[0].clone()
    };
    let key_result = KeyResult { inputs: vec![input], ..key_results[2].clone() };
    let at = |day| alignment_on(&key_result, day).unwrap().round();
    // (4.5 + kept) of (5 + due): the benefit of the doubt, a week kept, a week broken.
    assert_eq!(
        (at(date(2026, 8, 3)), at(date(2026, 8, 10)), at(date(2026, 8, 17))),
        (90.0, 97.0, 58.0)
    );
    let asked = key_results[2].inputs[0].clone();
    let late = KeyResult {
        inputs: vec![asked],
        asked_on: Some(date(2026, 9, 7)),
        ..key_results[2].clone()
    };
    assert_eq!(alignment_on(&late, date(2026, 9, 7)).unwrap().round(), 72.0, "asked today");
    assert_eq!(alignment_on(&late, date(2026, 9, 21)).unwrap().round(), 54.0);
}
