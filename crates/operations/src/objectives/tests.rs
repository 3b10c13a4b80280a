//! Objectives on a whole product: loaded, checked in on, computed, reminded.

use domain::access::{Access, Actor, Scope};
use domain::metrics::DRIVEN;
use domain::objectives::{Health, Input, InputKind, Promise, ReadingSource};
use jiff::civil::date;

use super::*;
use crate::duties::tick;
use crate::testing::{instant, person, product, products};

/// In the running quarter of every story.
const TYPED: &str = "FY27-Q1-O1-KR3";
const COMPUTED: &str = "FY27-Q1-O1-KR1";

fn said(value: Option<f64>) -> CheckInInput {
    CheckInInput {
        week: None,
        value,
        health: Health::OnTrack,
        done: " two pipelines ".into(),
        next: String::new(),
    }
}

async fn load(app: &App) -> Loaded {
    load_playbook(app, &Actor::Operator, "ciso", None).await.unwrap()
}

#[tokio::test]
async fn the_playbook_is_loaded_once_for_the_running_quarter_and_owned_by_the_ciso() {
    for product in products().await {
        let loaded = load(&product.app).await;
        assert_eq!((loaded.objectives, loaded.key_results), (3, 7), "{}", product.engine());
        assert!(load(&product.app).await.is_nothing());
        let list = list(&product.app, &person("mara.lind")).await.unwrap();
        let codes: Vec<&str> = list.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["O1", "O2", "O3"]);
        assert_eq!(list[0].owner.as_deref(), Some("Mara Lind"));
        assert_eq!(list[0].objective.quarter.to_string(), "FY27-Q1");
        let later = load_playbook(&product.app, &Actor::Operator, "ciso", Some("FY27-Q2")).await;
        assert_eq!(later.unwrap().key_results, 7);
        let quarters = quarters(&product.app, &Actor::Operator).await.unwrap();
        assert_eq!(quarters.len(), 2);
    }
}

#[tokio::test]
async fn an_unknown_playbook_or_quarter_is_refused() {
    let product = product().await;
    for (name, quarter) in [("cfo", None), ("ciso", Some("2027-Q1"))] {
        let refused = load_playbook(&product.app, &Actor::Operator, name, quarter).await;
        assert!(refused.is_err(), "{name} {quarter:?}");
    }
    let member = person("ines.falk");
    let refused = load_playbook(&product.app, &member, "ciso", None).await;
    assert!(matches!(refused, Err(Refusal::Forbidden(Operation::LoadPlaybook))));
}

#[tokio::test]
async fn a_second_check_in_for_the_same_week_corrects_the_first() {
    for product in products().await {
        load(&product.app).await;
        let mara = person("mara.lind");
        let first = check_in(&product.app, &mara, TYPED, said(Some(55.0))).await.unwrap();
        assert_eq!(first.check_in.week, date(2026, 3, 2));
        assert_eq!(first.check_in.done, "two pipelines");
        product.clock.set("2026-03-04T10:00:00Z");
        let second = check_in(&product.app, &mara, TYPED, said(Some(56.5))).await.unwrap();
        assert_eq!(second.corrected.unwrap().value, Some(55.0));
        let page = key_result(&product.app, &mara, TYPED).await.unwrap();
        let readings: Vec<_> = page.view.readings.iter().map(|one| (one.at, one.value)).collect();
        assert_eq!(readings, [(instant("2026-03-02T08:00:00Z"), 56.5)], "the instant stays");
        assert_eq!(page.view.check_ins.len(), 1);
        let mut session = product.app.database().read().await.unwrap();
        let record = store::record::of_subject(&mut session, TYPED, 0, 9).await.unwrap();
        let kinds: Vec<&str> = record.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["checked_in", "check_in_corrected"]);
        assert_eq!(record[1].detail, "week of 2026-03-02: 56.5 %, On track; was: 55 %, On track");
    }
}

