//! `cargo xtask test`: everything that can be tested, with what it needs fetched and started.
//!
//! Steps run in a fixed order and one failing does not hide the next. What could not be had is
//! said before and after, in capitals: a test that did not run is not a test that passed. The last
//! line is plain: `N passed, N failed`, where each step that is no test counts as one.

mod browser;
mod dojo_clients;
mod machine;
mod postgres;
mod python;
mod totals;
mod track_clients;

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::tidy;
use totals::Totals;

/// What was asked for on the command line.
pub struct Options {
    install: Install,
    deny: Deny,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Install {
    WhatIsMissing,
    Nothing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deny {
    IfPresent,
    Build,
}

impl Options {
    pub fn parse(arguments: &[&str]) -> Result<Options, String> {
        let mut options = Options { install: Install::WhatIsMissing, deny: Deny::IfPresent };
        for argument in arguments {
            match *argument {
                "--no-install" => options.install = Install::Nothing,
                "--build-deny" => options.deny = Deny::Build,
                other => return Err(format!("`test` has no option `{other}`")),
            }
        }
        Ok(options)
    }
}

/// What the tests find on this machine, and what they do not.
#[derive(Default)]
struct Surroundings {
    /// For the tests, by environment variable.
    variables: Vec<(&'static str, OsString)>,
    /// What could not be had, and why.
    lacking: Vec<String>,
}

impl Surroundings {
    /// Passes `value` on, or writes down why it is lacking.
    fn offer(&mut self, variable: &'static str, value: anyhow::Result<impl Into<OsString>>) {
        match value {
            Ok(value) => self.variables.push((variable, value.into())),
            Err(why) => self.lack(format!("{variable} is not set: {why:#}")),
        }
    }

    fn lack(&mut self, what: String) {
        println!("NOT AVAILABLE: {what}");
        self.lacking.push(what);
    }
}

/// Runs everything; whether all of it passed.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let top = tidy::top()?;
    let mut around = Surroundings::default();
    if options.install == Install::WhatIsMissing
        && let Err(why) = machine::install_what_is_missing()
    {
        around.lack(format!("{why:#}"));
    }
    // Stopped when it goes out of scope, however this function is left.
    let cluster = match postgres::Cluster::start() {
        Ok(cluster) => {
            around.variables.push(("WATCHBELL_TEST_POSTGRES", cluster.url().into()));
            Some(cluster)
        }
        Err(why) => {
            around.lack(format!("PostgreSQL: {why:#}"));
            None
        }
    };
    around.offer("WATCHBELL_CHROMIUM", machine::program(&["chromium", "chromium-browser"]));
    around.offer("WATCHBELL_CHROMEDRIVER", machine::program(&["chromedriver"]));
    around.offer("WATCHBELL_AXE", browser::axe(&top));
    around.offer("WATCHBELL_PYTHON_PACKAGES", python::packages(&top));
    around.offer("WATCHBELL_DOJO_CLIENTS", dojo_clients::programs(&top));
    around.offer("WATCHBELL_TRACK_CLIENTS", track_clients::programs(&top));
    around.offer("WATCHBELL_CDXGEN", track_clients::cdxgen(&top));
    around.offer("WATCHBELL_CORPUS", corpus(&top));

    let mut totals = Totals::default();
    chore(&top, &mut totals, &mut around, &["fmt", "--all", "--check"]);
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    chore(&top, &mut totals, &mut around, &clippy);
    println!("\n== tidy");
    totals.step(tidy::run(tidy::Migrations::Hold).unwrap_or_else(|failure| {
        println!("tidy: {failure:#}");
        false
    }));
    deny(&top, options.deny, &mut totals, &mut around);
    totals.add(&tests(&top, &around)?);
    drop(cluster);
    summary(&totals, &around);
    Ok(totals.failed == 0)
}

/// One cargo command that passes or fails as a whole; a missing component is told, not failed.
fn chore(top: &Path, totals: &mut Totals, around: &mut Surroundings, arguments: &[&str]) {
    println!("\n== cargo {}", arguments.join(" "));
    let tool = arguments[0];
    let probe = Command::new("cargo").args([tool, "--version"]).output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        around.lack(format!("cargo {tool}: the toolchain has no such component"));
        return;
    }
    let status = Command::new("cargo").args(arguments).current_dir(top).status();
    totals.step(status.is_ok_and(|status| status.success()));
}

/// Licences and bans by cargo-deny. Its advisory check needs a database from the network and is
/// left to those who have it; `tidy` has checked the licences in any case.
fn deny(top: &Path, wanted: Deny, totals: &mut Totals, around: &mut Surroundings) {
    println!("\n== cargo-deny check licenses bans");
    let tools = top.join("target/tools");
    if wanted == Deny::Build {
        let mut install = Command::new("cargo");
        install.args(["install", "cargo-deny", "--locked", "--root"]).arg(&tools);
        if !install.status().is_ok_and(|status| status.success()) {
            around.lack("cargo-deny: it could not be built".to_owned());
        }
    }
    let built = Some(tools.join("bin/cargo-deny")).filter(|program| program.is_file());
    let Some(program) = built.or_else(|| machine::program(&["cargo-deny"]).ok()) else {
        around.lack("cargo-deny: not installed; --build-deny builds it".to_owned());
        return;
    };
    let mut check = Command::new(program);
    check.args(["--offline", "check", "licenses", "bans"]).current_dir(top);
    totals.step(check.status().is_ok_and(|status| status.success()));
}

/// The tests themselves: what they print is passed on and counted.
fn tests(top: &Path, around: &Surroundings) -> anyhow::Result<Totals> {
    println!("\n== cargo test --workspace");
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).current_dir(top);
    command.envs(around.variables.iter().map(|(name, value)| (name, value)));
    let mut child = command.stdout(Stdio::piped()).spawn().context("running cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut totals = Totals::default();
    let mut out = std::io::stdout();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        writeln!(out, "{line}")?;
        totals.read(&line);
    }
    let status = child.wait()?;
    if !status.success() && totals.failed == 0 {
        // It did not build, or a test binary died before it could count.
        totals.step(false);
    }
    Ok(totals)
}

/// The folder of test data that others made, unpacked from beside the checkout if it is there.
fn corpus(top: &Path) -> anyhow::Result<PathBuf> {
    if let Some(given) = std::env::var_os("WATCHBELL_CORPUS") {
        return Ok(PathBuf::from(given));
    }
    let unpack = top.join("../shared/unpack-corpus");
    anyhow::ensure!(unpack.is_file(), "there is no test data beside the checkout");
    let corpus = top.join("target/corpus");
    let status = Command::new(&unpack).arg(&corpus).stdout(Stdio::null()).status()?;
    anyhow::ensure!(status.success(), "{} failed", unpack.display());
    Ok(corpus)
}

fn summary(totals: &Totals, around: &Surroundings) {
    println!();
    for lacking in &around.lacking {
        println!("NOT AVAILABLE: {lacking}");
    }
    if !around.lacking.is_empty() {
        println!("WHAT NEEDS IT WAS NOT TESTED.");
    }
    if totals.ignored > 0 {
        println!("{} TESTS WERE IGNORED.", totals.ignored);
    }
    println!("{} passed, {} failed", totals.passed, totals.failed);
}
