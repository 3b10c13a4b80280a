//! Test types: the kinds of reports that are read.

use axum::extract::Path;
use domain::access::Operation;
use operations::dojo::ScanType;
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::refused::Refused;
use super::{Outcome, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    caller.may(Operation::ReadImports)?;
    let (id, name) = (listing.number("id")?, listing.get("name"));
    let fits = |known: &&ScanType| {
        id.is_none_or(|id| known.id == id) && name.is_none_or(|name| known.name == name)
    };
    let found: Vec<&ScanType> = ScanType::offered().filter(fits).collect();
    let (offset, limit) = (listing.window.offset as usize, listing.window.limit as usize);
    let page = found.iter().skip(offset).take(limit).map(|known| told(known)).collect();
    ok(listing.body(page, found.len() as u64))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    caller.may(Operation::ReadImports)?;
    ok(told(ScanType::numbered(id).ok_or_else(Refused::not_found)?))
}

fn told(known: &ScanType) -> Value {
    json!({
        "id": known.id,
        "name": known.name,
        "static_tool": false,
        "dynamic_tool": false,
        "active": true,
        "dynamically_generated": false,
        "tags": [],
    })
}
