//! A PostgreSQL cluster for the length of one test run.
//!
//! In a temporary folder, on a free port of the loopback, without passwords and without fsync: it
//! keeps nothing that anybody needs. The server refuses to run as root, so root drops to another
//! user. It is asked to stop when the value is dropped, and by the kernel when this process dies.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::machine;

/// The oldest version the product supports.
const OLDEST: u32 = 15;

/// How long a server may take to answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Begins the names of the folders, so that those of dead runs are recognised.
const FOLDER: &str = "watchbell-postgres-";

/// A running server with its folder.
pub struct Cluster {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    pub fn start() -> anyhow::Result<Cluster> {
        let programs = programs()?;
        sweep();
        let folder = std::env::temp_dir().join(format!("{FOLDER}{}", std::process::id()));
        fs::create_dir_all(&folder).context("making a folder for PostgreSQL")?;
        match start_in(&programs, &folder) {
            Ok((server, port)) => {
                let cluster = Cluster { server, folder, port };
                cluster.await_answer(&programs)?;
                Ok(cluster)
            }
            Err(failure) => {
                fs::remove_dir_all(&folder).context("removing PostgreSQL's folder")?;
                Err(failure)
            }
        }
    }

    /// Its address, as superuser of the database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://watchbell@127.0.0.1:{}/postgres", self.port)
    }

    fn await_answer(&self, programs: &Path) -> anyhow::Result<()> {
        let begin = Instant::now();
        let port = self.port.to_string();
        while begin.elapsed() < PATIENCE {
            let ready = Command::new(programs.join("pg_isready"))
                .args(["--quiet", "--host", "127.0.0.1", "--port", &port])
                .status()?;
            if ready.success() {
                println!("== PostgreSQL on port {port} ({})", programs.display());
                return Ok(());
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
        bail!("no answer on port {port} for {} s", PATIENCE.as_secs())
    }
}

impl Drop for Cluster {
    /// Stops it at once: "immediate" loses what was not written, and nobody needs it.
    fn drop(&mut self) {
        let number = self.server.id().to_string();
        let asked = Command::new("kill").args(["-QUIT", &number]).status();
        if !asked.is_ok_and(|status| status.success()) && self.server.kill().is_err() {
            eprintln!("PostgreSQL (process {number}) could not be stopped");
        }
        let stopped = self.server.wait().is_ok();
        if !stopped || fs::remove_dir_all(&self.folder).is_err() {
            eprintln!("left behind: {}", self.folder.display());
        }
    }
}

fn start_in(programs: &Path, folder: &Path) -> anyhow::Result<(Child, u16)> {
    let user = user()?;
    if let Some(user) = user {
        let status = Command::new("chown").arg(user).arg(folder).status()?;
        ensure!(status.success(), "could not give the folder to `{user}`");
    }
    let data = folder.join("data");
    let made = as_user(user, &programs.join("initdb"))
        .args(["--auth=trust", "--username=watchbell", "--encoding=UTF8", "--locale=C"])
        .args(["--no-sync", "--pgdata"])
        .arg(&data)
        .current_dir(folder)
        .output()
        .context("running initdb")?;
    ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr).trim());
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = fs::File::create(folder.join("log"))?;
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
    ];
    let mut server = as_user(user, &programs.join("postgres"));
    server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
    server.args(settings.iter().flat_map(|setting| ["-c", setting]));
    server.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    Ok((server.spawn().context("starting PostgreSQL")?, port))
}

/// Where PostgreSQL's programs are: Debian's newest version, else the search path's.
pub fn programs() -> anyhow::Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let versions = versions.filter_map(|entry| {
        let version = entry.file_name().to_str()?.parse::<u32>().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = versions.filter(|(_, bin)| bin.join("initdb").is_file()).max();
    if let Some((version, bin)) = newest {
        ensure!(version >= OLDEST, "PostgreSQL {version} is too old; {OLDEST} or newer is needed");
        return Ok(bin);
    }
    let initdb = machine::program(&["initdb"]).context("PostgreSQL is not installed")?;
    // A link stands beside nothing; its target stands beside the other programs.
    let initdb = fs::canonicalize(initdb)?;
    Ok(initdb.parent().context("initdb lies nowhere")?.to_owned())
}

/// Whom root becomes: `postgres`, else `nobody`. `None` when there is no need.
fn user() -> anyhow::Result<Option<&'static str>> {
    if !machine::is_root() {
        return Ok(None);
    }
    let exists = |user: &&&str| {
        Command::new("id").args(["-u", user]).output().is_ok_and(|id| id.status.success())
    };
    let user = ["postgres", "nobody"].iter().find(exists);
    Ok(Some(user.context("PostgreSQL does not run as root and there is no other user")?))
}

/// `program` run by `user`, told to stop by the kernel when this process dies.
fn as_user(user: Option<&str>, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(user) = user {
        command.args(["--reuid", user, "--regid", &group(user), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// The number of a user's own group, whose name differs from the user's for `nobody`.
fn group(user: &str) -> String {
    let id = Command::new("id").args(["-g", user]).output();
    let id = id.map(|id| String::from_utf8_lossy(&id.stdout).trim().to_owned());
    id.unwrap_or_else(|_| user.to_owned())
}

/// Removes the folders of runs that were killed.
fn sweep() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER));
        if process.is_some_and(|process| !machine::is_alive(process))
            && fs::remove_dir_all(entry.path()).is_err()
        {
            eprintln!("left behind by an earlier run: {}", entry.path().display());
        }
    }
}
