//! Clients of Dependency-Track's interface that others wrote: from PyPI into a Python environment
//! of their own, from npm into a folder of its own, both in target/.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::machine;

/// From PyPI. Pinned: a new version is a change of ours.
const FROM_PYPI: [&str; 2] =
    ["owasp-dependency-track-client==5.1.1", "violetbeacon-deptrack-client==0.1.1"];
/// The first wants Python 3.11 or later.
const PYTHONS: [&str; 4] = ["python3.11", "python3.12", "python3.13", "python3"];
/// From npm, pinned too.
const FROM_NPM: &str = "@cyclonedx/cdxgen";
const NPM_VERSION: &str = "12.8.4";

/// The folder with the Python clients' interpreter and programs, made once.
pub fn programs(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_TRACK_CLIENTS") {
        return Ok(PathBuf::from(given));
    }
    let folder = top.join("target/track-clients");
    let programs = folder.join("bin");
    // Written last: it stands for a whole installation of these versions.
    let (record, wanted) = (folder.join("installed"), FROM_PYPI.join("\n"));
    if fs::read_to_string(&record).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    let python = machine::program(&PYTHONS)?;
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&folder))
        .context("making a Python environment; Debian has it in python3-venv")?;
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(FROM_PYPI);
    run(&mut pip).with_context(|| format!("fetching {}", FROM_PYPI.join(" and ")))?;
    fs::write(&record, wanted)?;
    Ok(programs)
}

/// The path of cdxgen's program, fetched once.
pub fn cdxgen(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_CDXGEN") {
        return Ok(PathBuf::from(given));
    }
    let folder = top.join("target/tools").join(format!("cdxgen-{NPM_VERSION}"));
    let program = folder.join("node_modules/@cyclonedx/cdxgen/bin/cdxgen.js");
    // npm writes this file last.
    if program.is_file() && folder.join("node_modules/.package-lock.json").is_file() {
        return Ok(program);
    }
    let npm = machine::program(&["npm"])?;
    machine::program(&["node"])?;
    fs::create_dir_all(&folder).context("making a folder for cdxgen")?;
    let mut install = Command::new(npm);
    install.args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]);
    install.args(["--omit=optional", "--prefix"]).arg(&folder);
    install.arg(format!("{FROM_NPM}@{NPM_VERSION}")).stdout(Stdio::null());
    run(&mut install).with_context(|| format!("fetching {FROM_NPM} {NPM_VERSION}"))?;
    ensure!(program.is_file(), "npm did not bring {FROM_NPM} {NPM_VERSION}");
    Ok(program)
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).status()?;
    ensure!(status.success(), "{} failed", command.get_program().display());
    Ok(())
}
