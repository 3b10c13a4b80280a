//! Product types: a name that groups products; it means nothing to us.

use jiff::Timestamp;

use super::number_for;
use super::page::{Query, Window};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into dojo_product_types (id, name, description, created_at)
     values ($1, $2, $3, $4)");
const COLUMNS: &str = "id, name, description, created_at";
const BY_NAME: Sql =
    sql("select id, name, description, created_at from dojo_product_types where name = $1");
const ORDER: &str = "id";

/// A group of products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductType {
    pub id: i64,
    /// Unlike any other's.
    pub name: String,
    pub description: String,
    pub created_at: Timestamp,
}

impl ProductType {
    /// Keeps a new one under its own number, or the next where it has none (0).
    pub async fn create(
        session: &mut Session,
        product_type: ProductType,
    ) -> Result<ProductType, StoreError> {
        let id = number_for(session, "dojo_product_types", product_type.id).await?;
        let ProductType { name, description, created_at, .. } = &product_type;
        let values = Values::new().and(id).and(name).and(description).and(*created_at);
        session.run(&INSERT, values).await?;
        Ok(ProductType { id, ..product_type })
    }

    pub async fn one(session: &mut Session, id: i64) -> Result<Option<ProductType>, StoreError> {
        let (found, _) = ProductType::page(session, Some(id), None, Window::FIRST).await?;
        Ok(found.into_iter().next())
    }

    pub async fn named(
        session: &mut Session,
        name: &str,
    ) -> Result<Option<ProductType>, StoreError> {
        session.one(&BY_NAME, Values::new().and(name)).await?.as_ref().map(read).transpose()
    }

    /// Those with that number and exactly that name, where asked for.
    pub async fn page(
        session: &mut Session,
        id: Option<i64>,
        name: Option<&str>,
        window: Window,
    ) -> Result<(Vec<ProductType>, u64), StoreError> {
        let (rows, found) = query(id, name).page(session, ORDER, window).await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, found))
    }
}

fn query(id: Option<i64>, name: Option<&str>) -> Query {
    Query::new(COLUMNS, "dojo_product_types").with("id = ?", id).with("name = ?", name)
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    super::page::prepared(&query(Some(1), Some("a")), ORDER)
}

fn read(row: &Row) -> Result<ProductType, StoreError> {
    Ok(ProductType {
        id: row.integer("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        created_at: row.instant("created_at")?,
    })
}
