//! DefectDojo's interface under `/api/v2`, as its existing clients call it.
//!
//! The rule to remember: its clients are given, so that shapes, words and status codes here are
//! theirs and not ours: bodies are written by hand, errors are those of Django REST framework, and
//! every address is served with and without a slash at its end. What it means is decided by
//! [`operations::dojo`]; nothing else of the product knows this interface.

mod caller;
mod dojo_tests;
mod engagements;
mod findings;
mod languages;
mod listing;
mod product_types;
mod products;
mod refused;
mod scans;
mod sent;
mod statistics;
mod test_types;
mod users;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router, middleware};
use serde_json::Value;
use tower_http::catch_panic::CatchPanicLayer;

use crate::server::{BODY_LIMIT, Server};
use refused::Refused;

/// Where clients look for it.
const BASE: &str = "/api/v2";
/// What a form adds to the report it carries, in bytes.
const FORM_AROUND: usize = 256 * 1024;

/// What a handler answers.
type Outcome = Result<Response, Refused>;

pub(crate) fn routes(server: &Server) -> Router<Server> {
    let limit = server.settings.upload_limit.saturating_add(FORM_AROUND);
    let uploads: [(&str, MethodRouter<Server>); 3] = [
        ("/import-scan", post(scans::import)),
        ("/reimport-scan", post(scans::reimport)),
        ("/import-languages", post(languages::import)),
    ];
    let others: [(&str, MethodRouter<Server>); 16] = [
        ("/api-token-auth", post(users::token)),
        ("/product_types", get(product_types::list).post(product_types::create)),
        ("/product_types/{id}", get(product_types::one)),
        ("/products", get(products::list).post(products::create)),
        ("/products/{id}", get(products::one)),
        ("/engagements", get(engagements::list).post(engagements::create)),
        ("/engagements/{id}", get(engagements::one).patch(engagements::change)),
        ("/tests", get(dojo_tests::list).post(dojo_tests::create)),
        ("/tests/{id}", get(dojo_tests::one)),
        ("/test_types", get(test_types::list)),
        ("/test_types/{id}", get(test_types::one)),
        ("/findings", get(findings::list)),
        ("/findings/{id}", get(findings::one)),
        ("/languages", get(languages::list)),
        ("/users", get(users::list)),
        ("/user_profile", get(users::profile)),
    ];
    let uploads = both(uploads).layer(DefaultBodyLimit::max(limit));
    let routes = both(others).layer(DefaultBodyLimit::max(BODY_LIMIT)).merge(uploads);
    let routes = routes
        .fallback(async || Refused::not_found())
        .method_not_allowed_fallback(refused::method_not_allowed)
        .layer(CatchPanicLayer::custom(|_| Refused::failed(&"a handler panicked").into_response()))
        .layer(middleware::from_fn(refused::in_its_words));
    Router::new().nest(BASE, routes)
}

/// Each address with and without a slash at its end: nobody is sent elsewhere with a report.
fn both<const N: usize>(routes: [(&str, MethodRouter<Server>); N]) -> Router<Server> {
    routes.into_iter().fold(Router::new(), |router, (path, methods)| {
        router.route(path, methods.clone()).route(&format!("{path}/"), methods)
    })
}

fn ok(body: Value) -> Outcome {
    Ok(Json(body).into_response())
}

fn created(body: Value) -> Outcome {
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
