//! Every refusal in one place: as a page for people, as RFC 9457 for programs.
//!
//! Handlers and extractors answer a [`Problem`], which is only a status with a note in the
//! response's extensions. [`tell`] stands around the whole router, sees every error response,
//! whoever made it, and writes it as a page, or below `/api` as `application/problem+json`. So
//! there is no second way for an error to look.

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use operations::Refusal;
use wire::problems::Problem as Document;

use crate::answer::{page_with, see_other};
use crate::pages::problems::ProblemPage;
use crate::pages::{Frame, Link, Room};
use crate::server::Server;
use crate::visit::Arrival;

/// Where the API begins; below it errors are for programs.
pub(crate) const API: &str = "/api/";
/// How much of a library's own error text is passed on, in characters.
const FOREIGN_TEXT: usize = 500;

/// Why a request was not answered as asked.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// What was refused and what was found, in a sentence.
    pub(crate) detail: String,
    /// Each mistake of the input by itself.
    pub(crate) mistakes: Vec<String>,
    /// Seconds after which it may be tried again.
    pub(crate) retry_after: Option<u64>,
    /// What finds it in the log; empty when there is nothing to look up.
    pub(crate) reference: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem {
            status,
            detail: detail.into(),
            mistakes: Vec::new(),
            retry_after: None,
            reference: String::new(),
        }
    }

    pub(crate) fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "nothing is kept at this address")
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Our fault; `why` goes to the log only.
    pub(crate) fn failed(why: &dyn std::fmt::Display) -> Problem {
        let reference = reference();
        tracing::error!(reference, %why, "a request failed");
        let detail = "something failed on our side; nothing was half-saved";
        let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
        Problem { reference, ..problem }
    }

    fn title(&self) -> &'static str {
        match self.status.as_u16() {
            400 => "The request could not be read",
            401 => "Sign in first",
            403 => "You may not do this",
            404 => "There is no such page",
            405 => "This address does not take that",
            409 => "It has changed since you read it",
            412 => "It has changed since you read it",
            413 => "This is too large",
            415 => "This kind of content is not taken",
            422 => "This could not be taken",
            429 => "Too many attempts",
            500 => "This page could not be made",
            507 => "There is no space to keep it",
            _ => "This was not done",
        }
    }

    /// The last part of the document's `type`: a name that does not change.
    fn kind(&self) -> &'static str {
        match self.status.as_u16() {
            400 => "unreadable",
            401 => "signed-out",
            403 => "forbidden",
            404 => "not-found",
            405 => "method-not-allowed",
            409 => "conflict",
            412 => "changed",
            413 => "too-large",
            415 => "unsupported-content",
            422 => "invalid",
            429 => "too-many",
            507 => "no-space",
            status if status >= 500 => "failed",
            _ => "refused",
        }
    }

    fn document(&self, instance: &str) -> Document {
        Document {
            kind: format!("urn:watchbell:problem:{}", self.kind()),
            title: self.title().to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            instance: instance.to_owned(),
            errors: self.mistakes.clone(),
            reference: Some(self.reference.clone()).filter(|reference| !reference.is_empty()),
        }
    }

    fn page(&self, frame: Frame) -> ProblemPage {
        match self.status.as_u16() {
            403 => ProblemPage::forbidden(frame, &self.detail),
            404 => ProblemPage::not_found(frame),
            409 => ProblemPage::conflict(frame, &self.detail),
            422 => ProblemPage::unprocessable(
                frame,
                &self.detail,
                "Go back, change what is named here, and send it again.",
            ),
            500..507 => ProblemPage::failed(frame, &self.reference),
            status => ProblemPage {
                status,
                title: self.title().to_owned(),
                what: self.detail.clone(),
                place: frame.here.clone(),
                todo: vec!["Go back and try it another way.".to_owned()],
                links: vec![Link::new("/", "Go to today")],
                reference: self.reference.clone(),
                frame,
            },
        }
    }

    /// What can be known of an error response that somebody else made.
    async fn of(response: Response) -> Problem {
        let (parts, body) = response.into_parts();
        if let Some(problem) = parts.extensions.get::<Problem>() {
            return problem.clone();
        }
        let bytes = axum::body::to_bytes(body, 64 * 1024).await.unwrap_or_default();
        let text: String = String::from_utf8_lossy(&bytes).chars().take(FOREIGN_TEXT).collect();
        match parts.status.as_u16() {
            404 => Problem::not_found(),
            405 => Problem::new(parts.status, "this address does not take that method"),
            413 => Problem::new(parts.status, "the request is larger than is taken here"),
            500 => Problem::failed(&text),
            _ => Problem::new(parts.status, text),
        }
    }
}

/// Names one failure, so that it is found in the log; says nothing about it.
fn reference() -> String {
    use std::hash::{BuildHasher, RandomState};
    let number = RandomState::new().hash_one(0);
    format!("{:04x}-{:04x}", (number >> 16) & 0xffff, number & 0xffff)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        Problem::from(&refusal)
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Problem {
        let detail = refusal.to_string();
        let status = match refusal {
            Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
            Refusal::SignedOut => StatusCode::UNAUTHORIZED,
            Refusal::NotFound { .. } => StatusCode::NOT_FOUND,
            Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Conflict(_) => StatusCode::CONFLICT,
            Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
            Refusal::Store(why) => return Problem::failed(why),
        };
        let problem = Problem::new(status, detail);
        match refusal {
            Refusal::Invalid(mistakes) => Problem { mistakes: mistakes.clone(), ..problem },
            Refusal::TooMany { seconds } => Problem { retry_after: Some(*seconds), ..problem },
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes every error response as a page or a problem document.
pub(crate) async fn tell(State(server): State<Server>, request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_written(&response) {
        return response;
    }
    let kept = [header::RETRY_AFTER, header::ALLOW]
        .map(|name| response.headers().get(&name).cloned().map(|value| (name, value)));
    let problem = Problem::of(response).await;
    let mut told = if uri.path().starts_with(API) {
        for_programs(&problem, uri.path())
    } else {
        for_people(&server, &problem, &headers, &uri).await
    };
    told.headers_mut().extend(kept.into_iter().flatten());
    told
}

/// Marks an error that is written already: in the words of another product's interface.
#[derive(Clone, Copy)]
pub(crate) struct Written;

/// A form that came back with what was refused is a page already.
fn is_written(response: &Response) -> bool {
    if response.extensions().get::<Written>().is_some() {
        return true;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

/// The media type of RFC 9457.
pub(crate) const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

fn for_programs(problem: &Problem, path: &str) -> Response {
    let mut response = (problem.status, Json(problem.document(path))).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
    if problem.status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"watchbell\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

async fn for_people(
    server: &Server,
    problem: &Problem,
    headers: &HeaderMap,
    uri: &Uri,
) -> Response {
    if problem.status == StatusCode::UNAUTHORIZED {
        return see_other(&crate::visit::sign_in_address(uri));
    }
    // The page must come even when the database does not answer.
    let arrival = Arrival::read(server, headers, uri).await;
    let frame = match arrival {
        Ok(arrival) => arrival.frame(Room::Elsewhere),
        Err(_) => Frame { here: uri.path().to_owned(), ..Frame::default() },
    };
    page_with(problem.status, &problem.page(frame))
        .unwrap_or_else(|_| (problem.status, Body::from(problem.detail.clone())).into_response())
}
