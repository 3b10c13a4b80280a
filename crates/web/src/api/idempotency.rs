//! A write with an `Idempotency-Key` happens once.
//!
//! The key is looked up before the handler runs and its answer kept afterwards. What may still turn
//! out otherwise is not kept: failures of ours, refusals by who asks or how often. An answer that
//! holds a secret is not kept either.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use operations::answers::{self, Answer};

use super::caller::Caller;
use crate::problem::{PROBLEM_JSON, Problem};
use crate::server::Server;

/// The header.
const KEY: &str = "idempotency-key";
/// Tells a client that this answer was given before.
const REPLAYED: &str = "idempotent-replayed";
/// The longest answer that is kept, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Marks an answer that holds a secret: it is given once.
#[derive(Clone, Copy)]
pub(crate) struct Secret;

pub(crate) async fn once(State(server): State<Server>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY).cloned();
    match key {
        Some(key) if !request.method().is_safe() => {
            kept(&server, &key, request, next).await.unwrap_or_else(Problem::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn kept(
    server: &Server,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let caller = Caller::read(server, &parts.method, &parts.headers).await?;
    let key = key.to_str().map_err(|_| Problem::invalid("Idempotency-Key: use plain letters"))?;
    let body = axum::body::to_bytes(body, server.settings.upload_limit).await.map_err(|_| {
        let limit = server.settings.upload_limit;
        let why = format!("the body is larger than {limit} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, why)
    })?;
    let words = format!("{} {}", parts.method, parts.uri);
    let request_digest = answers::request_digest(&words, &body);
    if let Some(answer) = answers::before(&caller.app, &caller.actor, key, &request_digest).await? {
        return Ok(replayed(answer));
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !is_final(&response) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, LARGEST).await.map_err(|why| Problem::failed(&why))?;
    let status = parts.status.as_u16();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    let answer = Answer { request: request_digest, status, body };
    answers::keep(&caller.app, &caller.actor, key, &answer).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Whether the same request would be answered so again.
fn is_final(response: &Response) -> bool {
    response.status().is_success() && response.extensions().get::<Secret>().is_none()
}

fn replayed(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let json = HeaderValue::from_static("application/json");
    let kind = if status.is_success() { json } else { PROBLEM_JSON };
    let mut response = (status, answer.body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
