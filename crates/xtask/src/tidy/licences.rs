//! Every dependency's licence is on the list of `deny.toml`.
//!
//! The list has one home, and cargo-deny reads the same one; this check needs no network and no
//! installed tool, so it never goes unrun. It covers the crates that this platform's build takes
//! in; cargo-deny, where present, covers all platforms.

use anyhow::{Context, bail};
use cargo_metadata::Metadata;

use super::Breach;

const HINT: &str = "choose another crate, or add the licence to deny.toml with a reason";

/// A foreign crate and the licence expression it declares.
#[derive(Clone, Debug)]
pub struct Licence {
    pub name: String,
    pub version: String,
    pub expression: Option<String>,
}

/// The licences of all foreign crates in the build.
pub fn licences(metadata: &Metadata) -> Vec<Licence> {
    let taken_in = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let mut licences = Vec::new();
    for node in taken_in {
        let package = &metadata[&node.id];
        if metadata.workspace_members.contains(&node.id) {
            continue;
        }
        licences.push(Licence {
            name: package.name.to_string(),
            version: package.version.to_string(),
            expression: package.license.clone(),
        });
    }
    licences
}

/// `policy` is the text of `deny.toml`.
pub fn check(policy: &str, licences: &[Licence]) -> anyhow::Result<Vec<Breach>> {
    let policy: toml::Table = policy.parse().context("deny.toml is not TOML")?;
    let section = policy.get("licenses").context("deny.toml has no [licenses]")?;
    let allowed = texts(section.get("allow"));
    if allowed.is_empty() {
        bail!("deny.toml allows no licence at all");
    }
    let mut breaches = Vec::new();
    for licence in licences {
        let mut allowed = allowed.clone();
        allowed.extend(exceptions(section, &licence.name));
        let what = match &licence.expression {
            None => Some("declares no licence".to_owned()),
            Some(expression) => match satisfied(expression, &allowed) {
                Some(true) => None,
                Some(false) => Some(format!("is under {expression}")),
                None => Some(format!("has an unreadable licence expression: {expression}")),
            },
        };
        if let Some(what) = what {
            let what = format!("{} {} {what}", licence.name, licence.version);
            breaches.push(Breach::new("Cargo.lock", 1, what, HINT));
        }
    }
    Ok(breaches)
}

fn texts(value: Option<&toml::Value>) -> Vec<String> {
    let values = value.and_then(toml::Value::as_array).into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

/// What `[[licenses.exceptions]]` allows to one crate alone.
fn exceptions(section: &toml::Value, name: &str) -> Vec<String> {
    let exceptions = section.get("exceptions").and_then(toml::Value::as_array);
    let of_crate = |exception: &&toml::Value| {
        exception.get("crate").and_then(toml::Value::as_str) == Some(name)
    };
    let exceptions = exceptions.into_iter().flatten().filter(of_crate);
    exceptions.flat_map(|exception| texts(exception.get("allow"))).collect()
}

/// Whether the allowed licences satisfy an SPDX expression; `None` when it cannot be read.
/// The old `A/B` means `A OR B`.
fn satisfied(expression: &str, allowed: &[String]) -> Option<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, allowed };
    let satisfied = reader.alternatives()?;
    reader.words.is_empty().then_some(satisfied)
}

struct Reader<'a> {
    words: &'a [&'a str],
    allowed: &'a [String],
}

impl<'a> Reader<'a> {
    fn take(&mut self, word: &str) -> bool {
        let taken = self.words.first() == Some(&word);
        if taken {
            self.words = &self.words[1..];
        }
        taken
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }

    fn alternatives(&mut self) -> Option<bool> {
        let mut satisfied = self.conjunction()?;
        while self.take("OR") {
            satisfied |= self.conjunction()?;
        }
        Some(satisfied)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut satisfied = self.licence()?;
        while self.take("AND") {
            satisfied &= self.licence()?;
        }
        Some(satisfied)
    }

    fn licence(&mut self) -> Option<bool> {
        if self.take("(") {
            let satisfied = self.alternatives()?;
            return self.take(")").then_some(satisfied);
        }
        let mut licence = self.next()?.to_owned();
        if matches!(licence.as_str(), "OR" | "AND" | "WITH" | ")") {
            return None;
        }
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.next()?);
        }
        Some(self.allowed.contains(&licence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "[licenses]\nallow = [\"MIT\", \"Apache-2.0\", \"ISC\"]\n\
        exceptions = [{ crate = \"special\", allow = [\"MPL-2.0\"] }]\n";

    fn told(name: &str, expression: Option<&str>) -> Vec<String> {
        let expression = expression.map(str::to_owned);
        let licence = Licence { name: name.to_owned(), version: "1.0.0".to_owned(), expression };
        let breaches = check(POLICY, &[licence]).expect("a policy");
        breaches.into_iter().map(|breach| breach.what).collect()
    }

    #[test]
    fn a_choice_with_one_allowed_licence_is_enough() {
        for good in ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "ISC AND (GPL-3.0 OR MIT)"] {
            assert_eq!(told("a", Some(good)), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn what_binds_us_to_a_licence_off_the_list_is_told() {
        assert_eq!(told("a", Some("MIT AND GPL-3.0")), ["a 1.0.0 is under MIT AND GPL-3.0"]);
        assert_eq!(told("a", None), ["a 1.0.0 declares no licence"]);
        let bare = "Apache-2.0 WITH LLVM-exception";
        assert_eq!(told("a", Some(bare)), [format!("a 1.0.0 is under {bare}")]);
    }

    #[test]
    fn an_exception_is_for_one_crate() {
        assert_eq!(told("special", Some("MPL-2.0")), Vec::<String>::new());
        assert_eq!(told("other", Some("MPL-2.0")).len(), 1);
    }

    #[test]
    fn an_expression_that_cannot_be_read_is_a_breach() {
        for bad in ["", "MIT OR", "(MIT", "MIT MIT", "AND MIT"] {
            assert!(told("a", Some(bad))[0].contains("unreadable"), "{bad:?}");
        }
    }
}
