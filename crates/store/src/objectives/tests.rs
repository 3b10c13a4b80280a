//! What is kept is what is read, on a fresh database.

use domain::calendar::FiscalYear;
use domain::objectives::playbook::{self, Placement};
use domain::objectives::{
    CheckIn, Health, Input, InputKind, KeyResult, Promise, Reading, ReadingSource, WeekOfPromises,
};
use jiff::civil::date;

use super::*;
use crate::{Database, Settings};

/// Fresh databases, one for each engine at hand.
async fn databases(directory: &std::path::Path) -> Vec<Database> {
    let settings = Settings { careless: true, ..Settings::default() };
    let path = directory.join("watchbell.db");
    let now = Timestamp::UNIX_EPOCH;
    let sqlite = Database::open(path.to_str().unwrap(), settings.clone(), now).await.unwrap();
    let mut databases = vec![sqlite];
    match std::env::var("WATCHBELL_TEST_POSTGRES") {
        Ok(server) => {
            let name = format!("watchbell_objectives_{}", std::process::id());
            let admin = Database::connect(&server, settings.clone()).await.unwrap();
            let create = Sql::assembled(format!("create database {name}"));
            admin.read().await.unwrap().run(&create, Values::new()).await.unwrap();
            let (login, _) = server.rsplit_once('/').unwrap();
            let address = format!("{login}/{name}");
            databases.push(Database::open(&address, settings, now).await.unwrap());
        }
        Err(_) => eprintln!("POSTGRES ABSENT: this test ran on SQLite only"),
    }
    databases
}

fn loaded() -> Vec<(Objective, Vec<KeyResult>)> {
    let quarter = Quarter::from_label("FY27-Q3").unwrap();
    let year = FiscalYear::default();
    let (starts, ends) = (year.first_day(quarter), year.last_day(quarter));
    let mut loaded =
        playbook::ciso(&Placement { quarter, starts, ends, prefix: "FY27-Q3-" }).unwrap();
    let (objective, key_results) = &mut loaded[0];
    objective.dri = Some("mara.lind".into());
    let weeks = [(date(2026, 8, 3), 4, 3), (date(2026, 8, 10), 2, 2)];
    let record = weeks.map(|(monday, due, kept)| WeekOfPromises { monday, due, kept });
    let input = key_results[0].inputs[0].clone();
    let of = |kind, promise| Input { kind, promise, weight: 0.5, ..input.clone() };
    let id = key_results[1].id.clone();
    let by = date(2026, 9, 1);
    key_results[0].inputs = vec![
        of(InputKind::Standing { weeks: record.into() }, Promise::Confirmed),
        of(InputKind::Dated { by, chance: None }, Promise::Declined),
        of(InputKind::KeyResult { id, probability: Some(0.25) }, Promise::Delivered { on: by }),
    ];
    key_results[2].milestones[0].done_on = Some(by);
    loaded
}

#[tokio::test]
async fn the_playbook_is_read_back_as_it_was_kept() {
    let directory = tempfile::tempdir().unwrap();
    for database in databases(directory.path()).await {
        let loaded = loaded();
        let mut transaction = database.begin().await.unwrap();
        for (position, (objective, key_results)) in loaded.iter().enumerate() {
            insert(&mut transaction, objective, position, Timestamp::UNIX_EPOCH).await.unwrap();
            for (position, key_result) in key_results.iter().enumerate() {
                let timers = Timers::default();
                insert_key_result(&mut transaction, key_result, position, timers).await.unwrap();
            }
        }
        transaction.commit().await.unwrap();
        let mut session = database.read().await.unwrap();
        let quarter = loaded[0].0.quarter;
        let objectives: Vec<Objective> = loaded.iter().map(|(one, _)| one.clone()).collect();
        assert_eq!(of_quarter(&mut session, quarter).await.unwrap(), objectives);
        let all: Vec<KeyResult> = loaded.iter().flat_map(|(_, all)| all.clone()).collect();
        assert_eq!(key_results(&mut session, Which::Quarter(quarter)).await.unwrap(), all);
        let of = Which::Of(&objectives[1].id);
        assert_eq!(key_results(&mut session, of).await.unwrap(), loaded[1].1);
        let one = Which::One(&all[0].id);
        assert_eq!(key_results(&mut session, one).await.unwrap(), all[..1]);
        assert_eq!(quarters(&mut session).await.unwrap(), [quarter]);
        for sql in assembled() {
            session.prepare(&sql).await.unwrap();
        }
        drop(session);
        correct_a_week(&database, &all[0]).await;
        take_turns_with_timers(&database, &all[1]).await;
    }
}

