//! The binary under test: commands that end, and a server that is stopped when dropped.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A directory with a database, and the binary working on it.
pub struct Program {
    folder: TempDir,
    /// Another database than the one in the directory.
    database: Option<String>,
}

/// What a command said.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The JSON document on standard output.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| {
            panic!("not one JSON document ({error}): {}\n{}", self.out, self.err)
        })
    }
}

impl Program {
    pub fn new() -> Program {
        Program { folder: tempfile::tempdir().expect("a directory for the test"), database: None }
    }

    /// With its data in the database at `address`.
    pub fn on(address: &str) -> Program {
        Program { database: Some(address.to_owned()), ..Program::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file in the test's directory.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).expect("the test can write");
        path
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_watchbell"));
        command.env_clear().env("WATCHBELL_DATA", self.folder.path());
        command.env("COLUMNS", "100").stdin(Stdio::null());
        command.envs(self.database.iter().map(|address| ("WATCHBELL_DATABASE", address)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command().args(arguments).output().expect("the binary starts");
        let Output { status, stdout, stderr } = output;
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).expect("output is UTF-8");
            text.replace(&self.folder.path().display().to_string(), "DIR")
        };
        Said { status: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
    }

    /// Starts `command` (`serve` or `demo`) on a free port and waits for its first lines.
    pub fn serve(&self, command: &str) -> Server {
        let mut program = self.command();
        program.args([command, "--listen", "127.0.0.1:0"]);
        Server::start(program)
    }
}

/// A report with so many weaknesses.
pub fn report(findings: usize) -> String {
    let list: Vec<String> = (0..findings)
        .map(|n| {
            format!(
                r#"{{"title": "weakness {n}", "severity": "High", "cve": "CVE-2026-{n:05}",
                "component_name": "package-{n}", "component_version": "1.0"}}"#
            )
        })
        .collect();
    format!(r#"{{"findings": [{}]}}"#, list.join(","))
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are UTF-8")
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    /// The one-time link of the first administrator.
    pub link: Option<String>,
}

impl Server {
    /// Starts a command that serves, and waits for its first lines.
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut next = || lines.next().and_then(Result::ok).unwrap_or_default();
        let first = next();
        let address = first.rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(address.starts_with("http://"), "unexpected first line: {first}");
        let mut link = None;
        for _ in 0..4 {
            let line = next();
            if line.contains("/sign-in/link/") {
                link = Some(line.trim().to_owned());
                break;
            }
            if line.is_empty() {
                break;
            }
        }
        Server { child, address, link }
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Takes the power away.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
