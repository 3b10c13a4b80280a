//! The organisation file as it was applied, every version of it with author and time.

use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const NEWEST: Sql = sql("select version, document, applied_at, applied_by, summary
     from organisations order by version desc limit 1");
const NEWEST_VERSION: Sql = sql("select version from organisations order by version desc limit 1");
const INSERT: Sql = sql("insert into organisations
     (version, document, applied_at, applied_by, summary) values ($1, $2, $3, $4, $5)");
const HISTORY: Sql = sql("select version, document, applied_at, applied_by, summary
     from organisations order by version desc limit $1");

/// One applied version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub version: i64,
    /// The canonical text of the file.
    pub document: String,
    pub applied_at: Timestamp,
    pub applied_by: String,
    /// What changed, in a line.
    pub summary: String,
}

/// The version in force, if one was ever applied.
pub async fn newest(session: &mut Session) -> Result<Option<Applied>, StoreError> {
    session.one(&NEWEST, Values::new()).await?.as_ref().map(applied).transpose()
}

/// Only its number: cheap enough to ask before every operation.
pub async fn newest_version(session: &mut Session) -> Result<i64, StoreError> {
    let row = session.one(&NEWEST_VERSION, Values::new()).await?;
    row.map_or(Ok(0), |row| row.integer("version"))
}

/// Keeps the next version. Fails with a conflict when somebody else applied one in between.
pub async fn insert(session: &mut Session, next: &Applied) -> Result<(), StoreError> {
    let values = Values::new()
        .and(next.version)
        .and(&next.document)
        .and(next.applied_at)
        .and(&next.applied_by)
        .and(&next.summary);
    match session.run(&INSERT, values).await {
        Err(StoreError::Exists { .. }) => {
            Err(StoreError::Conflict { what: "the organisation".into() })
        }
        other => other.map(|_| ()),
    }
}

/// The newest versions, newest first.
pub async fn history(session: &mut Session, limit: u32) -> Result<Vec<Applied>, StoreError> {
    session.all(&HISTORY, Values::new().and(limit)).await?.iter().map(applied).collect()
}

fn applied(row: &crate::Row) -> Result<Applied, StoreError> {
    Ok(Applied {
        version: row.integer("version")?,
        document: row.text("document")?,
        applied_at: row.instant("applied_at")?,
        applied_by: row.text("applied_by")?,
        summary: row.text("summary")?,
    })
}
