//! Services as rows: what findings point to, and the lock under which imports of one take turns.

use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const DECLARE: Sql = sql("insert into services (name, owner, declared, created_at, version)
     values ($1, $2, 1, $3, 1)
     on conflict (name) do update set owner = excluded.owner, declared = 1,
        version = services.version + 1");
const UNDECLARE: Sql = sql("update services set declared = 0, owner = null");
const CREATE: Sql = sql("insert into services (name, owner, declared, created_at, version)
     values ($1, null, 0, $2, 1) on conflict (name) do nothing");
const LOCK: Sql =
    sql("update services set version = version + 1 where name = $1 returning name, owner");
const ALL: Sql = sql("select name, owner, declared, created_at from services order by name");
const ONE: Sql = sql("select name, owner, declared, created_at from services where name = $1");

const CODE_OWNERS: Sql = sql("select text from codeowners where service = $1");
const ALL_CODE_OWNERS: Sql = sql("select service, text from codeowners order by service");
const KEEP_CODE_OWNERS: Sql = sql("insert into codeowners (service, text, kept_at, kept_by)
     values ($1, $2, $3, $4)
     on conflict (service) do update set text = excluded.text, kept_at = excluded.kept_at,
        kept_by = excluded.kept_by");
const DROP_CODE_OWNERS: Sql = sql("delete from codeowners where service = $1");

/// A service as findings see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceRow {
    pub name: String,
    /// The owning team; none while nobody has claimed a service that an import created.
    pub owner: Option<String>,
    /// Whether the organisation file names it.
    pub declared: bool,
    pub created_at: Timestamp,
}

/// Makes the rows agree with the organisation file: `services` are names and owners.
pub async fn declare(
    session: &mut Session,
    services: &[(&str, &str)],
    now: Timestamp,
) -> Result<(), StoreError> {
    session.run(&UNDECLARE, Values::new()).await?;
    for (name, owner) in services {
        session.run(&DECLARE, Values::new().and(*name).and(*owner).and(now)).await?;
    }
    Ok(())
}

/// Creates a service that nobody owns yet; one that is there stays as it is.
pub async fn create(session: &mut Session, name: &str, now: Timestamp) -> Result<(), StoreError> {
    session.run(&CREATE, Values::new().and(name).and(now)).await.map(|_| ())
}

/// Lets one import of a service at a time past this point. Answers its owner, or `None` when there
/// is no such service.
pub async fn lock(session: &mut Session, name: &str) -> Result<Option<Option<String>>, StoreError> {
    let row = session.one(&LOCK, Values::new().and(name)).await?;
    row.map(|row| row.text_or_none("owner")).transpose()
}

/// All services by name.
pub async fn all(session: &mut Session) -> Result<Vec<ServiceRow>, StoreError> {
    session.all(&ALL, Values::new()).await?.iter().map(read).collect()
}

pub async fn one(session: &mut Session, name: &str) -> Result<Option<ServiceRow>, StoreError> {
    session.one(&ONE, Values::new().and(name)).await?.as_ref().map(read).transpose()
}

/// The CODEOWNERS file of a service, if one is kept.
pub async fn code_owners(
    session: &mut Session,
    service: &str,
) -> Result<Option<String>, StoreError> {
    let row = session.one(&CODE_OWNERS, Values::new().and(service)).await?;
    row.map(|row| row.text("text")).transpose()
}

/// Every CODEOWNERS file with its service.
pub async fn all_code_owners(session: &mut Session) -> Result<Vec<(String, String)>, StoreError> {
    let rows = session.all(&ALL_CODE_OWNERS, Values::new()).await?;
    rows.iter().map(|row| Ok((row.text("service")?, row.text("text")?))).collect()
}

/// Keeps a service's CODEOWNERS file instead of the one before; an empty one is none.
pub async fn keep_code_owners(
    session: &mut Session,
    service: &str,
    text: &str,
    (at, by): (Timestamp, &str),
) -> Result<(), StoreError> {
    if text.trim().is_empty() {
        return session.run(&DROP_CODE_OWNERS, Values::new().and(service)).await.map(|_| ());
    }
    let values = Values::new().and(service).and(text).and(at).and(by);
    session.run(&KEEP_CODE_OWNERS, values).await.map(|_| ())
}

fn read(row: &crate::Row) -> Result<ServiceRow, StoreError> {
    Ok(ServiceRow {
        name: row.text("name")?,
        owner: row.text_or_none("owner")?,
        declared: row.flag("declared")?,
        created_at: row.instant("created_at")?,
    })
}
