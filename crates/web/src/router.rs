//! The way through the doors: every route, and what stands around all of them.
//!
//! From the outside in: tracing, headers, compression, problems told in one place, panics caught,
//! then the routes. Health probes and assets ask for nobody.

use std::any::Any;

use axum::Router;
use axum::extract::{MatchedPath, Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use operations::App;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::cookies::{self, FLASH, Keep, Transport};
use crate::pages::assets;
use crate::problem::{Problem, tell};
use crate::server::{Server, Settings};
use crate::{api, dojo, rooms, track};

/// What is sent with every answer besides the policy for content.
const HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", assets::CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
];

/// The whole product over HTTP. Serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`: without the caller's address all callers
/// share one limit on signing in.
pub fn router(app: App, settings: Settings) -> Router {
    let server = Server::new(app, settings);
    Router::new()
        .merge(rooms::routes(&server))
        .merge(api::routes(&server))
        .merge(dojo::routes(&server))
        .merge(track::routes(&server))
        .route("/assets/{hash}/{name}", get(asset))
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .fallback(async || Problem::not_found())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(server.clone(), tell))
        .layer(middleware::from_fn_with_state(server.clone(), dress))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(server)
}

async fn asset(Path((hash, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let wanted = assets::ALL.iter().find(|asset| asset.name == name && asset.hash() == hash);
    let asset = wanted.ok_or_else(Problem::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, assets::CACHE_CONTROL),
    ];
    Ok((headers, asset.content).into_response())
}

/// Whether the database answers.
async fn ready(State(app): State<App>) -> Response {
    match app.database().read().await {
        Ok(_) => "ready\n".into_response(),
        Err(why) => {
            tracing::warn!(%why, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::failed(&"a handler panicked; its message stands above").into_response()
}

/// Sets the headers of every answer, and forgets what an action did once a page has told it.
async fn dress(State(server): State<Server>, request: Request, next: Next) -> Response {
    let told = cookies::read(request.headers(), FLASH).is_some();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        let name = HeaderName::from_static(name);
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if matches!(server.transport(), Transport::Https) {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // What one person may read, nobody keeps for another.
    let private = HeaderValue::from_static("private, no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_page = kind.is_some_and(|kind| kind.starts_with(b"text/html"));
    if told && is_page && !headers.contains_key(header::SET_COOKIE) {
        let forget = cookies::set(FLASH, "", Keep::Forget, server.transport());
        headers.append(header::SET_COOKIE, forget);
    }
    response
}

/// Names the route, never the address itself: some addresses hold a secret.
fn span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    tracing::info_span!("request", method = %request.method(), route)
}
