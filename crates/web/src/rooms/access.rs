//! The door: signing in and out, the one-time link, API tokens.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Path};
use axum::http::{Extensions, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use domain::access::Scope;
use operations::Refusal;
use operations::access::{self, Enrolment, LEAST_PASSWORD, SignedIn};

use super::{Parameters, refusals};
use crate::answer::{Answer, done, local, page, page_with, see_other};
use crate::cookies::{self, Keep, SESSION};
use crate::flash::Told;
use crate::pages::access::{NewToken, SignInPage, TokenRow, TokensPage, WelcomePage};
use crate::pages::{Choice, Refusals, Room};
use crate::posted::{Fields, Posted, PostedAtTheDoor};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::{Arrival, Visit};

/// What a token may do, as its owner reads it.
const SCOPES: [(&str, &str); 3] = [
    ("import", "import reports and read what became of them"),
    ("read", "read what you may read"),
    ("everything", "do everything you may do"),
];
/// How long a token may live.
const LIFETIMES: [(&str, &str); 4] =
    [("7", "a week"), ("30", "30 days"), ("90", "90 days"), ("365", "a year")];

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/sign-in", get(ask).post(sign_in))
        .route("/sign-in/link/{secret}", get(welcome).post(enrol))
        .route("/sign-out", post(sign_out))
        .route("/tokens", get(tokens).post(create_token))
        .route("/tokens/{id}/revocation", post(revoke_token))
}

async fn ask(arrival: Arrival, parameters: Parameters) -> Answer {
    let return_to = local(parameters.text("return_to")).to_owned();
    if arrival.is_signed_in() {
        return Ok(see_other(&return_to));
    }
    let frame = arrival.frame(Room::Elsewhere);
    page(&SignInPage { frame, email: String::new(), return_to, refusals: Refusals::none() })
}

async fn sign_in(
    extensions: Extensions,
    PostedAtTheDoor { arrival, fields }: PostedAtTheDoor,
) -> Answer {
    let (email, return_to) = (fields.text("email"), local(fields.text("return_to")));
    let server = &arrival.server;
    let address = extensions.get::<ConnectInfo<SocketAddr>>().map(|caller| caller.0.ip());
    let outcome = match server.attempts.take(address, arrival.now) {
        Ok(()) => access::sign_in(&server.app, email, fields.text("password")).await,
        Err(seconds) => Err(Refusal::TooMany { seconds }),
    };
    match outcome {
        Ok(signed_in) => Ok(begin(server, &signed_in, return_to)),
        Err(refusal) => {
            let status = Problem::from(&refusal).status;
            let view = SignInPage {
                frame: arrival.frame(Room::Elsewhere),
                email: email.to_owned(),
                return_to: return_to.to_owned(),
                refusals: refusals(refusal, "password")?,
            };
            page_with(status, &view)
        }
    }
}

