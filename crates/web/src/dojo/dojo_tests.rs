//! Tests, as DefectDojo has the word: streams of reports of one kind.

use axum::extract::Path;
use jiff::civil::DateTime;
use operations::dojo::{self, DojoTest, DojoTestFilter, NewTest, ScanType};
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::refused::Refused;
use super::sent::Sent;
use super::{Outcome, created, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    // A number that no kind has, or has any more, is no kind of any test.
    let by_number = listing.number("test_type")?;
    let by_number = by_number.map(|id| ScanType::numbered(id).map_or("", |known| known.name));
    let mut tags = listing.list("tags__and");
    tags.extend(listing.owned("tag"));
    tags.extend(listing.list("tags"));
    let filter = DojoTestFilter {
        id: listing.number("id")?,
        engagement: listing.number("engagement")?,
        product: listing.number("engagement__product")?,
        title: listing.owned("title"),
        untitled: false,
        scan_type: by_number.map(str::to_owned).or_else(|| listing.owned("scan_type")),
        version: listing.owned("version"),
        build_id: listing.owned("build_id"),
        commit_hash: listing.owned("commit_hash"),
        branch_tag: listing.owned("branch_tag"),
        tags,
    };
    let (page, count) = dojo::tests(&caller.app, &caller.actor, &filter, listing.window).await?;
    ok(listing.body(page.iter().map(told).collect(), count))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    ok(told(&dojo::test(&caller.app, &caller.actor, id).await?))
}

pub(super) async fn create(caller: Caller, sent: Sent) -> Outcome {
    let number = |field| sent.number(field)?.ok_or_else(|| Refused::required(field));
    let time = |field| sent.time(field)?.ok_or_else(|| Refused::required(field));
    let test = NewTest {
        engagement: number("engagement")?,
        test_type: number("test_type")?,
        title: sent.owned("title"),
        description: sent.owned("description"),
        environment: None,
        target_start: time("target_start")?,
        target_end: time("target_end")?,
        version: sent.owned("version"),
        build_id: sent.owned("build_id"),
        commit_hash: sent.owned("commit_hash"),
        branch_tag: sent.owned("branch_tag"),
        tags: sent.list("tags").unwrap_or_default(),
    };
    created(told(&dojo::create_test(&caller.app, &caller.actor, &test).await?))
}

fn told(test: &DojoTest) -> Value {
    let at = |time: DateTime| format!("{time}Z");
    json!({
        "id": test.id,
        "engagement": test.engagement,
        "title": test.title,
        "scan_type": test.scan_type,
        "test_type": ScanType::id_of(&test.scan_type),
        "test_type_name": test.scan_type,
        "description": test.description,
        "target_start": at(test.target_start),
        "target_end": at(test.target_end),
        "percent_complete": 100,
        "version": test.version,
        "build_id": test.build_id,
        "commit_hash": test.commit_hash,
        "branch_tag": test.branch_tag,
        "tags": test.tags,
        "created": test.created_at.to_string(),
        "updated": test.updated_at.to_string(),
        "environment": null,
        "lead": null,
        "api_scan_configuration": null,
        "finding_groups": [],
        "notes": [],
        "files": [],
    })
}
