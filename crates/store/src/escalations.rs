//! Escalations, their commitments, and who was told.
//!
//! `due_at` is the domain's own answer, written in the statement that writes the state. A save
//! names the version that it was made from; another's save in between is a conflict.

use std::collections::BTreeMap;

use domain::escalations::{Escalation, Parts};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into escalations (id, firing, cause_key, first_to, level, state,
        raised_at, sla_due, since, noticed_at, heard_at, paused_until, resolved_at, resolution,
        acknowledged_by, acknowledged_at, merged_at, to_l2_seconds, to_l3_seconds,
        commitment_reach_seconds, unheard_after_seconds, due_at, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, 1)");
const SAVE: Sql = sql("update escalations set level = $3, state = $4, sla_due = $5, since = $6,
        noticed_at = $7, heard_at = $8, paused_until = $9, resolved_at = $10, resolution = $11,
        acknowledged_by = $12, acknowledged_at = $13, merged_at = $14, due_at = $15,
        version = version + 1
     where id = $1 and version = $2");
const PROMISE: Sql = sql("insert into escalation_commitments (escalation, level, person, until_at,
        at, words) values ($1, $2, $3, $4, $5, $6) on conflict (escalation, level) do nothing");
const COLUMNS: &str = "select id, firing, cause_key, first_to, level, state, raised_at, sla_due,
        since, noticed_at, heard_at, paused_until, resolved_at, resolution, acknowledged_by,
        acknowledged_at, merged_at, to_l2_seconds, to_l3_seconds, commitment_reach_seconds,
        unheard_after_seconds, version
     from escalations";
const ONE: Sql = sql("select id, firing, cause_key, first_to, level, state, raised_at, sla_due,
        since, noticed_at, heard_at, paused_until, resolved_at, resolution, acknowledged_by,
        acknowledged_at, merged_at, to_l2_seconds, to_l3_seconds, commitment_reach_seconds,
        unheard_after_seconds, version
     from escalations where id = $1");
const DUE: Sql = sql("select id, due_at from escalations where due_at <= $1
     order by due_at, id limit $2");
const OF_FIRING: Sql = sql("select id from escalations where firing = $1 order by id");
const UNHEARD: Sql = sql("select id from escalations where state = 'unheard'
     order by raised_at, id limit $1");
const TELL_WIDTH: usize = 7;
const TELL: &str = "insert into tellings (escalation, level, kind, person, role, note, at) values";
const TOLD_TO: Sql = sql("select e.id from escalations e
     where e.resolved_at is null and exists (
        select 1 from tellings t where t.escalation = e.id and t.person = $1)
     order by e.raised_at, e.id limit $2");
const COUNT: Sql = sql("select state, count(*) as number from escalations
     where resolved_at is null group by state");

/// An escalation with its place in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub escalation: Escalation,
    /// The firing that it was raised by.
    pub firing: String,
    /// The version that a save must be made from.
    pub version: i64,
}

/// A person who was told, in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub level: u8,
    /// `nudge`, `flag`, `question` or `stand_down`.
    pub kind: String,
    pub person: String,
    /// The word of the role that was asked for.
    pub role: String,
    /// Why it went to this person when the role was vacant.
    pub note: Option<String>,
    pub at: Timestamp,
}

/// A promised date with the words it was given with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub level: u8,
    pub person: String,
    pub until: Timestamp,
    pub at: Timestamp,
    pub words: String,
}

/// Which escalations a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Open,
    Ended,
    All,
}

/// Keeps a new escalation.
pub async fn insert(
    session: &mut Session,
    escalation: &Escalation,
    firing: &str,
) -> Result<(), StoreError> {
    let due_at = escalation.due();
    let parts = escalation.clone().into_parts();
    let values = Values::new()
        .and(&parts.id)
        .and(firing)
        .and(&parts.cause_key)
        .and(parts.first_to.join(" "))
        .and(u32::from(parts.level))
        .and(&parts.state)
        .and(parts.raised_at)
        .and(parts.sla_due)
        .and(parts.since)
        .and(parts.noticed_at)
        .and(parts.heard_at)
        .and(parts.paused_until)
        .and(parts.resolved_at)
        .and(parts.resolution)
        .and(parts.acknowledged_by)
        .and(parts.acknowledged_at)
        .and(parts.merged_at)
        .and(parts.policy_seconds[0])
        .and(parts.policy_seconds[1])
        .and(parts.policy_seconds[2])
        .and(parts.policy_seconds[3])
        .and(due_at);
    session.run(&INSERT, values).await.map(|_| ())
}

/// Saves what became of an escalation that was loaded as `version`. `words` go with a new promise.
pub async fn save(
    session: &mut Session,
    escalation: &Escalation,
    version: i64,
    words: &str,
) -> Result<(), StoreError> {
    let due_at = escalation.due();
    let parts = escalation.clone().into_parts();
    let values = Values::new()
        .and(&parts.id)
        .and(version)
        .and(u32::from(parts.level))
        .and(&parts.state)
        .and(parts.sla_due)
        .and(parts.since)
        .and(parts.noticed_at)
        .and(parts.heard_at)
        .and(parts.paused_until)
        .and(parts.resolved_at)
        .and(parts.resolution)
        .and(parts.acknowledged_by)
        .and(parts.acknowledged_at)
        .and(parts.merged_at)
        .and(due_at);
    if session.run(&SAVE, values).await? == 0 {
        return Err(StoreError::Conflict { what: format!("escalation {}", parts.id) });
    }
    for (level, person, until, at) in &parts.commitments {
        let values = Values::new().and(&parts.id).and(u32::from(*level)).and(person);
        session.run(&PROMISE, values.and(*until).and(*at).and(words)).await?;
    }
    Ok(())
}

pub async fn one(session: &mut Session, id: &str) -> Result<Option<Stored>, StoreError> {
    let Some(row) = session.one(&ONE, Values::new().and(id)).await? else { return Ok(None) };
    let promises = promises(session, id).await?;
    read(&row, promises).map(Some)
}

/// Those of `ids` that there are, oldest first.
pub async fn several(session: &mut Session, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.all(&several_sql(ids.len()), Values::each(ids)).await?;
    with_promises(session, rows).await
}

pub(crate) fn several_sql(count: usize) -> Sql {
    Sql::listed(&format!("{COLUMNS} where id in"), count, "order by raised_at, id")
}

/// Reads rows, and their promises with one statement.
async fn with_promises(session: &mut Session, rows: Vec<Row>) -> Result<Vec<Stored>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.text("id")).collect::<Result<_, _>>()?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut promises = promises_of(session, &ids).await?;
    let promised = ids.iter().map(|id| promises.remove(*id).unwrap_or_default());
    rows.iter().zip(promised).map(|(row, promises)| read(row, promises)).collect()
}

