//! Patterns of paths and of package names.
//!
//! Paths are matched by the rules that GitHub documents for CODEOWNERS ("CODEOWNERS syntax", which
//! are those of gitignore without `!`, `[ ]` and an escaped `#`): a pattern with a slash at its
//! beginning or within is anchored at the root, one without matches at any depth; one that ends
//! with a slash, or names a directory, matches all below it; `*` matches within one part of a path,
//! `**` any number of parts; `docs/*` matches the files in `docs` and nothing deeper.

use thiserror::Error;

/// The longest pattern, in characters.
pub const PATTERN_LENGTH: usize = 500;
/// The most `*` in a pattern; more say nothing that fewer do not.
const STARS: usize = 16;

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternRefused {
    #[error("a pattern has 1 to {PATTERN_LENGTH} characters")]
    Length,
    #[error("a pattern has at most {STARS} stars")]
    Stars,
    #[error("`!` does not exclude here; write a later line for the exception")]
    Negated,
    #[error("`[` and `]` have no meaning in a pattern here; use `*` or `?`")]
    Brackets,
}

/// A pattern with the text that it was written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// The parts of a path; of a name, one.
    parts: Vec<String>,
    /// Whether it also matches what lies below.
    below: Below,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    /// The path itself and all below it.
    Also,
    /// Only what lies below: it ended with a slash.
    Only,
    /// The path itself only: it ended with `/*`.
    Never,
}

impl Pattern {
    /// A pattern of paths.
    pub fn of_path(text: &str) -> Result<Pattern, PatternRefused> {
        sound(text)?;
        if text.starts_with('!') {
            return Err(PatternRefused::Negated);
        }
        if text.contains(['[', ']']) {
            return Err(PatternRefused::Brackets);
        }
        let below = if text.ends_with('/') {
            Below::Only
        } else if text.ends_with("/*") {
            Below::Never
        } else {
            Below::Also
        };
        let inner = text.trim_end_matches('/');
        let is_anchored = inner.contains('/');
        let mut parts: Vec<String> = Vec::new();
        if !is_anchored {
            parts.push("**".to_owned());
        }
        for part in inner.split('/').filter(|part| !part.is_empty()) {
            // Two in a row say no more than one.
            if part != "**" || parts.last().is_none_or(|last| last != "**") {
                parts.push(part.to_owned());
            }
        }
        Ok(Pattern { text: text.to_owned(), parts, below })
    }

    /// A pattern of names, in which `*` is any text and `?` one character.
    pub fn of_name(text: &str) -> Result<Pattern, PatternRefused> {
        sound(text)?;
        Ok(Pattern { text: text.to_owned(), parts: vec![text.to_lowercase()], below: Below::Never })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `name` matches, in any case of letters.
    pub fn matches_name(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.parts.first().is_some_and(|part| matches_part(part, &name))
    }

    /// Whether `path`, relative to the repository's root, matches.
    pub fn matches_path(&self, path: &str) -> bool {
        let parts: Vec<&str> =
            path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        !parts.is_empty() && self.matches_parts(&parts)
    }

    /// In steps of pattern × path: which beginnings of the path each beginning of the pattern fits.
    fn matches_parts(&self, path: &[&str]) -> bool {
        let mut fits = vec![false; path.len() + 1];
        fits[0] = true;
        for part in &self.parts {
            let mut next = vec![false; path.len() + 1];
            if part == "**" {
                let mut any = false;
                for (place, next) in next.iter_mut().enumerate() {
                    any |= fits[place];
                    *next = any;
                }
            } else {
                for (place, name) in path.iter().enumerate() {
                    next[place + 1] = fits[place] && matches_part(part, name);
                }
            }
            fits = next;
        }
        match self.below {
            Below::Never => fits[path.len()],
            Below::Also => fits.iter().skip(1).any(|fit| *fit),
            Below::Only => fits[..path.len()].iter().skip(1).any(|fit| *fit),
        }
    }
}

fn sound(text: &str) -> Result<(), PatternRefused> {
    let length = text.chars().count();
    if length == 0 || length > PATTERN_LENGTH || text.trim().is_empty() {
        return Err(PatternRefused::Length);
    }
    if text.matches('*').count() > STARS {
        return Err(PatternRefused::Stars);
    }
    Ok(())
}

/// `*` is any text, `?` one character; remembers the last star only, so that it takes at most
/// pattern × text steps.
fn matches_part(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        if at < pattern.len() && pattern[at] == '*' {
            star = Some((at, place));
            at += 1;
        } else if at < pattern.len() && (pattern[at] == '?' || pattern[at] == text[place]) {
            (at, place) = (at + 1, place + 1);
        } else if let Some((back, taken)) = star {
            star = Some((back, taken + 1));
            (at, place) = (back + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern, what it matches, what it does not.
    const CASES: [(&str, &[&str], &[&str]); 12] = [
        ("*", &["a", "a/b/c.rs"], &[]),
        ("*.js", &["a.js", "a/b.js"], &["a.jsx", "b.ts"]),
        ("/build/logs/", &["build/logs/a", "build/logs/b/c"], &["build/logs", "x/build/logs/a"]),
        ("docs/*", &["docs/a.md"], &["docs/b/c.md", "x/docs/a.md"]),
        ("apps/", &["apps/a", "x/apps/b/c"], &["apps", "x/apps"]),
        ("/docs/", &["docs/a", "docs/b/c"], &["x/docs/a"]),
        ("/scripts", &["scripts", "scripts/a"], &["x/scripts/a"]),
        ("**/logs", &["logs", "build/logs", "deeply/nested/logs/a"], &["logsx"]),
        ("infra/**", &["infra/a", "infra/b/c"], &["x/infra/a"]),
        ("a/**/z", &["a/z", "a/b/c/z"], &["z", "b/a/z"]),
        ("src/*.rs", &["src/a.rs"], &["src/b/a.rs"]),
        ("Dockerfile", &["Dockerfile", "x/Dockerfile"], &["Dockerfile.old"]),
    ];

    #[test]
    fn paths_match_as_github_documents_it() {
        for (text, matched, others) in CASES {
            let pattern = Pattern::of_path(text).expect("a pattern");
            for path in matched {
                assert!(pattern.matches_path(path), "`{text}` misses `{path}`");
                assert!(pattern.matches_path(&format!("./{path}")), "`{text}`, `./{path}`");
            }
            for path in others {
                assert!(!pattern.matches_path(path), "`{text}` takes `{path}`");
            }
        }
    }

    #[test]
    fn names_match_whole_and_in_any_case() {
        let pattern = Pattern::of_name("org.spring*:spring-?eb").expect("a pattern");
        assert!(pattern.matches_name("org.springframework:Spring-Web"));
        assert!(!pattern.matches_name("org.springframework:spring-webmvc"));
        assert!(Pattern::of_name("@scope/*").expect("a pattern").matches_name("@scope/a"));
    }

    #[test]
    fn what_has_no_meaning_is_refused() {
        assert_eq!(Pattern::of_path(""), Err(PatternRefused::Length));
        assert_eq!(Pattern::of_path("!a"), Err(PatternRefused::Negated));
        assert_eq!(Pattern::of_path("[ab].c"), Err(PatternRefused::Brackets));
        assert_eq!(Pattern::of_path(&"*a".repeat(17)), Err(PatternRefused::Stars));
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer_than_its_size() {
        let pattern = Pattern::of_path(&"*a".repeat(16)).expect("a pattern");
        assert!(!pattern.matches_path(&format!("{}b", "a".repeat(20_000))));
    }
}
