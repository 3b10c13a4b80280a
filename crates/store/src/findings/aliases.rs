//! Other names of weaknesses, and findings that turned out to be one.
//!
//! A name that is new is fresh until the watch has looked for it in every service.

use domain::findings::{Finding, Identity, Meant};
use jiff::Timestamp;

use super::columns::{CLOCK_READ, CUSTODY_READ, from_json, json};
use super::known::{FINDING, Stored, finding, stored_row};
use super::{name_of, number_of};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

/// Names asked for at a time.
const CHUNK: usize = 400;
const KEEP: &str = "insert into aliases (alias, canonical, fresh) values";
const KEEP_AGAIN: &str =
    "on conflict (alias) do update set canonical = excluded.canonical, fresh = excluded.fresh";
const FRESH: Sql = sql("select alias, canonical from aliases where fresh = 1
     order by alias limit $1");
const SETTLE: Sql = sql("update aliases set fresh = 0 where fresh = 1 and alias <= $1");
const RENAME: Sql = sql("update findings set identity = $2, weakness = $3, version = version + 1
     where number = $1");
const MOVE_SIGHTINGS: Sql = sql("update sightings set finding = $2
     where finding = $1 and not exists (select 1 from sightings other
        where other.finding = $2 and other.tool = sightings.tool
            and other.scope = sightings.scope)
     returning tool, scope");
const GIVE_BACK: Sql = sql("update sightings set finding = $2
     where finding = $1 and tool = $3 and scope = $4");
const INSERT: Sql = sql("insert into merges (number, at, actor, alias, canonical, survivor,
        absorbed, survivor_identity, absorbed_identity, moved)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
const ONE: Sql = sql("select number, at, actor, alias, canonical, survivor, absorbed,
        survivor_identity, absorbed_identity, moved, undone_at
     from merges where number = $1");
const OF_FINDING: Sql = sql("select number, at, actor, alias, canonical, survivor, absorbed,
        survivor_identity, absorbed_identity, moved, undone_at
     from merges where survivor = $1 or absorbed = $1 order by number");
const UNDO: Sql = sql("update merges set undone_at = $2, undone_by = $3
     where number = $1 and undone_at is null");

/// Two findings that became one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    pub number: i64,
    pub at: Timestamp,
    pub actor: String,
    /// The name under which the one was known, and what it stands for.
    pub alias: String,
    pub canonical: String,
    /// Whose clock goes on, as `F-17`.
    pub survivor: String,
    pub absorbed: String,
    /// Their identities before.
    pub survivor_identity: Identity,
    pub absorbed_identity: Identity,
    /// Tool and scope of each sighting that the survivor got.
    pub moved: Vec<(String, String)>,
    pub undone_at: Option<Timestamp>,
}

/// What `names` stand for, as far as it is known.
pub async fn meant(
    session: &mut Session,
    names: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut meant = Vec::new();
    for chunk in names.chunks(CHUNK) {
        let mut values = Values::with_capacity(chunk.len());
        chunk.iter().for_each(|name| values.push(name));
        for row in session.all(&meant_sql(chunk.len()), values).await? {
            meant.push((row.text("alias")?, row.text("canonical")?));
        }
    }
    Ok(meant)
}

pub(crate) fn meant_sql(names: usize) -> Sql {
    let places: Vec<String> = (1..=names).map(|place| format!("${place}")).collect();
    Sql::assembled(format!(
        "select alias, canonical from aliases where alias in ({})",
        places.join(", ")
    ))
}

/// Keeps what was learned; the watch looks for it in every service.
pub async fn learn(session: &mut Session, news: &[(String, Meant)]) -> Result<(), StoreError> {
    let mut rows = Values::with_capacity(news.len() * 3);
    for (alias, meant) in news {
        rows.push(alias);
        match meant {
            Meant::One(canonical) => rows.push(canonical),
            Meant::Several => rows.push(""),
        }
        rows.push(matches!(meant, Meant::One(_)));
    }
    session.run_rows(KEEP, 3, rows, KEEP_AGAIN).await.map(|_| ())
}

/// Names that the watch has not looked for yet, with what they stand for.
pub async fn fresh(session: &mut Session, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
    let rows = session.all(&FRESH, Values::new().and(limit)).await?;
    rows.iter().map(|row| Ok((row.text("alias")?, row.text("canonical")?))).collect()
}

/// The watch has looked for every fresh name up to `alias`, in order.
pub async fn settle(session: &mut Session, alias: &str) -> Result<(), StoreError> {
    session.run(&SETTLE, Values::new().and(alias)).await.map(|_| ())
}

/// Findings whose weakness is known by one of `names`, of one service or of all, in order of number
/// within so many names as one statement takes.
pub async fn known_as(
    session: &mut Session,
    names: &[&str],
    service: Option<&str>,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let mut findings = Vec::new();
    for chunk in names.chunks(CHUNK) {
        let mut values = Values::with_capacity(chunk.len() + 1);
        values.push(service);
        chunk.iter().for_each(|name| values.push(*name));
        for row in session.all(&known_as_sql(chunk.len()), values).await? {
            findings.push(stored_row(&row, finding(&row)?)?);
        }
    }
    Ok(findings)
}

pub(crate) fn known_as_sql(names: usize) -> Sql {
    let places: Vec<String> = (2..=names + 1).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f
         where f.weakness in ({places}) and f.service = coalesce($1, f.service)
            and f.state not in ('merged', 'withdrawn') order by f.number"
    ))
}

/// The finding of that identity in a service.
pub async fn of_identity(
    session: &mut Session,
    service: &str,
    identity: &Identity,
) -> Result<Option<Stored<Finding>>, StoreError> {
    let values = Values::new().and(service).and(identity.as_str());
    let row = session.one(&of_identity_sql(), values).await?;
    row.map(|row| stored_row(&row, finding(&row)?)).transpose()
}

pub(crate) fn of_identity_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f
         where f.service = $1 and f.identity = $2"
    ))
}

/// Gives a finding another identity and another name of its weakness.
pub async fn rename(
    session: &mut Session,
    number: i64,
    identity: &Identity,
    weakness: Option<&str>,
) -> Result<(), StoreError> {
    let values = Values::new().and(number).and(identity.as_str()).and(weakness);
    session.run(&RENAME, values).await.map(|_| ())
}

/// Gives the sightings of `from` to `to`, where it has none of that tool and scope; answers which.
pub async fn move_sightings(
    session: &mut Session,
    from: i64,
    to: i64,
) -> Result<Vec<(String, String)>, StoreError> {
    let rows = session.all(&MOVE_SIGHTINGS, Values::new().and(from).and(to)).await?;
    rows.iter().map(|row| Ok((row.text("tool")?, row.text("scope")?))).collect()
}

/// Gives sightings back.
pub async fn give_back(
    session: &mut Session,
    (from, to): (i64, i64),
    moved: &[(String, String)],
) -> Result<(), StoreError> {
    for (tool, scope) in moved {
        let values = Values::new().and(from).and(to).and(tool).and(scope);
        session.run(&GIVE_BACK, values).await?;
    }
    Ok(())
}

/// Keeps that two findings became one.
pub async fn insert_merge(session: &mut Session, merge: &Merge) -> Result<(), StoreError> {
    let values = Values::new()
        .and(merge.number)
        .and(merge.at)
        .and(&merge.actor)
        .and(&merge.alias)
        .and(&merge.canonical)
        .and(number_of(&merge.survivor))
        .and(number_of(&merge.absorbed))
        .and(merge.survivor_identity.as_str())
        .and(merge.absorbed_identity.as_str())
        .and(json(&merge.moved));
    session.run(&INSERT, values).await.map(|_| ())
}

/// One merge by its number.
pub async fn merge(session: &mut Session, number: i64) -> Result<Option<Merge>, StoreError> {
    let row = session.one(&ONE, Values::new().and(number)).await?;
    row.map(|row| read_merge(&row)).transpose()
}

/// Every merge in which a finding took part, oldest first.
pub async fn merges(session: &mut Session, finding: i64) -> Result<Vec<Merge>, StoreError> {
    let rows = session.all(&OF_FINDING, Values::new().and(finding)).await?;
    rows.iter().map(read_merge).collect()
}

/// Notes that a merge was undone; false when it was already.
pub async fn undo_merge(
    session: &mut Session,
    number: i64,
    at: Timestamp,
    actor: &str,
) -> Result<bool, StoreError> {
    Ok(session.run(&UNDO, Values::new().and(number).and(at).and(actor)).await? > 0)
}

fn read_merge(row: &Row) -> Result<Merge, StoreError> {
    Ok(Merge {
        number: row.integer("number")?,
        at: row.instant("at")?,
        actor: row.text("actor")?,
        alias: row.text("alias")?,
        canonical: row.text("canonical")?,
        survivor: name_of(row.integer("survivor")?),
        absorbed: name_of(row.integer("absorbed")?),
        survivor_identity: Identity::kept(row.text("survivor_identity")?),
        absorbed_identity: Identity::kept(row.text("absorbed_identity")?),
        moved: from_json(row, "moved")?,
        undone_at: row.instant_or_none("undone_at")?,
    })
}
