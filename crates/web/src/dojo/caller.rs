//! Who calls: an API token of ours after `Token`, or a mail address and password.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::access::{Actor, Operation, Relation};
use operations::access::{self, Identified};
use operations::{App, Refusal};

use super::refused::Refused;
use crate::server::Server;

/// Who asks; every address of this interface but the one for tokens asks for one.
pub(super) struct Caller {
    pub(super) app: App,
    pub(super) actor: Actor,
}

impl Caller {
    /// For what is answered without asking an operation.
    pub(super) fn may(&self, operation: Operation) -> Result<(), Refused> {
        match domain::access::may(&self.actor, operation, Relation::Foreign) {
            true => Ok(()),
            false => Err(Refusal::Forbidden(operation).into()),
        }
    }
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Caller, Refused> {
        let value = parts.headers.get(header::AUTHORIZATION);
        let nobody = || Refused::signed_out("Authentication credentials were not provided.");
        let value = value.and_then(|value| value.to_str().ok()).ok_or_else(nobody)?;
        let (scheme, secret) = value.split_once(' ').ok_or_else(nobody)?;
        let identified = match scheme.to_ascii_lowercase().as_str() {
            "token" | "bearer" => by_token(&server.app, secret.trim()).await?,
            "basic" => {
                let (login, password) = pair(secret.trim()).ok_or_else(|| {
                    Refused::signed_out(
                        "Invalid basic header. Credentials not correctly base64 \
                        encoded.",
                    )
                })?;
                by_password(server, parts, &login, &password).await?
            }
            _ => return Err(nobody()),
        };
        Ok(Caller { app: server.app.clone(), actor: identified.actor })
    }
}

async fn by_token(app: &App, secret: &str) -> Result<Identified, Refused> {
    let found = access::by_token(app, secret).await?;
    found.ok_or_else(|| Refused::signed_out("Invalid token."))
}

fn pair(encoded: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (login, password) = text.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}

/// Who these belong to; one address may not try many.
pub(super) async fn by_password(
    server: &Server,
    parts: &Parts,
    login: &str,
    password: &str,
) -> Result<Identified, Refused> {
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|caller| caller.0.ip());
    server.attempts.take(address, server.app.now()).map_err(Refused::too_many)?;
    match access::by_password(&server.app, login, password).await {
        Err(Refusal::Invalid(_)) => Err(Refused::signed_out("Invalid username/password.")),
        other => {
            let identified = other?;
            server.attempts.give_back(address);
            Ok(identified)
        }
    }
}
