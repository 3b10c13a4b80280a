//! DefectDojo's interface as its clients meet it: shapes, words and status codes.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use base64::Engine;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{PASSWORD, Product};

use crate::browser::{Browser, REPORT, Reply, client, product};

const JSON: &str = "application/json";
/// A boundary that one client writes: legal, and seldom met.
const BOUNDARY: &str = "+++";

/// Asks by `Authorization: Token`.
struct Pipeline {
    browser: Browser,
    authorization: String,
}

impl Pipeline {
    async fn of(product: &Product, person: &str, scope: &str) -> Pipeline {
        let token = client(product, person, scope).await.token;
        Pipeline::with(product, format!("Token {token}"))
    }

    fn with(product: &Product, authorization: String) -> Pipeline {
        Pipeline { browser: Browser::of(product), authorization }
    }

    async fn call(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let mut request = self.browser.request(method, &format!("/api/v2/{path}"));
        if !self.authorization.is_empty() {
            request = request.header(header::AUTHORIZATION, &self.authorization);
        }
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.browser.send(request.body(body.into()).expect("a request")).await
    }

    async fn get(&self, path: &str) -> Value {
        let reply = self.call(Method::GET, path, JSON, Body::empty()).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text);
        reply.json()
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, JSON, body.to_string()).await
    }

    /// Sends a form with fields and, when there is one, a file.
    async fn form(&self, path: &str, fields: &[(&str, &str)], file: Option<&str>) -> Reply {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\
                 Content-Type: text/plain\r\n\r\n{value}\r\n"
            );
        }
        if let Some(file) = file {
            body += &format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
                 filename=\"report\"\r\nContent-Type: application/json\r\nExpires: 0\r\n\r\n\
                 {file}\r\n"
            );
        }
        body += &format!("--{BOUNDARY}--\r\n");
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.call(Method::POST, path, &kind, body).await
    }

    /// Imports SARIF of `product_name`, creating what is missing.
    async fn sarif(&self, path: &str, fields: &[(&str, &str)], report: &str) -> Reply {
        let mut all = vec![("scan_type", "SARIF")];
        let context = [
            ("product_type_name", "Web"),
            ("product_name", "ledger"),
            ("engagement_name", "ci"),
            ("auto_create_context", "True"),
        ];
        if !fields.iter().any(|(name, _)| ["test", "engagement"].contains(name)) {
            all.extend(context);
        }
        all.extend(fields);
        self.form(path, &all, Some(report)).await
    }
}

async fn administrator(product: &Product) -> Pipeline {
    Pipeline::of(product, "mara.lind", "everything").await
}

fn refused(reply: &Reply, status: u16, body: Value) {
    assert_eq!(reply.status.as_u16(), status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.json(), body);
}

/// A report with `count` results, each of a rule of its own.
fn results(count: usize) -> String {
    let rules = (0..count).map(|rule| {
        json!({ "id": format!("rule-{rule}"), "properties": { "security-severity": "7.5" } })
    });
    let found = (0..count).map(|rule| {
        json!({
            "ruleId": format!("rule-{rule}"),
            "message": { "text": "Look" },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": format!("src/{rule}.py") },
                "region": { "startLine": 3 },
            } }],
        })
    });
    let driver = json!({ "name": "Scanner", "rules": rules.collect::<Vec<_>>() });
    let run = json!({ "tool": { "driver": driver }, "results": found.collect::<Vec<_>>() });
    json!({ "version": "2.1.0", "runs": [run] }).to_string()
}

#[tokio::test]
async fn who_does_not_say_who_they_are_is_refused_in_the_words_of_rest_framework() {
    let product = product().await;
    let nobody = Pipeline::with(&product, String::new());
    let reply = nobody.call(Method::GET, "products/", JSON, "").await;
    refused(&reply, 401, json!({ "detail": "Authentication credentials were not provided." }));
    assert_eq!(reply.header("www-authenticate"), "Token");
    let forty = Pipeline::with(&product, format!("Token {}", "0".repeat(40)));
    let reply = forty.call(Method::GET, "products/", JSON, "").await;
    refused(&reply, 401, json!({ "detail": "Invalid token." }));
    let reader = Pipeline::of(&product, "mara.lind", "read").await;
    let reply = reader.post("product_types/", json!({ "name": "Web" })).await;
    let detail = "You do not have permission to perform this action.";
    refused(&reply, 403, json!({ "detail": detail }));
}

