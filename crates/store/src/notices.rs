//! The outbox: notices on their way out.
//!
//! `due_at` is when somebody must look at a row again: the next attempt, or, while a node is
//! sending, the end of its lease. So a node that dies loses nothing.

use std::collections::BTreeSet;

use domain::notices::{Channel, Notice, NoticeState};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const WIDTH: usize = 11;
const QUEUE: &str = "insert into outbox (key, about, person, channel, address, subject, body,
     created_at, state, due_at, attempts) values";
const CLAIM: Sql = sql("update outbox set due_at = $2, attempts = attempts + 1, claimed_by = $3
     where due_at <= $1 and state = 'queued' and key in (
        select key from outbox where due_at <= $1 order by due_at, key limit $4)
     returning key, about, person, channel, address, subject, body, created_at, state, due_at,
        attempts, parcel, settled_at, last_error");
const CLAIM_SIBLINGS: Sql = sql("update outbox set due_at = $2, attempts = attempts + 1,
     claimed_by = $3 where parcel = $1 and state = 'queued' and (due_at <> $2 or claimed_by <> $3)
     returning key, about, person, channel, address, subject, body, created_at, state, due_at,
        attempts, parcel, settled_at, last_error");
const ASSIGN: Sql = sql("update outbox set parcel = $2 where key = $1");
const ACCEPT: Sql = sql("update outbox set state = 'accepted', due_at = null, settled_at = $2,
     last_error = null where key = $1 and state = 'queued' returning about");
const RETRY: Sql = sql("update outbox set due_at = $2, last_error = $3
     where key = $1 and state = 'queued' and claimed_by = $4");
const FAIL: Sql = sql("update outbox set state = 'failed', due_at = null, settled_at = $2,
     last_error = $3 where key = $1 and state = 'queued' returning about");
const COLUMNS: &str = "select key, about, person, channel, address, subject, body, created_at,
     state, due_at, attempts, parcel, settled_at, last_error from outbox";
const SETTLED_AT: Sql = sql("select key, about, person, channel, address, subject, body,
     created_at, state, due_at, attempts, parcel, settled_at, last_error from outbox
     where settled_at = $1 order by created_at, key limit $2");
const FAILED_SINCE: Sql = sql("select count(*) as failed from outbox
     where state = 'failed' and created_at >= $1");

/// A notice with what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub notice: Notice,
    pub state: NoticeState,
    /// The next attempt, or the end of the lease of the node that is sending.
    pub due_at: Option<Timestamp>,
    pub attempts: u32,
    /// The idempotency key under which it was given to the channel.
    pub parcel: Option<String>,
    pub settled_at: Option<Timestamp>,
    pub last_error: Option<String>,
}

/// Queues notices to be sent at `due_at`; a key that is known already is left as it is.
pub async fn queue(
    session: &mut Session,
    notices: &[Notice],
    due_at: Timestamp,
) -> Result<u64, StoreError> {
    let mut rows = Values::new();
    for notice in notices {
        rows.push(&notice.key);
        rows.push(&notice.about);
        rows.push(&notice.person);
        rows.push(notice.channel.word());
        rows.push(&notice.address);
        rows.push(&notice.subject);
        rows.push(&notice.body);
        rows.push(notice.created_at);
        rows.push(NoticeState::Queued.word());
        rows.push(due_at);
        rows.push(0_i64);
    }
    session.run_rows(QUEUE, WIDTH, rows, "on conflict (key) do nothing").await
}

/// Takes up to `limit` notices due by `now` for `node`, until `lease_end`. Of a digest that was
/// tried before all notices are taken, beyond the limit if need be: a part of it under the same key
/// would pass for the whole.
pub async fn claim(
    session: &mut Session,
    now: Timestamp,
    lease_end: Timestamp,
    node: &str,
    limit: u32,
) -> Result<Vec<Queued>, StoreError> {
    let values = Values::new().and(now).and(lease_end).and(node).and(limit);
    let mut claimed: Vec<Queued> =
        session.all(&CLAIM, values).await?.iter().map(queued).collect::<Result<_, _>>()?;
    let digests: BTreeSet<String> = claimed
        .iter()
        .filter_map(|one| one.parcel.clone().filter(|parcel| *parcel != one.notice.key))
        .collect();
    for digest in digests {
        let values = Values::new().and(digest).and(lease_end).and(node);
        for row in &session.all(&CLAIM_SIBLINGS, values).await? {
            claimed.push(queued(row)?);
        }
    }
    claimed.sort_by(|a, b| a.notice.key.cmp(&b.notice.key));
    Ok(claimed)
}

/// Remembers the parcel in which a notice is given to its channel.
pub async fn assign(session: &mut Session, key: &str, parcel: &str) -> Result<(), StoreError> {
    session.run(&ASSIGN, Values::new().and(key).and(parcel)).await.map(|_| ())
}

/// The channel took it. Answers what it is about, once: `None` when that was known already.
pub async fn accept(
    session: &mut Session,
    key: &str,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let row = session.one(&ACCEPT, Values::new().and(key).and(now)).await?;
    row.map(|row| row.text("about")).transpose()
}

/// The channel did not take it; the next attempt is at `due_at`.
pub async fn retry(
    session: &mut Session,
    key: &str,
    due_at: Timestamp,
    why: &str,
    node: &str,
) -> Result<(), StoreError> {
    let values = Values::new().and(key).and(due_at).and(why).and(node);
    session.run(&RETRY, values).await.map(|_| ())
}

/// Nobody will take it any more. Answers what it is about, once.
pub async fn fail(
    session: &mut Session,
    key: &str,
    now: Timestamp,
    why: &str,
) -> Result<Option<String>, StoreError> {
    let row = session.one(&FAIL, Values::new().and(key).and(now).and(why)).await?;
    row.map(|row| row.text("about")).transpose()
}

/// What was sent, or will be, about each of `things`, oldest first.
pub async fn about(session: &mut Session, things: &[&str]) -> Result<Vec<Queued>, StoreError> {
    if things.is_empty() {
        return Ok(Vec::new());
    }
    let values = Values::each(things.iter().copied());
    session.all(&about_sql(things.len()), values).await?.iter().map(queued).collect()
}

pub(crate) fn about_sql(count: usize) -> Sql {
    Sql::listed(&format!("{COLUMNS} where about in"), count, "order by created_at, key")
}

/// A page of the outbox, newest first, before the notice (`created_at`, `key`).
pub async fn page(
    session: &mut Session,
    state: Option<NoticeState>,
    before: Option<(Timestamp, &str)>,
    limit: u32,
) -> Result<Vec<Queued>, StoreError> {
    let (sql, values) = page_sql(state, before, limit);
    session.all(&sql, values).await?.iter().map(queued).collect()
}

pub(crate) fn page_sql(
    state: Option<NoticeState>,
    before: Option<(Timestamp, &str)>,
    limit: u32,
) -> (Sql, Values) {
    let mut values = Values::new().and(limit);
    let mut text = format!("{COLUMNS} where 1 = 1");
    if let Some(state) = state {
        values.push(state.word());
        text += &format!(" and state = ${}", values.len());
    }
    if let Some((at, key)) = before {
        values.push(at);
        values.push(key);
        let at = values.len() - 1;
        text += &format!(" and (created_at, key) < (${at}, ${})", at + 1);
    }
    text += " order by created_at desc, key desc limit $1";
    (Sql::assembled(text), values)
}

/// What was settled at exactly `at`, oldest first.
pub async fn settled_at(
    session: &mut Session,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<Queued>, StoreError> {
    session.all(&SETTLED_AT, Values::new().and(at).and(limit)).await?.iter().map(queued).collect()
}

/// How many notices created since `since` could not be given to anybody.
pub async fn failed_since(session: &mut Session, since: Timestamp) -> Result<u64, StoreError> {
    let row = session.one(&FAILED_SINCE, Values::new().and(since)).await?;
    row.map_or(Ok(0), |row| row.count("failed"))
}

fn queued(row: &Row) -> Result<Queued, StoreError> {
    Ok(Queued {
        notice: Notice {
            key: row.text("key")?,
            about: row.text("about")?,
            person: row.text("person")?,
            channel: row.word("channel", Channel::from_word)?,
            address: row.text("address")?,
            subject: row.text("subject")?,
            body: row.text("body")?,
            created_at: row.instant("created_at")?,
        },
        state: row.word("state", NoticeState::from_word)?,
        due_at: row.instant_or_none("due_at")?,
        attempts: u32::try_from(row.integer("attempts")?).unwrap_or(u32::MAX),
        parcel: row.text_or_none("parcel")?,
        settled_at: row.instant_or_none("settled_at")?,
        last_error: row.text_or_none("last_error")?,
    })
}
