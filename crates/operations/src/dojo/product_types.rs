//! Product types: names that group products.

use domain::access::{Actor, Operation};
use domain::record::Event;
use store::StoreError;
use store::dojo::{ProductType, Window};

use super::{NAME_LENGTH, line, prose};
use crate::door::{Change, found};
use crate::{App, Refusal};

/// Those with that number and exactly that name, where asked for; and how many there are.
pub async fn product_types(
    app: &App,
    actor: &Actor,
    (id, name): (Option<i64>, Option<&str>),
    window: Window,
) -> Result<(Vec<ProductType>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    Ok(ProductType::page(&mut view.session, id, name, window).await?)
}

pub async fn product_type(app: &App, actor: &Actor, id: i64) -> Result<ProductType, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let one = ProductType::one(&mut view.session, id).await;
    found(one, "product type", &id.to_string())
}

/// Keeps a new one; its name must be unlike any other's.
pub async fn create_product_type(
    app: &App,
    actor: &Actor,
    name: &str,
    description: &str,
) -> Result<ProductType, Refusal> {
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let created = create_in(&mut change, name, description).await?;
    change.commit().await?;
    Ok(created)
}

pub(super) async fn create_in(
    change: &mut Change,
    name: &str,
    description: &str,
) -> Result<ProductType, Refusal> {
    let name = line("name", name, NAME_LENGTH)?;
    let description = prose("description", description)?;
    let now = change.instant();
    let session = &mut change.transaction;
    let new = ProductType { id: 0, name: name.clone(), description, created_at: now };
    let exists = || Refusal::invalid("name: product_ type with this name already exists.");
    if ProductType::named(session, &name).await?.is_some() {
        return Err(exists());
    }
    let created = match ProductType::create(session, new).await {
        Err(StoreError::Exists { .. }) => return Err(exists()),
        other => other?,
    };
    let subject = format!("product type {}", created.id);
    change.event(Event::new("dojo", "product_type_created", subject, name));
    Ok(created)
}
