//! Products: the name a client has for one of our services.

use jiff::Timestamp;

use super::number_for;
use super::page::{Query, Window, containing, member};
use crate::findings::{from_json, json};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const INSERT: Sql = sql("insert into dojo_products
     (id, name, description, product_type, service, tags, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)");
const COLUMNS: &str = "p.id, p.name, p.description, p.product_type, p.service, p.tags,
     p.created_at";
const ORDER: &str = "p.id";

/// One of our services, as clients name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Given when it is created, unless it brings one along.
    pub id: i64,
    /// As the client wrote it; unlike any other's.
    pub name: String,
    pub description: String,
    pub product_type: i64,
    /// The service whose findings these are; of one product only.
    pub service: String,
    pub tags: Vec<String>,
    pub created_at: Timestamp,
}

/// Which products are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductFilter {
    pub id: Option<i64>,
    pub name: Option<String>,
    /// Exactly, whatever its case.
    pub name_folded: Option<String>,
    /// Anywhere in the name, whatever its case.
    pub name_contains: Option<String>,
    pub product_type: Option<i64>,
    pub service: Option<String>,
    pub tag: Option<String>,
}

impl Product {
    /// Keeps a new one under its own number, or the next where it has none (0).
    pub async fn create(session: &mut Session, product: Product) -> Result<Product, StoreError> {
        let id = number_for(session, "dojo_products", product.id).await?;
        let values = Values::new()
            .and(id)
            .and(&product.name)
            .and(&product.description)
            .and(product.product_type)
            .and(&product.service)
            .and(json(&product.tags))
            .and(product.created_at);
        session.run(&INSERT, values).await?;
        Ok(Product { id, ..product })
    }

    pub async fn one(session: &mut Session, id: i64) -> Result<Option<Product>, StoreError> {
        let filter = ProductFilter { id: Some(id), ..ProductFilter::default() };
        Ok(Product::page(session, &filter, Window::FIRST).await?.0.into_iter().next())
    }

    /// The one of exactly that name.
    pub async fn named(session: &mut Session, name: &str) -> Result<Option<Product>, StoreError> {
        let filter = ProductFilter { name: Some(name.to_owned()), ..ProductFilter::default() };
        Ok(Product::page(session, &filter, Window::FIRST).await?.0.into_iter().next())
    }

    /// The one that stands for that service.
    pub async fn of_service(
        session: &mut Session,
        service: &str,
    ) -> Result<Option<Product>, StoreError> {
        let filter =
            ProductFilter { service: Some(service.to_owned()), ..ProductFilter::default() };
        Ok(Product::page(session, &filter, Window::FIRST).await?.0.into_iter().next())
    }

    pub async fn page(
        session: &mut Session,
        filter: &ProductFilter,
        window: Window,
    ) -> Result<(Vec<Product>, u64), StoreError> {
        let (rows, found) = query(filter).page(session, ORDER, window).await?;
        Ok((rows.iter().map(read).collect::<Result<_, _>>()?, found))
    }
}

fn query(filter: &ProductFilter) -> Query {
    Query::new(COLUMNS, "dojo_products p")
        .with("p.id = ?", filter.id)
        .with("p.name = ?", filter.name.as_deref())
        .with("lower(p.name) = ?", filter.name_folded.as_ref().map(|name| name.to_lowercase()))
        .with("lower(p.name) like ? escape '\\'", filter.name_contains.as_deref().map(containing))
        .with("p.product_type = ?", filter.product_type)
        .with("p.service = ?", filter.service.as_deref())
        .with("p.tags like ? escape '\\'", filter.tag.as_deref().map(member))
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    let text = || Some("a".to_owned());
    let filter = ProductFilter {
        id: Some(1),
        name: text(),
        name_folded: text(),
        name_contains: text(),
        product_type: Some(1),
        service: text(),
        tag: text(),
    };
    super::page::prepared(&query(&filter), ORDER)
}

fn read(row: &Row) -> Result<Product, StoreError> {
    Ok(Product {
        id: row.integer("id")?,
        name: row.text("name")?,
        description: row.text("description")?,
        product_type: row.integer("product_type")?,
        service: row.text("service")?,
        tags: from_json(row, "tags")?,
        created_at: row.instant("created_at")?,
    })
}
