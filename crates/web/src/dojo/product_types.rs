//! Product types.

use axum::extract::Path;
use operations::dojo::{self, ProductType};
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::sent::Sent;
use super::{Outcome, created, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let asked = (listing.number("id")?, listing.get("name"));
    let (page, count) =
        dojo::product_types(&caller.app, &caller.actor, asked, listing.window).await?;
    ok(listing.body(page.iter().map(told).collect(), count))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    ok(told(&dojo::product_type(&caller.app, &caller.actor, id).await?))
}

pub(super) async fn create(caller: Caller, sent: Sent) -> Outcome {
    let (name, description) = (sent.needed("name")?, sent.get("description").unwrap_or_default());
    let kept = dojo::create_product_type(&caller.app, &caller.actor, name, description).await?;
    created(told(&kept))
}

fn told(product_type: &ProductType) -> Value {
    let at = product_type.created_at.to_string();
    json!({
        "id": product_type.id,
        "name": product_type.name,
        "description": product_type.description,
        "critical_product": false,
        "key_product": false,
        "created": at,
        "updated": at,
        "authorization_groups": [],
        "members": [],
    })
}
