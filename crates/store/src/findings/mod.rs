//! Findings: their rows, ledgers, sightings and tallies.
//!
//! The rule to remember: a clock is saved only through [`create`] and [`advance`], which write the
//! entries of the ledger, the timer, the sort keys and the tallies with it, and check the version.
//! Statements grow with batches of rows, not with findings. An import of an unchanged report writes
//! nothing here: when a tool last saw a finding is told by its import.

mod columns;
mod facts;
mod keep;
mod known;
mod lists;
mod scoped;
mod tallies;

pub(crate) use columns::{from_json, json};
pub use facts::{Alarmed, shares};
pub use keep::{Addition, Advance, advance, create, describe, sight};
pub use known::{Stored, due, known, one, stored};
#[cfg(test)]
pub(crate) use known::{due_sql, known_sql, one_sql};
#[cfg(test)]
pub(crate) use lists::list_sql;
pub use lists::{Cursor, Filter, HeldBy, Listed, Sort, States, list};
pub use scoped::{InScope, ScopeTally, Scoped, in_scope, seen_outside, tally_scope};
#[cfg(test)]
pub(crate) use scoped::{in_scope_sql, tally_sql};
pub use tallies::{Tally, by_service, totals};

use domain::findings::{Entry, Event, EventColumns, Sighting};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const LEDGER: Sql = sql("select at, recorded_at, kind, band, score, reason, import, digest, party,
     note from ledger where finding = $1 order by seq");
const SIGHTINGS: Sql = sql("select s.tool, s.scope, s.present, s.score, s.score_source,
        s.band as assessed_band, s.digest, s.place, s.version,
        (select max(i.at) from imports i where i.service = f.service and i.tool = s.tool
            and i.scope = s.scope and i.state <> 'held') as looked_at
     from sightings s join findings f on f.number = s.finding
     where s.finding = $1 order by s.tool, s.scope");
const REASSIGN: Sql = sql("update findings set owner_team = $2, version = version + 1
     where service = $1");

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
    };
    let event =
        Event::try_from(columns).map_err(|error| StoreError::unreadable("ledger entry", error))?;
    Ok(Entry { at: row.instant("at")?, recorded_at: row.instant("recorded_at")?, event })
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

/// Gives every finding of `service` to its new owner; none = to the unassigned queue.
pub async fn reassign(
    session: &mut Session,
    service: &str,
    owner: Option<&str>,
) -> Result<u64, StoreError> {
    session.run(&REASSIGN, Values::new().and(service).and(owner)).await
}

#[cfg(test)]
mod tests;
