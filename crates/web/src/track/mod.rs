//! Dependency-Track's interface, version 1, below `/api/v1`: a pipeline changes the address and the
//! key, and nothing else.
//!
//! The rule to remember: what its clients see is theirs, byte for byte; what happens is ours. A
//! project is a version of a service, a BOM is an import, and everything is done when the answer
//! is given, so that no client ever waits for a token. Matching components against advisories is
//! not done yet: the findings are those that documents tell of.

mod answers;
mod boms;
mod findings;
mod key;
mod projects;
mod submission;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use axum::{Json, Router};
use domain::access::{Operation, Relation, may};
use operations::App;
use operations::sboms::derived_uuid;
use wire::track::{About, Framework, Health, HealthCheck, Named, Team};

use answers::Answer;
use key::Key;

use crate::problem::Problem;
use crate::server::{BODY_LIMIT, Server};

/// What the interface says when nothing else is configured: clients behave by version, and this is
/// the newest of which all of them know.
pub(crate) const VERSION: &str = "4.13.2";
/// When the version was made, as clients may print it.
const MADE_AT: &str = "2025-05-12T09:00:00Z";
/// What the application calls itself.
const APPLICATION: &str = "Dependency-Track";
/// The header by which older clients recognise the version.
const POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");

pub(crate) fn routes(server: &Server) -> Router<Server> {
    // A form's fields and boundaries stand around the document.
    let limit = server.settings.upload_limit.saturating_add(submission::AROUND);
    let uploads = Router::new()
        .route("/bom", put(boms::bom).post(boms::bom))
        .route("/vex", put(boms::vex).post(boms::vex))
        .layer(DefaultBodyLimit::max(limit));
    let routes = Router::new()
        .merge(uploads)
        .route("/bom/token/{uuid}", get(boms::token))
        .route("/event/token/{uuid}", get(boms::token))
        .route("/bom/cyclonedx/project/{uuid}", get(boms::export))
        .route("/team/self", get(team))
        .merge(project_routes())
        .route("/finding/project/{uuid}", get(findings::list))
        .route("/finding/project/{uuid}/export", get(findings::export))
        .route("/finding/project/{uuid}/analyze", post(findings::analyze))
        .route("/violation/project/{uuid}", get(findings::violations))
        .route("/metrics/project/{uuid}/current", get(findings::metrics))
        .fallback(async || Problem::not_found())
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new()
        .nest("/api/v1", routes)
        .route("/api/version", get(about))
        .layer(middleware::from_fn_with_state(server.clone(), sign))
        .route("/health", get(ready))
        .route("/health/live", get(async || health(StatusCode::OK)))
        .route("/health/ready", get(ready))
}

fn project_routes() -> Router<Server> {
    Router::new()
        .route("/project", get(projects::list).put(projects::create).post(projects::update))
        .route("/project/lookup", get(projects::lookup))
        .route("/project/latest/{name}", get(projects::latest))
        .route("/project/tag/{tag}", get(projects::by_tag))
        .route("/project/{uuid}", get(projects::one).delete(projects::delete))
        .route("/project/{uuid}", patch(projects::change))
}

/// Tells the version with every answer, as clients ask for it there too.
async fn sign(State(server): State<Server>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let powered = format!("{APPLICATION} v{}", server.settings.track_version);
    if let Ok(powered) = HeaderValue::from_str(&powered) {
        response.headers_mut().insert(POWERED_BY, powered);
    }
    response
}

async fn about(State(server): State<Server>) -> Json<About> {
    let address = server.app.address();
    Json(About {
        version: server.settings.track_version.clone(),
        timestamp: MADE_AT,
        uuid: derived_uuid(&["build", &server.settings.track_version]),
        system_uuid: derived_uuid(&["installation", address]),
        application: APPLICATION,
        framework: Framework {
            name: "Alpine",
            version: "3.2.0",
            timestamp: MADE_AT,
            uuid: derived_uuid(&["framework"]),
        },
    })
}

/// Whom the key belongs to. Clients look here for what they will need.
async fn team(key: Key) -> Answer {
    let permissions = [
        ("BOM_UPLOAD", Operation::ImportReport),
        ("VIEW_PORTFOLIO", Operation::ReadSboms),
        ("VIEW_VULNERABILITY", Operation::ReadFindings),
        ("VIEW_POLICY_VIOLATION", Operation::ReadFindings),
        ("PROJECT_CREATION_UPLOAD", Operation::CreateService),
        ("PORTFOLIO_MANAGEMENT", Operation::DeleteProject),
    ];
    let granted = permissions
        .into_iter()
        .filter(|(_, operation)| may(&key.actor, *operation, Relation::Foreign))
        .map(|(name, _)| Named { name: name.to_owned() });
    let name = key.actor.name().to_owned();
    let uuid = derived_uuid(&["key", &name]);
    Ok(Json(Team { uuid, name, permissions: granted.collect() }).into_response())
}

async fn ready(State(app): State<App>) -> Response {
    match app.database().read().await {
        Ok(_) => health(StatusCode::OK),
        Err(why) => {
            tracing::warn!(%why, "not ready");
            answers::as_it_is(health(StatusCode::SERVICE_UNAVAILABLE))
        }
    }
}

fn health(status: StatusCode) -> Response {
    let word = if status.is_success() { "UP" } else { "DOWN" };
    let checks = vec![HealthCheck { name: "database", status: word }];
    (status, Json(Health { status: word, checks })).into_response()
}