/// Up to `limit` escalations whose `due_at` has come, oldest first.
pub async fn due(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let rows = session.all(&DUE, Values::new().and(now).and(limit)).await?;
    rows.iter().map(|row| Ok((row.text("id")?, row.instant("due_at")?))).collect()
}

/// The escalation that a firing raised.
pub async fn of_firing(session: &mut Session, firing: &str) -> Result<Option<String>, StoreError> {
    let row = session.one(&OF_FIRING, Values::new().and(firing)).await?;
    row.map(|row| row.text("id")).transpose()
}

/// Those of which nobody could be told.
pub async fn unheard(session: &mut Session, limit: u32) -> Result<Vec<String>, StoreError> {
    let rows = session.all(&UNHEARD, Values::new().and(limit)).await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// Open escalations that `person` was told of, oldest first.
pub async fn told_to(
    session: &mut Session,
    person: &str,
    limit: u32,
) -> Result<Vec<String>, StoreError> {
    let rows = session.all(&TOLD_TO, Values::new().and(person).and(limit)).await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// How many open escalations are in each state, by the state's word.
pub async fn count_open(session: &mut Session) -> Result<Vec<(String, u64)>, StoreError> {
    let rows = session.all(&COUNT, Values::new()).await?;
    rows.iter().map(|row| Ok((row.text("state")?, row.count("number")?))).collect()
}

/// A page, newest first, before the escalation (`raised_at`, `id`).
pub async fn page(
    session: &mut Session,
    shown: Shown,
    before: Option<(Timestamp, &str)>,
    limit: u32,
) -> Result<Vec<Stored>, StoreError> {
    let (sql, values) = page_sql(shown, before, limit);
    let rows = session.all(&sql, values).await?;
    with_promises(session, rows).await
}

pub(crate) fn page_sql(
    shown: Shown,
    before: Option<(Timestamp, &str)>,
    limit: u32,
) -> (Sql, Values) {
    let mut values = Values::new().and(limit);
    let mut text = format!("{COLUMNS} where 1 = 1");
    match shown {
        Shown::Open => text += " and resolved_at is null",
        Shown::Ended => text += " and resolved_at is not null",
        Shown::All => {}
    }
    if let Some((at, id)) = before {
        values.push(at);
        values.push(id);
        let at = values.len() - 1;
        text += &format!(" and (raised_at, id) < (${at}, ${})", at + 1);
    }
    text += " order by raised_at desc, id desc limit $1";
    (Sql::assembled(text), values)
}

/// Keeps who was told; who was told the same before stays as it was.
pub async fn tell(
    session: &mut Session,
    escalation: &str,
    tellings: &[Telling],
) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for telling in tellings {
        rows.push(escalation);
        rows.push(u32::from(telling.level));
        rows.push(&telling.kind);
        rows.push(&telling.person);
        rows.push(&telling.role);
        rows.push(telling.note.as_deref());
        rows.push(telling.at);
    }
    let once = "on conflict (escalation, level, kind, person) do nothing";
    session.run_rows(TELL, TELL_WIDTH, rows, once).await.map(|_| ())
}

/// Who was told, in order of time.
pub async fn told(session: &mut Session, escalation: &str) -> Result<Vec<Telling>, StoreError> {
    Ok(told_of(session, &[escalation]).await?.remove(escalation).unwrap_or_default())
}

/// Who was told of each of `escalations`, in order of time.
pub async fn told_of(
    session: &mut Session,
    escalations: &[&str],
) -> Result<BTreeMap<String, Vec<Telling>>, StoreError> {
    by_escalation(session, escalations, told_sql, |row| {
        Ok(Telling {
            level: level(row)?,
            kind: row.text("kind")?,
            person: row.text("person")?,
            role: row.text("role")?,
            note: row.text_or_none("note")?,
            at: row.instant("at")?,
        })
    })
    .await
}

pub(crate) fn told_sql(count: usize) -> Sql {
    let head = "select escalation, level, kind, person, role, note, at from tellings
     where escalation in";
    Sql::listed(head, count, "order by at, level, kind, person")
}

/// The promised dates, one a level at most.
pub async fn promises(session: &mut Session, escalation: &str) -> Result<Vec<Promise>, StoreError> {
    Ok(promises_of(session, &[escalation]).await?.remove(escalation).unwrap_or_default())
}

/// The promised dates of each of `escalations`, by level.
pub async fn promises_of(
    session: &mut Session,
    escalations: &[&str],
) -> Result<BTreeMap<String, Vec<Promise>>, StoreError> {
    by_escalation(session, escalations, promises_sql, |row| {
        Ok(Promise {
            level: level(row)?,
            person: row.text("person")?,
            until: row.instant("until_at")?,
            at: row.instant("at")?,
            words: row.text("words")?,
        })
    })
    .await
}

pub(crate) fn promises_sql(count: usize) -> Sql {
    let head = "select escalation, level, person, until_at, at, words from escalation_commitments
     where escalation in";
    Sql::listed(head, count, "order by level")
}

/// What `statement` finds of `escalations`, in its order, with the escalation it belongs to.
async fn by_escalation<T>(
    session: &mut Session,
    escalations: &[&str],
    statement: fn(usize) -> Sql,
    read: impl Fn(&Row) -> Result<T, StoreError>,
) -> Result<BTreeMap<String, Vec<T>>, StoreError> {
    let mut found: BTreeMap<String, Vec<T>> = BTreeMap::new();
    if escalations.is_empty() {
        return Ok(found);
    }
    let values = Values::each(escalations.iter().copied());
    for row in session.all(&statement(escalations.len()), values).await? {
        found.entry(row.text("escalation")?).or_default().push(read(&row)?);
    }
    Ok(found)
}

fn level(row: &Row) -> Result<u8, StoreError> {
    u8::try_from(row.integer("level")?).map_err(|error| StoreError::unreadable("level", error))
}

fn read(row: &Row, promises: Vec<Promise>) -> Result<Stored, StoreError> {
    let commitments = promises.into_iter().map(|it| (it.level, it.person, it.until, it.at));
    let parts = Parts {
        id: row.text("id")?,
        cause_key: row.text("cause_key")?,
        first_to: row.text("first_to")?.split_whitespace().map(str::to_owned).collect(),
        level: level(row)?,
        state: row.text("state")?,
        raised_at: row.instant("raised_at")?,
        sla_due: row.instant_or_none("sla_due")?,
        since: row.instant_or_none("since")?,
        noticed_at: row.instant_or_none("noticed_at")?,
        heard_at: row.instant_or_none("heard_at")?,
        paused_until: row.instant_or_none("paused_until")?,
        resolved_at: row.instant_or_none("resolved_at")?,
        resolution: row.text_or_none("resolution")?,
        acknowledged_by: row.text_or_none("acknowledged_by")?,
        acknowledged_at: row.instant_or_none("acknowledged_at")?,
        merged_at: row.instant_or_none("merged_at")?,
        commitments: commitments.collect(),
        policy_seconds: [
            row.integer("to_l2_seconds")?,
            row.integer("to_l3_seconds")?,
            row.integer("commitment_reach_seconds")?,
            row.integer("unheard_after_seconds")?,
        ],
    };
    let escalation = Escalation::from_parts(parts);
    let escalation = escalation.map_err(|error| StoreError::unreadable("escalation", error))?;
    Ok(Stored { escalation, firing: row.text("firing")?, version: row.integer("version")? })
}
