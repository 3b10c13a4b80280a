//! Errors as Django REST framework writes them.

use std::fmt::Display;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use operations::Refusal;
use serde_json::{Map, Value, json};

use crate::problem::{Problem, Written};

/// Why a request was not answered as asked.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    body: Value,
    /// Seconds after which it may be tried again.
    retry_after: Option<u64>,
}

impl Refused {
    fn new(status: StatusCode, body: Value) -> Refused {
        Refused { status, body, retry_after: None }
    }

    fn detail(status: StatusCode, detail: impl Display) -> Refused {
        Refused::new(status, json!({ "detail": detail.to_string() }))
    }

    /// What is wrong with one field.
    pub(super) fn field(field: &str, why: impl Display) -> Refused {
        Refused::new(StatusCode::BAD_REQUEST, json!({ field: [why.to_string()] }))
    }

    /// What is wrong with the whole.
    pub(super) fn whole(why: impl Display) -> Refused {
        Refused::field("non_field_errors", why)
    }

    pub(super) fn required(field: &str) -> Refused {
        Refused::field(field, "This field is required.")
    }

    pub(super) fn unreadable(why: impl Display) -> Refused {
        Refused::detail(StatusCode::BAD_REQUEST, why)
    }

    pub(super) fn not_found() -> Refused {
        Refused::missing("Not found.")
    }

    pub(super) fn missing(detail: &str) -> Refused {
        Refused::detail(StatusCode::NOT_FOUND, detail)
    }

    pub(super) fn signed_out(detail: &str) -> Refused {
        Refused::detail(StatusCode::UNAUTHORIZED, detail)
    }

    pub(super) fn unsupported(kind: &str) -> Refused {
        let detail = format!("Unsupported media type \"{kind}\" in request.");
        Refused::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
    }

    pub(super) fn too_many(seconds: u64) -> Refused {
        let detail = format!("Request was throttled. Expected available in {seconds} seconds.");
        let refused = Refused::detail(StatusCode::TOO_MANY_REQUESTS, detail);
        Refused { retry_after: Some(seconds), ..refused }
    }

    pub(super) fn too_large(limit: usize) -> Refused {
        let megabytes = limit / (1024 * 1024);
        let why = format!("Report file is too large. Maximum supported size is {megabytes} MB");
        Refused::field("file", why)
    }

    /// Our fault; `why` goes to the log only.
    pub(super) fn failed(why: &dyn Display) -> Refused {
        let Problem { reference, .. } = Problem::failed(why);
        let message = "Internal server error, check logs for details";
        let body = json!({ "message": message, "reference": reference });
        Refused::new(StatusCode::INTERNAL_SERVER_ERROR, body)
    }

    pub(super) fn is_signed_out(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    pub(super) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::Forbidden(_) => Refused::detail(
                StatusCode::FORBIDDEN,
                "You do not have permission to perform this action.",
            ),
            Refusal::SignedOut => {
                Refused::signed_out("Authentication credentials were not provided.")
            }
            Refusal::NotFound { .. } => Refused::not_found(),
            Refusal::Invalid(lines) => Refused::new(StatusCode::BAD_REQUEST, by_field(&lines)),
            Refusal::Conflict(why) => Refused::new(StatusCode::CONFLICT, json!({ "message": why })),
            Refusal::TooMany { seconds } => Refused::too_many(seconds),
            Refusal::TooLarge { limit } => {
                Refused::too_large(usize::try_from(limit).unwrap_or(usize::MAX))
            }
            Refusal::NoSpace => Refused::new(
                StatusCode::INSUFFICIENT_STORAGE,
                json!({ "message": refusal.to_string() }),
            ),
            Refusal::Store(why) => Refused::failed(&why),
        }
    }
}

/// Sentences by the field that they begin with.
fn by_field(lines: &[String]) -> Value {
    let mut fields = Map::new();
    for line in lines {
        let (field, why) = match line.split_once(": ") {
            Some((field, why)) if is_field(field) => (field, why),
            _ => ("non_field_errors", line.as_str()),
        };
        let told = fields.entry(field).or_insert_with(|| json!([]));
        if let Some(told) = told.as_array_mut() {
            told.push(json!(why));
        }
    }
    Value::Object(fields)
}

fn is_field(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Token");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(Written);
        response
    }
}

pub(super) async fn method_not_allowed(method: Method) -> Refused {
    let detail = format!("Method \"{method}\" not allowed.");
    Refused::detail(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// Writes what a library refused, or what was refused in our own words, in those of this interface.
pub(super) async fn in_its_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.extensions().get::<Written>().is_some() {
        return response;
    }
    let problem = response.extensions().get::<Problem>();
    let detail = problem.map_or_else(
        || status.canonical_reason().unwrap_or("Refused.").to_owned(),
        |problem| problem.detail.clone(),
    );
    match status {
        StatusCode::NOT_FOUND => Refused::not_found(),
        StatusCode::INTERNAL_SERVER_ERROR => Refused::failed(&detail),
        _ => Refused::detail(status, detail),
    }
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_stands_at_the_field_it_names() {
        let lines = ["name: Taken.", "name: Long.", "The whole: is wrong"].map(str::to_owned);
        let expected = json!({
            "name": ["Taken.", "Long."],
            "non_field_errors": ["The whole: is wrong"],
        });
        assert_eq!(by_field(&lines), expected);
    }
}
