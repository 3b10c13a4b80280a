//! Users, and a token for who has a password.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::IntoResponse;
use domain::access::Scope;
use operations::access;
use operations::dojo::{self, User};
use serde_json::{Value, json};

use super::caller::{Caller, by_password};
use super::listing::Listing;
use super::refused::Refused;
use super::sent::Sent;
use super::{Outcome, ok};
use crate::server::Server;

/// How long a token lasts that a client fetched with a password.
const DAYS: i64 = 30;

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let (id, username) = (listing.number("id")?, listing.get("username"));
    let email = listing.get("email");
    let fits = |user: &&User| {
        id.is_none_or(|id| user.id == id)
            && username.is_none_or(|username| user.username == username)
            && email.is_none_or(|email| user.email == email)
    };
    let users = dojo::users(&caller.app, &caller.actor).await?;
    let found: Vec<&User> = users.iter().filter(fits).collect();
    let (offset, limit) = (listing.window.offset as usize, listing.window.limit as usize);
    let page = found.iter().skip(offset).take(limit).map(|user| told(user)).collect();
    ok(listing.body(page, found.len() as u64))
}

pub(super) async fn profile(caller: Caller) -> Outcome {
    let user = dojo::me(&caller.app, &caller.actor).await?;
    ok(json!({
        "user": told(&user),
        "user_contact_info": null,
        "global_role": null,
        "dojo_group_member": [],
        "product_type_member": [],
        "product_member": [],
    }))
}

/// A new API token of ours for a mail address (or person id) and password.
pub(super) async fn token(State(server): State<Server>, request: Request) -> Outcome {
    let (parts, body) = request.into_parts();
    let sent = Sent::from_request(Request::from_parts(parts.clone(), body), &server).await?;
    let (login, password) = (sent.needed("username")?, sent.needed("password")?);
    let identified = by_password(&server, &parts, login, password).await;
    let identified = identified.map_err(|refused| match refused.is_signed_out() {
        true => Refused::whole("Unable to log in with provided credentials."),
        false => refused,
    })?;
    let (name, scope) = ("api-token-auth", Scope::Everything);
    let made = access::create_token(&server.app, &identified.actor, name, scope, DAYS).await?;
    Ok(Json(json!({ "token": made.secret })).into_response())
}

fn told(user: &User) -> Value {
    let (first, last) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    json!({
        "id": user.id,
        "username": user.username,
        "first_name": first,
        "last_name": last,
        "email": user.email,
        "is_active": user.is_active,
        "is_staff": user.is_superuser,
        "is_superuser": user.is_superuser,
        "date_joined": null,
        "last_login": null,
        "configuration_permissions": [],
    })
}
