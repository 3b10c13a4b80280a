//! Exceptions: asked for, tried out, decided.

use axum::Json;
use axum::extract::Path;
use domain::exceptions::{ExceptionState, Request, Scope};
use operations::exceptions::{self as operation, Decision, ExceptionView};
use wire::exceptions::{
    CoveredService, Exception, ExceptionCoverage, ExceptionDecision, ExceptionScope, Exceptions,
    NewException,
};
use wire::problems::Problem as Document;

use super::caller::Caller;
use super::sent::Sent;
use super::{Outcome, instant};
use crate::problem::Problem;
use crate::rooms::Parameters;

/// The newest 500 exceptions.
#[utoipa::path(get, path = "/exceptions", tag = "findings", operation_id = "list_exceptions",
    params(("state" = Option<String>, Query,
        description = "`requested`, `approved`, `refused`, `revoked` or `expired`")),
    responses((status = 200, body = Exceptions), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Exceptions> {
    let state = match parameters.get("state") {
        None => None,
        Some(word) => Some(ExceptionState::from_word(word).ok_or_else(|| {
            Problem::invalid(format!("state: `{word}` is no state of an exception"))
        })?),
    };
    let views = operation::list(&caller.app, &caller.actor, state).await?;
    Ok(Json(Exceptions { exceptions: views.into_iter().map(told).collect() }))
}

/// One exception.
#[utoipa::path(get, path = "/exceptions/{id}", tag = "findings", operation_id = "read_exception",
    params(("id" = String, Path, description = "`X-3`")),
    responses((status = 200, body = Exception), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<Exception> {
    Ok(Json(told(operation::one(&caller.app, &caller.actor, &id).await?)))
}

/// Asks for an exception; another person decides.
#[utoipa::path(post, path = "/exceptions", tag = "findings", operation_id = "request_exception",
    request_body = NewException,
    responses((status = 200, body = Exception), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn request(caller: Caller, Sent(new): Sent<NewException>) -> Outcome<Exception> {
    let asked = asked(new)?;
    Ok(Json(told(operation::request(&caller.app, &caller.actor, asked).await?)))
}

/// What an exception would cover if it were granted now; nothing is kept.
#[utoipa::path(post, path = "/exceptions/dry-run", tag = "findings",
    operation_id = "try_exception", request_body = NewException,
    responses((status = 200, body = ExceptionCoverage), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn dry_run(
    caller: Caller,
    Sent(new): Sent<NewException>,
) -> Outcome<ExceptionCoverage> {
    let asked = asked(new)?;
    Ok(Json(coverage(operation::dry_run(&caller.app, &caller.actor, asked).await?)))
}

/// What approving it would cover now; nothing changes.
#[utoipa::path(get, path = "/exceptions/{id}/coverage", tag = "findings",
    operation_id = "preview_exception",
    params(("id" = String, Path, description = "`X-3`")),
    responses((status = 200, body = ExceptionCoverage), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn preview(caller: Caller, Path(id): Path<String>) -> Outcome<ExceptionCoverage> {
    Ok(Json(coverage(operation::preview(&caller.app, &caller.actor, &id).await?)))
}

/// Approves or refuses what another person asked for, or revokes what holds.
#[utoipa::path(put, path = "/exceptions/{id}/decision", tag = "findings",
    operation_id = "decide_exception",
    params(("id" = String, Path, description = "`X-3`")),
    request_body = ExceptionDecision,
    responses((status = 200, body = Exception), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn decide(
    caller: Caller,
    Path(id): Path<String>,
    Sent(decided): Sent<ExceptionDecision>,
) -> Outcome<Exception> {
    let ExceptionDecision { decision, note } = decided;
    let decision = Decision::from_word(&decision).ok_or_else(|| {
        Problem::invalid(format!("decision: `{decision}` is not approve, refuse or revoke"))
    })?;
    let (app, actor) = (&caller.app, &caller.actor);
    Ok(Json(told(operation::decide(app, actor, &id, decision, &note).await?)))
}

fn asked(new: NewException) -> Result<Request, Problem> {
    let NewException { scope, reason, control, until } = new;
    let ExceptionScope { finding, identifier, package, service, team } = scope;
    let until = until
        .parse()
        .map_err(|_| Problem::invalid(format!("until: `{until}` is no date such as 2026-12-01")))?;
    let scope = Scope { finding, identifier, package, service, team };
    Ok(Request { scope, reason, control, until })
}

fn coverage(coverage: operation::Coverage) -> ExceptionCoverage {
    let words = format!("would cover {}", coverage.words());
    let service = |(service, findings)| CoveredService { service, findings };
    ExceptionCoverage {
        findings: coverage.findings,
        critical: coverage.critical,
        services: coverage.services.into_iter().map(service).collect(),
        words,
    }
}

fn told(view: ExceptionView) -> Exception {
    let exception = view.exception;
    let Request { scope, reason, control, until } = exception.request;
    let Scope { finding, identifier, package, service, team } = scope;
    Exception {
        id: exception.id,
        state: exception.state.word().to_owned(),
        scope: ExceptionScope { finding, identifier, package, service, team },
        reason,
        control,
        until: until.to_string(),
        requester: exception.requester,
        requested_at: exception.requested_at.to_string(),
        decider: exception.decider,
        decided_at: instant(exception.decided_at),
        note: exception.note,
        ended_at: instant(exception.ended_at),
        ended_by: exception.ended_by,
        findings: view.findings,
        services: view.services,
    }
}
