//! The organisation as one file.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use operations::organisations;
use wire::organisations::Difference;
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;
use crate::problem::Problem;
use crate::rooms::Parameters;

/// The organisation in force as `ORG.toml`.
#[utoipa::path(get, path = "/organisation", tag = "organisation",
    operation_id = "export_organisation",
    responses((status = 200, content_type = "application/toml", body = String),
        (status = "default", body = Document, content_type = "application/problem+json")))]
pub(super) async fn export(caller: Caller) -> Result<Response, Problem> {
    let text = organisations::export(&caller.app, &caller.actor).await?;
    Ok(([(header::CONTENT_TYPE, "application/toml")], text).into_response())
}

/// Makes the organisation what the file says, all of it or nothing. The same file again changes
/// nothing.
#[utoipa::path(put, path = "/organisation", tag = "organisation",
    operation_id = "apply_organisation",
    params(("dry_run" = Option<bool>, Query, description = "`true`: only tell what would change")),
    request_body(content = String, content_type = "application/toml"),
    responses((status = 200, body = Difference), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn apply(
    caller: Caller,
    parameters: Parameters,
    text: String,
) -> Outcome<Difference> {
    let (app, actor) = (&caller.app, &caller.actor);
    let difference = match parameters.flag("dry_run")? {
        true => organisations::compare(app, actor, &text).await?,
        false => organisations::apply(app, actor, &text).await?,
    };
    let organisations::Difference { changes, version, applied } = difference;
    Ok(Json(Difference { changes, version, applied }))
}
