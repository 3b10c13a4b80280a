//! Who calls: the key in `X-Api-Key`, or as a bearer token. It is any of our API tokens.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::access::Actor;
use operations::App;
use operations::access::{self, Identified};

use super::answers::Refused;
use crate::server::Server;

const API_KEY: &str = "x-api-key";

/// Whose key was sent.
pub(super) struct Key {
    pub(super) app: App,
    pub(super) actor: Actor,
}

impl Key {
    /// The caller of a request; without a valid key the answer is an empty 401.
    pub(super) async fn read(server: &Server, headers: &HeaderMap) -> Result<Key, Refused> {
        let app = server.app.clone();
        let identified = match secret(headers) {
            Some(secret) => access::by_token(&app, secret).await.map_err(Refused::from)?,
            None => None,
        };
        let Some(Identified { actor, .. }) = identified else {
            return Err(Refused::Empty(StatusCode::UNAUTHORIZED));
        };
        Ok(Key { app, actor })
    }
}

fn secret(headers: &HeaderMap) -> Option<&str> {
    if let Some(key) = headers.get(API_KEY) {
        return key.to_str().ok().map(str::trim);
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

impl FromRequestParts<Server> for Key {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Key, Refused> {
        Key::read(server, &parts.headers).await
    }
}
