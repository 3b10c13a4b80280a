//! Names of files that say nothing.
//!
//! A file is named by the thing in it. Words for "the rest" collect what has no home.

use super::{Breach, Tree};

/// Words that no file or folder name of ours may have as one of its parts.
const EMPTY_WORDS: &[&str] = &[
    "util",
    "utils",
    "utility",
    "utilities",
    "helper",
    "helpers",
    "manager",
    "managers",
    "common",
    "misc",
    "stuff",
    "handler",
    "handlers",
    "handle",
];

/// Words that may not end a name: `user_service` is whatever touches users.
const EMPTY_SUFFIXES: &[&str] = &["_service", "_services"];

const HINT: &str = "name it by the thing in it (docs/words.md)";

pub fn check(tree: &Tree) -> Vec<Breach> {
    tree.keys().filter_map(|path| check_path(path)).collect()
}

fn check_path(path: &str) -> Option<Breach> {
    // Samples keep the names that the tools gave them.
    if path.contains("/samples/") {
        return None;
    }
    for part in path.split('/') {
        let stem = part.split('.').find(|stem| !stem.is_empty()).unwrap_or(part).to_lowercase();
        let mut words = stem.split(['_', '-']);
        if let Some(word) = words.find(|word| EMPTY_WORDS.contains(word)) {
            return Some(Breach::new(path, 1, format!("`{word}` in a name says nothing"), HINT));
        }
        if let Some(suffix) = EMPTY_SUFFIXES.iter().find(|suffix| stem.ends_with(**suffix)) {
            let what = format!("`{suffix}` at the end of a name says nothing");
            return Some(Breach::new(path, 1, what, HINT));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_the_rest_is_refused() {
        let bad = ["crates/a/src/utils.rs", "crates/common/src/lib.rs", "src/user_service.rs"];
        for bad in bad {
            assert!(check_path(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_name_for_a_thing_is_taken() {
        let good = ["crates/domain/src/services/mod.rs", "src/communications.rs", ".ci/run"];
        for good in good {
            assert_eq!(check_path(good), None, "{good}");
        }
    }
}
