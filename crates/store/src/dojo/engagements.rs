//! Engagements: what a client calls a pipeline or an assessment of a product.

use jiff::Timestamp;
use jiff::civil::Date;

use super::number_for;
use super::page::{Query, Window, member};
use crate::findings::{from_json, json};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into dojo_engagements (id, product, name, description,
     engagement_type, status, target_start, target_end, version, build_id, commit_hash,
     branch_tag, source_code_management_uri, deduplication_on_engagement, tags, created_at,
     updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
     $17)");
const SAVE: Sql = sql("update dojo_engagements set name = $2, description = $3,
     engagement_type = $4, status = $5, target_start = $6, target_end = $7, version = $8,
     build_id = $9, commit_hash = $10, branch_tag = $11, source_code_management_uri = $12,
     deduplication_on_engagement = $13, tags = $14, updated_at = $15 where id = $1");
const COLUMNS: &str = "e.id, e.product, e.name, e.description, e.engagement_type, e.status,
     e.target_start, e.target_end, e.version, e.build_id, e.commit_hash, e.branch_tag,
     e.source_code_management_uri, e.deduplication_on_engagement, e.tags, e.created_at,
     e.updated_at";
const ORDER: &str = "e.id";
const NEWEST: &str = "e.id desc";

/// A pipeline or an assessment of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// Given when it is created, unless it brings one along.
    pub id: i64,
    pub product: i64,
    pub name: String,
    pub description: Option<String>,
    pub engagement_type: String,
    pub status: String,
    pub target_start: Date,
    pub target_end: Date,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    pub source_code_management_uri: Option<String>,
    pub deduplication_on_engagement: bool,
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Which engagements are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EngagementFilter {
    pub id: Option<i64>,
    pub product: Option<i64>,
    pub name: Option<String>,
    pub status: Option<String>,
    pub tag: Option<String>,
}

impl Engagement {
    /// Keeps a new one under its own number, or the next where it has none (0).
    pub async fn create(
        session: &mut Session,
        engagement: Engagement,
    ) -> Result<Engagement, StoreError> {
        let id = number_for(session, "dojo_engagements", engagement.id).await?;
        let values = Values::new().and(id).and(engagement.product);
        let values = engagement.told(values).and(engagement.created_at).and(engagement.updated_at);
        session.run(&INSERT, values).await?;
        Ok(Engagement { id, ..engagement })
    }

    /// Saves all but its product and its beginning.
    pub async fn save(&self, session: &mut Session) -> Result<(), StoreError> {
        let values = self.told(Values::new().and(self.id)).and(self.updated_at);
        session.run(&SAVE, values).await.map(|_| ())
    }

    fn told(&self, values: Values) -> Values {
        values
            .and(&self.name)
            .and(self.description.clone())
            .and(&self.engagement_type)
            .and(&self.status)
            .and(self.target_start.to_string())
            .and(self.target_end.to_string())
            .and(self.version.clone())
            .and(self.build_id.clone())
            .and(self.commit_hash.clone())
            .and(self.branch_tag.clone())
            .and(self.source_code_management_uri.clone())
            .and(self.deduplication_on_engagement)
            .and(json(&self.tags))
    }

    pub async fn one(session: &mut Session, id: i64) -> Result<Option<Engagement>, StoreError> {
        let filter = EngagementFilter { id: Some(id), ..EngagementFilter::default() };
        Ok(Engagement::page(session, &filter, Window::FIRST).await?.0.into_iter().next())
    }

    /// The newest of exactly that name.
    pub async fn named(
        session: &mut Session,
        product: i64,
        name: &str,
    ) -> Result<Option<Engagement>, StoreError> {
        let filter = EngagementFilter {
            product: Some(product),
            name: Some(name.to_owned()),
            ..EngagementFilter::default()
        };
        let (rows, _) = query(&filter).page(session, NEWEST, Window::FIRST).await?;
        rows.first().map(read).transpose()
    }

    pub async fn page(
        session: &mut Session,
        filter: &EngagementFilter,
        window: Window,
    ) -> Result<(Vec<Engagement>, u64), StoreError> {
        let (rows, found) = query(filter).page(session, ORDER, window).await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, found))
    }
}

fn query(filter: &EngagementFilter) -> Query {
    Query::new(COLUMNS, "dojo_engagements e")
        .with("e.id = ?", filter.id)
        .with("e.product = ?", filter.product)
        .with("e.name = ?", filter.name.as_deref())
        .with("e.status = ?", filter.status.as_deref())
        .with("e.tags like ? escape '\\'", filter.tag.as_deref().map(member))
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    let text = || Some("a".to_owned());
    let filter = EngagementFilter {
        id: Some(1),
        product: Some(1),
        name: text(),
        status: text(),
        tag: text(),
    };
    let orders = [ORDER, NEWEST];
    orders.iter().flat_map(|order| super::page::prepared(&query(&filter), order)).collect()
}

fn read(row: &Row) -> Result<Engagement, StoreError> {
    let date =
        |column: &str| row.text(column)?.parse().map_err(|why| StoreError::unreadable(column, why));
    Ok(Engagement {
        id: row.integer("id")?,
        product: row.integer("product")?,
        name: row.text("name")?,
        description: row.text_or_none("description")?,
        engagement_type: row.text("engagement_type")?,
        status: row.text("status")?,
        target_start: date("target_start")?,
        target_end: date("target_end")?,
        version: row.text_or_none("version")?,
        build_id: row.text_or_none("build_id")?,
        commit_hash: row.text_or_none("commit_hash")?,
        branch_tag: row.text_or_none("branch_tag")?,
        source_code_management_uri: row.text_or_none("source_code_management_uri")?,
        deduplication_on_engagement: row.flag("deduplication_on_engagement")?,
        tags: from_json(row, "tags")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    })
}
