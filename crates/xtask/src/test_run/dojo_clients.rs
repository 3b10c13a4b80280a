//! Clients of DefectDojo's interface that others wrote, from PyPI, into a Python environment of
//! their own in target/.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// The clients. Pinned: a new version is a change of ours.
const CLIENTS: [&str; 2] = ["dd-import==1.0.12", "defectdojo-importer==0.0.4"];
/// What brings back `distutils`, which `dd-import` uses and Python has no more from 3.12 on.
const DISTUTILS: &str = "setuptools==80.9.0";
/// Interpreters, the best first: up to 3.11 they have `distutils` themselves.
const PYTHONS: [&str; 3] = ["python3.11", "python3.10", "python3"];

/// The folder with the clients' programs, made once.
pub fn programs(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_DOJO_CLIENTS") {
        return Ok(PathBuf::from(given));
    }
    let folder = top.join("target/dojo-clients");
    let programs = folder.join("bin");
    // Written last: it stands for a whole installation of these versions.
    let record = folder.join("installed");
    let wanted = CLIENTS.join("\n");
    if std::fs::read_to_string(&record).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    let python = super::machine::program(&PYTHONS)?;
    run(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&folder))
        .context("making a Python environment; Debian has it in python3-venv")?;
    let mut pip = Command::new(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(CLIENTS);
    if !has_distutils(&programs) {
        pip.arg(DISTUTILS);
    }
    run(&mut pip).with_context(|| format!("fetching {}", CLIENTS.join(" and ")))?;
    std::fs::write(&record, wanted)?;
    Ok(programs)
}

fn has_distutils(programs: &Path) -> bool {
    let mut probe = Command::new(programs.join("python"));
    let probe = probe.args(["-c", "import distutils.util"]).stderr(Stdio::null()).status();
    probe.is_ok_and(|status| status.success())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).status()?;
    ensure!(status.success(), "{} failed", command.get_program().display());
    Ok(())
}
