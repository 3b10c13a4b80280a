//! A JSON body, with what is wrong with it in our own words.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::server::Server;

/// A body that a client sent.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Server> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, server: &Server) -> Result<Sent<T>, Problem> {
        let read = Json::<T>::from_request(request, server).await;
        read.map(|Json(body)| Sent(body)).map_err(|why| match why {
            JsonRejection::MissingJsonContentType(_) => Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "send the body as application/json",
            ),
            JsonRejection::BytesRejection(_) => {
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than is taken here")
            }
            other => Problem::new(other.status(), other.body_text()),
        })
    }
}
