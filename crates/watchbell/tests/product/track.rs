//! Clients of Dependency-Track's interface that others wrote, unmodified, against the real server:
//! only the address and the key are ours. Each runs twice, and the second run changes nothing.
//!
//! Needs `WATCHBELL_TRACK_CLIENTS`, the folder with the Python clients' programs, and
//! `WATCHBELL_CDXGEN`, which `cargo xtask test` provide; what is absent is said loudly.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::program::{Program, Server, text};

const BOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,
 "metadata":{"tools":[{"name":"lister","version":"2.1"}]},
 "components":[
  {"type":"library","bom-ref":"a","name":"leftish","version":"1.2.0","purl":"pkg:npm/leftish@1.2.0"},
  {"type":"library","bom-ref":"b","name":"rightish","version":"0.4.1","purl":"pkg:npm/rightish@0.4.1"}],
 "vulnerabilities":[
  {"id":"CVE-2026-1001","ratings":[{"severity":"critical","method":"CVSSv31",
    "vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affects":[{"ref":"a"}]},
  {"id":"CVE-2026-1002","ratings":[{"severity":"medium","score":5.3,"method":"CVSSv31"}],
   "affects":[{"ref":"b"}]}]}"#;
const VEX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","vulnerabilities":[
  {"id":"CVE-2026-1001","analysis":{"state":"not_affected"},
   "affects":[{"ref":"pkg:npm/leftish@1.2.0"}]}]}"#;
const CLIENT: &str = include_str!("track_client.py");

/// What `variable` names, or a loud word that `what` was not run.
fn given(variable: &str, what: &str) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from);
    if given.is_none() {
        eprintln!("TRACK CLIENTS ABSENT: set {variable}; {what} was not run");
    }
    given
}

/// A server on which somebody has a token, and what is needed to ask it.
struct Installation {
    program: Program,
    server: Server,
    key: String,
    http: reqwest::Client,
}

impl Installation {
    async fn new() -> Installation {
        let program = Program::new();
        let server = program.serve("serve");
        let no_redirects = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(no_redirects).build().expect("a client");
        let link = server.link.clone().expect("a link");
        let enrol = "name=mara.lind&email=mara%40example.org&password=harbour+lantern+tide+rope";
        let enrolled = post(&http, &link, "", enrol).await;
        let cookie = enrolled.headers().get("set-cookie").expect("a session");
        let cookie = cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned();
        let tokens = format!("{}/tokens", server.address);
        let page = http.get(&tokens).header("cookie", &cookie).send().await.expect("an answer");
        let page = page.text().await.expect("a page");
        let csrf = between(&page, "name=\"csrf\" value=\"", "\"");
        let form = format!("csrf={csrf}&name=pipeline&scope=everything&days=7");
        let made = post(&http, &tokens, &cookie, &form).await.text().await.expect("a page");
        let key = between(&made, "class=\"secret\">", "<");
        Installation { program, server, key, http }
    }

    async fn get(&self, path: &str) -> Value {
        let address = format!("{}/api/{path}", self.server.address);
        let answer = self.http.get(address).bearer_auth(&self.key).send().await;
        let answer = answer.expect("an answer").error_for_status().expect("found");
        answer.json().await.expect("JSON")
    }

    /// Everything that a second run may not change, but when an SBOM last came.
    async fn picture(&self) -> Vec<Value> {
        let mut projects = self.get("v1/project").await;
        for project in projects.as_array_mut().expect("a list") {
            project["lastBomImport"] = Value::Null;
        }
        let mut sboms = self.get("watchbell/v1/sboms").await;
        for sbom in sboms["sboms"].as_array_mut().expect("a list") {
            (sbom["last_at"], sbom["import"]) = (Value::Null, Value::Null);
        }
        vec![projects, sboms, self.program.run(&["findings", "--state", "all", "--json"]).json()]
    }

    async fn imports(&self) -> usize {
        let imports = self.get("watchbell/v1/imports").await;
        imports["imports"].as_array().expect("a list").len()
    }

    /// Runs a client to its end, in a folder without settings of its own.
    fn run(&self, mut client: Command) -> Output {
        client.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        client.env("HOME", self.program.path("")).current_dir(self.program.path(""));
        let output = client.output().expect("the client starts");
        let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = format!("{}{}", words(&output.stdout), words(&output.stderr));
        assert!(output.status.success(), "{said}");
        output
    }
}

async fn post(http: &reqwest::Client, url: &str, cookie: &str, form: &str) -> reqwest::Response {
    let kind = "application/x-www-form-urlencoded";
    let request = http.post(url).header("content-type", kind).header("cookie", cookie);
    let answer = request.body(form.to_owned()).send().await.expect("an answer");
    answer.error_for_status().expect("taken")
}