#[tokio::test]
async fn a_password_gives_a_token_or_is_a_credential_by_itself() {
    let product = product().await;
    product.session("mara.lind").await;
    let nobody = Pipeline::with(&product, String::new());
    let login = json!({ "username": "mara.lind", "password": PASSWORD });
    let token = nobody.post("api-token-auth/", login).await.json()["token"].clone();
    let token = token.as_str().expect("a token");
    let own = Pipeline::with(&product, format!("Token {token}"));
    assert_eq!(own.get("user_profile/").await["user"]["username"], "mara.lind");
    let wrong = json!({ "username": "mara.lind", "password": "not this one at all" });
    let why = "Unable to log in with provided credentials.";
    refused(&nobody.post("api-token-auth", wrong).await, 400, json!({ "non_field_errors": [why] }));
    let basic = |password: &str| {
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("mara.lind:{password}"));
        Pipeline::with(&product, format!("Basic {pair}"))
    };
    assert_eq!(basic(PASSWORD).get("users/").await["count"], 1);
    let reply = basic("wrong").call(Method::GET, "users/", JSON, "").await;
    refused(&reply, 401, json!({ "detail": "Invalid username/password." }));
}

#[tokio::test]
async fn every_address_is_served_with_and_without_a_slash_and_errors_are_its_own() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    for list in ["product_types", "products", "engagements", "tests", "test_types", "users"] {
        let (with, without) = (format!("{list}/"), list.to_owned());
        assert_eq!(pipeline.get(&with).await["results"], pipeline.get(&without).await["results"]);
        let reply = pipeline.call(Method::DELETE, list, JSON, "").await;
        refused(&reply, 405, json!({ "detail": "Method \"DELETE\" not allowed." }));
        let missing = pipeline.call(Method::GET, &format!("{list}/999/"), JSON, "").await;
        refused(&missing, 404, json!({ "detail": "Not found." }));
    }
    let reply = pipeline.call(Method::GET, "nowhere/", JSON, "").await;
    refused(&reply, 404, json!({ "detail": "Not found." }));
    let reply = pipeline.call(Method::POST, "products/", JSON, "{").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.json()["detail"].as_str().expect("a detail").starts_with("JSON parse error"));
    let reply = pipeline.call(Method::POST, "import-scan/", JSON, "{}").await;
    let detail = "Unsupported media type \"application/json\" in request.";
    refused(&reply, 415, json!({ "detail": detail }));
}

