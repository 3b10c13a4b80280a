//! Imports: one row for each report that was taken in, and the bytes of the report, each once.
//!
//! A held import has changed nothing yet; its bytes are kept, so that a person can release it.

use std::collections::BTreeMap;

use domain::findings::Severity;
use jiff::Timestamp;

use crate::findings::Stream;
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into imports (number, service, format, tool, tool_version, scope,
     digest, size, at, recorded_at, actor, state, forced, created, closed, reopened, rebanded,
     refreshed, seen, unchanged, passed_over, refused, vanished, open_before, remarks, refusals,
     opens_from, partial)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
     $20, $21, $22, $23, $24, $25, $26, $27, $28)");
const RELEASE: Sql = sql("update imports set state = 'released', forced = 1, released_at = $2,
     released_by = $3, created = $4, closed = $5, reopened = $6, rebanded = $7, refreshed = $8,
     seen = $9, unchanged = $10, passed_over = $11 where number = $1 and state = 'held'");
const LATEST: Sql = sql("select max(at) as latest from imports
     where service = $1 and tool = $2 and scope = $3 and state not in ('held', 'undone')");
const UNDO: Sql = sql("update imports set state = 'undone', undone_at = $2, undone_by = $3
     where number = $1 and state in ('applied', 'released')");
const DID: Sql = sql("select finding, kind from ledger where import = $1
     order by finding, seq limit $2");
const TOUCHED: Sql = sql("select distinct finding from ledger where import = $1
     order by finding");
const KEEP: Sql = sql("insert into reports (digest, size, packed, bytes) values ($1, $2, $3, $4)
     on conflict (digest) do nothing");
const IS_KEPT: Sql = sql("select size from reports where digest = $1");
const REPORT: Sql = sql("select packed, bytes from reports where digest = $1");
const COLUMNS: &str = "select number, service, format, tool, tool_version, scope, digest, size, at,
     recorded_at, actor, state, forced, created, closed, reopened, rebanded, refreshed, seen,
     unchanged, passed_over, refused, vanished, open_before, remarks, refusals, released_at,
     released_by, opens_from, partial, undone_at, undone_by from imports";

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    Applied,
    /// It waits for a person: most open findings would vanish.
    Held,
    /// A person let it through.
    Released,
    /// A person took it back: it counts for nothing.
    Undone,
}

impl ImportState {
    pub const ALL: [ImportState; 4] =
        [ImportState::Applied, ImportState::Held, ImportState::Released, ImportState::Undone];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            ImportState::Applied => "applied",
            ImportState::Held => "held",
            ImportState::Released => "released",
            ImportState::Undone => "undone",
        }
    }

    pub fn from_word(word: &str) -> Option<ImportState> {
        ImportState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What an import did, in findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: u64,
    pub closed: u64,
    pub reopened: u64,
    pub rebanded: u64,
    /// What is told of them changed, within their band.
    pub refreshed: u64,
    /// Only who sees them changed.
    pub seen: u64,
    pub unchanged: u64,
    /// Not known, and not present as the report itself says.
    pub passed_over: u64,
    /// Items of the report that could not be used.
    pub refused: u64,
}

/// One report that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `I-3`.
    pub id: String,
    pub service: String,
    pub format: String,
    pub stream: Stream,
    pub tool_version: Option<String>,
    /// SHA-256 of the bytes as they came.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    /// When the scan was made.
    pub at: Timestamp,
    pub recorded_at: Timestamp,
    pub actor: String,
    pub state: ImportState,
    pub forced: bool,
    /// It looked at a part only: what it lacked was not closed.
    pub partial: bool,
    /// What was less severe was not opened.
    pub opens_from: Option<Severity>,
    pub counts: Counts,
    /// Of one that was held: how many of how many open findings would have vanished.
    pub vanished: Option<(u64, u64)>,
    pub remarks: Vec<String>,
    /// The first items that could not be used: place and reason.
    pub refusals: Vec<(String, String)>,
    /// When a person let it through, and who.
    pub released: Option<(Timestamp, String)>,
    /// When a person undid it, and who.
    pub undone: Option<(Timestamp, String)>,
}

/// `I-3`.
pub fn name_of(number: u64) -> String {
    format!("I-{number}")
}

fn number_of(name: &str) -> i64 {
    name.strip_prefix("I-").and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

pub async fn insert(session: &mut Session, import: &Import) -> Result<(), StoreError> {
    let values = Values::new()
        .and(number_of(&import.id))
        .and(&import.service)
        .and(&import.format)
        .and(&import.stream.tool)
        .and(import.tool_version.clone())
        .and(&import.stream.scope)
        .and(&import.digest)
        .and(integer(import.size))
        .and(import.at)
        .and(import.recorded_at)
        .and(&import.actor)
        .and(import.state.word())
        .and(import.forced);
    let values = with_counts(values, &import.counts)
        .and(integer(import.counts.refused))
        .and(import.vanished.map(|(vanished, _)| integer(vanished)))
        .and(import.vanished.map(|(_, open)| integer(open)))
        .and(crate::findings::json(&import.remarks))
        .and(crate::findings::json(&import.refusals))
        .and(import.opens_from.map(Severity::word))
        .and(import.partial);
    session.run(&INSERT, values).await.map(|_| ())
}

fn with_counts(values: Values, counts: &Counts) -> Values {
    values
        .and(integer(counts.created))
        .and(integer(counts.closed))
        .and(integer(counts.reopened))
        .and(integer(counts.rebanded))
        .and(integer(counts.refreshed))
        .and(integer(counts.seen))
        .and(integer(counts.unchanged))
        .and(integer(counts.passed_over))
}

fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A held import was let through. A conflict when it was not held any more.
pub async fn release(
    session: &mut Session,
    id: &str,
    counts: &Counts,
    now: Timestamp,
    actor: &str,
) -> Result<(), StoreError> {
    let values = Values::new().and(number_of(id)).and(now).and(actor);
    if session.run(&RELEASE, with_counts(values, counts)).await? == 0 {
        return Err(StoreError::Conflict { what: format!("import {id}") });
    }
    Ok(())
}

/// An import was taken back. A conflict when it was not in force any more.
pub async fn undo(
    session: &mut Session,
    id: &str,
    now: Timestamp,
    actor: &str,
) -> Result<(), StoreError> {
    let values = Values::new().and(number_of(id)).and(now).and(actor);
    if session.run(&UNDO, values).await? == 0 {
        return Err(StoreError::Conflict { what: format!("import {id}") });
    }
    Ok(())
}

/// The imports of a service's stream that are in force, the last that was taken in first, at most
/// `limit`.
pub async fn in_force(
    session: &mut Session,
    service: &str,
    stream: &Stream,
    limit: u32,
) -> Result<Vec<Import>, StoreError> {
    let values = Values::new().and(service).and(&stream.tool).and(&stream.scope).and(limit);
    session.all(&in_force_sql(), values).await?.iter().map(read).collect()
}

pub(crate) fn in_force_sql() -> Sql {
    Sql::assembled(format!(
        "{COLUMNS} where service = $1 and tool = $2 and scope = $3
            and state in ('applied', 'released')
         order by coalesce(released_at, recorded_at) desc, number desc limit $4"
    ))
}

/// The numbers of the findings into whose ledgers an import wrote, in order.
pub async fn touched(session: &mut Session, id: &str) -> Result<Vec<i64>, StoreError> {
    let rows = session.all(&TOUCHED, Values::new().and(id)).await?;
    rows.iter().map(|row| row.integer("finding")).collect()
}

/// What an import wrote into ledgers: the finding's number and the word of the event, at most
/// `limit`.
pub async fn did(
    session: &mut Session,
    id: &str,
    limit: u32,
) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = session.all(&DID, Values::new().and(id).and(limit)).await?;
    rows.iter().map(|row| Ok((row.integer("finding")?, row.text("kind")?))).collect()
}

/// When the newest scan taken in of a service's stream was made.
pub async fn latest(
    session: &mut Session,
    service: &str,
    stream: &Stream,
) -> Result<Option<Timestamp>, StoreError> {
    let values = Values::new().and(service).and(&stream.tool).and(&stream.scope);
    session.one(&LATEST, values).await?.map_or(Ok(None), |row| row.instant_or_none("latest"))
}

/// When the scan of the newest import of each of `services` was made; those without one are left
/// out.
pub async fn last_scans(
    session: &mut Session,
    services: &[&str],
) -> Result<BTreeMap<String, Timestamp>, StoreError> {
    let mut scans = BTreeMap::new();
    if services.is_empty() {
        return Ok(scans);
    }
    let values = Values::each(services.iter().copied());
    for row in session.all(&last_scans_sql(services.len()), values).await? {
        if let Some(at) = row.instant_or_none("at")? {
            scans.insert(row.text("name")?, at);
        }
    }
    Ok(scans)
}

pub(crate) fn last_scans_sql(count: usize) -> Sql {
    let head = "select s.name, (select i.at from imports i where i.service = s.name
        and i.state <> 'undone' order by i.number desc limit 1) as at from services s where s.name in";
    Sql::listed(head, count, "order by s.name")
}

/// Whether the bytes of that digest are kept already.
pub async fn is_kept(session: &mut Session, digest: &str) -> Result<bool, StoreError> {
    Ok(session.one(&IS_KEPT, Values::new().and(digest)).await?.is_some())
}

/// How the bytes of a report are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bytes {
    AsTheyCame(Vec<u8>),
    /// Compressed with gzip by us.
    Packed(Vec<u8>),
}

/// Keeps the bytes of a report of `size` bytes under their digest.
pub async fn keep(
    session: &mut Session,
    digest: &str,
    size: u64,
    bytes: Bytes,
) -> Result<(), StoreError> {
    let (packed, bytes) = match bytes {
        Bytes::AsTheyCame(bytes) => (false, bytes),
        Bytes::Packed(bytes) => (true, bytes),
    };
    let values = Values::new().and(digest).and(integer(size)).and(packed).and(bytes);
    session.run(&KEEP, values).await.map(|_| ())
}

/// The bytes of a report.
pub async fn report(session: &mut Session, digest: &str) -> Result<Option<Bytes>, StoreError> {
    let row = session.one(&REPORT, Values::new().and(digest)).await?;
    row.map(|row| {
        let bytes = row.bytes("bytes")?;
        Ok(if row.flag("packed")? { Bytes::Packed(bytes) } else { Bytes::AsTheyCame(bytes) })
    })
    .transpose()
}

/// One import by its id.
pub async fn one(session: &mut Session, id: &str) -> Result<Option<Import>, StoreError> {
    let row = session.one(&one_sql(), Values::new().and(number_of(id))).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) fn one_sql() -> Sql {
    Sql::assembled(format!("{COLUMNS} where number = $1"))
}

/// A page of imports, the newest first, before the import named `before`.
pub async fn page(
    session: &mut Session,
    service: Option<&str>,
    state: Option<ImportState>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Import>, StoreError> {
    let (sql, values) = page_sql(service, state, before, limit);
    session.all(&sql, values).await?.iter().map(read).collect()
}

pub(crate) fn page_sql(
    service: Option<&str>,
    state: Option<ImportState>,
    before: Option<&str>,
    limit: u32,
) -> (Sql, Values) {
    let mut values = Values::new().and(limit);
    let mut text = format!("{COLUMNS} where 1 = 1");
    if let Some(service) = service {
        values.push(service);
        text += &format!(" and service = ${}", values.len());
    }
    if let Some(state) = state {
        values.push(state.word());
        text += &format!(" and state = ${}", values.len());
    }
    if let Some(before) = before {
        values.push(number_of(before));
        text += &format!(" and number < ${}", values.len());
    }
    text += " order by number desc limit $1";
    (Sql::assembled(text), values)
}

fn read(row: &Row) -> Result<Import, StoreError> {
    let vanished = row.integer_or_none("vanished")?.zip(row.integer_or_none("open_before")?);
    let released = row.instant_or_none("released_at")?.zip(row.text_or_none("released_by")?);
    let undone = row.instant_or_none("undone_at")?.zip(row.text_or_none("undone_by")?);
    Ok(Import {
        id: name_of(row.count("number")?),
        service: row.text("service")?,
        format: row.text("format")?,
        stream: Stream { tool: row.text("tool")?, scope: row.text("scope")? },
        tool_version: row.text_or_none("tool_version")?,
        digest: row.text("digest")?,
        size: row.count("size")?,
        at: row.instant("at")?,
        recorded_at: row.instant("recorded_at")?,
        actor: row.text("actor")?,
        state: row.word("state", ImportState::from_word)?,
        forced: row.flag("forced")?,
        partial: row.flag("partial")?,
        opens_from: row.text_or_none("opens_from")?.and_then(|word| Severity::from_word(&word)),
        counts: read_counts(row)?,
        vanished: vanished.map(|(lost, open)| (lost.unsigned_abs(), open.unsigned_abs())),
        remarks: crate::findings::from_json(row, "remarks")?,
        refusals: crate::findings::from_json(row, "refusals")?,
        released,
        undone,
    })
}

fn read_counts(row: &Row) -> Result<Counts, StoreError> {
    Ok(Counts {
        created: row.count("created")?,
        closed: row.count("closed")?,
        reopened: row.count("reopened")?,
        rebanded: row.count("rebanded")?,
        refreshed: row.count("refreshed")?,
        seen: row.count("seen")?,
        unchanged: row.count("unchanged")?,
        passed_over: row.count("passed_over")?,
        refused: row.count("refused")?,
    })
}
