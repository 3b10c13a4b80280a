//! Numbers for names that people say aloud: `F-17`, `E-42`, `I-3`.

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const TAKE: Sql = sql("insert into counters (name, value) values ($1, $2)
     on conflict (name) do update set value = counters.value + $2 returning value");

const REACH: Sql = sql("insert into counters (name, value) values ($1, $2)
     on conflict (name) do update set
        value = case when counters.value < $2 then $2 else counters.value end");

/// Goes on after `value`, where it is not beyond it already: the number was given elsewhere.
pub async fn reach(session: &mut Session, name: &str, value: i64) -> Result<(), StoreError> {
    session.run(&REACH, Values::new().and(name).and(value)).await.map(|_| ())
}

/// Takes `count` numbers in a row and answers the first.
pub async fn take(session: &mut Session, name: &str, count: u64) -> Result<u64, StoreError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let row = session.one(&TAKE, Values::new().and(name).and(count)).await?;
    let row = row.ok_or_else(|| StoreError::unreadable(name, "the counter gave no number"))?;
    let last = row.integer("value")?;
    Ok(u64::try_from(last - count + 1).unwrap_or(1))
}
