//! The caller and their tokens.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::access::{Actor, Scope};
use operations::access as operation;
use wire::access::{Caller as Person, CreatedToken, NewToken, Token, Tokens};
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;
use super::idempotency::Secret;
use super::sent::Sent;
use crate::problem::Problem;

/// Who the token or session belongs to.
#[utoipa::path(get, path = "/caller", tag = "access",
    responses((status = 200, body = Person), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn caller(caller: Caller) -> Outcome<Person> {
    let (access, scope) = match &caller.actor {
        Actor::Person { access, scope, .. } => (access.word(), scope.word()),
        _ => ("", ""),
    };
    let person = caller.actor.name().to_owned();
    Ok(Json(Person { person, access: access.to_owned(), scope: scope.to_owned() }))
}

/// The caller's tokens, newest first; the secrets are not in it.
#[utoipa::path(get, path = "/tokens", tag = "access", operation_id = "list_tokens",
    responses((status = 200, body = Tokens), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller) -> Outcome<Tokens> {
    let tokens = operation::tokens(&caller.app, &caller.actor).await?;
    Ok(Json(Tokens { tokens: tokens.iter().map(token).collect() }))
}

/// Makes a token. Its secret is in this answer and nowhere else; an `Idempotency-Key` has no
/// effect.
#[utoipa::path(post, path = "/tokens", tag = "access", operation_id = "create_token",
    request_body = NewToken,
    responses((status = 201, body = CreatedToken), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn create(caller: Caller, Sent(new): Sent<NewToken>) -> Result<Response, Problem> {
    let scope = Scope::from_word(&new.scope).ok_or_else(|| {
        let words = Scope::ALL.map(Scope::word).join(", ");
        Problem::invalid(format!("scope: `{}` is not one of {words}", new.scope))
    })?;
    let app = &caller.app;
    let made = operation::create_token(app, &caller.actor, &new.name, scope, new.days).await?;
    let created = CreatedToken { token: token(&made.token), secret: made.secret };
    let mut response = (StatusCode::CREATED, Json(created)).into_response();
    response.extensions_mut().insert(Secret);
    Ok(response)
}

/// Ends one of the caller's tokens at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "access", operation_id = "revoke_token",
    params(("id" = String, Path, description = "`T-12`")),
    responses((status = 204), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn revoke(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    operation::revoke_token(&caller.app, &caller.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn token(kept: &operation::Token) -> Token {
    Token {
        id: kept.id.clone(),
        name: kept.name.clone(),
        hint: kept.hint.clone(),
        scope: kept.scope.word().to_owned(),
        created_at: kept.created_at.to_string(),
        expires_at: kept.expires_at.to_string(),
        used_at: kept.used_at.map(|at| at.to_string()),
        revoked_at: kept.revoked_at.map(|at| at.to_string()),
    }
}
