//! Products: our services, under the names that clients gave them.

use axum::extract::Path;
use operations::dojo::{self, NewProduct, Product, ProductFilter};
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::refused::Refused;
use super::sent::Sent;
use super::{Outcome, created, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let filter = ProductFilter {
        id: listing.number("id")?,
        name: None,
        name_folded: listing.owned("name_exact"),
        name_contains: listing.owned("name"),
        product_type: listing.number("prod_type")?,
        service: None,
        tag: listing.owned("tag").or_else(|| listing.owned("tags")),
    };
    let (page, count) = dojo::products(&caller.app, &caller.actor, &filter, listing.window).await?;
    ok(listing.body(page.iter().map(told).collect(), count))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    ok(told(&dojo::product(&caller.app, &caller.actor, id).await?))
}

pub(super) async fn create(caller: Caller, sent: Sent) -> Outcome {
    let product = NewProduct {
        name: sent.needed("name")?.to_owned(),
        description: sent.needed("description")?.to_owned(),
        product_type: sent.number("prod_type")?.ok_or_else(|| Refused::required("prod_type"))?,
        tags: sent.list("tags").unwrap_or_default(),
    };
    created(told(&dojo::create_product(&caller.app, &caller.actor, &product).await?))
}

fn told(product: &Product) -> Value {
    json!({
        "id": product.id,
        "name": product.name,
        "description": product.description,
        "prod_type": product.product_type,
        "tags": product.tags,
        "created": product.created_at.to_string(),
        "findings_count": null,
        "findings_list": [],
        "prod_numeric_grade": null,
        "business_criticality": null,
        "platform": null,
        "lifecycle": null,
        "origin": null,
        "user_records": null,
        "revenue": null,
        "external_audience": false,
        "internet_accessible": false,
        "enable_product_tag_inheritance": false,
        "enable_simple_risk_acceptance": false,
        "enable_full_risk_acceptance": true,
        "disable_sla_breach_notifications": false,
        "product_manager": null,
        "technical_contact": null,
        "team_manager": null,
        "sla_configuration": null,
        "authorization_groups": [],
        "members": [],
        "regulations": [],
        "product_meta": [],
    })
}