fn between(page: &str, before: &str, after: &str) -> String {
    let (_, rest) = page.split_once(before).expect("what stands before");
    rest.split(after).next().expect("what stands between").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_generated_client_reads_every_answer_and_its_second_run_changes_nothing() {
    let Some(programs) = given("WATCHBELL_TRACK_CLIENTS", "owasp-dependency-track-client") else {
        return;
    };
    let installation = Installation::new().await;
    let Installation { program, server, key, .. } = &installation;
    let script = program.file("track_client.py", CLIENT);
    let (bom, vex) = (program.file("bom.json", BOM), program.file("vex.json", VEX));
    let run = || -> Value {
        let mut client = Command::new(programs.join("python"));
        client.args([text(&script), &server.address, key, text(&bom), text(&vex)]);
        serde_json::from_slice(&installation.run(client).stdout).expect("JSON")
    };
    let first = run();
    assert_eq!(first["version"], "4.13.2");
    assert_eq!(first["processing"], json!([false, false]));
    assert_eq!(first["same"], json!([true, true, true]));
    assert_eq!(first["tags"], json!(["team-a", "web"]));
    assert_eq!((&first["projects"], &first["tagged"]), (&json!(["till"]), &json!(["till"])));
    let critical = json!(["CVE-2026-1001", "leftish", "CRITICAL", "NOT_SET"]);
    let medium = json!(["CVE-2026-1002", "rightish", "MEDIUM", "NOT_SET"]);
    assert_eq!(first["findings"], json!([critical, medium]));
    assert_eq!((&first["export"], &first["metrics"]), (&json!("1.4"), &json!([1, 1, 2])));
    assert_eq!((&first["violations"], &first["given_back"]), (&json!([]), &json!(true)));
    assert_eq!(first["after_vex"], json!([medium]));
    let aside = json!(["CVE-2026-1001", "leftish", "CRITICAL", "NOT_AFFECTED"]);
    assert_eq!(first["suppressed"], json!([aside, medium]));

    let (before, imports) = (installation.picture().await, installation.imports().await);
    let second = run();
    assert_eq!(second["findings"], first["after_vex"], "what was set aside stays so");
    assert_eq!(second["suppressed"], first["suppressed"]);
    assert_eq!(installation.picture().await, before);
    assert_eq!(installation.imports().await, imports + 3, "each upload has its record");
}

#[tokio::test(flavor = "multi_thread")]
async fn deptrack_client_uploads_and_its_second_run_changes_nothing() {
    let Some(programs) = given("WATCHBELL_TRACK_CLIENTS", "violetbeacon-deptrack-client") else {
        return;
    };
    let installation = Installation::new().await;
    let bom = installation.program.file("bom.json", BOM);
    let upload = || {
        let mut client = Command::new(programs.join("deptrack-client"));
        client.args(["upload-bom", "-H", &installation.server.address, "-A", &installation.key]);
        client.args(["-a", "-p", "shop & till", "-q", "1.0", "-f", text(&bom)]);
        installation.run(client);
    };
    upload();
    let first = installation.picture().await;
    assert_eq!(first[0][0]["name"], "shop & till");
    assert_eq!(first[1]["sboms"][0]["components"], 2);
    assert_eq!(first[2]["findings"].as_array().map(Vec::len), Some(2));
    upload();
    assert_eq!(installation.picture().await, first);
    assert_eq!(installation.imports().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn cdxgen_makes_and_uploads_and_its_second_run_changes_nothing() {
    let Some(cdxgen) = given("WATCHBELL_CDXGEN", "cdxgen") else { return };
    let installation = Installation::new().await;
    let Installation { program, server, key, .. } = &installation;
    let folder = program.path("kiosk");
    std::fs::create_dir(&folder).expect("the test can write");
    let package = r#""name": "kiosk", "version": "0.3.0", "dependencies": {"leftish": "1.2.0"}"#;
    program.file("kiosk/package.json", &format!("{{{package}}}"));
    let lock = format!(
        r#"{{"name": "kiosk", "version": "0.3.0", "lockfileVersion": 3, "requires": true,
        "packages": {{"": {{{package}}}, "node_modules/leftish": {{"version": "1.2.0",
        "license": "MIT", "resolved": "https://registry.example/leftish-1.2.0.tgz"}}}}}}"#
    );
    program.file("kiosk/package-lock.json", &lock);
    let upload = |more: &[&str]| {
        let mut client = Command::new("node");
        client.args([text(&cdxgen), "--type", "npm", "--no-install-deps", "--no-recurse"]);
        client.args(["--server-url", &server.address, "--api-key", key]).args(more);
        client.args(["--output", text(&program.path("kiosk.json")), text(&folder)]);
        installation.run(client);
    };
    let named = ["--project-name", "kiosk", "--project-version", "0.3.0", "--is-latest", "true"];
    upload(&named);
    let first = installation.picture().await;
    assert_eq!((&first[0][0]["name"], &first[0][0]["version"]), (&json!("kiosk"), &json!("0.3.0")));
    assert_eq!(first[1]["sboms"][0]["components"], 1);
    // It gives each document a serial number and a time of its own.
    upload(&named);
    assert_eq!(installation.picture().await, first);
    let id = first[0][0]["uuid"].as_str().expect("an id");
    upload(&[&named[..4], &["--project-id", id]].concat());
    assert_eq!(installation.picture().await, first);
    assert_eq!(installation.imports().await, 3);
}
