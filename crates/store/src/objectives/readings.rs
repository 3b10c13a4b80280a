//! Check-ins and readings: one word a week, and every measured value.

use std::collections::BTreeMap;

use domain::objectives::{CheckIn, Health, KeyResultId, Reading, ReadingSource};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Which, day, key_results::read_id};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const CHECK_INS: &str = "select key_result, week, value, health, done, next, person, at
     from check_ins";
const CHECK_IN: Sql = sql("select key_result, week, value, health, done, next, person, at
     from check_ins where key_result = $1 and week = $2");
const SAVE_CHECK_IN: Sql = sql("insert into check_ins
     (key_result, week, value, health, done, next, person, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (key_result, week) do update set value = excluded.value,
        health = excluded.health, done = excluded.done, next = excluded.next,
        person = excluded.person, at = excluded.at");
const READINGS: &str = "select key_result, at, source, value from readings";
const SAVE_READING: Sql = sql("insert into readings (key_result, at, source, value)
     values ($1, $2, $3, $4)
     on conflict (key_result, at, source) do update set value = excluded.value");
const DELETE_READINGS: Sql = sql("delete from readings
     where key_result = $1 and source = $2 and at >= $3 and at < $4");

pub(super) fn statements(which: Which) -> [Sql; 2] {
    [
        which.statement(CHECK_INS, "key_result", "key_result, week"),
        which.statement(READINGS, "key_result", "key_result, at, source"),
    ]
}

/// The check-in made for a week.
pub async fn check_in(
    session: &mut Session,
    id: &KeyResultId,
    week: Date,
) -> Result<Option<CheckIn>, StoreError> {
    let values = Values::new().and(id.as_str()).and(week.to_string());
    session.one(&CHECK_IN, values).await?.as_ref().map(read_check_in).transpose()
}

/// The check-ins of the key results meant, by key result, earliest week first.
pub async fn all_check_ins(
    session: &mut Session,
    which: Which<'_>,
) -> Result<BTreeMap<KeyResultId, Vec<CheckIn>>, StoreError> {
    let [sql, _] = statements(which);
    let mut made: BTreeMap<KeyResultId, Vec<CheckIn>> = BTreeMap::new();
    for row in session.all(&sql, which.values()).await? {
        let check_in = read_check_in(&row)?;
        made.entry(check_in.key_result.clone()).or_default().push(check_in);
    }
    Ok(made)
}

/// Keeps a check-in in the place of the one for the same week, if there was one.
pub async fn save_check_in(session: &mut Session, check_in: &CheckIn) -> Result<(), StoreError> {
    let values = Values::new()
        .and(check_in.key_result.as_str())
        .and(check_in.week.to_string())
        .and(check_in.value)
        .and(check_in.health.word())
        .and(&check_in.done)
        .and(&check_in.next)
        .and(&check_in.by)
        .and(check_in.at);
    session.run(&SAVE_CHECK_IN, values).await.map(|_| ())
}

/// The readings of the key results meant, by key result, earliest first.
pub async fn all_readings(
    session: &mut Session,
    which: Which<'_>,
) -> Result<BTreeMap<KeyResultId, Vec<Reading>>, StoreError> {
    let [_, sql] = statements(which);
    let mut measured: BTreeMap<KeyResultId, Vec<Reading>> = BTreeMap::new();
    for row in session.all(&sql, which.values()).await? {
        measured.entry(read_id(&row, "key_result")?).or_default().push(read_reading(&row)?);
    }
    Ok(measured)
}

/// Keeps a reading; one of the same instant and source is replaced.
pub async fn save_reading(
    session: &mut Session,
    id: &KeyResultId,
    reading: &Reading,
) -> Result<(), StoreError> {
    let values = Values::new()
        .and(id.as_str())
        .and(reading.at)
        .and(reading.source.word())
        .and(reading.value);
    session.run(&SAVE_READING, values).await.map(|_| ())
}

/// Forgets the readings of one source from `from` until just before `until`.
pub async fn delete_readings(
    session: &mut Session,
    id: &KeyResultId,
    source: ReadingSource,
    (from, until): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let values = Values::new().and(id.as_str()).and(source.word()).and(from).and(until);
    session.run(&DELETE_READINGS, values).await.map(|_| ())
}

fn read_check_in(row: &Row) -> Result<CheckIn, StoreError> {
    Ok(CheckIn {
        key_result: read_id(row, "key_result")?,
        week: day(row, "week")?,
        value: row.real_or_none("value")?,
        health: row.word("health", |word| Health::from_word(word).ok())?,
        done: row.text("done")?,
        next: row.text("next")?,
        by: row.text("person")?,
        at: row.instant("at")?,
    })
}

fn read_reading(row: &Row) -> Result<Reading, StoreError> {
    Ok(Reading {
        at: row.instant("at")?,
        value: row.real("value")?,
        source: row.word("source", |word| ReadingSource::from_word(word).ok())?,
    })
}
