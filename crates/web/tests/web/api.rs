//! The API as a client meets it: its document, problems, idempotency, tags.

use std::path::Path;

use axum::http::{Method, StatusCode};
use serde_json::Value;

use crate::browser::{Browser, REPORT, client, product};

const JSON: &str = "application/json";

#[test]
fn the_committed_document_is_what_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = web::api::openapi_text();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/openapi.json is old; run this test with UPDATE=1");
}

fn document() -> Value {
    serde_json::from_str(&web::api::openapi_text()).expect("JSON")
}

/// Every operation with an address that can be called.
fn operations() -> Vec<(Method, String)> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let mut operations = Vec::new();
    for (path, item) in paths {
        let path = path
            .replace("{id}", "X-1")
            .replace("{monday}", "2026-03-02")
            .replace("{day}", "2026-03-02");
        for method in ["get", "put", "post", "delete"] {
            if item.get(method).is_some() {
                let method = method.to_uppercase().parse().expect("a method");
                operations.push((method, path.clone()));
            }
        }
    }
    operations
}

#[tokio::test]
async fn every_operation_of_the_document_answers_and_asks_who_calls() {
    let product = product().await;
    let (visitor, administrator) =
        (Browser::of(&product), client(&product, "mara.lind", "everything").await);
    assert!(operations().len() >= 20, "only {} operations", operations().len());
    for (method, path) in operations() {
        let path = path.strip_prefix("/api/watchbell/v1").expect("below the base").to_owned();
        let refused = visitor.call(method.clone(), &path, JSON, "{}").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"watchbell\"");
        let reply = administrator.call(method.clone(), &path, JSON, "{}").await;
        let status = reply.status.as_u16();
        assert!(status < 500 && status != 405, "{method} {path}: {status} {}", reply.text);
        if status >= 400 {
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert_eq!(reply.json()["status"], status, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_error_below_the_api_is_a_problem_document() {
    let product = product().await;
    let client = client(&product, "mara.lind", "everything").await;
    let cases = [
        (Method::GET, "/nowhere", JSON, "", 404),
        (Method::DELETE, "/findings", JSON, "", 405),
        (Method::POST, "/tokens", "text/plain", "x", 415),
        (Method::POST, "/tokens", JSON, "{", 400),
        (Method::POST, "/tokens", JSON, "{}", 422),
        (Method::GET, "/findings/F-999", JSON, "", 404),
        (Method::GET, "/findings?band=purple", JSON, "", 422),
        (Method::GET, "/findings?after=x", JSON, "", 422),
        (Method::GET, "/findings?limit=0", JSON, "", 422),
        (Method::PUT, "/organisation", "application/toml", "nonsense", 422),
        (Method::POST, "/imports?service=ledger", "application/octet-stream", "?", 422),
        (Method::PUT, "/imports/I-1/release", JSON, "", 409),
    ];
    for (method, path, kind, body, expected) in cases {
        let reply = client.call(method.clone(), path, kind, body).await;
        assert_eq!(reply.status.as_u16(), expected, "{method} {path}: {}", reply.text);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        let problem = reply.json();
        assert_eq!(problem["status"], expected);
        assert!(problem["type"].as_str().expect("a type").starts_with("urn:watchbell:problem:"));
        assert!(!problem["title"].as_str().expect("a title").is_empty());
        assert!(!problem["detail"].as_str().expect("a detail").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_write_under_a_key_happens_once_and_another_request_under_it_is_refused() {
    let product = product().await;
    let client = client(&product, "mara.lind", "everything").await;
    let import = |key: &'static str, scope: &'static str| {
        let path = format!("/imports?service=ledger&scope={scope}");
        let client = &client;
        async move {
            let body = ("application/octet-stream", REPORT);
            client.call_under(Method::POST, &path, body, Some(key)).await
        }
    };
    let first = import("k1", "main").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let again = import("k1", "main").await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(import("k1", "other").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_ne!(import("k2", "main").await.json()["import"], first.json()["import"]);
}

#[tokio::test]
async fn a_thing_that_did_not_change_is_not_sent_again() {
    let product = product().await;
    let client = client(&product, "mara.lind", "everything").await;
    let path = "/api/watchbell/v1/findings/F-1";
    let first = client.get(path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let ask = |tag: &str| {
        let request = client.request(Method::GET, path).header("if-none-match", tag);
        client.send(request.body(axum::body::Body::empty()).expect("a request"))
    };
    assert_eq!(ask(&tag).await.status, StatusCode::NOT_MODIFIED);
    let fix = r#"{"reference":"https://git.example/merge/7"}"#;
    let done = client.call(Method::PUT, "/findings/F-1/fix-merged", JSON, fix).await;
    assert_eq!(done.json()["finding"]["state"], "fix_merged");
    assert_eq!(ask(&tag).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_list_goes_on_where_the_page_before_ended() {
    let product = product().await;
    let client = client(&product, "mara.lind", "everything").await;
    let first = client.get("/api/watchbell/v1/findings?limit=1").await.json();
    let next = first["next"].as_str().expect("more").to_owned();
    let second = client.get(&next).await.json();
    assert_eq!(second["next"], Value::Null);
    let id = |page: &Value| page["findings"][0]["id"].clone();
    assert_ne!(id(&first), id(&second));
}

#[tokio::test]
async fn a_session_reads_the_api_but_writes_only_with_its_csrf() {
    let product = product().await;
    let browser = Browser::signed_in(&product, "mara.lind").await;
    assert_eq!(browser.get("/api/watchbell/v1/findings").await.status, StatusCode::OK);
    let refused = browser.call(Method::POST, "/ticks", JSON, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let csrf = browser.get("/tokens").await.csrf();
    let request = browser.request(Method::POST, "/api/watchbell/v1/ticks");
    let request = request.header("x-csrf-token", csrf).body(axum::body::Body::empty());
    assert_eq!(browser.send(request.expect("a request")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_organisation_goes_out_and_in_unchanged() {
    let product = product().await;
    let client = client(&product, "mara.lind", "everything").await;
    let text = client.get("/api/watchbell/v1/organisation").await.text;
    let kind = "application/toml";
    let dry = client.call(Method::PUT, "/organisation?dry_run=true", kind, &text).await;
    assert_eq!(dry.json()["changes"].as_array().map(Vec::len), Some(0), "{}", dry.text);
    let same = client.call(Method::PUT, "/organisation", kind, &text).await;
    assert_eq!(same.json()["applied"], false);
}
