//! Who holds a finding, its pause, and the judged cause of its breach.

use axum::Json;
use axum::extract::Path;
use domain::findings::{Cause, PauseReason};
use jiff::civil::Date;
use operations::findings as operation;
use wire::findings::{FindingDetail, JudgedCause, NewHolder, NewPause};
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;
use super::findings::detail;
use super::sent::Sent;
use crate::problem::Problem;

/// Hands a finding to a team, or says that it waits for a vendor. The deadline stays.
#[utoipa::path(put, path = "/findings/{id}/holder", tag = "findings",
    operation_id = "hand_over_finding",
    params(("id" = String, Path, description = "`F-17`")),
    request_body = NewHolder,
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn hand_over(
    caller: Caller,
    Path(id): Path<String>,
    Sent(to): Sent<NewHolder>,
) -> Outcome<FindingDetail> {
    let (app, actor) = (&caller.app, &caller.actor);
    let view = match (to.team, to.vendor) {
        (Some(team), None) => operation::hand_over(app, actor, &id, &team).await?,
        (None, Some(vendor)) => operation::wait_for_vendor(app, actor, &id, &vendor).await?,
        _ => return Err(Problem::invalid("team: give either a team or a vendor")),
    };
    Ok(Json(detail(view)))
}

/// Lets the clock stand still until the end of a day; the caller is the approver.
#[utoipa::path(put, path = "/findings/{id}/pause", tag = "findings",
    operation_id = "pause_clock",
    params(("id" = String, Path, description = "`F-17`")),
    request_body = NewPause,
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn pause(
    caller: Caller,
    Path(id): Path<String>,
    Sent(pause): Sent<NewPause>,
) -> Outcome<FindingDetail> {
    let reason = reason(&pause.reason).map_err(Problem::invalid)?;
    let until = day("until", &pause.until).map_err(Problem::invalid)?;
    let (app, actor) = (&caller.app, &caller.actor);
    let view = operation::pause(app, actor, &id, (reason, &pause.note), until).await?;
    Ok(Json(detail(view)))
}

/// Lets a paused clock go on before its time.
#[utoipa::path(delete, path = "/findings/{id}/pause", tag = "findings",
    operation_id = "resume_clock",
    params(("id" = String, Path, description = "`F-17`")),
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn resume(caller: Caller, Path(id): Path<String>) -> Outcome<FindingDetail> {
    Ok(Json(detail(operation::resume(&caller.app, &caller.actor, &id).await?)))
}

/// Judges the cause of a breach otherwise than the rule did. What was frozen stays in the ledger.
#[utoipa::path(put, path = "/findings/{id}/cause", tag = "findings",
    operation_id = "judge_cause",
    params(("id" = String, Path, description = "`F-17`")),
    request_body = JudgedCause,
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn judge(
    caller: Caller,
    Path(id): Path<String>,
    Sent(judged): Sent<JudgedCause>,
) -> Outcome<FindingDetail> {
    let cause = cause(&judged.cause).map_err(Problem::invalid)?;
    let (app, actor) = (&caller.app, &caller.actor);
    Ok(Json(detail(operation::correct_cause(app, actor, &id, cause, &judged.note).await?)))
}

/// The reason of a pause by its word; shared with the page.
pub(crate) fn reason(word: &str) -> Result<PauseReason, String> {
    PauseReason::from_word(word).ok_or_else(|| {
        let known = PauseReason::ALL.map(PauseReason::word).join(", ");
        format!("reason: `{word}` is not one of {known}")
    })
}

/// A cause by its word; shared with the page.
pub(crate) fn cause(word: &str) -> Result<Cause, String> {
    Cause::from_word(word).ok_or_else(|| {
        let known = Cause::ALL.map(Cause::word).join(", ");
        format!("cause: `{word}` is not one of {known}")
    })
}

/// A day as it is written; shared with the page.
pub(crate) fn day(name: &str, text: &str) -> Result<Date, String> {
    text.trim().parse().map_err(|_| format!("{name}: `{text}` is no date such as 2026-11-30"))
}
