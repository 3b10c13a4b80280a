//! Python packages that tests use as the other end: a real SMTP server; from PyPI, into target/.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// The SMTP server that mail is delivered to. Pinned: a new version is a change of ours.
const SMTP_SERVER: &str = "aiosmtpd";
const VERSION: &str = "1.4.6";

/// Whether Python and its installer are here.
pub fn has_pip() -> bool {
    let probe = Command::new("python3").args(["-m", "pip", "--version"]).output();
    probe.is_ok_and(|probe| probe.status.success())
}

/// The folder with the packages, fetched once.
pub fn packages(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_PYTHON_PACKAGES") {
        return Ok(PathBuf::from(given));
    }
    let folder = top.join("target/python");
    // pip writes this folder last: it stands for a whole installation.
    let record = folder.join(format!("{SMTP_SERVER}-{VERSION}.dist-info"));
    if record.is_dir() {
        return Ok(folder);
    }
    ensure!(has_pip(), "there is no python3 with pip to fetch {SMTP_SERVER} with");
    let status = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--upgrade", "--target"])
        .arg(&folder)
        .arg(format!("{SMTP_SERVER}=={VERSION}"))
        .stdin(Stdio::null())
        .status()
        .context("running pip")?;
    ensure!(
        status.success() && record.is_dir(),
        "pip could not fetch {SMTP_SERVER} {VERSION}; mail is not tested against a real server"
    );
    Ok(folder)
}
