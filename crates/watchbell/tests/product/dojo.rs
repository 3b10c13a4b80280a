//! Clients of DefectDojo's interface that others wrote, unmodified, against the real server: only
//! the address and the token are ours. Each runs twice, and the second run changes nothing.
//!
//! Needs `WATCHBELL_DOJO_CLIENTS`, the folder with their programs, which `cargo xtask test` makes;
//! when it is absent that is said loudly.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::program::{Program, Server, text};

const REPORT: &str = r#"{"findings": [
  {"title": "Remote code execution in parser", "severity": "Critical", "cve": "CVE-2026-1234",
   "cvssv3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:L", "component_name": "parser",
   "component_version": "1.0"},
  {"title": "Weak hash", "severity": "Medium", "file_path": "src/a.py", "line": 3,
   "vuln_id_from_tool": "weak-hash"}
]}"#;
const LINES_OF_CODE: &str = r#"{"header": {"n_files": 4},
  "Rust": {"nFiles": 3, "blank": 10, "comment": 20, "code": 300},
  "SQL": {"nFiles": 1, "blank": 0, "comment": 1, "code": 9}, "SUM": {"code": 309}}"#;
/// How long one request may take on a busy machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);
const PASSWORD: &str = "harbour lantern tide rope";

fn clients() -> Option<PathBuf> {
    let clients = std::env::var_os("WATCHBELL_DOJO_CLIENTS").map(PathBuf::from);
    if clients.is_none() {
        eprintln!("DOJO CLIENTS ABSENT: set WATCHBELL_DOJO_CLIENTS; their programs were not run");
    }
    clients
}

/// A server on which somebody has a token, and what is needed to ask it.
pub struct Installation {
    pub program: Program,
    pub server: Server,
    token: String,
    pub http: reqwest::Client,
}

impl Installation {
    pub async fn new() -> Installation {
        Installation::on(Program::new()).await
    }

    /// On what `program` did before.
    pub async fn on(program: Program) -> Installation {
        let server = program.serve("serve");
        let http = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build();
        let http = http.expect("a client");
        let link = server.link.clone().expect("a link");
        let form = format!("name=mara.lind&email=mara%40example.org&password={PASSWORD}");
        let kind = "application/x-www-form-urlencoded";
        let enrolled = http.post(link).header("content-type", kind).body(form.replace(' ', "+"));
        enrolled.send().await.expect("an answer").error_for_status().expect("enrolled");
        let login = json!({ "username": "mara@example.org", "password": PASSWORD });
        let address = format!("{}/api/v2/api-token-auth/", server.address);
        let answer = http.post(address).json(&login).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        let token = answer["token"].as_str().expect("a token").to_owned();
        Installation { program, server, token, http }
    }

    pub async fn get(&self, path: &str) -> Value {
        let address = format!("{}/api/v2/{path}", self.server.address);
        let request = self.http.get(address).header("authorization", self.authorization());
        let answer = request.send().await.expect("an answer");
        answer.error_for_status().expect("found").json().await.expect("JSON")
    }

    pub fn authorization(&self) -> String {
        format!("Token {}", self.token)
    }

    /// Everything that a second run may not change.
    async fn picture(&self) -> Vec<Value> {
        let lists = ["product_types", "products", "engagements", "tests", "findings"];
        let mut picture = Vec::new();
        for list in lists {
            picture.push(self.get(&format!("{list}/?limit=100")).await);
        }
        picture.push(self.program.run(&["findings", "--state", "all", "--json"]).json());
        picture
    }
}

/// Runs a client to its end, in a folder without settings of its own.
fn run(installation: &Installation, mut client: Command) -> String {
    client.current_dir(installation.program.path(""));
    let Output { status, stdout, stderr } = client.output().expect("the client starts");
    let words = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let said = format!("{}{}", words(stdout), words(stderr));
    assert!(status.success(), "{said}");
    said
}

