//! How late the watch's duties were: its own lateness is measured and shown.

use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const REMEMBER: Sql = sql("insert into duties (name, ran_at, done, latest_micros)
     values ($1, $2, $3, $4)
     on conflict (name) do update set ran_at = excluded.ran_at, done = duties.done + excluded.done,
        latest_micros = excluded.latest_micros");
const ALL: Sql = sql("select name, ran_at, done, latest_micros from duties order by name");

/// One duty's last run that had something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyRow {
    pub name: String,
    pub ran_at: Timestamp,
    /// Everything it ever advanced.
    pub done: u64,
    /// How late the latest thing of that run was, in microseconds.
    pub latest_micros: i64,
}

pub async fn remember(
    session: &mut Session,
    name: &str,
    now: Timestamp,
    done: u64,
    latest_micros: i64,
) -> Result<(), StoreError> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let values = Values::new().and(name).and(now).and(done).and(latest_micros);
    session.run(&REMEMBER, values).await.map(|_| ())
}

pub async fn all(session: &mut Session) -> Result<Vec<DutyRow>, StoreError> {
    let rows = session.all(&ALL, Values::new()).await?;
    rows.iter()
        .map(|row| {
            Ok(DutyRow {
                name: row.text("name")?,
                ran_at: row.instant("ran_at")?,
                done: row.count("done")?,
                latest_micros: row.integer("latest_micros")?,
            })
        })
        .collect()
}
