//! What the two shapes of `npm audit --json` have in common: packages, and npm giving up.

use domain::findings::Package;
use serde::Deserialize;

use super::json::{Node, Text};
use super::{Beginning, Unreadable, vocabulary};

/// A package of the npm registry. Reports do not say so, but `npm audit` asks for no other.
pub fn package(name: &str, version: Option<&str>) -> Package {
    vocabulary::package("npm", name, version)
}

/// Whether this is what `npm audit --json` prints instead of a report.
pub fn gave_up(beginning: &Beginning) -> bool {
    beginning.has("error.summary") && beginning.has("error.detail")
}

/// Refuses what npm printed instead of a report, in npm's words.
pub fn refuse_error(document: &Node<'_>) -> Result<(), Unreadable> {
    let Some(node) = document.member("error")? else { return Ok(()) };
    let error: Failure = node.read().unwrap_or_default();
    let message = document.member("message")?.and_then(|node| node.read::<Text>().ok());
    let message = message.unwrap_or_default();
    let words: Vec<&str> =
        [&error.code, &error.summary, &message].into_iter().filter_map(Text::get).collect();
    Err(Unreadable::Shape {
        place: node.place().to_string(),
        what: format!("npm could not audit: {}", words.join(": ")),
        hint: Some("this is an error message and no report; audit again".to_owned()),
    })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Failure {
    code: Text,
    summary: Text,
}

/// A CVSS vector as npm gives it; a score of 0 with no vector is no score.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Cvss {
    pub score: Text,
    pub vector_string: Text,
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, read};
    use super::*;

    #[test]
    fn what_npm_prints_when_it_gives_up_is_refused_in_its_words() {
        let check = |printed: &str, expected: &str| {
            let outcome = read(printed.as_bytes(), None, &Limits::default(), &mut |_| {});
            let hint = "this is an error message and no report; audit again";
            assert_eq!(outcome.unwrap_err().to_string(), format!("{expected}; {hint}"));
        };
        check(
            r#"{"error": {"code": "ENOLOCK", "summary": "A lockfile is needed.", "detail": ""}}"#,
            "error (line 1, column 11): npm could not audit: ENOLOCK: A lockfile is needed.",
        );
        check(
            r#"{"message": "request failed", "error": {"summary": "", "detail": ""}}"#,
            "error (line 1, column 40): npm could not audit: request failed",
        );
    }

    #[test]
    fn a_scope_and_a_build_are_escaped_in_the_package_url() {
        let purl = |name, version| package(name, version).purl.unwrap();
        assert_eq!(purl("lodash", None), "pkg:npm/lodash");
        assert_eq!(purl("@angular/core", Some("1.0.0+1")), "pkg:npm/%40angular/core@1.0.0%2B1");
    }
}
