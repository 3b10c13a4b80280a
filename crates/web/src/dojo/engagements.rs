//! Engagements.

use axum::extract::Path;
use operations::dojo::{self, Engagement, EngagementEdit, EngagementFilter, NewEngagement};
use serde_json::{Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::refused::Refused;
use super::sent::Sent;
use super::{Outcome, created, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let filter = EngagementFilter {
        id: listing.number("id")?,
        product: listing.number("product")?,
        name: listing.owned("name"),
        status: listing.owned("status"),
        tag: listing.owned("tag").or_else(|| listing.owned("tags")),
    };
    let (page, count) =
        dojo::engagements(&caller.app, &caller.actor, &filter, listing.window).await?;
    ok(listing.body(page.iter().map(told).collect(), count))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    ok(told(&dojo::engagement(&caller.app, &caller.actor, id).await?))
}

pub(super) async fn create(caller: Caller, sent: Sent) -> Outcome {
    let product = sent.number("product")?.ok_or_else(|| Refused::required("product"))?;
    let day = |field| sent.date(field)?.ok_or_else(|| Refused::required(field));
    let engagement = NewEngagement {
        product,
        name: sent.needed("name")?.to_owned(),
        target_start: day("target_start")?,
        target_end: day("target_end")?,
        rest: edit(&sent)?,
    };
    created(told(&dojo::create_engagement(&caller.app, &caller.actor, &engagement).await?))
}

pub(super) async fn change(caller: Caller, Path(id): Path<i64>, sent: Sent) -> Outcome {
    let edit = edit(&sent)?;
    ok(told(&dojo::change_engagement(&caller.app, &caller.actor, id, &edit).await?))
}

fn edit(sent: &Sent) -> Result<EngagementEdit, Refused> {
    Ok(EngagementEdit {
        name: sent.owned("name"),
        description: sent.edit("description"),
        engagement_type: sent.owned("engagement_type"),
        status: sent.owned("status"),
        target_start: sent.date("target_start")?,
        target_end: sent.date("target_end")?,
        version: sent.edit("version"),
        build_id: sent.edit("build_id"),
        commit_hash: sent.edit("commit_hash"),
        branch_tag: sent.edit("branch_tag"),
        source_code_management_uri: sent.edit("source_code_management_uri"),
        deduplication_on_engagement: sent.flag("deduplication_on_engagement")?,
        tags: sent.list("tags"),
    })
}

fn told(engagement: &Engagement) -> Value {
    let is_over = matches!(engagement.status.as_str(), "Completed" | "Cancelled");
    json!({
        "id": engagement.id,
        "product": engagement.product,
        "name": engagement.name,
        "description": engagement.description,
        "engagement_type": engagement.engagement_type,
        "status": engagement.status,
        "active": !is_over,
        "target_start": engagement.target_start.to_string(),
        "target_end": engagement.target_end.to_string(),
        "version": engagement.version,
        "build_id": engagement.build_id,
        "commit_hash": engagement.commit_hash,
        "branch_tag": engagement.branch_tag,
        "source_code_management_uri": engagement.source_code_management_uri,
        "deduplication_on_engagement": engagement.deduplication_on_engagement,
        "tags": engagement.tags,
        "created": engagement.created_at.to_string(),
        "updated": engagement.updated_at.to_string(),
        "first_contacted": null,
        "reason": null,
        "tracker": null,
        "test_strategy": null,
        "threat_model": false,
        "api_test": false,
        "pen_test": false,
        "check_list": false,
        "progress": "",
        "tmodel_path": null,
        "done_testing": is_over,
        "lead": null,
        "requester": null,
        "preset": null,
        "report_type": null,
        "build_server": null,
        "source_code_management_server": null,
        "orchestration_engine": null,
        "notes": [],
        "files": [],
        "risk_acceptance": [],
    })
}
