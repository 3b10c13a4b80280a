//! Key results with their inputs and milestones.

use std::collections::BTreeMap;

use domain::metrics::Bounds;
use domain::objectives::{
    Cadence, Computed, Input, InputKind, KeyResult, KeyResultId, Kind, Milestone, ObjectiveId,
    Promise, Values as Source, WeekOfPromises,
};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Which, day, day_or_none, told};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into key_results
     (id, objective, position, title, kind, unit, lowest, highest, start_value, target, benchmark,
      alarm, reason, starts, ends, cadence, dri, weight, computed, read_at, remind_at, asked_on)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
      $20, $21, $22)");
const ALL: &str = "select k.id, k.objective, k.title, k.kind, k.unit, k.lowest, k.highest,
     k.start_value, k.target, k.benchmark, k.alarm, k.reason, k.starts, k.ends, k.cadence, k.dri,
     k.weight, k.computed, k.asked_on
     from key_results k join objectives o on o.id = k.objective";
const INPUTS: &str = "select key_result, position, team, provider, what, weight, kind, due_day,
     chance, upstream, promise, delivered_on from inputs";
const WEEKS: &str = "select key_result, position, monday, due, kept from promise_weeks";
const MILESTONES: &str = "select key_result, reference, title, owner, due, done_on
     from milestones";
const INSERT_INPUTS: &str = "insert into inputs (key_result, position, team, provider, what,
     weight, kind, due_day, chance, upstream, promise, delivered_on) values";
const INPUT_WIDTH: usize = 12;
const INSERT_WEEKS: &str =
    "insert into promise_weeks (key_result, position, monday, due, kept) values";
const WEEK_WIDTH: usize = 5;
const INSERT_MILESTONES: &str =
    "insert into milestones (key_result, position, reference, title, owner, due, done_on) values";
