//! Moving in from a DefectDojo: a stand-in answers as its API is documented, page by page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::dojo::Installation;
use crate::program::Program;

/// Things on a page of the stand-in, so that every list goes on.
const PAGE: usize = 2;
const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the stand-in keeps, by the path of its list.
type Kept = Arc<BTreeMap<&'static str, Vec<Value>>>;

fn kept() -> Kept {
    let finding = |id: i64, more: Value| {
        let mut finding = json!({ "id": id, "test": 42, "duplicate": false, "active": true,
            "mitigated": null, "is_mitigated": false, "false_p": false, "out_of_scope": false,
            "risk_accepted": false, "line": null, "endpoints": [9], "cwe": 0 });
        let members = finding.as_object_mut().expect("an object");
        members.extend(more.as_object().cloned().expect("an object"));
        finding
    };
    let parser = json!({ "title": "CVE-2026-1234 parser 1.0", "severity": "Critical",
        "date": "2026-01-05", "component_name": "parser", "component_version": "1.0",
        "vulnerability_ids": [{ "vulnerability_id": "CVE-2026-1234" }] });
    let mut duplicate = parser.clone();
    duplicate["duplicate"] = json!(true);
    let findings = vec![
        finding(11, parser),
        finding(
            12,
            json!({ "title": "CVE-2026-5678 yaml 2.0", "severity": "High",
            "date": "2026-02-01", "mitigated": "2026-02-10T09:30:00Z", "is_mitigated": true,
            "active": false, "component_name": "yaml", "component_version": "2.0",
            "vulnerability_ids": [{ "vulnerability_id": "CVE-2026-5678" }] }),
        ),
        finding(
            13,
            json!({ "title": "Not a secret", "severity": "High", "date": "2026-03-01",
            "active": false, "false_p": true, "file_path": "src/b.py", "line": 9,
            "vuln_id_from_tool": "secret", "last_status_update": "2026-03-02T00:00:00Z" }),
        ),
        finding(14, duplicate),
        finding(
            15,
            json!({ "title": "Weak hash", "severity": "Medium", "date": "2026-10-30",
            "file_path": "src/a.py", "line": 3, "vuln_id_from_tool": "weak-hash" }),
        ),
    ];
    Arc::new(BTreeMap::from([
        ("product_types", vec![json!({ "id": 5, "name": "Web applications" })]),
        (
            "products",
            vec![json!({ "id": 31, "name": "Shop & Till", "description": "The shop",
            "prod_type": 5, "tags": ["pci"] })],
        ),
        (
            "engagements",
            vec![json!({ "id": 77, "name": "pipeline", "product": 31,
            "status": "In Progress", "engagement_type": "CI/CD", "target_start": "2025-01-01",
            "target_end": "2999-12-31", "branch_tag": "main", "tags": [] })],
        ),
        (
            "tests",
            vec![json!({ "id": 42, "engagement": 77, "title": "image",
            "test_type": 200, "test_type_name": "Trivy Scan", "scan_type": null,
            "target_start": "2025-01-01T00:00:00Z", "tags": ["nightly"] })],
        ),
        ("findings", findings),
    ]))
}

/// Answers a page as the documented API does; who brings another token is refused.
async fn answer(
    State(kept): State<Kept>,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    if authorization != Some(&format!("Token {TOKEN}")) {
        let body = axum::Json(json!({ "detail": "Invalid token." }));
        return (StatusCode::UNAUTHORIZED, body).into_response();
    }
    let name = uri.path().trim_start_matches("/api/v2/").trim_end_matches('/');
    let Some(all) = kept.get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let offset: usize = asked.get("offset").map_or(0, |text| text.parse().expect("a number"));
    let results: Vec<&Value> = all.iter().skip(offset).take(PAGE).collect();
    // Behind a proxy the address that it calls itself by is often not the one it is reached by.
    let next = offset + PAGE;
    let next = (next < all.len())
        .then(|| format!("http://dojo.internal:8080{}?limit={PAGE}&offset={next}", uri.path()));
    axum::Json(json!({ "count": all.len(), "next": next, "previous": null, "results": results }))
        .into_response()
}

