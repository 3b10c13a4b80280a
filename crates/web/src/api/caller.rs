//! Who calls the API.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::access::Actor;
use operations::App;
use operations::access::{self, Identified};
use subtle::ConstantTimeEq;

use crate::cookies;
use crate::problem::Problem;
use crate::server::Server;

/// The header with which a page's session proves that it means to write.
const CSRF: &str = "x-csrf-token";

/// Who asks; everything but the document itself asks for one.
pub(crate) struct Caller {
    pub(crate) app: App,
    pub(crate) actor: Actor,
}

impl Caller {
    pub(crate) async fn read(
        server: &Server,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Caller, Problem> {
        let app = &server.app;
        let identified = match bearer(headers) {
            Some(secret) => access::by_token(app, secret).await?,
            None => match cookies::read(headers, cookies::SESSION) {
                Some(cookie) => access::by_cookie(app, cookie).await?,
                None => None,
            },
        };
        let Some(Identified { actor, csrf }) = identified else {
            let why = "send `Authorization: Bearer wbt_…` with a token that is still valid";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, why));
        };
        if let (Some(csrf), false) = (csrf, method.is_safe()) {
            let sent = headers.get(CSRF).map_or(&b""[..], |value| value.as_bytes());
            if !bool::from(csrf.as_bytes().ct_eq(sent)) {
                let why = "a session writes with its form's csrf in `X-CSRF-Token`";
                return Err(Problem::new(StatusCode::FORBIDDEN, why));
            }
        }
        Ok(Caller { app: app.clone(), actor })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Caller, Problem> {
        Caller::read(server, &parts.method, &parts.headers).await
    }
}
