//! Dependency-Track's interface as its clients meet it: shapes, statuses, keys.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::browser::{Browser, Reply, client, product};

const BOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,
 "metadata":{"tools":[{"name":"lister","version":"2.1"}]},
 "components":[
  {"type":"library","bom-ref":"a","name":"leftish","version":"1.2.0","purl":"pkg:npm/leftish@1.2.0"},
  {"type":"library","bom-ref":"b","group":"@acme","name":"rightish","version":"0.4.1",
   "purl":"pkg:npm/%40acme/rightish@0.4.1"}],
 "vulnerabilities":[
  {"id":"CVE-2026-1001","ratings":[{"severity":"critical","method":"CVSSv31",
    "vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"cwes":[502],
   "description":"Untrusted data is deserialised.","affects":[{"ref":"a"}]},
  {"id":"GHSA-aaaa-bbbb-cccc","ratings":[{"severity":"medium","score":5.3,"method":"CVSSv31"}],
   "references":[{"id":"CVE-2026-1002"}],"affects":[{"ref":"b"}]}]}"#;
const VEX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[
  {"id":"CVE-2026-1001","analysis":{"state":"not_affected"},
   "affects":[{"ref":"pkg:npm/leftish@1.2.0"}]}]}"#;

/// Base64 as clients write it.
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let three = chunk.iter().chain([0, 0].iter()).take(3);
        let bits = three.fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        for place in 0..=chunk.len() {
            out.push(char::from(LETTERS[bits >> (18 - 6 * place) & 63]));
        }
        out.push_str(&"=".repeat(3 - chunk.len()));
    }
    out
}

/// A client of the interface: its key is a header of its own.
struct Pipeline {
    browser: Browser,
    key: String,
}

impl Pipeline {
    async fn of(product: &testkit::Product, person: &str, scope: &str) -> Pipeline {
        let token = client(product, person, scope).await.token;
        Pipeline { browser: Browser::of(product), key: token }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let mut request = self.browser.request(method, path).header("X-API-Key", &self.key);
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        self.browser.send(request.body(body.into()).expect("a request")).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, &format!("/api/v1{path}"), "application/json", "").await
    }

    async fn json(&self, method: Method, path: &str, body: &Value) -> Reply {
        self.send(method, &format!("/api/v1{path}"), "application/json", body.to_string()).await
    }

    /// The BOM for `till` 1.0, created where it is not there.
    async fn upload(&self) -> Reply {
        let body = json!({"projectName": "till", "projectVersion": "1.0", "autoCreate": true,
            "projectTags": [{"name": "Team-A"}], "isLatest": true, "bom": base64(BOM)});
        self.json(Method::PUT, "/bom", &body).await
    }

    /// The id of the project that [`Pipeline::upload`] creates.
    async fn project(&self) -> String {
        let uploaded = self.upload().await;
        assert_eq!(uploaded.status, StatusCode::OK, "{}", uploaded.text);
        uploaded.json()["projectUuid"].as_str().expect("a project").to_owned()
    }
}

fn is_uuid(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36 && text.matches('-').count() == 4)
}

