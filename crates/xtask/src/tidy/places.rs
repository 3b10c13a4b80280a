//! No path of one machine and no private registry in the tree: what is here works for strangers.

use super::{Breach, Tree};

/// The only source crates come from, as `Cargo.lock` writes it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

const PATH_HINT: &str = "use a path relative to the checkout, or a temporary folder";
const REGISTRY_HINT: &str = "crates come from crates.io; machine settings stay on the machine";

pub fn check(tree: &Tree) -> Vec<Breach> {
    tree.iter().flat_map(|(path, text)| check_file(path, text)).collect()
}

fn check_file(path: &str, text: &str) -> Vec<Breach> {
    // Written in pieces so that this file does not accuse itself.
    let ours = ["/work", "/root"].map(|folder| format!("{folder}/"));
    let homes = format!("{}/", "/home");
    // Foreign documents say what they say, but even they may not name where this was made.
    let foreign = path.contains("/samples/") || path.contains("/snapshots/");
    let mut breaches = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let ours = ours.iter().find(|folder| begins_in(line, folder));
        let found = ours.or(Some(&homes).filter(|homes| !foreign && begins_in(line, homes)));
        if let Some(folder) = found {
            let what = format!("an absolute path below {folder}");
            breaches.push(Breach::new(path, index + 1, what, PATH_HINT));
        }
        if let Some(source) = foreign_source(path, line) {
            let what = format!("crates from {source}");
            breaches.push(Breach::new(path, index + 1, what, REGISTRY_HINT));
        }
    }
    breaches
}

/// Whether an absolute path in `line` begins with `folder`; `https://a.example/work/` does not.
fn begins_in(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '}' | '*'))
    })
}

fn foreign_source<'l>(path: &str, line: &'l str) -> Option<&'l str> {
    match path {
        "Cargo.lock" => {
            let source = line.strip_prefix("source = ")?.trim_matches('"');
            (source != CRATES_IO).then_some(source)
        }
        ".cargo/config.toml" => {
            let line = line.trim();
            let redirects = ["[source", "[registries", "replace-with"];
            redirects.iter().any(|word| line.starts_with(word)).then_some(line)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_one_machine_is_told_with_its_line() {
        let text = format!("a\nb = \"{}/checkout\"\n", "/work");
        let breaches = check_file("docs/a.md", &text);
        assert_eq!(breaches.len(), 1);
        assert_eq!(breaches[0].line, 2);
    }

    #[test]
    fn a_path_of_a_web_address_or_of_the_checkout_is_none() {
        for good in ["https://a.example/work/x", "crates/a/home/x", "$HOME/x", "./work/x"] {
            assert_eq!(check_file("docs/a.md", good), [], "{good}");
        }
    }

    #[test]
    fn a_tools_own_report_may_name_its_home() {
        let text = format!("{}/user/app.py", "/home");
        assert_eq!(check_file("crates/formats/src/reports/samples/bandit.json", &text), []);
        assert_eq!(check_file("README.md", &text).len(), 1);
    }

    #[test]
    fn crates_come_from_one_registry() {
        let mirror = "source = \"registry+https://mirror.example/index\"";
        assert_eq!(check_file("Cargo.lock", mirror).len(), 1);
        assert_eq!(check_file("Cargo.lock", &format!("source = \"{CRATES_IO}\"")), []);
        assert_eq!(check_file(".cargo/config.toml", "[source.crates-io]").len(), 1);
    }
}
