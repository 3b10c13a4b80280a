//! Products: each is one of our services, under the name that a client gave it.

use domain::access::{Actor, Operation};
use domain::record::Event;
use domain::services::ServiceName;
use jiff::Timestamp;
use store::dojo::{Product, ProductFilter, ProductType, Window};
use store::{Session, StoreError};

use super::{NAME_LENGTH, line, no_such, prose, tags};
use crate::door::{Change, found};
use crate::{App, Refusal};

/// The longest name of a service, in characters.
const SERVICE_LENGTH: usize = 100;
/// How many products may have names that differ in nothing that a service's name keeps.
const NAMESAKES: usize = 100;

/// A product to create.
#[derive(Clone, Debug, Default)]
pub struct NewProduct {
    pub name: String,
    pub description: String,
    pub product_type: i64,
    pub tags: Vec<String>,
}

/// A window of those that fit, and how many there are. Where one is named exactly as
/// `name_contains`, it alone: some clients take the newest of what they get for the one they meant.
pub async fn products(
    app: &App,
    actor: &Actor,
    filter: &ProductFilter,
    window: Window,
) -> Result<(Vec<Product>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    if filter.name_contains.is_some() {
        let exactly = ProductFilter {
            name: filter.name_contains.clone(),
            name_contains: None,
            ..filter.clone()
        };
        let page = Product::page(&mut view.session, &exactly, window).await?;
        if page.1 > 0 {
            return Ok(page);
        }
    }
    Ok(Product::page(&mut view.session, filter, window).await?)
}

pub async fn product(app: &App, actor: &Actor, id: i64) -> Result<Product, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    found(Product::one(&mut view.session, id).await, "product", &id.to_string())
}

/// Keeps a new one, and creates its service when there is none of its name.
pub async fn create_product(
    app: &App,
    actor: &Actor,
    product: &NewProduct,
) -> Result<Product, Refusal> {
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let created = create_in(&mut change, product).await?;
    change.commit().await?;
    Ok(created)
}

pub(super) async fn create_in(
    change: &mut Change,
    product: &NewProduct,
) -> Result<Product, Refusal> {
    let name = line("name", &product.name, NAME_LENGTH)?;
    let description = prose("description", &product.description)?;
    let tags = tags(&product.tags)?;
    let session = &mut change.transaction;
    if ProductType::one(session, product.product_type).await?.is_none() {
        return Err(no_such("prod_type", product.product_type));
    }
    let exists = || Refusal::invalid("name: product with this name already exists.");
    if Product::named(session, &name).await?.is_some() {
        return Err(exists());
    }
    let now = change.instant();
    let service = service_of(change, &name, now).await?;
    let created = Product {
        id: 0,
        name: name.clone(),
        description,
        product_type: product.product_type,
        service: service.clone(),
        tags,
        created_at: now,
    };
    let created = match Product::create(&mut change.transaction, created).await {
        Err(StoreError::Exists { .. }) => return Err(exists()),
        other => other?,
    };
    let subject = format!("product {}", created.id);
    let detail = format!("`{name}` is the service `{service}`");
    change.event(Event::new("dojo", "product_created", subject, detail));
    Ok(created)
}

/// The service that a new product stands for, created where there is none.
pub(super) async fn service_of(
    change: &mut Change,
    name: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    let service = free_name(&mut change.transaction, name).await?;
    let service = service.as_str();
    if store::services::one(&mut change.transaction, service).await?.is_none() {
        change.also(Operation::CreateService)?;
        store::services::create(&mut change.transaction, service, now).await?;
        change.event(Event::new("services", "created", service, "by DefectDojo's interface"));
    }
    Ok(service.to_owned())
}

/// The product's name as a service's, shortened where it must be, and of no other product.
async fn free_name(session: &mut Session, name: &str) -> Result<ServiceName, Refusal> {
    for number in 1..=NAMESAKES {
        let ending = if number == 1 { String::new() } else { format!(" ({number})") };
        let room = SERVICE_LENGTH - ending.chars().count();
        let shortened: String = name.chars().take(room).collect();
        let candidate = format!("{}{ending}", shortened.trim_end());
        let candidate = ServiceName::parse(&candidate)
            .map_err(|error| Refusal::invalid(format!("name: {error}")))?;
        if Product::of_service(session, candidate.as_str()).await?.is_none() {
            return Ok(candidate);
        }
    }
    Err(Refusal::invalid("name: too many products have a name that begins like this"))
}
