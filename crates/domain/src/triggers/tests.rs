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
        rituals: &[],
        audits: &[],
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
        rituals: &[],
        audits: &[],
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
        is_answered: true,
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
        let facts = Facts { now, key_results, findings: &[], rituals: &[], audits: &[], standing };
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

fn cycle(team: Option<&str>, p90: [f64; 5]) -> CycleTimeFacts {
    CycleTimeFacts {
        team: team.map(str::to_owned),
        team_name: team.map(|team| format!("Team {team}")),
        band: "high",
        target_days: 30.0,
        p90_days: p90.map(Some).into(),
        fixes: 12,
    }
}

fn timed(cycle_times: Vec<CycleTimeFacts>) -> KeyResultFacts {
    KeyResultFacts { cycle_times, ..KeyResultFacts::new("KR1", "High in time") }
}

/// The teams for which a cycle time fires.
fn slow(key_result: &KeyResultFacts, standing: &[&str]) -> Vec<String> {
    let key = |team: &&str| format!("velocity_drop/KR1/cycle_time/{team}");
    let standing: BTreeSet<String> = standing.iter().map(key).collect();
    let facts = Facts {
        now: at("2026-09-14T00:00:00Z"),
        key_results: std::slice::from_ref(key_result),
        findings: &[],
        rituals: &[],
        audits: &[],
        standing: &standing,
    };
    let firings = evaluate(&facts, &Settings::default()).into_iter();
    firings.filter_map(|one| Some(one.cause_key.rsplit('/').next()?.to_owned())).collect()
}

#[test]
fn fixes_over_the_sla_at_two_week_ends_fire_for_the_team_and_else_for_all_together() {
    let calm = cycle(Some("web"), [20.0; 5]);
    let late = cycle(Some("api"), [28.0, 28.0, 29.0, 31.0, 32.0]);
    let all = cycle(None, [31.0; 5]);
    assert_eq!(slow(&timed(vec![all.clone(), calm.clone(), late.clone()]), &[]), ["api"]);
    assert_eq!(slow(&timed(vec![all, calm.clone()]), &[]), ["all"]);
    let once = cycle(Some("api"), [28.0, 28.0, 29.0, 29.0, 32.0]);
    assert!(slow(&timed(vec![once.clone()]), &[]).is_empty(), "one week end is one");
    assert_eq!(slow(&timed(vec![once]), &["api"]), ["api"], "it stands until 27 days");
    assert!(slow(&timed(vec![cycle(Some("api"), [27.0; 5])]), &["api"]).is_empty());
    let key_result = timed(vec![late]);
    let firing = on(2, &key_result, false).unwrap();
    assert_eq!(
        firing.sentence,
        "Team api: nine of ten high fixes took up to 32 days, where the SLA is 30 days, 28 days \
         four weeks ago (“High in time”)."
    );
    assert_eq!(firing.attributed_to.as_deref(), Some("api"));
}

#[test]
fn fixes_that_slow_down_fire_before_the_sla_is_passed() {
    let slowing = cycle(Some("api"), [16.0, 17.0, 19.0, 20.0, 21.0]);
    assert_eq!(slow(&timed(vec![slowing]), &[]), ["api"]);
    let quick = cycle(Some("api"), [4.0, 5.0, 6.0, 7.0, 8.0]);
    assert!(slow(&timed(vec![quick]), &[]).is_empty(), "8 of 30 days is quick");
    let few = CycleTimeFacts {
        p90_days: vec![None, None, None, None, Some(29.0)],
        ..cycle(Some("api"), [0.0; 5])
    };
    assert!(slow(&timed(vec![few]), &[]).is_empty(), "nothing to compare with");
}

