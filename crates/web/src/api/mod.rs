//! The API under `/api/watchbell/v1`: everything the pages can do, for programs.
//!
//! The rule to remember: a caller is a bearer token, or the session of the pages with its CSRF
//! token in `X-CSRF-Token`. Bodies are those of `wire`; every error is a problem document; lists go
//! on by keyset (`next`); single things have an `ETag`; a write with an `Idempotency-Key` happens
//! once. The OpenAPI document is made from the handlers and committed as `docs/openapi.json`.

mod access;
mod breaches;
mod caller;
pub(crate) mod custody;
mod duties;
mod escalations;
mod exceptions;
mod findings;
mod idempotency;
mod imports;
mod notices;
mod objectives;
mod organisations;
mod reports;
mod rituals;
mod sboms;
mod sent;
mod tags;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use axum::{Json, Router, middleware};
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::server::{BODY_LIMIT, Server};

/// Where the API lives (decision 2).
pub(crate) const BASE: &str = "/api/watchbell/v1";
/// Rows of a list unless the caller wants another number, and the most they get.
pub(crate) const ROWS: u32 = 100;

/// What is said of the API as a whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Watchbell",
        description = "Findings on a clock, objectives with their numbers, and who is told when. \
            Instants are RFC 3339 in UTC. Every error is a problem document (RFC 9457). Lists go \
            on with the address in `next`. A write may carry an `Idempotency-Key` of 1 to 200 \
            characters: within 48 hours the same request under the same key is answered as it was \
            the first time. The answer to a read of JSON has a weak `ETag`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(),
    ),
    components(schemas(wire::problems::Problem)),
    security(("token" = []), ("session" = [])),
    tags(
        (name = "findings", description = "What is open, and until when."),
        (name = "imports", description = "Reports in, and what each changed."),
        (name = "sboms", description = "Bills of materials as they came, and what is in them."),
        (name = "objectives", description = "Objectives, key results, check-ins, rituals."),
        (name = "escalations", description = "Who was told, and when it climbs."),
        (name = "organisation", description = "People, teams, services, policy: one file."),
        (name = "notices", description = "Messages on their way out."),
        (name = "access", description = "The caller and their tokens."),
        (name = "watch", description = "What the clock causes."),
    ),
)]
struct Described;

/// Every operation; `upload_limit` is the largest report, in bytes.
fn operations(upload_limit: usize) -> OpenApiRouter<Server> {
    let uploads = OpenApiRouter::new()
        .routes(routes!(imports::list, imports::import))
        .layer(DefaultBodyLimit::max(upload_limit));
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(access::caller))
        .routes(routes!(access::list, access::create))
        .routes(routes!(access::revoke))
        .routes(routes!(organisations::export, organisations::apply))
        .routes(routes!(notices::list))
        .routes(routes!(duties::tick))
        .routes(routes!(findings::list))
        .routes(routes!(findings::export))
        .routes(routes!(findings::one))
        .routes(routes!(findings::fix_merged))
        .routes(routes!(exceptions::list, exceptions::request))
        .routes(routes!(exceptions::dry_run))
        .routes(routes!(exceptions::one))
        .routes(routes!(exceptions::preview))
        .routes(routes!(exceptions::decide))
        .routes(routes!(reports::baseline))
        .routes(routes!(custody::hand_over))
        .routes(routes!(custody::pause, custody::resume))
        .routes(routes!(custody::judge))
        .routes(routes!(breaches::report))
        .merge(uploads)
        .routes(routes!(imports::one))
        .routes(routes!(imports::release))
        .routes(routes!(imports::undo))
        .routes(routes!(imports::report))
        .routes(routes!(sboms::list))
        .routes(routes!(sboms::one))
        .routes(routes!(sboms::document))
        .routes(routes!(objectives::list))
        .routes(routes!(objectives::one))
        .routes(routes!(objectives::read))
        .routes(routes!(objectives::check_in))
        .routes(routes!(rituals::list))
        .routes(routes!(rituals::record))
        .routes(routes!(escalations::list))
        .routes(routes!(escalations::one))
        .routes(routes!(escalations::commit))
}

/// The OpenAPI document of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut router = OpenApiRouter::<Server>::with_openapi(Described::openapi());
    router = router.nest(BASE, operations(BODY_LIMIT));
    let mut document = router.into_openapi();
    let components = document.components.get_or_insert_default();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("wbt_…")
        .description(Some("An API token, made on the page /tokens."))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let session = ApiKeyValue::with_description(
        "watchbell",
        "The session of the pages. A write also carries the form's csrf in `X-CSRF-Token`.",
    );
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    document
}

/// The document as it is served and committed.
pub fn openapi_text() -> String {
    let text = openapi().to_pretty_json().unwrap_or_default();
    format!("{text}\n")
}

pub(crate) fn routes(server: &Server) -> Router<Server> {
    let (routes, _) = operations(server.settings.upload_limit).split_for_parts();
    let routes = routes
        .fallback(async || Problem::not_found())
        .layer(middleware::from_fn(tags::tag))
        .layer(middleware::from_fn_with_state(server.clone(), idempotency::once))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    // Made once: the document does not change while the product runs.
    let document = openapi_text();
    let json = HeaderValue::from_static("application/json");
    let openapi = get(async move || ([(header::CONTENT_TYPE, json.clone())], document.clone()));
    Router::new().nest(BASE, routes.route("/openapi.json", openapi))
}

/// What a handler answers.
pub(crate) type Outcome<T> = Result<Json<T>, Problem>;

/// An instant that may not have come, as clients read it.
fn instant(at: Option<jiff::Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
