//! The disk is full: one clear message, nothing half-applied, and all is well once there is space.
//!
//! A small file system in memory is mounted where only the program under test sees it: as root, and
//! for others in a user namespace. Where the machine allows neither that is said loudly.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{Program, Server, report, text};

/// Room for an empty database and for a report, but not for both and a filler.
const SIZE: &str = "size=12m";
const FINDINGS: usize = 2_000;

/// A folder on which the disk fills up; the program under test finds its data there.
struct SmallDisk {
    program: Program,
    place: PathBuf,
}

impl SmallDisk {
    /// `None`, said loudly, where no file system can be mounted.
    fn new() -> Option<SmallDisk> {
        let program = Program::new();
        let place = program.path("disk");
        std::fs::create_dir(&place).expect("the test can write");
        let disk = SmallDisk { program, place };
        let tried = disk.inside("true").output();
        if tried.is_ok_and(|tried| tried.status.success()) {
            return Some(disk);
        }
        eprintln!("DISK FULL ABSENT: this machine lets nobody mount a small file system");
        None
    }

    /// A shell that sees the small file system; it runs `script` with the binary as `$0`.
    fn inside(&self, script: &str) -> Command {
        let mut command = Command::new("unshare");
        let mount =
            format!("mount -t tmpfs -o {SIZE} tmpfs \"$WATCHBELL_DATA\" && {{ {script}\n}}");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &mount]);
        command.arg(env!("CARGO_BIN_EXE_watchbell"));
        command.env("WATCHBELL_DATA", &self.place).env("COLUMNS", "100").stdin(Stdio::null());
        command
    }
}

/// Writes zeros until nothing more fits.
fn fill(path: &Path) {
    let mut filler = File::create(path).expect("a filler");
    let block = [0_u8; 4096];
    while filler.write_all(&block).is_ok() {}
}

#[test]
fn an_import_onto_a_full_disk_is_one_message_and_changes_nothing() {
    let Some(disk) = SmallDisk::new() else { return };
    let file = disk.program.file("report.json", &report(FINDINGS));
    let import = format!("\"$0\" import {} --service web --create-service --json", text(&file));
    let script = format!(
        "\"$0\" findings > /dev/null || exit 91
        cat /dev/zero > \"$WATCHBELL_DATA/filler\" 2> /dev/null
        {import} > /dev/null 2> ../err; echo $? > ../status
        rm \"$WATCHBELL_DATA/filler\"
        \"$0\" findings --limit 5000 --json > ../before || exit 92
        {import} > ../answer || exit 93
        \"$0\" findings --limit 5000 --json > ../after || exit 94"
    );
    let mut command = disk.inside(&script);
    let ended = command.current_dir(&disk.place).output().expect("a shell");
    assert!(ended.status.success(), "{:?}", ended);
    let said = |name: &str| std::fs::read_to_string(disk.program.path(name)).expect("an answer");
    assert_eq!(said("status").trim(), "1", "{}", said("err"));
    let err = said("err");
    assert!(err.contains("the disk is full; free some space"), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    let count = |name: &str| {
        let list: Value = serde_json::from_str(&said(name)).expect("one document");
        list["findings"].as_array().map(Vec::len)
    };
    assert_eq!((count("before"), count("after")), (Some(0), Some(FINDINGS)));
}

#[tokio::test]
async fn a_server_on_a_full_disk_refuses_stays_alive_and_takes_the_report_later() {
    let Some(disk) = SmallDisk::new() else { return };
    let server = Server::start(disk.inside("exec \"$0\" serve --listen 127.0.0.1:0"));
    // The server's own view of the file system: the test does not see the mount.
    let filler = PathBuf::from(format!("/proc/{}/root", server.id()));
    let filler = filler.join(disk.place.strip_prefix("/").expect("absolute")).join("filler");
    let caller = Caller::enrolled(&server).await;
    assert_eq!(caller.findings().await, Some(0));
    fill(&filler);
    let (status, answer) = caller.import().await;
    assert_eq!(status, 507, "{answer}");
    let detail = answer["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("the disk is full; free some space"), "{answer}");
    assert_eq!(caller.get("/livez").await.0, 200);
    assert_eq!(caller.findings().await, Some(0), "nothing of it was kept, and reading goes on");
    std::fs::remove_file(&filler).expect("space again");
    let (status, answer) = caller.import().await;
    assert_eq!((status, &answer["created"]), (201, &Value::from(FINDINGS)), "{answer}");
    assert!(caller.findings().await.is_some_and(|shown| shown > 0));
}

/// The first administrator, signed in.
struct Caller {
    client: reqwest::Client,
    address: String,
    cookie: String,
    csrf: String,
}

impl Caller {
    async fn enrolled(server: &Server) -> Caller {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.no_proxy().build().expect("a client");
        let link = server.link.as_deref().expect("a first administrator is wanted");
        let body = "name=ada&email=ada%40tidewater.example&password=correct+horse+battery";
        let form = client.post(link).header("content-type", "application/x-www-form-urlencoded");
        let reply = form.body(body).send().await.expect("an answer");
        let cookie = reply.headers().get("set-cookie").expect("a session").to_str().expect("text");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut caller =
            Caller { client, address: server.address.clone(), cookie, csrf: String::new() };
        let page = caller.get("/tokens").await.1;
        let csrf =
            page.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        caller.csrf = csrf.expect("a form").to_owned();
        caller
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let request = self.client.get(format!("{}{path}", self.address));
        let reply = request.header("cookie", &self.cookie).send().await.expect("an answer");
        (reply.status().as_u16(), reply.text().await.expect("text"))
    }

    /// How many findings the first page of the API has; `None` when it cannot be read.
    async fn findings(&self) -> Option<usize> {
        let (status, body) = self.get("/api/watchbell/v1/findings").await;
        let list: Value = serde_json::from_str(&body).ok().filter(|_| status == 200)?;
        list["findings"].as_array().map(Vec::len)
    }

    async fn import(&self) -> (u16, Value) {
        let path = "/api/watchbell/v1/imports?service=web&create_service=true&format=generic_json";
        let request = self.client.post(format!("{}{path}", self.address));
        let request = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf);
        let request = request.header("content-type", "application/octet-stream");
        let reply = request.body(report(FINDINGS)).send().await.expect("an answer");
        let (status, body) = (reply.status().as_u16(), reply.text().await.expect("text"));
        (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }
}
