//! Migrations are append-only: numbered without gaps, and never changed once written down.
//!
//! `digests.txt` beside them keeps a SHA-256 of each. A database somewhere has already run the
//! text that was committed; changing it would make two databases of the same version differ.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Breach, Tree};

const FOLDER: &str = "crates/store/migrations/";
/// Where the digests are kept, a line each: digest, two spaces, file name.
pub const DIGESTS: &str = "crates/store/migrations/digests.txt";

const ACCEPT: &str = "cargo xtask tidy --accept-migrations writes it down";
const APPEND: &str = "restore it and add a new migration instead";

/// The migrations of the tree by file name.
fn migrations(tree: &Tree) -> BTreeMap<&str, &str> {
    let files = tree.iter().filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?, text)));
    files.filter(|(file, _)| file.ends_with(".sql")).map(|(f, text)| (f, text.as_str())).collect()
}

/// What is written down, by file name.
fn digests(tree: &Tree) -> BTreeMap<&str, &str> {
    let lines = tree.get(DIGESTS).map_or("", String::as_str).lines();
    lines.filter_map(|line| line.split_once("  ")).map(|(digest, file)| (file, digest)).collect()
}

fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The text of `digests.txt` with the new migrations added; what is there stays as it is.
pub fn accepted(tree: &Tree) -> String {
    let known = digests(tree);
    let mut text = tree.get(DIGESTS).cloned().unwrap_or_default();
    for (file, migration) in migrations(tree) {
        if !known.contains_key(file) {
            text.push_str(&format!("{}  {file}\n", digest(migration)));
        }
    }
    text
}

pub fn check(tree: &Tree) -> Vec<Breach> {
    let migrations = migrations(tree);
    let known = digests(tree);
    let mut breaches = Vec::new();
    let mut expected = 1;
    let mut before = None;
    for (file, text) in &migrations {
        let path = format!("{FOLDER}{file}");
        let number = file.get(..4).and_then(|digits| digits.parse::<u32>().ok());
        // Two engines may each have a file of one number.
        if number != before && number != Some(expected) || file.as_bytes().get(4) != Some(&b'_') {
            let hint = format!("name it {expected:04}_what_it_does.sql");
            breaches.push(Breach::new(&path, 1, "migrations count from 0001 without gaps", &hint));
        }
        if number != before {
            expected = number.unwrap_or(expected) + 1;
        }
        before = number;
        match known.get(file) {
            None => breaches.push(Breach::new(&path, 1, "a migration not written down", ACCEPT)),
            Some(kept) if **kept != digest(text) => {
                breaches.push(Breach::new(&path, 1, "a migration was changed", APPEND));
            }
            Some(_) => {}
        }
    }
    for file in known.keys().filter(|file| !migrations.contains_key(*file)) {
        let what = format!("the migration {file} is gone");
        breaches.push(Breach::new(DIGESTS, 1, what, APPEND));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(f, text)| (format!("{FOLDER}{f}"), (*text).to_owned())).collect()
    }

    fn told(tree: &Tree) -> Vec<String> {
        check(tree).into_iter().map(|breach| breach.what).collect()
    }

    #[test]
    fn what_was_accepted_may_not_change_or_go() {
        let mut tree = tree(&[("0001_begin.sql", "create"), ("0002_more.sql", "alter")]);
        assert_eq!(told(&tree), ["a migration not written down"; 2]);
        tree.insert(DIGESTS.to_owned(), accepted(&tree));
        assert_eq!(told(&tree), Vec::<String>::new());
        tree.insert(format!("{FOLDER}0001_begin.sql"), "drop".to_owned());
        tree.remove(&format!("{FOLDER}0002_more.sql"));
        assert_eq!(told(&tree), ["a migration was changed", "the migration 0002_more.sql is gone"]);
    }

    #[test]
    fn accepting_adds_and_never_mends() {
        let mut tree = tree(&[("0001_begin.sql", "create")]);
        tree.insert(DIGESTS.to_owned(), accepted(&tree));
        let kept = tree[DIGESTS].clone();
        tree.insert(format!("{FOLDER}0001_begin.sql"), "changed".to_owned());
        assert_eq!(accepted(&tree), kept);
    }

    #[test]
    fn numbers_have_no_gaps() {
        let files = [("0001_a.sql", ""), ("0003_c.sql", ""), ("first.sql", "")];
        let mut tree = tree(&files);
        tree.insert(DIGESTS.to_owned(), accepted(&tree));
        assert_eq!(told(&tree), ["migrations count from 0001 without gaps"; 2]);
    }
}
