//! axe-core, the accessibility rules that browser tests load into pages; from npm, into target/.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::machine;

/// Pinned: a new version of the rules is a change of ours, not a surprise.
const VERSION: &str = "4.14.1";

/// The path of `axe.min.js`, fetched once.
pub fn axe(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_AXE") {
        return Ok(PathBuf::from(given));
    }
    let folder = top.join("target/tools").join(format!("axe-core-{VERSION}"));
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if script.is_file() {
        return Ok(script);
    }
    let npm = machine::program(&["npm"])?;
    fs::create_dir_all(&folder).context("making a folder for axe-core")?;
    let status = Command::new(npm)
        .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
        .arg(&folder)
        .arg(format!("axe-core@{VERSION}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .context("running npm")?;
    ensure!(status.success() && script.is_file(), "npm could not fetch axe-core {VERSION}");
    Ok(script)
}
