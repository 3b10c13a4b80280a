//! The record: events of every room, in order.

use domain::record::Event;
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError, counters};

const WIDTH: usize = 7;
const INSERT: &str = "insert into events (seq, at, actor, room, kind, subject, detail) values";
const OF_SUBJECT: Sql = sql("select seq, at, actor, room, kind, subject, detail from events
     where subject = $1 and seq > $2 order by seq limit $3");
const AFTER: Sql = sql("select seq, at, actor, room, kind, subject, detail from events
     where seq > $1 order by seq limit $2");

/// An event as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub seq: u64,
    pub at: Timestamp,
    pub actor: String,
    pub room: String,
    pub kind: String,
    pub subject: String,
    pub detail: String,
}

/// Appends `events` in order.
pub async fn append(
    session: &mut Session,
    events: &[Event],
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let first = counters::take(session, "events", events.len() as u64).await?;
    let mut rows = Values::new();
    for (event, seq) in events.iter().zip(first..) {
        rows.push(i64::try_from(seq).unwrap_or(i64::MAX));
        rows.push(now);
        rows.push(actor);
        rows.push(event.room);
        rows.push(event.kind);
        rows.push(&event.subject);
        rows.push(&event.detail);
    }
    session.run_rows(INSERT, WIDTH, rows, "").await?;
    Ok(())
}

/// What happened to `subject` after event number `after`, oldest first.
pub async fn of_subject(
    session: &mut Session,
    subject: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<Recorded>, StoreError> {
    let values = Values::new().and(subject).and(after as i64).and(limit);
    session.all(&OF_SUBJECT, values).await?.iter().map(recorded).collect()
}

/// Everything after event number `after`, oldest first.
pub async fn after(
    session: &mut Session,
    after: u64,
    limit: u32,
) -> Result<Vec<Recorded>, StoreError> {
    let values = Values::new().and(after as i64).and(limit);
    session.all(&AFTER, values).await?.iter().map(recorded).collect()
}

fn recorded(row: &Row) -> Result<Recorded, StoreError> {
    Ok(Recorded {
        seq: row.count("seq")?,
        at: row.instant("at")?,
        actor: row.text("actor")?,
        room: row.text("room")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
    })
}