fn dd_import(clients: &Path, name: &str, of: &Installation, file: &Path) -> String {
    let mut client = Command::new(clients.join(name));
    client.env_clear().envs([
        ("DD_URL", of.server.address.as_str()),
        ("DD_API_KEY", &of.token),
        ("DD_PRODUCT_TYPE_NAME", "Web applications"),
        ("DD_PRODUCT_NAME", "Shop & Till"),
        ("DD_ENGAGEMENT_NAME", "pipeline"),
        ("DD_TEST_NAME", "nightly"),
        ("DD_TEST_TYPE_NAME", "Generic Findings Import"),
        ("DD_BRANCH_TAG", "main"),
        ("DD_FILE_NAME", text(file)),
    ]);
    run(of, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn dd_import_takes_findings_and_languages_in_and_its_second_run_changes_nothing() {
    let Some(clients) = clients() else { return };
    let installation = Installation::new().await;
    let report = installation.program.file("report.json", REPORT);
    let lines = installation.program.file("lines.json", LINES_OF_CODE);
    let said = dd_import(&clients, "dd-reimport-findings", &installation, &report);
    assert!(said.contains("New product,") && said.contains("Scan results imported"), "{said}");
    let first = installation.picture().await;
    assert_eq!(first[1]["results"][0]["name"], "Shop & Till");
    assert_eq!(first[2]["results"][0]["branch_tag"], "main");
    assert_eq!(first[4]["count"], 2);
    let said = dd_import(&clients, "dd-reimport-findings", &installation, &report);
    assert!(said.contains("Test found,") && said.contains("Scan results imported"), "{said}");
    assert_eq!(installation.picture().await, first);
    for _ in 0..2 {
        let said = dd_import(&clients, "dd-import-languages", &installation, &lines);
        assert!(said.contains("Languages imported"), "{said}");
        let languages = installation.get("languages/?product=1").await;
        assert_eq!(languages["count"], 2);
        assert_eq!(languages["results"][0]["code"], 300);
    }
    // A report without one of them closes it, within this test.
    let cut = REPORT.replace("src/a.py", "src/b.py");
    let cut = installation.program.file("report.json", &cut);
    dd_import(&clients, "dd-reimport-findings", &installation, &cut);
    let closed = installation.get("findings/?test=1&active=false").await;
    assert_eq!(
        (&closed["count"], &closed["results"][0]["title"]),
        (&json!(1), &json!("Weak hash"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn defectdojo_importer_takes_findings_in_and_its_second_run_changes_nothing() {
    let Some(clients) = clients() else { return };
    let installation = Installation::new().await;
    let report = installation.program.file("report.json", REPORT);
    let lines = installation.program.file("lines.json", LINES_OF_CODE);
    let importer = |kind: &str, file: &Path| {
        let mut client = Command::new(clients.join("defectdojo-importer"));
        client
            .env_clear()
            .args(["--api-url", &installation.server.address, "--api-key", &installation.token])
            .args(["--product-type-name", "Web applications", "--product-name", "Shop & Till"])
            .args(["--engagement-name", "pipeline", "--test-name", "nightly", "--branch-tag", "b"])
            .args(["--test-type-name", "Generic Findings Import", "-t", kind, "-f", text(file)]);
        run(&installation, client)
    };
    let said = importer("findings", &report);
    assert!(said.contains("Scan report imported successfully"), "{said}");
    let first = installation.picture().await;
    assert_eq!(
        (&first[4]["count"], &first[3]["results"][0]["title"]),
        (&json!(2), &json!("nightly"))
    );
    assert_eq!(first[3]["results"][0]["tags"], json!(["defectdojo-importer"]));
    let said = importer("findings", &report);
    assert!(said.contains("Scan report re-imported successfully"), "{said}");
    assert_eq!(installation.picture().await, first);
    for _ in 0..2 {
        let said = importer("languages", &lines);
        assert!(said.contains("Language report imported successfully"), "{said}");
        assert_eq!(installation.get("languages/?product=1").await["count"], 2);
    }
}
