//! What is on this machine, and how to get what is not: Debian's packages, as root or by sudo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// The first of `names` that the search path has.
pub fn program(names: &[&str]) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for name in names {
        if let Some(found) = folders.iter().map(|folder| folder.join(name)).find(|f| f.is_file()) {
            return Ok(found);
        }
    }
    bail!("there is no program {}", names.join(" or "))
}

/// Whether this process is root: only root may not run PostgreSQL, and only root may install.
pub fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Installs the Debian packages behind what the tests need and this machine lacks.
pub fn install_what_is_missing() -> anyhow::Result<()> {
    let needs: [(bool, &str); 6] = [
        (super::postgres::programs().is_ok(), "postgresql"),
        (program(&["chromium", "chromium-browser"]).is_ok(), "chromium"),
        (program(&["chromedriver"]).is_ok(), "chromium-driver"),
        (program(&["npm"]).is_ok(), "npm"),
        (program(&["xz"]).is_ok(), "xz-utils"),
        (super::python::has_pip(), "python3-pip"),
    ];
    let missing = needs.iter().filter(|(present, _)| !present).map(|(_, package)| *package);
    let missing: Vec<&str> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("== installing {}", missing.join(", "));
    ensure!(program(&["apt-get"]).is_ok(), "no apt-get here to install {}", missing.join(", "));
    apt_get(&["update"])?;
    // One by one: what one archive lacks does not keep the others away.
    let mut refused = Vec::new();
    for package in missing {
        if apt_get(&["install", "--yes", "--no-install-recommends", package]).is_err() {
            refused.push(package);
        }
    }
    ensure!(refused.is_empty(), "could not install {}", refused.join(", "));
    Ok(())
}

fn apt_get(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = if is_root() {
        Command::new("env")
    } else {
        program(&["sudo"]).context("neither root nor sudo to install packages with")?;
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]).args(arguments);
    let status = command.stdin(Stdio::null()).status().context("running apt-get")?;
    ensure!(status.success(), "apt-get {} failed", arguments.join(" "));
    Ok(())
}

/// Whether the process with this number is alive.
pub fn is_alive(process: &str) -> bool {
    Path::new("/proc").join(process).exists()
}