async fn correct_a_week(database: &Database, key_result: &KeyResult) {
    let (id, at) = (&key_result.id, Timestamp::UNIX_EPOCH);
    let said = CheckIn {
        key_result: id.clone(),
        week: date(2026, 8, 3),
        value: None,
        health: Health::AtRisk,
        done: "two of three".into(),
        next: String::new(),
        by: "mara.lind".into(),
        at,
    };
    let corrected = CheckIn { value: Some(91.5), health: Health::OnTrack, ..said.clone() };
    let mut transaction = database.begin().await.unwrap();
    for check_in in [&said, &corrected] {
        save_check_in(&mut transaction, check_in).await.unwrap();
    }
    for (value, source) in
        [(1.0, ReadingSource::Typed), (2.0, ReadingSource::Typed), (3.0, ReadingSource::Computed)]
    {
        save_reading(&mut transaction, id, &Reading { at, value, source }).await.unwrap();
    }
    let which = Which::One(id);
    let made = all_check_ins(&mut transaction, which).await.unwrap();
    assert_eq!(made[id], std::slice::from_ref(&corrected));
    assert_eq!(check_in(&mut transaction, id, said.week).await.unwrap(), Some(corrected));
    let until = at + jiff::SignedDuration::from_secs(1);
    delete_readings(&mut transaction, id, ReadingSource::Computed, (at, until)).await.unwrap();
    let left = all_readings(&mut transaction, which).await.unwrap();
    assert_eq!(left[id], [Reading { at, value: 2.0, source: ReadingSource::Typed }]);
}

async fn take_turns_with_timers(database: &Database, key_result: &KeyResult) {
    let id = KeyResultId::new("later").unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let (before, after) = (at - jiff::SignedDuration::from_secs(1), at);
    let mut transaction = database.begin().await.unwrap();
    let timed = KeyResult { id: id.clone(), ..key_result.clone() };
    let timers = Timers { read_at: Some(at), remind_at: Some(at) };
    insert_key_result(&mut transaction, &timed, 9, timers).await.unwrap();
    assert!(to_read(&mut transaction, before, 9).await.unwrap().is_empty());
    assert_eq!(to_read(&mut transaction, after, 9).await.unwrap(), [(id.clone(), at)]);
    assert_eq!(to_remind(&mut transaction, after, 9).await.unwrap(), [(id.clone(), at)]);
    assert!(claim_reading(&mut transaction, &id, at, None).await.unwrap());
    assert!(!claim_reading(&mut transaction, &id, at, None).await.unwrap(), "one node only");
    assert!(claim_reminder(&mut transaction, &id, at, None).await.unwrap());
    assert!(to_remind(&mut transaction, after, 9).await.unwrap().is_empty());
    let asked_on = date(2026, 8, 12);
    replace_inputs(&mut transaction, &id, &[], asked_on).await.unwrap();
    save_start(&mut transaction, &id, 55.0).await.unwrap();
    save_ownership(&mut transaction, &id, Some("mara.lind")).await.unwrap();
    let read = key_results(&mut transaction, Which::One(&id)).await.unwrap();
    assert_eq!((read[0].start_value, read[0].inputs.len()), (Some(55.0), 0));
    assert_eq!(read[0].asked_on, Some(asked_on));
    assert_eq!(read[0].dri.as_deref(), Some("mara.lind"));
}
