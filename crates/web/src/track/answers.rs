//! Refusals in the interface's own shapes: an empty body, a sentence, a problem, a list of fields.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::access::Operation;
use operations::Refusal;
use operations::sboms::UploadRefused;
use wire::track::{Mistake, Problem as Document};

use crate::problem::{PROBLEM_JSON, Problem, Written};

/// What a handler answers.
pub(super) type Answer = Result<Response, Refused>;

/// How many there are in all, beside a page of them.
const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// Why a request was not done.
pub(super) enum Refused {
    Empty(StatusCode),
    Text(StatusCode, &'static str),
    Problem(Document),
    Fields(Vec<Mistake>),
    /// Ours, told in our own way.
    Ours(Problem),
}

impl Refused {
    pub(super) fn no_project() -> Refused {
        Refused::Text(StatusCode::NOT_FOUND, "The project could not be found.")
    }

    /// The document that was sent cannot be read.
    pub(super) fn unreadable(title: &str, why: &str) -> Refused {
        Refused::Problem(Document {
            status: 400,
            title: title.to_owned(),
            detail: why.to_owned(),
            errors: vec![why.to_owned()],
        })
    }

    pub(super) fn field(path: &str, message: &str, value: Option<&str>) -> Refused {
        Refused::Fields(vec![Mistake {
            message: message.to_owned(),
            message_template: message.to_owned(),
            path: path.to_owned(),
            invalid_value: value.map(str::to_owned),
        }])
    }

    /// Of an upload; `title` says what kind of document it was.
    pub(super) fn of_upload(refused: UploadRefused, title: &str) -> Refused {
        match refused {
            UploadRefused::NoProject => Refused::no_project(),
            UploadRefused::NoParent => {
                Refused::Text(StatusCode::NOT_FOUND, "The parent project could not be found.")
            }
            UploadRefused::Contradiction(why) => Refused::field("project", &why, None),
            UploadRefused::Unreadable(why) => Refused::unreadable(title, &why),
            UploadRefused::Refused(refusal) => Refused::from(refusal),
        }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::Forbidden(Operation::CreateService | Operation::ChangeProject) => {
                let why = "The principal does not have permission to create project.";
                Refused::Text(StatusCode::UNAUTHORIZED, why)
            }
            Refusal::Forbidden(operation) => Refused::Problem(Document {
                status: 403,
                title: "Project access denied".to_owned(),
                detail: "Access to the specified project is forbidden".to_owned(),
                errors: vec![format!(
                    "the owner or the scope of this key may not {}",
                    operation.words()
                )],
            }),
            Refusal::NotFound { .. } => Refused::no_project(),
            Refusal::Invalid(lines) => {
                Refused::Fields(lines.iter().map(|line| mistake(line)).collect())
            }
            other => Refused::Ours(Problem::from(&other)),
        }
    }
}

/// `field: what is wrong with it`
fn mistake(line: &str) -> Mistake {
    let (path, message) = line.split_once(": ").unwrap_or(("", line));
    Mistake {
        message: message.to_owned(),
        message_template: message.to_owned(),
        path: path.to_owned(),
        invalid_value: None,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        as_it_is(match self {
            Refused::Empty(status) => status.into_response(),
            Refused::Text(status, text) => (status, text).into_response(),
            Refused::Problem(document) => problem(&document),
            Refused::Fields(mistakes) => (StatusCode::BAD_REQUEST, Json(mistakes)).into_response(),
            Refused::Ours(problem) => return problem.into_response(),
        })
    }
}

fn problem(document: &Document) -> Response {
    let status = StatusCode::from_u16(document.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, Json(document)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
    response
}

/// An error that is told already, in the words of the interface.
pub(super) fn as_it_is(mut response: Response) -> Response {
    response.extensions_mut().insert(Written);
    response
}

/// A page of a list.
pub(super) fn listed<T: serde::Serialize>(items: &[T], total: u64) -> Response {
    let mut response = Json(items).into_response();
    response.headers_mut().insert(TOTAL, HeaderValue::from(total));
    response
}
