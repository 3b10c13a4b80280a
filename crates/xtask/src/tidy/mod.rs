//! `cargo xtask tidy`: the rules of the house that a machine can hold.
//!
//! Every check is a pure function from text to breaches, so it is tested with a few lines of text;
//! only this file reads the tree. A check that cannot run is an error, never a silent pass.

mod catalogues;
mod edges;
mod licences;
mod migrations;
mod names;
mod places;
mod plain;
mod sizes;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// One place where the tree and the rules disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    pub path: String,
    /// From 1.
    pub line: usize,
    pub what: String,
    pub hint: String,
}

impl Breach {
    pub fn new(path: &str, line: usize, what: impl Into<String>, hint: &str) -> Breach {
        Breach { path: path.to_owned(), line, what: what.into(), hint: hint.to_owned() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {} — {}", self.path, self.line, self.what, self.hint)
    }
}

/// What to do with migrations whose digest is not written down yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Migrations {
    Hold,
    Accept,
}

/// The text files of the tree by path, as git sees them; paths begin at the top of the checkout.
pub type Tree = BTreeMap<String, String>;

/// Prints every breach and whether there was none.
pub fn run(with: Migrations) -> anyhow::Result<bool> {
    let top = top()?;
    let mut tree = tree(&top)?;
    if with == Migrations::Accept {
        let digests = migrations::accepted(&tree);
        fs::write(top.join(migrations::DIGESTS), &digests).context("keeping the digests")?;
        tree.insert(migrations::DIGESTS.to_owned(), digests);
    }
    let metadata = metadata()?;
    let mut breaches = edges::check(&edges::edges(&metadata));
    let policy = tree.get("deny.toml").context("there is no deny.toml")?;
    breaches.extend(licences::check(policy, &licences::licences(&metadata))?);
    breaches.extend(sizes::check(&tree));
    breaches.extend(names::check(&tree));
    breaches.extend(places::check(&tree));
    breaches.extend(catalogues::check(&tree));
    breaches.extend(migrations::check(&tree));
    breaches.extend(words::check(&tree));
    breaches.sort();
    for breach in &breaches {
        println!("{breach}");
    }
    match breaches.len() {
        0 => println!("tidy: {} files, no breaches", tree.len()),
        1 => println!("tidy: {} files, 1 breach", tree.len()),
        count => println!("tidy: {} files, {count} breaches", tree.len()),
    }
    Ok(breaches.is_empty())
}

/// The top of the checkout that cargo runs this from; not where it was built, because checkouts
/// may share a target folder.
pub fn top() -> anyhow::Result<PathBuf> {
    let home = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
    let home = PathBuf::from(home);
    let top = home.ancestors().nth(2).context("xtask lies two folders below the top")?;
    Ok(top.to_owned())
}

/// Every text file that is tracked or would be: a breach shows before it is committed.
fn tree(top: &std::path::Path) -> anyhow::Result<Tree> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(top)
        .output()
        .context("running git ls-files")?;
    if !listing.status.success() {
        bail!("git ls-files: {}", String::from_utf8_lossy(&listing.stderr).trim());
    }
    let mut tree = Tree::new();
    for path in String::from_utf8(listing.stdout)?.split('\0').filter(|path| !path.is_empty()) {
        // Deleted but not committed yet, or not text: nothing to read.
        if let Ok(text) = fs::read_to_string(top.join(path)) {
            tree.insert(path.to_owned(), text);
        }
    }
    Ok(tree)
}

/// What cargo knows of the workspace and of the crates that this machine's build takes in.
fn metadata() -> anyhow::Result<Metadata> {
    let version = Command::new("rustc").arg("-vV").output().context("running rustc -vV")?;
    let version = String::from_utf8(version.stdout)?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc -vV names no host")?;
    let options = ["--locked", "--filter-platform", host].map(str::to_owned);
    MetadataCommand::new()
        .manifest_path(top()?.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(options.to_vec())
        .exec()
        .context("running cargo metadata")
}