#[tokio::test]
async fn the_chain_of_names_that_clients_call_is_kept_and_found_again() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    let kept = pipeline.post("product_types/", json!({ "name": "Web" })).await;
    assert_eq!((kept.status, kept.json()["id"].clone()), (StatusCode::CREATED, json!(1)));
    let again = pipeline.post("product_types/", json!({ "name": "Web" })).await;
    let why = "product_ type with this name already exists.";
    refused(&again, 400, json!({ "name": [why] }));
    let nameless = pipeline.post("product_types/", json!({ "name": "" })).await;
    refused(&nameless, 400, json!({ "name": ["This field may not be blank."] }));
    for name in ["Shop", "shop-admin"] {
        let body = json!({ "name": name, "description": name, "prod_type": 1, "tags": ["a"] });
        assert_eq!(pipeline.post("products/", body).await.status, StatusCode::CREATED);
    }
    let body = json!({ "name": "x", "description": "x", "prod_type": 9 });
    let why = "Invalid pk \"9\" - object does not exist.";
    refused(&pipeline.post("products", body).await, 400, json!({ "prod_type": [why] }));
    let names = async |query: &str| {
        let page = pipeline.get(&format!("products/?{query}")).await;
        let names = page["results"].as_array().expect("a list").iter();
        names.map(|it| it["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("name=sho").await, ["Shop", "shop-admin"]);
    // Some clients take the last of what they get: what is named exactly comes alone.
    assert_eq!(names("name=Shop&prod_type=1").await, ["Shop"]);
    assert_eq!(names("name_exact=SHOP").await, ["Shop"]);
    let engagement = json!({ "name": "ci", "product": 1, "target_start": "2026-03-02",
        "target_end": "2999-12-31", "engagement_type": "CI/CD", "status": "In Progress" });
    assert_eq!(pipeline.post("engagements/", engagement).await.json()["id"], 1);
    let found = pipeline.get("engagements/?name=ci&product=1&status=In+Progress").await;
    assert_eq!(found["count"], 1);
    let body = json!({ "build_id": null, "commit_hash": "c0ffee", "branch_tag": "main" });
    let changed = pipeline.call(Method::PATCH, "engagements/1/", JSON, body.to_string()).await;
    assert_eq!(changed.json()["commit_hash"], "c0ffee", "{}", changed.text);
    let kind = pipeline.get("test_types/?name=Trivy+Scan").await["results"][0]["id"].clone();
    let test = json!({ "title": "image", "engagement": 1, "target_start": "2026-11-22T00:00:00",
        "target_end": "2999-12-31T00:00:00", "test_type": kind, "tags": ["x", "y"] });
    assert_eq!(pipeline.post("tests/", test).await.json()["id"], 1);
    for (query, count) in [
        ("title=image&engagement=1", 1),
        ("tags__and=x,y", 1),
        ("tags__and=x,z", 0),
        ("test_type=999", 0),
        ("scan_type=Trivy+Scan", 1),
        ("branch_tag=main", 0),
    ] {
        let found = pipeline.get(&format!("tests/?{query}")).await;
        assert_eq!(found["count"], count, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_by_absolute_addresses() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    for number in 0..5 {
        let name = json!({ "name": format!("type & {number}") });
        assert_eq!(pipeline.post("product_types/", name).await.status, StatusCode::CREATED);
    }
    let request = pipeline.browser.request(Method::GET, "/api/v2/product_types/?limit=2");
    let request = request
        .header(header::AUTHORIZATION, &pipeline.authorization)
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "dojo.example");
    let first = pipeline.browser.send(request.body(Body::empty()).expect("a request")).await.json();
    assert_eq!(first["previous"], Value::Null);
    let next = first["next"].as_str().expect("more");
    assert_eq!(next, "https://dojo.example/api/v2/product_types/?limit=2&offset=2");
    let path = next.split("/api/v2/").nth(1).expect("ours");
    let second = pipeline.get(path).await;
    assert_eq!(second["count"], 5);
    assert_eq!(second["results"][0]["name"], "type & 2");
    let back = "http://here/api/v2/product_types/?limit=2";
    assert_eq!(second["previous"].as_str().map(str::to_owned), Some(back.to_owned()));
    let third = pipeline.get("product_types/?limit=2&offset=4").await;
    assert_eq!(
        (&third["next"], third["results"].as_array().map(Vec::len)),
        (&Value::Null, Some(1))
    );
}

#[tokio::test]
async fn a_re_import_tells_what_stood_what_changed_and_what_stands() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    let fields = [("test_title", "nightly"), ("active", "True"), ("unknown", "ignored")];
    let first = pipeline.sarif("reimport-scan/", &fields, &results(3)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let body = first.json();
    for (name, expected) in [
        ("test", json!(1)),
        ("test_id", json!(1)),
        ("engagement_id", json!(1)),
        ("product_id", json!(1)),
        ("product_type_id", json!(1)),
        ("scan_type", json!("SARIF")),
        ("active", json!(true)),
        ("minimum_severity", json!("Info")),
        ("close_old_findings", json!(true)),
        ("do_not_reactivate", json!(false)),
        ("deduplication_complete", json!(true)),
    ] {
        assert_eq!(body[name], expected, "{name}");
    }
    assert_eq!(body.get("verified"), None);
    assert_eq!(body["statistics"].get("before"), None);
    let three = json!({ "active": 3, "verified": 3, "duplicate": 0, "false_p": 0,
        "out_of_scope": 0, "is_mitigated": 0, "risk_accepted": 0, "total": 3 });
    assert_eq!(body["statistics"]["after"]["high"], three);
    assert_eq!(body["statistics"]["after"]["total"], three);
    product.clock.advance(SignedDuration::from_hours(24));
    let second = pipeline.sarif("reimport-scan", &[("test", "1")], &results(2)).await.json();
    let statistics = &second["statistics"];
    assert_eq!(statistics["before"]["high"]["active"], 3, "{statistics}");
    let delta = |kind: &str| statistics["delta"][kind]["total"]["total"].clone();
    assert_eq!((delta("created"), delta("closed")), (json!(0), json!(1)));
    assert_eq!((delta("reactivated"), delta("untouched")), (json!(0), json!(2)));
    assert_eq!(statistics["after"]["total"]["is_mitigated"], 1);
    product.clock.advance(SignedDuration::from_hours(24));
    let third = pipeline.sarif("reimport-scan", &[("test", "1")], &results(4)).await.json();
    let delta = |kind: &str| third["statistics"]["delta"][kind]["high"]["active"].clone();
    assert_eq!((delta("created"), delta("reactivated")), (json!(1), json!(1)));
    assert_eq!(delta("untouched"), 2);
    let same = pipeline.sarif("reimport-scan", &[("test", "1")], &results(4)).await.json();
    assert_eq!(same["statistics"]["before"], same["statistics"]["after"]);
    let listed = pipeline.get("findings/?test=1&severity=High&active=true&limit=3").await;
    assert_eq!((&listed["count"], &listed["results"][0]["test"]), (&json!(4), &json!(1)));
    assert_eq!(pipeline.get("findings/?product_name=ledger&severity=Low").await["count"], 0);
}

#[tokio::test]
async fn an_import_closes_nothing_unless_it_is_told_to() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    pipeline.sarif("import-scan/", &[], &results(3)).await;
    product.clock.advance(SignedDuration::from_hours(1));
    let body = pipeline.sarif("import-scan/", &[], &results(1)).await.json();
    assert_eq!((&body["close_old_findings"], &body["test"]), (&json!(false), &json!(1)));
    assert_eq!(body["statistics"]["after"]["total"]["active"], 3);
    product.clock.advance(SignedDuration::from_hours(1));
    let told = [("close_old_findings", "true")];
    let body = pipeline.sarif("import-scan/", &told, &results(1)).await.json();
    assert_eq!(body["statistics"]["after"]["total"]["active"], 1);
    // Another test of the same service sees what it sees by itself.
    let other = [("close_old_findings", "true"), ("test_title", "other")];
    let body = pipeline.sarif("import-scan/", &other, &results(0)).await.json();
    assert_eq!(
        (&body["test"], &body["statistics"]["after"]["total"]["total"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(pipeline.get("findings/?test=1&active=true").await["count"], 1);
}

#[tokio::test]
async fn a_report_that_lost_most_findings_waits_and_the_answer_says_so() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    pipeline.sarif("reimport-scan/", &[], &results(30)).await;
    product.clock.advance(SignedDuration::from_hours(1));
    let reply = pipeline.sarif("reimport-scan/", &[], &results(3)).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let body = reply.json();
    let message = body["message"].as_str().expect("a message");
    assert!(message.contains("lacks 27 of 30 open findings"), "{message}");
    assert!(message.contains("http://watchbell.test/imports/I-"), "{message}");
    assert_eq!(body["statistics"]["after"]["total"]["active"], 30);
}

#[tokio::test]
async fn numbers_and_names_that_do_not_agree_are_refused_before_anything_is_done() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    for name in ["ledger", "core-api"] {
        let fields = [
            ("product_name", name),
            ("product_type_name", "Web"),
            ("engagement_name", "ci"),
            ("auto_create_context", "on"),
            ("scan_type", "SARIF"),
        ];
        let reply = pipeline.form("import-scan/", &fields, Some(REPORT)).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    }
    let imports = || pipeline.browser.get("/api/watchbell/v1/imports");
    let before = imports().await.text;
    for (path, fields, named) in [
        ("reimport-scan/", vec![("test", "1"), ("product_name", "core-api")], "product_name"),
        ("reimport-scan/", vec![("test", "1"), ("engagement", "2")], "engagement"),
        ("reimport-scan/", vec![("test", "1"), ("engagement_name", "cd")], "engagement_name"),
        ("reimport-scan/", vec![("test", "1"), ("test_title", "x")], "test_title"),
        ("import-scan/", vec![("engagement", "2"), ("product_name", "ledger")], "product_name"),
        ("import-scan/", vec![("engagement", "9")], "engagement"),
        ("import-scan/", vec![("product_type_name", "Other")], "product_type_name"),
        ("reimport-scan/", vec![("test", "1"), ("scan_type", "Trivy Scan")], "scan_type"),
        ("reimport-scan/", vec![("test", "1"), ("scan_type", "No Scan")], "scan_type"),
        ("import-scan/", vec![("active", "perhaps")], "active"),
        ("import-scan/", vec![("minimum_severity", "high")], "minimum_severity"),
        ("import-scan/", vec![("scan_date", "2030-01-01")], "scan_date"),
        ("import-scan/", vec![("scan_date", "yesterday")], "scan_date"),
        ("import-scan/", vec![("engagement", "x")], "engagement"),
    ] {
        let reply = pipeline.sarif(path, &fields, REPORT).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{fields:?}: {}", reply.text);
        assert!(reply.json()[named][0].is_string(), "{fields:?}: {}", reply.text);
    }
    assert_eq!(imports().await.text, before);
    let unknown = pipeline.sarif("import-scan/", &[("scan_type", "x")], REPORT).await;
    refused(&unknown, 400, json!({ "scan_type": ["\"x\" is not a valid choice."] }));
    let fields = [("scan_type", "SARIF"), ("test", "1")];
    let why = "Uploading a Report File is required for SARIF";
    let reply = pipeline.form("reimport-scan/", &fields, None).await;
    refused(&reply, 400, json!({ "non_field_errors": [why] }));
    let fields = [
        ("scan_type", "SARIF"),
        ("product_name", "ledger"),
        ("engagement_name", "ci"),
        ("test_title", "nobody's"),
    ];
    let reply = pipeline.form("reimport-scan/", &fields, Some(REPORT)).await;
    refused(&reply, 404, json!({ "detail": "A test could not be found!" }));
}

#[tokio::test]
async fn a_report_that_cannot_be_read_creates_nothing() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    for report in ["{", "", "{\"version\": \"2.1.0\"}"] {
        let reply = pipeline.sarif("import-scan/", &[], report).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{}", reply.text);
    }
    assert_eq!(pipeline.get("products/").await["count"], 0);
}

#[tokio::test]
async fn an_import_token_takes_reports_of_known_services_in_and_creates_none() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "import").await;
    let reply = pipeline.sarif("import-scan/", &[], REPORT).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.text);
    let reply = pipeline.sarif("import-scan/", &[("product_name", "brand new")], REPORT).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{}", reply.text);
    assert_eq!(pipeline.get("users/").await["count"], 1);
}

#[tokio::test]
async fn a_least_severity_opens_nothing_below_it_and_closes_nothing_that_is_there() {
    let product = product().await;
    let pipeline = administrator(&product).await;
    let low = results(3).replace("7.5", "2.0");
    let least = [("minimum_severity", "High")];
    let body = pipeline.sarif("reimport-scan/", &least, &low).await.json();
    assert_eq!(body["statistics"]["after"]["total"]["total"], 0);
    product.clock.advance(SignedDuration::from_hours(1));
    let body = pipeline.sarif("reimport-scan/", &[], &low).await.json();
    assert_eq!(body["statistics"]["after"]["low"]["active"], 3);
    product.clock.advance(SignedDuration::from_hours(1));
    let body = pipeline.sarif("reimport-scan/", &least, &low).await.json();
    assert_eq!(body["statistics"]["after"]["low"]["active"], 3);
}