/// The address of a stand-in that answers until the test ends.
async fn stand_in() -> String {
    let router = Router::new().fallback(answer).with_state(kept());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn finding<'a>(list: &'a Value, title: &str) -> &'a Value {
    let mut findings = list["findings"].as_array().expect("a list").iter();
    findings.find(|finding| finding["title"] == title).unwrap_or_else(|| panic!("{title}: {list}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_in_keeps_its_dates_its_states_and_its_numbers_and_its_clock_goes_on() {
    let (program, address) = (Program::new(), stand_in().await);
    let migrate = [
        "migrate",
        "defectdojo",
        "--url",
        &address,
        "--token",
        TOKEN,
        "--allow-private-address",
        "--json",
    ];
    let said = program.run(&migrate);
    assert_eq!(said.status, 0, "{}", said.err);
    let moved = &said.json()["products"][0];
    assert_eq!((&moved["open"], &moved["closed"]), (&json!(2), &json!(2)), "{moved}");
    assert_eq!((&moved["duplicates"], &moved["renumbered"]), (&json!(1), &json!([])));
    let all = ["findings", "--state", "all", "--json"];
    let list = program.run(&all).json();
    let parser = finding(&list, "CVE-2026-1234 parser 1.0");
    assert_eq!(
        (&parser["state"], &parser["opened_at"]),
        (&json!("open"), &json!("2026-01-05T00:00:00Z"))
    );
    assert!(parser["due_at"].as_str().is_some_and(|due| due.starts_with("2026-01-19")), "{parser}");
    let yaml = finding(&list, "CVE-2026-5678 yaml 2.0");
    assert_eq!(
        (&yaml["state"], &yaml["closed_at"]),
        (&json!("fixed"), &json!("2026-02-10T09:30:00Z"))
    );
    assert_eq!(finding(&list, "Not a secret")["state"], "false_positive");
    // Again: nothing is new.
    let again = program.run(&migrate).json();
    assert_eq!(
        (&again["products"][0]["open"], &again["products"][0]["known"]),
        (&json!(0), &json!(4))
    );
    assert_eq!(program.run(&all).json(), list);

    // The pipeline goes on with the numbers that it knows; the scanner says more than was moved.
    let installation = Installation::on(program).await;
    let report = json!({ "SchemaVersion": 2, "ArtifactName": "shop", "ArtifactType": "filesystem",
        "Results": [{ "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm",
            "Vulnerabilities": [{ "VulnerabilityID": "CVE-2026-1234", "PkgName": "parser",
                "PkgIdentifier": { "PURL": "pkg:npm/parser@1.1" }, "InstalledVersion": "1.1",
                "Severity": "CRITICAL", "Title": "parser: code execution" }] }] });
    let part = reqwest::multipart::Part::text(report.to_string()).file_name("report.json");
    let form = reqwest::multipart::Form::new()
        .text("scan_type", "Trivy Scan")
        .text("test", "42")
        .text("product_name", "Shop & Till")
        .part("file", part);
    let address = format!("{}/api/v2/reimport-scan/", installation.server.address);
    let request = installation.http.post(address).multipart(form);
    let request = request.header("authorization", installation.authorization());
    let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let delta = |kind: &str| answer["statistics"]["delta"][kind]["total"]["total"].clone();
    assert_eq!((delta("created"), delta("closed")), (json!(0), json!(1)), "{answer}");
    let list = installation.program.run(&all).json();
    let parser = finding(&list, "parser: code execution");
    assert_eq!(parser["opened_at"], "2026-01-05T00:00:00Z");
    assert_eq!(finding(&list, "Weak hash")["state"], "fixed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_a_wrong_token_and_what_is_no_defectdojo_are_refused() {
    let (program, address) = (Program::new(), stand_in().await);
    let private = program.run(&["migrate", "defectdojo", "--url", &address, "--token", TOKEN]);
    assert_eq!(private.status, 2);
    assert!(private.err.contains("--allow-private-address"), "{}", private.err);
    let migrate = |url: &str, token: &str| {
        let private = "--allow-private-address";
        program.run(&["migrate", "defectdojo", "--url", url, "--token", token, private])
    };
    let wrong = migrate(&address, "wrong");
    assert_eq!(wrong.status, 1);
    assert!(wrong.err.contains("401") && wrong.err.contains("Invalid token."), "{}", wrong.err);
    assert!(!wrong.err.contains(TOKEN));
    let nowhere = migrate(&format!("{address}/elsewhere"), TOKEN);
    assert_eq!(nowhere.status, 1);
    assert!(nowhere.err.contains("404"), "{}", nowhere.err);
    assert_eq!(
        program.run(&["findings", "--state", "all", "--json"]).json()["findings"],
        json!([])
    );
}
