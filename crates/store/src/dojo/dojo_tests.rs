//! Tests, as DefectDojo has the word: the stream of one scanner's reports within an engagement.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::number_for;
use super::page::{Query, Window, member};
use crate::findings::{from_json, json};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into dojo_tests (id, engagement, scan_type, scope, title,
     description, environment, target_start, target_end, version, build_id, commit_hash,
     branch_tag, tags, moved_in, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
const SAVE: Sql = sql("update dojo_tests set title = $2, description = $3, environment = $4,
     target_start = $5, target_end = $6, version = $7, build_id = $8, commit_hash = $9,
     branch_tag = $10, tags = $11, moved_in = $12, updated_at = $13 where id = $1");
const IS_TAKEN: Sql = sql("select count(*) as found from dojo_tests t
     join dojo_engagements e on e.id = t.engagement where e.product = $1 and t.scope = $2");
const COLUMNS: &str = "t.id, t.engagement, t.scan_type, t.scope, t.title, t.description,
     t.environment, t.target_start, t.target_end, t.version, t.build_id, t.commit_hash,
     t.branch_tag, t.tags, t.moved_in, t.created_at, t.updated_at";
const ORDER: &str = "t.id";
const NEWEST: &str = "t.id desc";

/// The stream of one scanner's reports within an engagement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DojoTest {
    /// Given when it is created, unless it brings one along.
    pub id: i64,
    pub engagement: i64,
    /// DefectDojo's name of the kind of report, such as `Trivy Scan`.
    pub scan_type: String,
    /// The scope of its imports: absence closes only within it.
    pub scope: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub environment: String,
    pub target_start: DateTime,
    pub target_end: DateTime,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    pub tags: Vec<String>,
    /// Findings moved in for it wait for the first report of their own.
    pub moved_in: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Which tests are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DojoTestFilter {
    pub id: Option<i64>,
    pub engagement: Option<i64>,
    pub product: Option<i64>,
    pub title: Option<String>,
    /// Only those without a title.
    pub untitled: bool,
    pub scan_type: Option<String>,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    /// All of them.
    pub tags: Vec<String>,
}

impl DojoTest {
    /// Keeps a new one under its own number, or the next where it has none (0).
    pub async fn create(session: &mut Session, test: DojoTest) -> Result<DojoTest, StoreError> {
        let id = number_for(session, "dojo_tests", test.id).await?;
        let values =
            Values::new().and(id).and(test.engagement).and(&test.scan_type).and(&test.scope);
        let values = test.told(values).and(test.created_at).and(test.updated_at);
        session.run(&INSERT, values).await?;
        Ok(DojoTest { id, ..test })
    }

    /// Saves all but where it belongs and what it reads.
    pub async fn save(&self, session: &mut Session) -> Result<(), StoreError> {
        let values = self.told(Values::new().and(self.id)).and(self.updated_at);
        session.run(&SAVE, values).await.map(|_| ())
    }

    fn told(&self, values: Values) -> Values {
        values
            .and(self.title.clone())
            .and(self.description.clone())
            .and(&self.environment)
            .and(self.target_start.to_string())
            .and(self.target_end.to_string())
            .and(self.version.clone())
            .and(self.build_id.clone())
            .and(self.commit_hash.clone())
            .and(self.branch_tag.clone())
            .and(json(&self.tags))
            .and(self.moved_in)
    }

    /// Whether a test of that product has that scope already.
    pub async fn is_scope_taken(
        session: &mut Session,
        product: i64,
        scope: &str,
    ) -> Result<bool, StoreError> {
        let row = session.one(&IS_TAKEN, Values::new().and(product).and(scope)).await?;
        Ok(row.map_or(Ok(0), |row| row.count("found"))? > 0)
    }

    pub async fn one(session: &mut Session, id: i64) -> Result<Option<DojoTest>, StoreError> {
        let filter = DojoTestFilter { id: Some(id), ..DojoTestFilter::default() };
        Ok(DojoTest::page(session, &filter, Window::FIRST).await?.0.into_iter().next())
    }

    /// The newest that fits.
    pub async fn newest(
        session: &mut Session,
        filter: &DojoTestFilter,
    ) -> Result<Option<DojoTest>, StoreError> {
        let (rows, _) = query(filter).page(session, NEWEST, Window::FIRST).await?;
        rows.first().map(read).transpose()
    }

    pub async fn page(
        session: &mut Session,
        filter: &DojoTestFilter,
        window: Window,
    ) -> Result<(Vec<DojoTest>, u64), StoreError> {
        let (rows, found) = query(filter).page(session, ORDER, window).await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, found))
    }
}

fn query(filter: &DojoTestFilter) -> Query {
    let of_product = "t.engagement in (select id from dojo_engagements where product = ?)";
    let query = Query::new(COLUMNS, "dojo_tests t")
        .with("t.id = ?", filter.id)
        .with("t.engagement = ?", filter.engagement)
        .with(of_product, filter.product)
        .with("t.title = ?", filter.title.as_deref())
        .with("t.scan_type = ?", filter.scan_type.as_deref())
        .with("t.version = ?", filter.version.as_deref())
        .with("t.build_id = ?", filter.build_id.as_deref())
        .with("t.commit_hash = ?", filter.commit_hash.as_deref())
        .with("t.branch_tag = ?", filter.branch_tag.as_deref());
    let query = if filter.untitled { query.only("t.title is null") } else { query };
    let tags = filter.tags.iter();
    tags.fold(query, |query, tag| query.with("t.tags like ? escape '\\'", Some(member(tag))))
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    let text = || Some("a".to_owned());
    let filter = DojoTestFilter {
        id: Some(1),
        engagement: Some(1),
        product: Some(1),
        title: text(),
        untitled: true,
        scan_type: text(),
        version: text(),
        build_id: text(),
        commit_hash: text(),
        branch_tag: text(),
        tags: vec!["a".to_owned(), "b".to_owned()],
    };
    let orders = [ORDER, NEWEST];
    orders.iter().flat_map(|order| super::page::prepared(&query(&filter), order)).collect()
}

fn read(row: &Row) -> Result<DojoTest, StoreError> {
    let time =
        |column: &str| row.text(column)?.parse().map_err(|why| StoreError::unreadable(column, why));
    Ok(DojoTest {
        id: row.integer("id")?,
        engagement: row.integer("engagement")?,
        scan_type: row.text("scan_type")?,
        scope: row.text("scope")?,
        title: row.text_or_none("title")?,
        description: row.text_or_none("description")?,
        environment: row.text("environment")?,
        target_start: time("target_start")?,
        target_end: time("target_end")?,
        version: row.text_or_none("version")?,
        build_id: row.text_or_none("build_id")?,
        commit_hash: row.text_or_none("commit_hash")?,
        branch_tag: row.text_or_none("branch_tag")?,
        tags: from_json(row, "tags")?,
        moved_in: row.flag("moved_in")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    })
}
