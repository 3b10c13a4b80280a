//! Forms: the fields somebody posted, after it is certain that it was them.
//!
//! The rule to remember: a handler that changes something takes [`Posted`], which has compared the
//! form's `csrf` with the session's and the browser's word for where the form came from.

use axum::body::Bytes;
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use subtle::ConstantTimeEq;

use crate::problem::Problem;
use crate::server::Server;
use crate::visit::{Arrival, Visit};

/// The fields of a form as they were typed.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field `name`; one that was not sent is empty.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}

/// A form of somebody who signed in.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    pub(crate) fields: Fields,
}

/// A form of somebody who has not: signing in. There is no session to steal yet, but somebody
/// could be signed in as another; so the browser must say that the form came from here.
pub(crate) struct PostedAtTheDoor {
    pub(crate) arrival: Arrival,
    pub(crate) fields: Fields,
}

impl FromRequest<Server> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Posted, Problem> {
        let (mut parts, body) = request.into_parts();
        came_from_here(&parts.headers)?;
        let visit = Visit::from_request_parts(&mut parts, server).await?;
        let fields = fields(Request::from_parts(parts, body), server).await?;
        same_session(&visit, fields.text("csrf"))?;
        Ok(Posted { visit, fields })
    }
}

impl FromRequest<Server> for PostedAtTheDoor {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<PostedAtTheDoor, Problem> {
        let (mut parts, body) = request.into_parts();
        came_from_here(&parts.headers)?;
        let arrival = Arrival::from_request_parts(&mut parts, server).await?;
        let fields = fields(Request::from_parts(parts, body), server).await?;
        Ok(PostedAtTheDoor { arrival, fields })
    }
}

/// Refuses a form whose `csrf` is not the session's.
pub(crate) fn same_session(visit: &Visit, csrf: &str) -> Result<(), Problem> {
    let same = visit.csrf.as_bytes().ct_eq(csrf.as_bytes());
    if !visit.csrf.is_empty() && bool::from(same) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "this form was not made for your present session; open the page again and repeat",
    ))
}

/// Refuses what another site made the browser send.
pub(crate) fn came_from_here(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let from_here = match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        // No browser: nobody's cookies are sent without their will.
        (None, None, _) => true,
        (None, Some(_), None) => false,
    };
    if from_here {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "this form was sent from another site"))
}

async fn fields(request: Request, server: &Server) -> Result<Fields, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_vec());
    if !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
        let why = "send the form as application/x-www-form-urlencoded";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, crate::server::FORM_LIMIT).await.map_err(|_| {
        let why = "the form is larger than 64 kB; shorten its text";
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, why)
    })?;
    let request = Request::from_parts(parts, axum::body::Body::from(Bytes::clone(&body)));
    let form = Form::<Vec<(String, String)>>::from_request(request, server).await;
    let Form(pairs) = form.map_err(|why| {
        Problem::new(StatusCode::BAD_REQUEST, format!("the form cannot be read: {why}"))
    })?;
    Ok(Fields(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn a_form_of_another_site_is_refused_whatever_it_carries() {
        let good = [
            headers(&[]),
            headers(&[("sec-fetch-site", "same-origin"), ("origin", "null")]),
            headers(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]),
        ];
        let bad = [
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
            headers(&[("origin", "https://evil.example"), ("host", "watchbell.example")]),
            headers(&[("origin", "null"), ("host", "watchbell.example")]),
        ];
        assert!(good.iter().all(|headers| came_from_here(headers).is_ok()));
        assert!(bad.iter().all(|headers| came_from_here(headers).is_err()));
    }
}
