//! The fixed version in the sentences that tools print from a template.
//!
//! Only sentences of the form "Upgrade NAME from X to Y or above." are understood; of anything
//! freer nothing is taken, as prose about fixes is not to be guessed at.

/// How these sentences end after the version.
const ENDINGS: [&str; 5] = [" or above", " or later", " or newer", " or higher", " or greater"];
/// Words of `NAME from X`; more is prose.
const WORDS: usize = 3;

/// `2.2.3` of `Upgrade to version 2.2.3 or above.`; several are joined with `, `. None where the
/// sentence is about another package.
pub fn fixed_version(solution: &str, package: &str) -> Option<String> {
    let sentence = solution.trim().trim_end_matches('.');
    let (verb, rest) = sentence.split_once(' ')?;
    if !verb.eq_ignore_ascii_case("upgrade") && !verb.eq_ignore_ascii_case("update") {
        return None;
    }
    let (what, target) = match rest.strip_prefix("to ") {
        Some(target) => ("", target),
        None => rest.split_once(" to ")?,
    };
    let named = what.split_whitespace().next();
    let other = named.is_some_and(|named| last_part(named) != last_part(package));
    if other || what.split_whitespace().count() > WORDS {
        return None;
    }
    let target = ENDINGS.iter().find_map(|end| target.strip_suffix(end)).unwrap_or(target);
    let target = ["versions ", "version "]
        .iter()
        .find_map(|word| target.strip_prefix(word))
        .unwrap_or(target);
    let versions: Vec<&str> = target.split(", ").map(str::trim).collect();
    versions.iter().all(|version| is_version(version)).then(|| versions.join(", "))
}

/// The least version of each range of fixed versions, such as `>=1.4.1 <2.0.0 || >=2.0.3`.
pub fn least_versions(ranges: &str) -> Option<String> {
    let mut versions = Vec::new();
    for range in ranges.split("||") {
        let least = range.trim().strip_prefix(">=")?.trim_start();
        versions.push(least.split_whitespace().next().filter(|version| is_version(version))?);
    }
    Some(versions.join(", "))
}

/// The name of a package without group, scope or namespace, as tools differ in these.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}

fn is_version(text: &str) -> bool {
    let bare = text.trim_start_matches('v');
    bare.starts_with(|first: char| first.is_ascii_digit()) && !bare.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_taken_from_the_sentences_of_tools() {
        let check = |solution, package, expected: &str| {
            assert_eq!(fixed_version(solution, package).as_deref(), Some(expected));
        };
        check("Upgrade to version 2.2.3 or above.", "yaml", "2.2.3");
        check("Upgrade to versions 4.2.1, 5.0.0.b1 or above.", "rails", "4.2.1, 5.0.0.b1");
        check("Upgrade to version v0.0.0-2020-8b52 or above.", "x/crypto", "v0.0.0-2020-8b52");
        check("Upgrade apt from 1.4.8 to 1.4.9", "apt", "1.4.9");
        check("Upgrade guzzlehttp/guzzle to 7.4.5, 6.5.8", "guzzlehttp/guzzle", "7.4.5, 6.5.8");
        check("Upgrade log4j-core to version 2.15", "org.apache/log4j-core", "2.15");
    }

    #[test]
    fn nothing_is_taken_from_prose_or_for_another_package() {
        for prose in [
            "",
            "Upgrade",
            "Upgrade to the latest version.",
            "Upgrade a as soon as you can spare an hour to 2.0",
            "Upgrade to 2.0 and rotate all keys.",
            "Ensure that your web server is configured to 2.0",
            "Unfortunately, there is no solution available yet.",
            "Upgrade b to 2.0",
        ] {
            assert_eq!(fixed_version(prose, "a"), None, "{prose}");
        }
    }

    #[test]
    fn fixed_ranges_begin_with_the_version_to_take() {
        assert_eq!(least_versions(">=1.10.2").as_deref(), Some("1.10.2"));
        let several = ">= 1.4.1 < 2.0.0 || >= 2.0.3";
        assert_eq!(least_versions(several).as_deref(), Some("1.4.1, 2.0.3"));
        assert_eq!(least_versions("<0.0.0"), None);
        assert_eq!(least_versions(""), None);
    }
}