#[test]
fn a_ritual_that_is_skipped_three_weeks_running_fires_to_its_owner() {
    use crate::rituals::{Period, Standing};
    let week = |nth: i64, standing| {
        let monday: Date = "2026-08-03".parse().unwrap();
        let first = monday.saturating_add(jiff::Span::new().days(7 * nth));
        let period = Period { first, last: first.saturating_add(jiff::Span::new().days(6)) };
        Occurrence { period, due: at("2026-09-14T00:00:00Z"), standing }
    };
    let held = Standing::Held("2026-08-05".parse().unwrap());
    let fired = |standings: &[Standing]| {
        let weeks = standings.iter().enumerate().map(|(nth, one)| week(nth as i64, *one));
        let ritual = RitualFacts {
            id: "backlog-review".into(),
            name: "Backlog review".into(),
            team: Some("security".into()),
            period: "week",
            occurrences: weeks.collect(),
        };
        let facts = Facts {
            now: at("2026-09-14T00:00:00Z"),
            key_results: &[],
            findings: &[],
            rituals: &[ritual],
            audits: &[],
            standing: &BTreeSet::new(),
        };
        evaluate(&facts, &Settings::default()).pop()
    };
    use Standing::{Missed, Open};
    let thrice = fired(&[held, Missed, Missed, Missed, Open]).unwrap();
    assert_eq!(
        thrice.sentence,
        "“Backlog review” was skipped 3 times in a row, since the week from 2026-08-10."
    );
    assert_eq!((thrice.loudness, thrice.first_to.as_slice()), (3, [Role::Dri].as_slice()));
    assert_eq!(thrice.cause_key, "missed_cadence/ritual/backlog-review");
    assert_eq!(fired(&[Missed, Missed, held, Open]), None, "held since");
    let scheduled = Standing::Scheduled("2026-09-20".parse().unwrap());
    assert_eq!(fired(&[Missed, scheduled]), None);
    assert_eq!(fired(&[Open]), None);
}

fn tier_1(counts: [f64; 7], week: f64, standing: bool) -> Option<Firing> {
    let point = |(week, value): (usize, &f64)| Point { week: week as f64, value: *value };
    let audit = AuditFacts {
        id: "soc2".into(),
        name: "SOC 2".into(),
        begins: "2026-10-05".parse().unwrap(),
        week,
        aged: counts.iter().enumerate().map(point).collect(),
        services: vec![("core-api".into(), 2), ("billing".into(), 1)],
        team: Some("core".into()),
    };
    let key = "projected_miss/audit/soc2".to_owned();
    let facts = Facts {
        now: at("2026-07-20T00:00:00Z"),
        key_results: &[],
        findings: &[],
        rituals: &[],
        audits: &[audit],
        standing: &standing.then_some(key).into_iter().collect(),
    };
    evaluate(&facts, &Settings::default()).pop()
}

#[test]
fn old_tier_1_findings_fire_when_their_trend_leaves_some_at_the_audit() {
    let fired = |counts, standing| tier_1(counts, 16.0, standing);
    let fired_before = |counts, week| tier_1(counts, week, false);
    let firing = fired([0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0], false).unwrap();
    assert_eq!(
        firing.sentence,
        "Critical and high findings in Tier-1 services, open for more than 30 days: 3 now, and 7 \
         on this trend at “SOC 2” on 2026-10-05, each a repeat finding. Most: core-api 2, \
         billing 1."
    );
    assert!(fired([2.0; 7], false).is_some(), "what stays open is found again");
    assert_eq!(fired([6.0, 5.0, 5.0, 4.0, 3.0, 2.0, 2.0], false), None, "gone by the audit");
    assert_eq!(fired([3.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0], true), None);
    assert_eq!(fired_before([2.0; 7], 26.0 + 6.1), None, "half a year ahead nobody is called");
}

#[test]
fn a_count_of_tier_1_findings_that_the_audit_looks_at_projects_to_repeats() {
    let open = |values: &[f64]| KeyResultFacts {
        unit: "findings".into(),
        next_audit_week: Some(15.0),
        ..weekly(Course::DecreaseTo, 0.0, values)
    };
    let firing = on(7, &open(&[7.0, 7.0]), false).unwrap();
    assert_eq!(
        firing.sentence,
        "“The number” stands at 7 findings and projects to 7 findings at the next audit, where \
         each one above 0 findings is found again."
    );
    assert!(!fires(7, &open(&[7.0, 6.0])), "it will be gone by then");
}

#[test]
fn what_was_asked_yesterday_is_no_broken_input_and_after_two_weeks_it_is() {
    let unanswered = |asked_at: &str| KeyResultFacts {
        inputs: vec![InputScore {
            team: "it".into(),
            provider: "IT".into(),
            what: "access reviews".into(),
            weight: 1.0,
            firmness: 0.4,
            chance: 0.9,
            score: 0.36,
            note: "asked, not answered".into(),
            is_answered: false,
        }],
        asked_at: Some(at(asked_at)),
        ..KeyResultFacts::new("KR1", "Ready")
    };
    // It is the 14th of September.
    assert!(!fires(6, &unanswered("2026-09-13T00:00:00Z")));
    assert!(!fires(6, &unanswered("2026-08-31T00:00:01Z")));
    assert!(fires(6, &unanswered("2026-08-31T00:00:00Z")));
    let mut declined = unanswered("2026-09-13T00:00:00Z");
    declined.inputs[0].is_answered = true;
    assert!(fires(6, &declined), "an answer that is no counts at once");
}
