//! Bills of materials: a row for each document of a project. Its bytes are kept with those of
//! imports, under their digest.
//!
//! The rule to remember: the same content for the same project is the same row; only when it last
//! came is written again.

pub mod projects;

use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const KEEP: Sql =
    sql("insert into sboms (number, service, project, digest, content, format, syntax,
     size, components, at, actor, last_at, import)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
const SEE_AGAIN: Sql = sql("update sboms set last_at = $3, import = $4
     where project = $1 and content = $2");
const OF_SERVICE: Sql = sql("select max(last_at) as last_at, count(*) as sboms from sboms
     where service = $1");
const COLUMNS: &str =
    "select b.number, b.service, b.project, b.digest, b.content, b.format, b.syntax, b.size,
     b.components, b.at, b.actor, b.last_at, b.import, p.name, p.version
     from sboms b join projects p on p.id = b.project";

/// One bill of materials, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sbom {
    /// `B-3`
    pub id: String,
    pub service: String,
    pub project: String,
    pub project_name: String,
    /// Empty where it has none.
    pub project_version: String,
    /// SHA-256 of the bytes as they came.
    pub digest: String,
    /// SHA-256 of what it tells of the product.
    pub content: String,
    /// `CycloneDX 1.6`
    pub format: String,
    /// `json` or `xml`
    pub syntax: String,
    /// In bytes.
    pub size: u64,
    pub components: u64,
    /// When it came first, and who brought it.
    pub at: Timestamp,
    pub actor: String,
    /// When the same content last came.
    pub last_at: Timestamp,
    /// The import of the last time: `I-3`.
    pub import: String,
}

/// `B-3`.
pub fn name_of(number: u64) -> String {
    format!("B-{number}")
}

fn number_of(name: &str) -> i64 {
    name.strip_prefix("B-").and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Writes that the same content came again. False when it never came before.
pub async fn see_again(
    session: &mut Session,
    project: &str,
    content: &str,
    now: Timestamp,
    import: &str,
) -> Result<bool, StoreError> {
    let values = Values::new().and(project).and(content).and(now).and(import);
    Ok(session.run(&SEE_AGAIN, values).await? > 0)
}

/// Keeps a bill of materials that came for the first time.
pub async fn keep(session: &mut Session, sbom: &Sbom) -> Result<(), StoreError> {
    let values = Values::new()
        .and(number_of(&sbom.id))
        .and(&sbom.service)
        .and(&sbom.project)
        .and(&sbom.digest)
        .and(&sbom.content)
        .and(&sbom.format)
        .and(&sbom.syntax)
        .and(integer(sbom.size))
        .and(integer(sbom.components))
        .and(sbom.at)
        .and(&sbom.actor)
        .and(sbom.last_at)
        .and(&sbom.import);
    session.run(&KEEP, values).await.map(|_| ())
}

fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// One bill of materials by its id.
pub async fn one(session: &mut Session, id: &str) -> Result<Option<Sbom>, StoreError> {
    let row = session.one(&one_sql(), Values::new().and(number_of(id))).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) fn one_sql() -> Sql {
    Sql::assembled(format!("{COLUMNS} where b.number = $1"))
}

/// The one that last came for a project.
pub async fn newest(session: &mut Session, project: &str) -> Result<Option<Sbom>, StoreError> {
    let row = session.one(&newest_sql(), Values::new().and(project)).await?;
    row.as_ref().map(read).transpose()
}

pub(crate) fn newest_sql() -> Sql {
    let order = "order by b.last_at desc, b.number desc limit 1";
    Sql::assembled(format!("{COLUMNS} where b.project = $1 {order}"))
}

/// When a bill of materials last came for a service, and how many different ones there are.
pub async fn of_service(
    session: &mut Session,
    service: &str,
) -> Result<(Option<Timestamp>, u64), StoreError> {
    let row = session.one(&OF_SERVICE, Values::new().and(service)).await?;
    row.map_or(Ok((None, 0)), |row| Ok((row.instant_or_none("last_at")?, row.count("sboms")?)))
}

/// A page of bills of materials, the newest first, before the one named `before`.
pub async fn list(
    session: &mut Session,
    service: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Sbom>, StoreError> {
    let (sql, values) = list_sql(service, before, limit);
    session.all(&sql, values).await?.iter().map(read).collect()
}

pub(crate) fn list_sql(service: Option<&str>, before: Option<&str>, limit: u32) -> (Sql, Values) {
    let mut values = Values::new().and(limit);
    let mut text = format!("{COLUMNS} where 1 = 1");
    if let Some(service) = service {
        values.push(service);
        text += &format!(" and b.service = ${}", values.len());
    }
    if let Some(before) = before {
        values.push(number_of(before));
        text += &format!(" and b.number < ${}", values.len());
    }
    text += " order by b.number desc limit $1";
    (Sql::assembled(text), values)
}

fn read(row: &Row) -> Result<Sbom, StoreError> {
    Ok(Sbom {
        id: name_of(row.count("number")?),
        service: row.text("service")?,
        project: row.text("project")?,
        project_name: row.text("name")?,
        project_version: row.text("version")?,
        digest: row.text("digest")?,
        content: row.text("content")?,
        format: row.text("format")?,
        syntax: row.text("syntax")?,
        size: row.count("size")?,
        components: row.count("components")?,
        at: row.instant("at")?,
        actor: row.text("actor")?,
        last_at: row.instant("last_at")?,
        import: row.text("import")?,
    })
}