/// Sets the session's cookie and goes on.
fn begin(server: &Server, signed_in: &SignedIn, path: &str) -> Response {
    let mut response = see_other(path);
    let cookie = cookies::set(SESSION, &signed_in.cookie, Keep::Session, server.transport());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

async fn sign_out(headers: axum::http::HeaderMap, Posted { visit, .. }: Posted) -> Answer {
    if let Some(cookie) = cookies::read(&headers, SESSION) {
        access::sign_out(&visit.app, cookie).await?;
    }
    let mut response = done(&visit.server, Told::SignedOut, "/sign-in");
    let forget = cookies::set(SESSION, "", Keep::Forget, visit.server.transport());
    response.headers_mut().append(header::SET_COOKIE, forget);
    Ok(response)
}

async fn welcome(arrival: Arrival, Path(secret): Path<String>) -> Answer {
    let person = usable(&arrival, &secret).await?;
    page(&welcome_page(&arrival, &secret, person, &Fields::default(), Refusals::none()))
}

async fn enrol(
    Path(secret): Path<String>,
    PostedAtTheDoor { arrival, fields }: PostedAtTheDoor,
) -> Answer {
    let person = usable(&arrival, &secret).await?;
    let chosen = Enrolment {
        id: fields.text("name").trim().to_lowercase().replace(' ', "."),
        email: fields.text("email").to_owned(),
        password: fields.text("password").to_owned(),
    };
    match access::enrol(&arrival.server.app, &secret, &chosen).await {
        Ok(signed_in) => Ok(begin(&arrival.server, &signed_in, "/")),
        Err(refusal) => {
            let refusals = refusals(refusal, "password")?;
            let view = welcome_page(&arrival, &secret, person, &fields, refusals);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// For whom the link is; an old one and one that never was answer alike.
async fn usable(arrival: &Arrival, secret: &str) -> Result<String, Problem> {
    access::link_for(&arrival.server.app, secret).await?.ok_or_else(Problem::not_found)
}

fn welcome_page(
    arrival: &Arrival,
    secret: &str,
    person: String,
    fields: &Fields,
    refusals: Refusals,
) -> WelcomePage {
    WelcomePage {
        frame: arrival.frame(Room::Elsewhere),
        action: format!("/sign-in/link/{}", super::encoded(secret)),
        invited: Some(person).filter(|person| !person.is_empty()),
        name: fields.text("name").to_owned(),
        email: fields.text("email").to_owned(),
        least_letters: LEAST_PASSWORD,
        refusals,
    }
}

async fn tokens(visit: Visit) -> Answer {
    page(&tokens_page(&visit, &Fields::default()).await?)
}

async fn create_token(Posted { visit, fields }: Posted) -> Answer {
    let scope = Scope::from_word(fields.text("scope"));
    let days = fields.text("days").parse::<i64>().ok();
    let (Some(scope), Some(days)) = (scope, days) else {
        return Err(Problem::invalid("choose what the token may do and how long it lives"));
    };
    let name = fields.text("name");
    match access::create_token(&visit.app, &visit.actor, name, scope, days).await {
        Ok(new) => {
            let created = Some(NewToken { name: new.token.name, secret: new.secret });
            page(&TokensPage { created, ..tokens_page(&visit, &Fields::default()).await? })
        }
        Err(refusal) => {
            let refusals = refusals(refusal, "name")?;
            let view = TokensPage { refusals, ..tokens_page(&visit, &fields).await? };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

async fn revoke_token(Path(id): Path<String>, Posted { visit, .. }: Posted) -> Answer {
    access::revoke_token(&visit.app, &visit.actor, &id).await?;
    Ok(done(&visit.server, Told::TokenRevoked, "/tokens"))
}

async fn tokens_page(visit: &Visit, typed: &Fields) -> Result<TokensPage, Problem> {
    let tokens = access::tokens(&visit.app, &visit.actor).await?;
    let usable = tokens
        .iter()
        .filter(|token| token.revoked_at.is_none() && token.expires_at > visit.now)
        .map(|token| TokenRow {
            name: token.name.clone(),
            prefix: format!("{}…", token.hint),
            scope: SCOPES
                .iter()
                .find(|(word, _)| *word == token.scope.word())
                .map_or("", |(_, words)| words)
                .to_owned(),
            expires: visit.moment(token.expires_at),
            used: token.used_at.map(|at| visit.moment(at)),
            revoke_action: format!("/tokens/{}/revocation", super::encoded(&token.id)),
        })
        .collect();
    let chosen = |name: &str, default: &'static str| match typed.text(name) {
        "" => default.to_owned(),
        typed => typed.to_owned(),
    };
    Ok(TokensPage {
        frame: visit.frame(Room::Elsewhere),
        created: None,
        tokens: usable,
        name: typed.text("name").to_owned(),
        scopes: Choice::list(&SCOPES, &chosen("scope", "import")),
        lifetimes: Choice::list(&LIFETIMES, &chosen("days", "90")),
        refusals: Refusals::none(),
    })
}
