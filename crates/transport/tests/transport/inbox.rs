//! An SMTP server for one test: aiosmtpd in a Python process, whose lines are its messages.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The folder that has aiosmtpd, unless Python finds it by itself.
const PACKAGES: &str = "WATCHBELL_PYTHON_PACKAGES";

pub struct Inbox {
    pub port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    /// Ends when it is dropped.
    _server: Child,
}

impl Inbox {
    /// `None`, said loudly, on a machine without Python or aiosmtpd.
    pub async fn open() -> Option<Inbox> {
        if let Err(why) = present().await {
            eprintln!("SMTP SERVER ABSENT: {why}; THIS TEST CHECKED NOTHING");
            return None;
        }
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/smtp_server.py");
        let mut server = python()
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let output = server.stdout.take().expect("it has an output");
        let mut lines = BufReader::new(output).lines();
        let first = lines.next_line().await.expect("its output is text");
        let port = first.expect("it says its port").parse().expect("a port");
        Some(Inbox { port, lines, _server: server })
    }

    /// The next message that was taken.
    pub async fn next(&mut self) -> Value {
        let line = self.lines.next_line().await.expect("its output is text");
        serde_json::from_str(&line.expect("a message")).expect("JSON")
    }
}

async fn present() -> Result<(), String> {
    let probe = python().args(["-c", "import aiosmtpd.smtp"]).output().await;
    match probe {
        Ok(output) if output.status.success() => Ok(()),
        Ok(_) => Err(format!("python3 has no aiosmtpd; name its folder in {PACKAGES}")),
        Err(error) => Err(format!("python3 cannot be run: {error}")),
    }
}

fn python() -> Command {
    let mut command = Command::new("python3");
    if let Some(packages) = std::env::var_os(PACKAGES) {
        command.env("PYTHONPATH", packages);
    }
    command
}
