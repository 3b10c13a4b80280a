//! A weak `ETag` on every answer to a read, so that an unchanged thing is not sent again.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::pages::words::fnv1a_hex;

/// Answers larger than this are sent as they are.
const LARGEST: usize = 4 * 1024 * 1024;

pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let reads = request.method() == Method::GET;
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if !reads || response.status() != StatusCode::OK || response.size_hint().exact().is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST).await else {
        return crate::problem::Problem::failed(&"an answer was larger than it may be")
            .into_response();
    };
    let hash = fnv1a_hex(&bytes);
    let tag = format!("W/\"{}\"", str::from_utf8(&hash).unwrap_or_default());
    let Ok(value) = HeaderValue::from_str(&tag) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    parts.headers.insert(header::ETAG, value);
    if known.is_some_and(|known| lists(&known, &tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn lists(known: &HeaderValue, tag: &str) -> bool {
    let weak = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    known.to_str().is_ok_and(|known| {
        known.trim() == "*" || known.split(',').any(|each| weak(each) == weak(tag))
    })
}
