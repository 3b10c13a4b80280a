//! Imports: a report in, what it changed, the list of them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use operations::imports::{self as operation, ImportOutcome, ImportRequest, ImportState};
use wire::imports::{Counts, Import, Imports, Outcome as Taken, Refused, Undone, Vanished};
use wire::problems::Problem as Document;

use super::caller::Caller;
use super::{BASE, Outcome};
use crate::problem::Problem;
use crate::rooms::Parameters;
use crate::rooms::imports::download;

/// Takes a report in: its bytes as they are, gzip too. The same report again changes nothing.
#[utoipa::path(post, path = "/imports", tag = "imports", operation_id = "import_report",
    params(
        ("service" = String, Query, description = "whose findings these are"),
        ("format" = Option<String>, Query, description = "recognised by content if not said"),
        ("scope" = Option<String>, Query, description = "a branch, image or environment"),
        ("at" = Option<String>, Query, description = "when the scan was made; now if not said"),
        ("create_service" = Option<bool>, Query, description = "create the service if it is new"),
        ("force" = Option<bool>, Query, description = "close what vanished, however much it is"),
        ("partial" = Option<bool>, Query, description = "close nothing that the report lacks"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Taken), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn import(
    caller: Caller,
    parameters: Parameters,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let owned = |name: &str| parameters.get(name).map(str::to_owned);
    let at = parameters.get("at").map(|text| {
        let refused = || Problem::invalid(format!("at: `{text}` is no instant of RFC 3339"));
        text.parse::<Timestamp>().map_err(|_| refused())
    });
    let request = ImportRequest {
        bytes: bytes.into(),
        service: parameters.text("service").to_owned(),
        create_service: parameters.flag("create_service")?,
        format: owned("format"),
        scope: owned("scope"),
        at: at.transpose()?,
        force: parameters.flag("force")?,
        partial: parameters.flag("partial")?,
        opens_from: None,
    };
    let outcome = operation::import(&caller.app, &caller.actor, request).await?;
    Ok((StatusCode::CREATED, Json(taken(outcome))).into_response())
}

/// Imports, newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", operation_id = "list_imports",
    params(
        ("service" = Option<String>, Query),
        ("state" = Option<String>, Query, description = "`applied`, `held`, `released` or `undone`"),
        ("after" = Option<String>, Query, description = "where a page goes on, from `next`"),
        ("limit" = Option<u32>, Query, description = "1 to 199, 100 if not said"),
    ),
    responses((status = 200, body = Imports), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Imports> {
    let state = parameters.get("state").map(|word| {
        let unknown = || Problem::invalid(format!("state: `{word}` is no state of an import"));
        ImportState::from_word(word).ok_or_else(unknown)
    });
    let (service, state) = (parameters.get("service"), state.transpose()?);
    let limit = parameters.limit()?.min(operation::PAGE_MAX - 1);
    let after = parameters.get("after");
    let (app, actor) = (&caller.app, &caller.actor);
    let mut page = operation::list(app, actor, (service, state), after, limit + 1).await?;
    let next = crate::places::next(&mut page, limit, |last| last.id.clone());
    let path = format!("{BASE}/imports");
    let next = next.map(|next| parameters.with(&path, "after", &next));
    Ok(Json(Imports { imports: page.iter().map(told).collect(), next }))
}

/// One import.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", operation_id = "read_import",
    params(("id" = String, Path, description = "`I-3`")),
    responses((status = 200, body = Import), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<Import> {
    Ok(Json(told(&operation::one(&caller.app, &caller.actor, &id).await?)))
}

/// Lets a held import close what it no longer has.
#[utoipa::path(put, path = "/imports/{id}/release", tag = "imports",
    operation_id = "release_import",
    params(("id" = String, Path, description = "`I-3`")),
    responses((status = 200, body = Taken), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn release(caller: Caller, Path(id): Path<String>) -> Outcome<Taken> {
    Ok(Json(taken(operation::release_held(&caller.app, &caller.actor, &id).await?)))
}

/// Takes an import back, as if its report had never come: only the newest in force of its service,
/// tool and scope.
#[utoipa::path(post, path = "/imports/{id}/undo", tag = "imports", operation_id = "undo_import",
    params(("id" = String, Path, description = "`I-3`")),
    responses((status = 200, body = Import), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn undo(caller: Caller, Path(id): Path<String>) -> Outcome<Import> {
    Ok(Json(told(&operation::undo(&caller.app, &caller.actor, &id).await?)))
}

/// The report of an import as it came.
#[utoipa::path(get, path = "/imports/{id}/report", tag = "imports",
    operation_id = "download_report",
    params(("id" = String, Path, description = "`I-3`")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = "default", body = Document, content_type = "application/problem+json")))]
pub(super) async fn report(caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (import, bytes) = operation::report(&caller.app, &caller.actor, &id).await?;
    download(&import, bytes)
}

fn taken(outcome: ImportOutcome) -> Taken {
    let counts = outcome.counts;
    Taken {
        import: outcome.import,
        service: outcome.service,
        scope: outcome.scope,
        format: outcome.format,
        tool: outcome.tool,
        tool_version: outcome.tool_version,
        created: counts.created,
        closed: counts.closed,
        reopened: counts.reopened,
        rebanded: counts.rebanded,
        unchanged: counts.unchanged,
        refused: counts.refused,
        held: outcome.held.is_some(),
        vanished: outcome.held.map(|(findings, of)| Vanished { findings, of }),
        remarks: outcome.remarks,
        refusals: refusals(&outcome.refusals),
    }
}

fn told(import: &operation::Import) -> Import {
    let counts = import.counts;
    Import {
        id: import.id.clone(),
        service: import.service.clone(),
        format: import.format.clone(),
        tool: import.stream.tool.clone(),
        tool_version: import.tool_version.clone(),
        scope: import.stream.scope.clone(),
        digest: import.digest.clone(),
        size: import.size,
        at: import.at.to_string(),
        recorded_at: import.recorded_at.to_string(),
        by: import.actor.clone(),
        state: import.state.word().to_owned(),
        counts: Counts {
            created: counts.created,
            closed: counts.closed,
            reopened: counts.reopened,
            rebanded: counts.rebanded,
            refreshed: counts.refreshed,
            seen: counts.seen,
            unchanged: counts.unchanged,
            passed_over: counts.passed_over,
            refused: counts.refused,
        },
        partial: import.partial,
        vanished: import.vanished.map(|(findings, of)| Vanished { findings, of }),
        remarks: import.remarks.clone(),
        refusals: refusals(&import.refusals),
        undone: import
            .undone
            .as_ref()
            .map(|(at, by)| Undone { at: at.to_string(), by: by.clone() }),
    }
}

fn refusals(pairs: &[(String, String)]) -> Vec<Refused> {
    let refused =
        |(place, why): &(String, String)| Refused { place: place.clone(), why: why.clone() };
    pairs.iter().map(refused).collect()
}
