//! Projects: a version of a service, as tools name it that speak Dependency-Track's interface.
//!
//! That interface pages by number of rows, so its lists are cut by offset here and nowhere else.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const CREATE: Sql =
    sql("insert into projects (id, service, name, version, classifier, description,
     parent, latest, active, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
const SAVE: Sql = sql("update projects set classifier = $2, description = $3, parent = $4,
     latest = $5, active = $6 where id = $1");
const LATEST_NO_MORE: Sql =
    sql("update projects set latest = 0 where name = $1 and id <> $2 and latest = 1");
const DROP_TAGS: Sql = sql("delete from project_tags where project = $1");
const TAG: Sql = sql("insert into project_tags (project, tag) values ($1, $2)
     on conflict (project, tag) do nothing");
const TAGS: Sql = sql("select project, tag from project_tags where project = $1 order by tag");
const ORPHAN: Sql = sql("update projects set parent = null where parent = $1");
const DROP_SBOMS: Sql = sql("delete from sboms where project = $1");
const DROP: Sql = sql("delete from projects where id = $1");
/// With what is known of its last bill of materials.
const COLUMNS: &str = "select p.id, p.service, p.name, p.version, p.classifier, p.description,
     p.parent, p.latest, p.active, p.created_at,
     (select count(*) from projects c where c.parent = p.id) as children,
     (select max(b.last_at) from sboms b where b.project = p.id) as last_at,
     (select b.format from sboms b where b.project = p.id
        order by b.last_at desc, b.number desc limit 1) as format
     from projects p";

/// A version of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// A UUID, in lower case.
    pub id: String,
    pub service: String,
    pub name: String,
    /// Empty where it has none.
    pub version: String,
    /// `APPLICATION`, `LIBRARY`, …
    pub classifier: String,
    pub description: Option<String>,
    pub parent: Option<String>,
    /// Whether it is the version of its name to look at; at most one of a name is.
    pub latest: bool,
    pub active: bool,
    pub created_at: Timestamp,
    /// In order, each once.
    pub tags: Vec<String>,
    pub has_children: bool,
    /// When a bill of materials last came, and its format.
    pub last_sbom: Option<(Timestamp, String)>,
}

/// Which projects a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub name: Option<String>,
    pub tag: Option<String>,
    /// Only those that are in use.
    pub active: bool,
    /// Only those without a parent.
    pub root: bool,
}

/// Keeps a new project with its tags.
pub async fn create(session: &mut Session, project: &Project) -> Result<(), StoreError> {
    let values = Values::new()
        .and(&project.id)
        .and(&project.service)
        .and(&project.name)
        .and(&project.version)
        .and(&project.classifier)
        .and(project.description.clone())
        .and(project.parent.clone())
        .and(project.latest)
        .and(project.active)
        .and(project.created_at);
    session.run(&CREATE, values).await?;
    keep_beside(session, project).await
}

/// Saves what can change of a project, and its tags.
pub async fn save(session: &mut Session, project: &Project) -> Result<(), StoreError> {
    let values = Values::new()
        .and(&project.id)
        .and(&project.classifier)
        .and(project.description.clone())
        .and(project.parent.clone())
        .and(project.latest)
        .and(project.active);
    session.run(&SAVE, values).await?;
    session.run(&DROP_TAGS, Values::new().and(&project.id)).await?;
    keep_beside(session, project).await
}

/// Its tags, and that no other version of its name is the latest when it is.
async fn keep_beside(session: &mut Session, project: &Project) -> Result<(), StoreError> {
    if project.latest {
        let others = Values::new().and(&project.name).and(&project.id);
        session.run(&LATEST_NO_MORE, others).await?;
    }
    for tag in &project.tags {
        session.run(&TAG, Values::new().and(&project.id).and(tag)).await?;
    }
    Ok(())
}

/// Forgets a project and its bills of materials. What it was the parent of has none any more.
pub async fn delete(session: &mut Session, id: &str) -> Result<(), StoreError> {
    for statement in [&ORPHAN, &DROP_TAGS, &DROP_SBOMS, &DROP] {
        session.run(statement, Values::new().and(id)).await?;
    }
    Ok(())
}

/// One project by its id.
pub async fn one(session: &mut Session, id: &str) -> Result<Option<Project>, StoreError> {
    with_tags(session, &sql_where("p.id = $1"), Values::new().and(id)).await
}

/// The project of that name and version; an empty version for the one that has none.
pub async fn named(
    session: &mut Session,
    name: &str,
    version: &str,
) -> Result<Option<Project>, StoreError> {
    let values = Values::new().and(name).and(version);
    with_tags(session, &sql_where("p.name = $1 and p.version = $2"), values).await
}

/// The version of that name that is said to be the latest.
pub async fn latest(session: &mut Session, name: &str) -> Result<Option<Project>, StoreError> {
    let sql = sql_where("p.name = $1 and p.latest = 1");
    with_tags(session, &sql, Values::new().and(name)).await
}

fn sql_where(condition: &'static str) -> Sql {
    Sql::assembled(format!("{COLUMNS} where {condition}"))
}

async fn with_tags(
    session: &mut Session,
    sql: &Sql,
    values: Values,
) -> Result<Option<Project>, StoreError> {
    let Some(row) = session.one(sql, values).await? else { return Ok(None) };
    let mut project = read(&row)?;
    for row in session.all(&TAGS, Values::new().and(&project.id)).await? {
        project.tags.push(row.text("tag")?);
    }
    Ok(Some(project))
}

/// Projects by name and version, `limit` of them after the first `offset`, and how many there are.
pub async fn page(
    session: &mut Session,
    selection: &Selection,
    offset: u32,
    limit: u32,
) -> Result<(Vec<Project>, u64), StoreError> {
    let [page, tags] = page_sql(selection);
    let (count, values) = count_sql(selection);
    let total = session.one(&count, values.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.count("projects"))?;
    let values = values.and(limit).and(offset);
    let mut tagged = BTreeMap::<String, Vec<String>>::new();
    for row in session.all(&tags, values.clone()).await? {
        tagged.entry(row.text("project")?).or_default().push(row.text("tag")?);
    }
    let mut projects = Vec::new();
    for row in session.all(&page, values).await? {
        let mut project = read(&row)?;
        project.tags = tagged.remove(&project.id).unwrap_or_default();
        projects.push(project);
    }
    Ok((projects, total))
}

fn condition(selection: &Selection) -> (String, Values) {
    let mut values = Values::new();
    let mut text = "1 = 1".to_owned();
    if let Some(name) = &selection.name {
        values.push(name);
        text += &format!(" and p.name = ${}", values.len());
    }
    if let Some(tag) = &selection.tag {
        values.push(tag);
        text += " and p.id in (select project from project_tags where tag = ";
        text += &format!("${})", values.len());
    }
    if selection.active {
        text += " and p.active = 1";
    }
    if selection.root {
        text += " and p.parent is null";
    }
    (text, values)
}

fn count_sql(selection: &Selection) -> (Sql, Values) {
    let (condition, values) = condition(selection);
    let text = format!("select count(*) as projects from projects p where {condition}");
    (Sql::assembled(text), values)
}

/// The page and the tags of what stands on it; both take limit and offset as their last values.
fn page_sql(selection: &Selection) -> [Sql; 2] {
    let (condition, values) = condition(selection);
    let (limit, offset) = (values.len() + 1, values.len() + 2);
    let cut = format!("order by p.name, p.version, p.id limit ${limit} offset ${offset}");
    let page = format!("{COLUMNS} where {condition} {cut}");
    let tags = format!(
        "select t.project, t.tag from project_tags t where t.project in
         (select p.id from projects p where {condition} {cut}) order by t.project, t.tag"
    );
    [Sql::assembled(page), Sql::assembled(tags)]
}

/// Every statement that is put together here, for the test that prepares them.
#[cfg(test)]
pub(crate) fn statements() -> Vec<Sql> {
    let all = Selection { name: Some("a".into()), tag: Some("b".into()), active: true, root: true };
    let mut statements = vec![sql_where("p.id = $1"), sql_where("p.name = $1 and p.version = $2")];
    for selection in [Selection::default(), all] {
        statements.extend(page_sql(&selection));
        statements.push(count_sql(&selection).0);
    }
    statements
}

fn read(row: &Row) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.text("id")?,
        service: row.text("service")?,
        name: row.text("name")?,
        version: row.text("version")?,
        classifier: row.text("classifier")?,
        description: row.text_or_none("description")?,
        parent: row.text_or_none("parent")?,
        latest: row.flag("latest")?,
        active: row.flag("active")?,
        created_at: row.instant("created_at")?,
        tags: Vec::new(),
        has_children: row.count("children")? > 0,
        last_sbom: row.instant_or_none("last_at")?.zip(row.text_or_none("format")?),
    })
}