const MILESTONE_WIDTH: usize = 7;
const DELETE_INPUTS: Sql = sql("delete from inputs where key_result = $1");
const DELETE_WEEKS: Sql = sql("delete from promise_weeks where key_result = $1");
const SAVE_ASKED: Sql = sql("update key_results set asked_on = $2 where id = $1");
const SAVE_START: Sql = sql("update key_results set start_value = $2 where id = $1");
const SAVE_OWNERSHIP: Sql = sql("update key_results set dri = $2 where id = $1");
const TO_READ: Sql = sql("select id, read_at from key_results
     where read_at <= $1 order by read_at, id limit $2");
const TO_REMIND: Sql = sql("select id, remind_at from key_results
     where remind_at <= $1 order by remind_at, id limit $2");
const CLAIM_READING: Sql = sql("update key_results set read_at = $3
     where id = $1 and read_at = $2");
const CLAIM_REMINDER: Sql = sql("update key_results set remind_at = $3
     where id = $1 and remind_at = $2");

/// When the clock has to do with a key result again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timers {
    /// The next reading of a computed value.
    pub read_at: Option<Timestamp>,
    /// The next reminder of a check-in.
    pub remind_at: Option<Timestamp>,
}

pub(super) fn statements(which: Which) -> [Sql; 4] {
    [
        which.statement(ALL, "k.id", "o.position, k.position, k.id"),
        which.statement(INPUTS, "key_result", "key_result, position"),
        which.statement(WEEKS, "key_result", "key_result, position, monday"),
        which.statement(MILESTONES, "key_result", "key_result, position"),
    ]
}

/// Keeps a new key result at `position` of its objective, with its inputs and milestones.
pub async fn insert_key_result(
    session: &mut Session,
    key_result: &KeyResult,
    position: usize,
    timers: Timers,
) -> Result<(), StoreError> {
    let computed = match key_result.values {
        Source::Typed => None,
        Source::Computed(computed) => Some(computed.word()),
    };
    let values = Values::new()
        .and(key_result.id.as_str())
        .and(key_result.objective.as_str())
        .and(position as i64)
        .and(&key_result.title)
        .and(key_result.kind.word())
        .and(&key_result.unit)
        .and(key_result.bounds.lowest)
        .and(key_result.bounds.highest)
        .and(key_result.start_value)
        .and(key_result.target)
        .and(&key_result.benchmark)
        .and(key_result.alarm)
        .and(&key_result.reason)
        .and(key_result.starts.to_string())
        .and(key_result.ends.to_string())
        .and(key_result.cadence.word())
        .and(key_result.dri.clone())
        .and(key_result.weight)
        .and(computed)
        .and(timers.read_at)
        .and(timers.remind_at)
        .and(key_result.asked_on.map(|day| day.to_string()));
    session.run(&INSERT, values).await?;
    insert_inputs(session, &key_result.id, &key_result.inputs).await?;
    insert_milestones(session, key_result).await
}

async fn insert_inputs(
    session: &mut Session,
    id: &KeyResultId,
    inputs: &[Input],
) -> Result<(), StoreError> {
    let (mut rows, mut weeks) = (Values::new(), Values::new());
    for (position, input) in inputs.iter().enumerate() {
        let (kind, due_day, chance, upstream) = match &input.kind {
            InputKind::Dated { by, chance } => ("dated", Some(by.to_string()), *chance, None),
            InputKind::Standing { weeks: record } => {
                for week in record {
                    weeks.push(id.as_str());
                    weeks.push(position as i64);
                    weeks.push(week.monday.to_string());
                    weeks.push(week.due);
                    weeks.push(week.kept);
                }
                ("standing", None, None, None)
            }
            InputKind::KeyResult { id, probability } => {
                ("key_result", None, *probability, Some(id.to_string()))
            }
        };
        let delivered = match input.promise {
            Promise::Delivered { on } => Some(on.to_string()),
            _ => None,
        };
        rows.push(id.as_str());
        rows.push(position as i64);
        rows.push(&input.team);
        rows.push(&input.provider);
        rows.push(&input.what);
        rows.push(input.weight);
        rows.push(kind);
        rows.push(due_day);
        rows.push(chance);
        rows.push(upstream);
        rows.push(input.promise.word());
        rows.push(delivered);
    }
    session.run_rows(INSERT_INPUTS, INPUT_WIDTH, rows, "").await?;
    session.run_rows(INSERT_WEEKS, WEEK_WIDTH, weeks, "").await.map(|_| ())
}

async fn insert_milestones(
    session: &mut Session,
    key_result: &KeyResult,
) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for (position, milestone) in key_result.milestones.iter().enumerate() {
        rows.push(key_result.id.as_str());
        rows.push(position as i64);
        rows.push(&milestone.reference);
        rows.push(&milestone.title);
        rows.push(&milestone.owner);
        rows.push(milestone.due.map(|day| day.to_string()));
        rows.push(milestone.done_on.map(|day| day.to_string()));
    }
    session.run_rows(INSERT_MILESTONES, MILESTONE_WIDTH, rows, "").await.map(|_| ())
}

/// Puts `inputs` in the place of those that were declared; they count as asked for on `asked_on`.
pub async fn replace_inputs(
    session: &mut Session,
    id: &KeyResultId,
    inputs: &[Input],
    asked_on: Date,
) -> Result<(), StoreError> {
    let asked = Values::new().and(id.as_str()).and(asked_on.to_string());
    session.run(&SAVE_ASKED, asked).await?;
    session.run(&DELETE_WEEKS, Values::new().and(id.as_str())).await?;
    session.run(&DELETE_INPUTS, Values::new().and(id.as_str())).await?;
    insert_inputs(session, id, inputs).await
}

/// Where it stood at the start.
pub async fn save_start(
    session: &mut Session,
    id: &KeyResultId,
    value: f64,
) -> Result<(), StoreError> {
    session.run(&SAVE_START, Values::new().and(id.as_str()).and(value)).await.map(|_| ())
}

/// Who answers for it.
pub async fn save_ownership(
    session: &mut Session,
    id: &KeyResultId,
    dri: Option<&str>,
) -> Result<(), StoreError> {
    session.run(&SAVE_OWNERSHIP, Values::new().and(id.as_str()).and(dri)).await.map(|_| ())
}

/// The key results meant, in the order of their objectives, with inputs and milestones.
pub async fn key_results(
    session: &mut Session,
    which: Which<'_>,
) -> Result<Vec<KeyResult>, StoreError> {
    let [all, inputs, weeks, milestones] = statements(which);
    let mut records: BTreeMap<(String, i64), Vec<WeekOfPromises>> = BTreeMap::new();
    for row in session.all(&weeks, which.values()).await? {
        let of = (row.text("key_result")?, row.integer("position")?);
        records.entry(of).or_default().push(read_week(&row)?);
    }
    let mut needed: BTreeMap<String, Vec<Input>> = BTreeMap::new();
    for row in session.all(&inputs, which.values()).await? {
        let of = (row.text("key_result")?, row.integer("position")?);
        let record = records.remove(&of).unwrap_or_default();
        needed.entry(of.0).or_default().push(read_input(&row, record)?);
    }
    let mut steps: BTreeMap<String, Vec<Milestone>> = BTreeMap::new();
    for row in session.all(&milestones, which.values()).await? {
        steps.entry(row.text("key_result")?).or_default().push(read_milestone(&row)?);
    }
    let rows = session.all(&all, which.values()).await?;
    let read = rows.iter().map(|row| {
        let id = row.text("id")?;
        let inputs = needed.remove(&id).unwrap_or_default();
        let milestones = steps.remove(&id).unwrap_or_default();
        Ok(KeyResult { inputs, milestones, ..read_key_result(row)? })
    });
    read.collect()
}

/// The key results whose computed value is due by `now`, with the instant that was due.
pub async fn to_read(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(KeyResultId, Timestamp)>, StoreError> {
    let rows = session.all(&TO_READ, Values::new().and(now).and(limit)).await?;
    rows.iter().map(|row| Ok((read_id(row, "id")?, row.instant("read_at")?))).collect()
}

/// The key results whose owner is due a look for a reminder by `now`.
pub async fn to_remind(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(KeyResultId, Timestamp)>, StoreError> {
    let rows = session.all(&TO_REMIND, Values::new().and(now).and(limit)).await?;
    rows.iter().map(|row| Ok((read_id(row, "id")?, row.instant("remind_at")?))).collect()
}

/// Moves the next reading from `due_at` to `next`; `false` when another node was quicker.
pub async fn claim_reading(
    session: &mut Session,
    id: &KeyResultId,
    due_at: Timestamp,
    next: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let values = Values::new().and(id.as_str()).and(due_at).and(next);
    Ok(session.run(&CLAIM_READING, values).await? == 1)
}

/// Moves the next reminder from `due_at` to `next`; `false` when another node was quicker.
pub async fn claim_reminder(
    session: &mut Session,
    id: &KeyResultId,
    due_at: Timestamp,
    next: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let values = Values::new().and(id.as_str()).and(due_at).and(next);
    Ok(session.run(&CLAIM_REMINDER, values).await? == 1)
}

fn read_key_result(row: &Row) -> Result<KeyResult, StoreError> {
    let computed = row.text_or_none("computed")?.map(|word| Computed::from_word(&word));
    let computed = computed.transpose();
    Ok(KeyResult {
        id: read_id(row, "id")?,
        objective: told("objective", ObjectiveId::new(row.text("objective")?))?,
        title: row.text("title")?,
        kind: row.word("kind", |word| Kind::from_word(word).ok())?,
        unit: row.text("unit")?,
        bounds: Bounds {
            lowest: row.real_or_none("lowest")?,
            highest: row.real_or_none("highest")?,
        },
        start_value: row.real_or_none("start_value")?,
        target: row.real_or_none("target")?,
        benchmark: row.text("benchmark")?,
        alarm: row.real_or_none("alarm")?,
        reason: row.text("reason")?,
        starts: day(row, "starts")?,
        ends: day(row, "ends")?,
        cadence: row.word("cadence", |word| Cadence::from_word(word).ok())?,
        dri: row.text_or_none("dri")?,
        weight: row.real("weight")?,
        values: told("computed", computed)?.map_or(Source::Typed, Source::Computed),
        inputs: Vec::new(),
        asked_on: day_or_none(row, "asked_on")?,
        milestones: Vec::new(),
    })
}

fn read_input(row: &Row, weeks: Vec<WeekOfPromises>) -> Result<Input, StoreError> {
    let chance = row.real_or_none("chance")?;
    let kind = match row.text("kind")?.as_str() {
        "dated" => InputKind::Dated { by: day(row, "due_day")?, chance },
        "standing" => InputKind::Standing { weeks },
        "key_result" => InputKind::KeyResult { id: read_id(row, "upstream")?, probability: chance },
        other => return Err(StoreError::unreadable("kind", format!("unknown word `{other}`"))),
    };
    let promise = match row.text("promise")?.as_str() {
        "asked" => Promise::Asked,
        "confirmed" => Promise::Confirmed,
        "declined" => Promise::Declined,
        "delivered" => Promise::Delivered { on: day(row, "delivered_on")? },
        other => return Err(StoreError::unreadable("promise", format!("unknown word `{other}`"))),
    };
    Ok(Input {
        team: row.text("team")?,
        provider: row.text("provider")?,
        what: row.text("what")?,
        weight: row.real("weight")?,
        kind,
        promise,
    })
}

fn read_week(row: &Row) -> Result<WeekOfPromises, StoreError> {
    let count = |column| {
        let count = row.count(column)?;
        told(column, u32::try_from(count))
    };
    let monday: Date = day(row, "monday")?;
    Ok(WeekOfPromises { monday, due: count("due")?, kept: count("kept")? })
}

fn read_milestone(row: &Row) -> Result<Milestone, StoreError> {
    Ok(Milestone {
        reference: row.text("reference")?,
        title: row.text("title")?,
        owner: row.text("owner")?,
        due: day_or_none(row, "due")?,
        done_on: day_or_none(row, "done_on")?,
    })
}

pub(super) fn read_id(row: &Row, column: &str) -> Result<KeyResultId, StoreError> {
    told(column, KeyResultId::new(row.text(column)?))
}
