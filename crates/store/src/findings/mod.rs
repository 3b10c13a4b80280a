//! Findings: their rows, ledgers, sightings and tallies.
//!
//! The rule to remember: a clock is saved only through [`create`] and [`advance`], which write the
//! entries of the ledger, the timer, the sort keys and the tallies with it, and check the version.
//! Statements grow with batches of rows, not with findings. An import of an unchanged report writes
//! nothing here: when a tool last saw a finding is told by its import.

pub mod aliases;
mod breaches;
mod columns;
mod facts;
mod keep;
mod known;
mod lists;
mod scoped;
mod tallies;
mod words;

pub use aliases::Merge;
pub use breaches::{Breached, breached, unassigned};
pub(crate) use columns::{CLOCK_READ, CUSTODY_READ, from_json, json};
pub use facts::{Accepted, Alarmed, Fixed, accepted, fixed_since, open_since, shares};
#[cfg(test)]
pub(crate) use keep::unsight_sql;
pub use keep::{Addition, Advance, advance, create, describe, sight, unsight};
pub(crate) use known::{FINDING, finding, stored_row};
pub use known::{
    Stored, due, give_rules, held_by_service, known, one, running_of, several, several_stored,
    stored,
};
#[cfg(test)]
pub(crate) use known::{
    due_sql, held_by_service_sql, known_sql, one_sql, running_of_sql, several_sql,
};
pub(crate) use lists::escaped;
pub use lists::{Cursor, Filter, HeldBy, Listed, Sort, States, list};
#[cfg(test)]
pub(crate) use lists::{Search, list_sql};
pub use scoped::{InScope, ScopeTally, Scoped, in_scope, seen_outside, tally_scope};
#[cfg(test)]
pub(crate) use scoped::{in_scope_sql, tally_sql};
pub use tallies::{Tally, by_service, late, totals};
pub(crate) use words::index_all;

use std::collections::BTreeMap;

use domain::findings::{Entry, Event, EventColumns, Sighting};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const LEDGER: Sql = sql("select at, recorded_at, kind, band, score, reason, import, digest, party,
     note, until_at from ledger where finding = $1 order by seq");
const SIGHTINGS: Sql = sql("select s.tool, s.scope, s.present, s.score, s.score_source,
        s.band as assessed_band, s.digest, s.place, s.version,
        (select max(i.at) from imports i where i.service = f.service and i.tool = s.tool
            and i.scope = s.scope and i.state not in ('held', 'undone')) as looked_at
     from sightings s join findings f on f.number = s.finding
     where s.finding = $1 order by s.tool, s.scope");
const REASSIGN: Sql = sql("update findings set owner_team = $2, owner_rule = $3,
        version = version + 1
     where service = $1 and running = 0 and state <> 'accepted'
        and (owner_rule is null or owner_rule = 'service')");
const RENAME_RULE: Sql = sql("update findings set owner_rule = $2
     where service = $1 and (owner_rule is null or owner_rule = 'service')");
const WAKE: Sql = sql("update findings set watch_at = $1
     where running = 1 and (watch_at is null or watch_at > $1)");

/// Findings whose ledgers are asked for in one statement.
const LEDGERS_AT_A_TIME: usize = 500;

/// What a report comes from: one tool in one scope (a branch, an image, an environment).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    pub tool: String,
    pub scope: String,
}

/// What one stream says of one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenBy {
    pub stream: Stream,
    pub sighting: Sighting,
    /// The time of the newest report of that stream: when somebody last looked.
    pub looked_at: Option<Timestamp>,
}

/// `F-17`, the name people use.
pub fn name_of(number: i64) -> String {
    format!("F-{number}")
}

/// 17 of `F-17`.
pub fn number_of(name: &str) -> Option<i64> {
    let digits = name.strip_prefix("F-")?;
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

/// The whole ledger of a finding, oldest first.
pub async fn ledger(session: &mut Session, finding: i64) -> Result<Vec<Entry>, StoreError> {
    session.all(&LEDGER, Values::new().and(finding)).await?.iter().map(entry).collect()
}

/// The whole ledgers of `findings`, oldest entry first.
pub async fn ledgers(
    session: &mut Session,
    findings: &[i64],
) -> Result<BTreeMap<i64, Vec<Entry>>, StoreError> {
    let mut ledgers = BTreeMap::<i64, Vec<Entry>>::new();
    for some in findings.chunks(LEDGERS_AT_A_TIME) {
        let values = Values::each(some.iter().copied());
        for row in session.all(&ledgers_sql(some.len()), values).await? {
            ledgers.entry(row.integer("finding")?).or_default().push(entry(&row)?);
        }
    }
    Ok(ledgers)
}

pub(crate) fn ledgers_sql(count: usize) -> Sql {
    let head = "select finding, at, recorded_at, kind, band, score, reason, import, digest, party,
        note, until_at from ledger where finding in";
    Sql::listed(head, count, "order by finding, seq")
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let columns = EventColumns {
        kind: row.text("kind")?,
        band: row.text_or_none("band")?,
        score: row.real_or_none("score")?,
        reason: row.text_or_none("reason")?,
        import: row.text_or_none("import")?,
        digest: row.text_or_none("digest")?,
        party: row.text_or_none("party")?,
        note: row.text_or_none("note")?,
        until: row.instant_or_none("until_at")?,
    };
    let import = columns.import.clone();
    let event =
        Event::try_from(columns).map_err(|error| StoreError::unreadable("ledger entry", error))?;
    let (at, recorded_at) = (row.instant("at")?, row.instant("recorded_at")?);
    Ok(Entry { at, recorded_at, import, event })
}

/// Who sees a finding, or has seen it.
pub async fn sightings(session: &mut Session, finding: i64) -> Result<Vec<SeenBy>, StoreError> {
    let rows = session.all(&SIGHTINGS, Values::new().and(finding)).await?;
    rows.iter()
        .map(|row| {
            let stream = Stream { tool: row.text("tool")?, scope: row.text("scope")? };
            let sighting = columns::read_sighting(row)?;
            Ok(SeenBy { stream, sighting, looked_at: row.instant_or_none("looked_at")? })
        })
        .collect()
}

/// Gives the closed findings of `service` to its new owner, none = nobody, and notes for all of
/// them that the service's owner has them. Clocks that are not over change hands in their ledgers.
pub async fn reassign(
    session: &mut Session,
    service: &str,
    owner: Option<&str>,
) -> Result<(), StoreError> {
    let rule = owner.map(|_| "service");
    session.run(&REASSIGN, Values::new().and(service).and(owner).and(rule)).await?;
    session.run(&RENAME_RULE, Values::new().and(service).and(rule)).await.map(|_| ())
}

/// Lets the watch look at every running finding at `at` at the latest: the rules change then.
pub async fn wake(session: &mut Session, at: Timestamp) -> Result<u64, StoreError> {
    session.run(&WAKE, Values::new().and(at)).await
}

#[cfg(test)]
mod tests;