#[tokio::test]
async fn the_version_is_told_to_anybody_and_a_key_is_asked_for_everything_else() {
    let product = product().await;
    let pipeline = Pipeline { key: "odt_wrong".to_owned(), browser: Browser::of(&product) };
    let about = pipeline.browser.get("/api/version").await;
    assert_eq!(about.json()["version"], "4.13.2");
    assert_eq!(about.json()["application"], "Dependency-Track");
    assert!(is_uuid(&about.json()["uuid"]) && is_uuid(&about.json()["framework"]["uuid"]));
    assert_eq!(about.header("x-powered-by"), "Dependency-Track v4.13.2");
    for path in ["/health", "/health/live", "/health/ready"] {
        assert_eq!(pipeline.browser.get(path).await.json()["status"], "UP", "{path}");
    }
    for (method, path) in [
        (Method::GET, "/project"),
        (Method::PUT, "/bom"),
        (Method::GET, "/team/self"),
        (Method::GET, "/event/token/2f3c8f0a-33d8-4b5c-9a3e-6d2f1f0c1a11"),
    ] {
        let refused = pipeline.json(method, path, &json!({})).await;
        assert_eq!(
            (refused.status, refused.text.as_str()),
            (StatusCode::UNAUTHORIZED, ""),
            "{path}"
        );
    }
    let nowhere = pipeline.get("/nowhere").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert_eq!(nowhere.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn an_upload_is_done_when_its_token_is_given() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let uploaded = pipeline.upload().await;
    assert_eq!(uploaded.status, StatusCode::OK, "{}", uploaded.text);
    let token = &uploaded.json()["token"];
    assert!(is_uuid(token) && is_uuid(&uploaded.json()["projectUuid"]), "{}", uploaded.text);
    let token = token.as_str().expect("text");
    for path in [
        format!("/event/token/{token}"),
        format!("/bom/token/{token}"),
        // One that was never given is answered the same.
        "/event/token/2f3c8f0a-33d8-4b5c-9a3e-6d2f1f0c1a11".to_owned(),
    ] {
        let state = pipeline.get(&path).await;
        assert_eq!(
            (state.status, state.text.as_str()),
            (StatusCode::OK, r#"{"processing":false}"#)
        );
    }
    assert_eq!(pipeline.get("/event/token/x").await.status, StatusCode::BAD_REQUEST);

    let project = pipeline.get("/project/lookup?name=till&version=1.0").await.json();
    assert_eq!(project["uuid"], uploaded.json()["projectUuid"]);
    assert_eq!(project["tags"], json!([{"name": "team-a"}]));
    assert_eq!((&project["isLatest"], &project["active"]), (&json!(true), &json!(true)));
    assert_eq!(project["lastBomImportFormat"], "CycloneDX 1.5");
    assert!(project["lastBomImport"].as_i64().is_some_and(|at| at > 1_500_000_000_000));
    assert_eq!(project["versions"].as_array().map(Vec::len), Some(1));
    assert_eq!(pipeline.get("/project/latest/till").await.json()["version"], "1.0");
    let absent = pipeline.get("/project/lookup?name=till&version=9").await;
    let said = (absent.status, absent.text.as_str());
    assert_eq!(said, (StatusCode::NOT_FOUND, "The project could not be found."));
}

#[tokio::test]
async fn a_form_is_taken_whatever_its_parts_lack() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    // As httpx writes it: an odd boundary, typed text parts, a document without a file name.
    let part = |name: &str, more: &str, body: &str| {
        format!("--+++\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{body}\r\n")
    };
    let text = "\r\nContent-Type: text/plain";
    for (file, method) in [
        ("", Method::POST),
        (
            "; filename=\"bom\"\r\nContent-Type: application/octet-stream\r\nExpires: 0",
            Method::POST,
        ),
        ("; filename=\"bom.json\"\r\nContent-Type: application/json", Method::PUT),
    ] {
        let form = [
            part("autoCreate", text, "True"),
            part("bom", file, BOM),
            part("isLatest", text, "false"),
            part("projectName", text, " form "),
            part("projectTags", text, "a, b"),
            part("projectVersion", text, "2"),
            part("surprise", "", "…"),
            "--+++--\r\n".to_owned(),
        ];
        let kind = "multipart/form-data; boundary=+++";
        let taken = pipeline.send(method, "/api/v1/bom", kind, form.concat()).await;
        assert_eq!(taken.status, StatusCode::OK, "{file:?}: {}", taken.text);
    }
    let tagged = pipeline.get("/project/tag/B").await;
    assert_eq!(tagged.json()[0]["name"], "form");
    assert_eq!(tagged.header("x-total-count"), "1");
    let sboms = client(&product, "mara.lind", "read").await;
    let sboms = sboms.call(Method::GET, "/sboms", "", "").await.json();
    assert_eq!(sboms["sboms"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn json_is_taken_with_post_too_and_truths_may_be_words() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    // With a byte order mark, without padding, in lines.
    let sent = base64(&format!("\u{feff}{BOM}"));
    let lines: Vec<&str> = sent
        .trim_end_matches('=')
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("letters"))
        .collect();
    let body = json!({"projectName": "till", "projectVersion": "main", "autoCreate": "true",
        "isLatestProjectVersion": "true", "bom": lines.join("\n"), "unknown": {"field": 1}});
    let taken = pipeline.json(Method::POST, "/bom", &body).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(pipeline.get("/project/latest/till").await.json()["version"], "main");
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_interfaces_own_shapes() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let project = pipeline.project().await;
    let put = |body: Value| {
        let pipeline = &pipeline;
        async move { pipeline.json(Method::PUT, "/bom", &body).await }
    };
    let invalid = put(json!({"project": project, "bom": base64("{}")})).await;
    assert_eq!(invalid.status, StatusCode::BAD_REQUEST);
    assert_eq!(invalid.header("content-type"), "application/problem+json");
    let problem = invalid.json();
    assert_eq!(
        (&problem["status"], &problem["title"]),
        (&json!(400), &json!("The uploaded BOM is invalid"))
    );
    assert!(problem["errors"][0].as_str().is_some_and(|why| why.contains("CycloneDX")));

    let fields = put(json!({"project": project})).await;
    assert_eq!(fields.status, StatusCode::BAD_REQUEST);
    assert_eq!(fields.json()[0]["path"], "bom");
    let disagree =
        put(json!({"project": project, "projectName": "other", "bom": base64(BOM)})).await;
    assert_eq!(
        (disagree.status, &disagree.json()[0]["path"]),
        (StatusCode::BAD_REQUEST, &json!("project"))
    );

    let absent =
        put(json!({"projectName": "none", "projectVersion": "1", "bom": base64(BOM)})).await;
    let said = (absent.status, absent.text.as_str());
    assert_eq!(said, (StatusCode::NOT_FOUND, "The project could not be found."));
    let orphan = put(json!({"projectName": "none", "projectVersion": "1", "autoCreate": true,
        "parentUUID": "2f3c8f0a-33d8-4b5c-9a3e-6d2f1f0c1a11", "bom": base64(BOM)}))
    .await;
    let said = (orphan.status, orphan.text.as_str());
    assert_eq!(said, (StatusCode::NOT_FOUND, "The parent project could not be found."));
    for bad in ["{", "[]", r#"{"bom": 7}"#, r#"{"projectName": "a", "bom": "not base64!"}"#] {
        let sent = pipeline.send(Method::PUT, "/api/v1/bom", "application/json", bad).await;
        assert_eq!(sent.status, StatusCode::BAD_REQUEST, "{bad}: {}", sent.text);
    }
    let wide = "x".repeat(20_100_000);
    let sent = put(json!({"project": project, "bom": wide})).await;
    assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(pipeline.get("/project/latest/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_may_what_its_owner_and_its_scope_may() {
    let product = product().await;
    let administrator = Pipeline::of(&product, "mara.lind", "everything").await;
    let project = administrator.project().await;
    let create = json!({"projectName": "new", "projectVersion": "1", "autoCreate": true,
        "bom": base64(BOM)});
    let again = json!({"project": project, "bom": base64(BOM)});
    // A pipeline's key cannot create services, nor can a member; both upload to what is there.
    for (person, scope) in [("mara.lind", "import"), ("omar.said", "everything")] {
        let pipeline = Pipeline::of(&product, person, scope).await;
        let refused = pipeline.json(Method::PUT, "/bom", &create).await;
        let said = (refused.status, refused.text.as_str());
        let why = "The principal does not have permission to create project.";
        assert_eq!(said, (StatusCode::UNAUTHORIZED, why), "{person} {scope}");
        let taken = pipeline.json(Method::PUT, "/bom", &again).await;
        assert_eq!(taken.status, StatusCode::OK, "{person} {scope}: {}", taken.text);
        assert_eq!(
            pipeline.get(&format!("/finding/project/{project}")).await.json()[0]["component"]["name"],
            "leftish"
        );
        let team = pipeline.get("/team/self").await.json();
        let names: Vec<&str> = team["permissions"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|permission| permission["name"].as_str())
            .collect();
        assert!(
            names.contains(&"BOM_UPLOAD") && !names.contains(&"PORTFOLIO_MANAGEMENT"),
            "{names:?}"
        );
        let delete =
            pipeline.json(Method::DELETE, &format!("/project/{project}"), &json!({})).await;
        assert_eq!(delete.status, StatusCode::FORBIDDEN);
        assert_eq!(delete.json()["detail"], "Access to the specified project is forbidden");
    }
    let reader = Pipeline::of(&product, "mara.lind", "read").await;
    let refused = reader.json(Method::PUT, "/bom", &again).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert_eq!(reader.get("/project").await.status, StatusCode::OK);
    // The same key as a bearer token; a session of the pages is no key.
    let mut bearer = Browser::of(&product);
    bearer.token = reader.key;
    assert_eq!(bearer.get("/api/v1/project").await.status, StatusCode::OK);
    let session = Browser::signed_in(&product, "mara.lind").await;
    assert_eq!(session.get("/api/v1/project").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn findings_are_told_with_their_component_their_vulnerability_and_their_analysis() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let project = pipeline.project().await;
    let path = format!("/finding/project/{project}");
    let reply = pipeline.get(&path).await;
    assert_eq!(reply.header("x-total-count"), "2");
    let findings = reply.json();
    let first = &findings[0];
    assert_eq!(first["component"]["purl"], "pkg:npm/leftish@1.2.0");
    assert_eq!(first["component"]["version"], "1.2.0");
    assert_eq!(first["component"]["projectName"], "till");
    let vulnerability = &first["vulnerability"];
    assert_eq!(
        (&vulnerability["vulnId"], &vulnerability["source"]),
        (&json!("CVE-2026-1001"), &json!("NVD"))
    );
    assert_eq!(
        (&vulnerability["severity"], &vulnerability["severityRank"]),
        (&json!("CRITICAL"), &json!(0))
    );
    assert_eq!(vulnerability["cvssV3BaseScore"], 9.8);
    assert_eq!(vulnerability["cwes"], json!([{"cweId": 502}]));
    assert_eq!(first["analysis"], json!({"state": "NOT_SET", "isSuppressed": false}));
    let matrix = [
        &project,
        &first["component"]["uuid"].as_str().expect("text").to_owned(),
        &vulnerability["uuid"].as_str().expect("text").to_owned(),
    ]
    .map(String::as_str)
    .join(":");
    assert_eq!(first["matrix"], matrix);
    let second = &findings[1];
    assert_eq!(
        (&second["component"]["group"], &second["component"]["name"]),
        (&json!("@acme"), &json!("rightish"))
    );
    assert_eq!(second["vulnerability"]["aliases"][0]["ghsaId"], "GHSA-aaaa-bbbb-cccc");

    let page = pipeline.get(&format!("{path}?pageNumber=2&pageSize=1")).await;
    assert_eq!((page.json()[0].clone(), page.header("x-total-count")), (second.clone(), "2"));
    let export = pipeline.get(&format!("{path}/export")).await.json();
    assert_eq!((&export["version"], &export["findings"]), (&json!("1.4"), &findings));
    assert_eq!(export["meta"]["application"], "Dependency-Track");
    assert_eq!(export["project"]["uuid"], project.as_str());
    let analyzed = pipeline.json(Method::POST, &format!("{path}/analyze"), &json!({})).await;
    assert!(is_uuid(&analyzed.json()["token"]));

    let metrics = pipeline.get(&format!("/metrics/project/{project}/current")).await.json();
    for (name, value) in [
        ("critical", 1),
        ("high", 0),
        ("medium", 1),
        ("components", 2),
        ("vulnerableComponents", 2),
        ("findingsTotal", 2),
        ("policyViolationsTotal", 0),
    ] {
        assert_eq!(metrics[name], value, "{name}");
    }
    assert_eq!(metrics["inheritedRiskScore"], 13.0);
    let violations = pipeline.get(&format!("/violation/project/{project}")).await;
    assert_eq!((violations.text.as_str(), violations.header("x-total-count")), ("[]", "0"));
    let document = pipeline.get(&format!("/bom/cyclonedx/project/{project}?format=json")).await;
    assert_eq!(document.text, BOM);
    let other = pipeline.get(&format!("/bom/cyclonedx/project/{project}?format=xml")).await;
    let said = (other.status, other.text.as_str());
    assert_eq!(said, (StatusCode::BAD_REQUEST, "Invalid BOM format specified."));
}

#[tokio::test]
async fn a_vex_document_suppresses_what_it_says_is_no_matter() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let project = pipeline.project().await;
    for _ in 0..2 {
        let body = json!({"projectName": "till", "projectVersion": "1.0", "vex": base64(VEX)});
        let taken = pipeline.json(Method::PUT, "/vex", &body).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        assert!(is_uuid(&taken.json()["token"]));
        pipeline.project().await;
        let path = format!("/finding/project/{project}");
        assert_eq!(pipeline.get(&path).await.json().as_array().map(Vec::len), Some(1));
        let all = pipeline.get(&format!("{path}?suppressed=true")).await.json();
        assert_eq!(all[0]["analysis"], json!({"state": "NOT_AFFECTED", "isSuppressed": true}));
    }
    let metrics = pipeline.get(&format!("/metrics/project/{project}/current")).await.json();
    assert_eq!((&metrics["suppressed"], &metrics["critical"]), (&json!(1), &json!(0)));
    // It is no list of what is in the product, and creates none.
    let body = json!({"projectName": "none", "projectVersion": "1", "autoCreate": true, "vex": base64(VEX)});
    assert_eq!(pipeline.json(Method::PUT, "/vex", &body).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn projects_are_created_changed_and_deleted() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let new =
        json!({"name": "desk", "version": "1", "classifier": "LIBRARY", "tags": [{"name": "x"}]});
    let created = pipeline.json(Method::PUT, "/project", &new).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let uuid = created.json()["uuid"].as_str().expect("a project").to_owned();
    let again = pipeline.json(Method::PUT, "/project", &new).await;
    let said = (again.status, again.text.as_str());
    assert_eq!(
        said,
        (StatusCode::CONFLICT, "A project with the specified name and version already exists.")
    );
    let path = format!("/project/{uuid}");
    let patch = json!({"description": "The desk", "swidTagId": null});
    let patched = pipeline.json(Method::PATCH, &path, &patch).await;
    assert_eq!(
        (&patched.json()["description"], &patched.json()["tags"][0]["name"]),
        (&json!("The desk"), &json!("x"))
    );
    assert_eq!(pipeline.json(Method::PATCH, &path, &patch).await.text, patched.text);
    let whole = json!({"uuid": uuid, "name": "desk", "version": "1", "active": false});
    assert_eq!(pipeline.json(Method::POST, "/project", &whole).await.json()["active"], false);
    let renamed = json!({"name": "other"});
    assert_eq!(pipeline.json(Method::PATCH, &path, &renamed).await.status, StatusCode::CONFLICT);
    let unfit = json!({"name": "desk", "version": "2", "classifier": "TOY"});
    let refused = pipeline.json(Method::PUT, "/project", &unfit).await;
    assert_eq!(
        (refused.status, &refused.json()[0]["path"]),
        (StatusCode::BAD_REQUEST, &json!("classifier"))
    );
    let listed = pipeline.get("/project?name=desk&excludeInactive=true").await;
    assert_eq!((listed.text.as_str(), listed.header("x-total-count")), ("[]", "0"));
    assert_eq!(pipeline.get("/project?name=desk").await.json()[0]["hasChildren"], false);
    let nothing = json!({});
    let delete = || pipeline.json(Method::DELETE, &path, &nothing);
    assert_eq!(delete().await.status, StatusCode::NO_CONTENT);
    let gone = delete().await;
    assert_eq!((gone.status, &gone.json()["status"]), (StatusCode::NOT_FOUND, &json!(404)));
}

#[tokio::test]
async fn sboms_are_listed_on_a_page_and_saved_as_they_came() {
    let product = product().await;
    let pipeline = Pipeline::of(&product, "mara.lind", "everything").await;
    let reader = Browser::signed_in(&product, "ada.winther").await;
    assert!(reader.get("/sboms").await.text.contains("No SBOM was uploaded yet"));
    pipeline.project().await;
    let page = reader.get("/sboms?service=till").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("B-1") && page.text.contains("comes later"), "{}", page.text);
    assert!(reader.get("/services/till").await.text.contains("/sboms?service=till"));
    let document = reader.get("/sboms/B-1/document").await;
    assert_eq!((document.status, document.text.as_str()), (StatusCode::OK, BOM));
    assert!(document.header("content-disposition").starts_with("attachment"));
    let client = client(&product, "ada.winther", "read").await;
    let sbom = client.call(Method::GET, "/sboms/B-1", "", "").await.json();
    assert_eq!((&sbom["components"], &sbom["project"]["version"]), (&json!(2), &json!("1.0")));
    let document = client.get(sbom["document"].as_str().expect("an address")).await;
    assert_eq!(document.text, BOM);
    assert_eq!(client.call(Method::GET, "/sboms/B-9", "", "").await.status, StatusCode::NOT_FOUND);
}