#[tokio::test]
async fn a_word_on_a_week_gone_by_is_read_as_of_its_last_second() {
    let product = product().await;
    load(&product.app).await;
    let late = CheckInInput { week: Some(date(2026, 2, 16)), ..said(Some(52.0)) };
    let made = check_in(&product.app, &person("mara.lind"), TYPED, late).await.unwrap();
    // Midnight in Copenhagen.
    assert_eq!(made.reading.unwrap().at, instant("2026-02-22T22:59:59Z"));
}

#[tokio::test]
async fn a_check_in_that_cannot_be_is_told_why() {
    let product = product().await;
    load(&product.app).await;
    let week = |day| CheckInInput { week: Some(day), ..said(Some(55.0)) };
    let cases = [
        (COMPUTED, said(Some(90.0)), "is computed; leave it out"),
        (TYPED, said(None), "needs a value"),
        (TYPED, said(Some(120.0)), "0 to 100 for a share"),
        (TYPED, said(Some(f64::NAN)), "a finite number"),
        (TYPED, week(date(2026, 3, 3)), "the Monday is 2026-03-02"),
        (TYPED, week(date(2026, 3, 9)), "has not begun"),
        (TYPED, week(date(2025, 3, 3)), "is outside of key result"),
        ("nothing", said(None), "there is no key result `nothing`"),
        ("no such\nid", said(None), "there is no key result"),
    ];
    for (id, input, words) in cases {
        let refused = check_in(&product.app, &Actor::Operator, id, input).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn only_who_answers_for_a_key_result_checks_in_on_it() {
    let product = product().await;
    load(&product.app).await;
    let stranger = person("ines.falk");
    let refused = check_in(&product.app, &stranger, TYPED, said(Some(55.0))).await;
    assert!(matches!(refused, Err(Refusal::Forbidden(Operation::CheckIn))));
    assert!(!key_result(&product.app, &stranger, TYPED).await.unwrap().may_check_in);
    let mara = PersonId::parse("mara.lind").unwrap();
    let member = Actor::Person { id: mara, access: Access::Member, scope: Scope::Everything };
    assert!(key_result(&product.app, &member, TYPED).await.unwrap().may_check_in);
    check_in(&product.app, &member, TYPED, said(Some(55.0))).await.unwrap();
}

#[tokio::test]
async fn what_is_owed_ends_with_the_check_in_and_runs_in_the_owners_week() {
    let product = product().await;
    load(&product.app).await;
    let mara = person("mara.lind");
    let before = owed(&product.app, &mara).await.unwrap();
    let weekly = before.iter().filter(|one| one.code == "O1-KR3");
    let weeks: Vec<_> = weekly.map(|one| (one.week, one.late)).collect();
    assert_eq!(weeks, [(date(2026, 2, 23), true), (date(2026, 3, 2), false)]);
    assert_eq!(before.last().unwrap().due_at, instant("2026-03-06T16:00:00Z"), "17:00 there");
    check_in(&product.app, &mara, TYPED, said(Some(55.0))).await.unwrap();
    let after = owed(&product.app, &mara).await.unwrap();
    assert!(after.iter().all(|one| one.code != "O1-KR3"));
    assert!(owed(&product.app, &person("ines.falk")).await.unwrap().is_empty());
    assert_eq!(owed_by_all(&product.app, &Actor::Operator).await.unwrap().len(), after.len());
}

#[tokio::test]
async fn an_owner_is_reminded_once_a_day_before_the_check_in_is_late() {
    for product in products().await {
        load(&product.app).await;
        let mara = person("mara.lind");
        check_in(&product.app, &mara, TYPED, said(Some(55.0))).await.unwrap();
        product.clock.set("2026-03-05T15:59:59Z");
        tick(&product.app, &Actor::Watch).await.unwrap();
        let sent = || {
            let parcels = product.post.parcels.lock().unwrap();
            let keys = parcels.iter().flat_map(|parcel| &parcel.notices);
            keys.filter(|key| key.starts_with("check-in/")).count()
        };
        assert_eq!(sent(), 0);
        product.clock.set("2026-03-05T16:00:00Z");
        tick(&product.app, &Actor::Watch).await.unwrap();
        let once = sent();
        assert!(once > 0, "{}", product.engine());
        tick(&product.app, &Actor::Watch).await.unwrap();
        assert_eq!(sent(), once, "once");
        let parcels = product.post.parcels.lock().unwrap();
        let keys: Vec<&String> = parcels
            .iter()
            .flat_map(|parcel| &parcel.notices)
            .filter(|key| key.starts_with("check-in/"))
            .collect();
        let key = format!("check-in/{COMPUTED}/2026-03-02/mara.lind/email");
        assert!(keys.contains(&&key), "{keys:?}");
        assert!(keys.iter().all(|key| !key.contains(TYPED)), "made");
        let link = format!("http://watchbell.test/key-results/{COMPUTED}/check-in");
        assert!(parcels.iter().any(|parcel| parcel.body.contains(&link)));
    }
}

#[tokio::test]
async fn readings_brought_along_stand_and_what_was_computed_gives_way() {
    for product in products().await {
        load(&product.app).await;
        let app = &product.app;
        let source = ReadingSource::Computed;
        let mut change = app.change(&Actor::Operator, Operation::RunDuties).await.unwrap();
        let id = KeyResultId::new(COMPUTED).unwrap();
        for at in ["2026-02-20T06:00:00Z", "2026-02-27T06:00:00Z"] {
            let reading = domain::objectives::Reading { at: instant(at), value: 0.0, source };
            let transaction = &mut change.transaction;
            store::objectives::save_reading(transaction, &id, &reading).await.unwrap();
        }
        change.commit().await.unwrap();
        let brought = [(instant("2026-02-25T08:00:00Z"), 70.0), (product.app.now(), 71.5)];
        import_readings(app, &Actor::Operator, COMPUTED, &brought).await.unwrap();
        import_readings(app, &Actor::Operator, COMPUTED, &brought).await.unwrap();
        tick(app, &Actor::Watch).await.unwrap();
        let page = key_result(app, &Actor::Operator, COMPUTED).await.unwrap();
        let values: Vec<f64> = page.view.readings.iter().map(|one| one.value).collect();
        assert_eq!(values, [0.0, 70.0, 71.5]);
    }
}

#[tokio::test]
async fn an_import_moves_the_computed_values_at_once_and_the_watch_reads_them_each_day() {
    for product in products().await {
        load(&product.app).await;
        let app = &product.app;
        import(app, "2026-02-02T08:00:00Z", &["CVE-2024-3094", "CVE-2021-44228"]).await;
        product.clock.set("2026-02-10T08:00:00Z");
        import(app, "2026-02-10T08:00:00Z", &["CVE-2024-3094"]).await;
        product.clock.set("2026-03-02T08:00:00Z");
        tick(app, &Actor::Watch).await.unwrap();
        let page = key_result(app, &Actor::Operator, COMPUTED).await.unwrap();
        let last = page.view.last_reading().unwrap();
        assert_eq!((last.value, last.source), (50.0, ReadingSource::Computed));
        product.clock.set("2026-03-02T22:00:00Z");
        tick(app, &Actor::Watch).await.unwrap();
        product.clock.set("2026-03-02T23:05:00Z");
        let ticked = tick(app, &Actor::Watch).await.unwrap();
        let readings = ticked.duties.iter().find(|(name, _)| *name == "readings").unwrap();
        assert_eq!(readings.1.advanced, 2, "five past midnight in Copenhagen");
        let page = key_result(app, &Actor::Operator, COMPUTED).await.unwrap();
        let count = page.view.readings.len();
        tick(app, &Actor::Watch).await.unwrap();
        let page = key_result(app, &Actor::Operator, COMPUTED).await.unwrap();
        assert_eq!(page.view.readings.len(), count, "{}", product.engine());
    }
}

async fn import(app: &App, at: &str, open: &[&str]) {
    let findings = open.iter().map(|id| {
        format!(
            r#"{{"title": "{id}", "severity": "Critical", "cve": "{id}", "cvssv3_score": 9.8,
                "component_name": "example", "component_version": "1.10"}}"#
        )
    });
    let findings = findings.collect::<Vec<_>>().join(",");
    let request = crate::imports::ImportRequest {
        bytes: format!(r#"{{"name": "Scan", "type": "Scan", "findings": [{findings}]}}"#)
            .into_bytes(),
        service: "core-api".into(),
        create_service: true,
        format: Some("generic_json".into()),
        at: Some(instant(at)),
        ..crate::imports::ImportRequest::default()
    };
    crate::imports::import(app, &Actor::Operator, request).await.unwrap();
}

#[tokio::test]
async fn a_key_result_that_waits_for_another_has_its_odds_and_raises_its_risk() {
    let product = product().await;
    load(&product.app).await;
    let app = &product.app;
    let upstream = KeyResultId::new("FY27-Q1-O3-KR1").unwrap();
    let waits = Input {
        team: "engineering".into(),
        provider: "Engineering".into(),
        what: "scans in every pipeline".into(),
        weight: 1.0,
        kind: InputKind::KeyResult { id: upstream.clone(), probability: None },
        promise: Promise::Confirmed,
    };
    declare_inputs(app, &Actor::Operator, "FY27-Q1-O2-KR1", vec![waits]).await.unwrap();
    let mara = person("mara.lind");
    check_in(app, &mara, upstream.as_str(), said(Some(60.0))).await.unwrap();
    let overview = overview(app, &mara).await.unwrap();
    let (waiting, needed) =
        (&overview.objectives[1].key_results[0], &overview.objectives[2].key_results[0]);
    let odds = needed.scorecard.success_probability.value.unwrap();
    assert_eq!(waiting.scorecard.inputs[0].chance, odds);
    assert_eq!((needed.dependents_depth, waiting.dependents_depth), (1, 0));
    let row = &overview.objectives[2].scorecard;
    let risk = 100.0 * (1.0 - row.success_probability.unwrap()) * 1.05;
    assert!((row.risk_index.unwrap() - risk).abs() < 1e-9);
    assert_eq!((overview.week, overview.weeks), (4, 13));
    assert!(overview.sentence.unwrap().text.contains("O3"));
    assert_eq!(needed.sparkline().len(), needed.now_week.ceil() as usize);
    assert_eq!(overview.objectives[2].health().unwrap().health, Health::OnTrack);
}

#[tokio::test]
async fn the_triggers_see_every_running_key_result_with_the_team_of_its_owner() {
    let product = product().await;
    load(&product.app).await;
    let mara = person("mara.lind");
    check_in(&product.app, &mara, TYPED, said(Some(55.0))).await.unwrap();
    let mut view = product.app.view(&Actor::Watch, Operation::ReadObjectives).await.unwrap();
    let organisation = std::sync::Arc::clone(&view.organisation);
    let facts = key_result_facts(&mut view.session, &organisation, view.now, &[]).await.unwrap();
    assert_eq!(facts.len(), 7);
    let (typed, dri) = facts.iter().find(|(one, _)| one.id == TYPED).unwrap();
    assert_eq!(dri.as_deref(), Some("mara.lind"));
    assert_eq!(typed.history.as_ref().unwrap().points().len(), 1);
    assert_eq!(typed.setting, DRIVEN);
    assert_eq!(typed.owed.iter().filter(|one| one.made).count(), 1);
}

#[tokio::test]
async fn the_first_weeks_baseline_takes_the_place_of_what_is_typical() {
    let product = product().await;
    load(&product.app).await;
    let mara = person("mara.lind");
    set_start(&product.app, &mara, TYPED, 42.0).await.unwrap();
    let page = key_result(&product.app, &mara, TYPED).await.unwrap();
    assert_eq!(page.view.key_result.start_value, Some(42.0));
    assert!(set_start(&product.app, &mara, TYPED, 142.0).await.is_err());
    assert!(set_start(&product.app, &person("ines.falk"), TYPED, 42.0).await.is_err());
}
