//! What makes two observations the same finding.
//!
//! The clock belongs to what is vulnerable, not to a row in a report. So the identity holds what
//! stays when a version is bumped, a score or a text is edited, a line moves or a report comes in
//! another order: for packages the canonical vulnerability and the package without its version;
//! for code the rule, the path and a mark of the place; for the web the rule and the address
//! without its query. The service is a column beside it. A moved line is the same finding, a moved
//! file is not; two distinct CVEs are never one finding.

use std::fmt::{self, Write};

use sha2::{Digest, Sha256};

use super::{Location, Observation, Package};

/// Longest part of an identity, in bytes; what is longer is cut and ends with its own digest.
const LONGEST_PART: usize = 96;

/// How the identity of a weakness with a name of its own begins.
const VULNERABILITY: &str = "vulnerability:";

/// The identity of a finding within its service: readable, bounded (under 400 bytes), and equal
/// for equal things only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(String);

impl Identity {
    /// An identity as it was kept; only for reading back what [`identify`] has made.
    pub fn kept(text: impl Into<String>) -> Identity {
        Identity(text.into())
    }

    /// The same package under another name of its weakness; none where the identity does not rest
    /// on `from`.
    pub fn renamed(&self, from: &str, to: &str) -> Option<Identity> {
        let before = part(VULNERABILITY, from);
        let rest = self.0.strip_prefix(before.as_str())?;
        let is_whole = rest.is_empty() || rest.starts_with('|');
        is_whole.then(|| Identity(format!("{}{rest}", part(VULNERABILITY, to))))
    }

    /// The name of the weakness that it rests on, as it is kept; none for what has no name of its
    /// own, or a very long one.
    pub fn weakness(&self) -> Option<&str> {
        let rest = self.0.strip_prefix(VULNERABILITY)?;
        rest.split('|').next().filter(|name| !name.contains(['%', '~']))
    }

    /// What the identity of a finding becomes when it is merged into another: it is met no more.
    pub fn merged(finding: &str) -> Identity {
        Identity(part("merged:", finding))
    }

    /// The text that is kept and compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The identity of every observation of one report, in the report's order.
///
/// The whole report is needed: where one rule speaks several times about equal text in one file,
/// the places are told apart by their order in the file. `aliases` gives the canonical name of an
/// identifier that is not a CVE, where one is known; CVEs are canonical themselves. Takes
/// n·log n steps, and does not depend on the order of the report.
pub fn identify(
    observations: &[Observation],
    aliases: &dyn Fn(&str) -> Option<String>,
) -> Vec<Identity> {
    let mut bases = Vec::with_capacity(observations.len());
    for observation in observations {
        bases.push(base(observation, aliases));
    }
    let mut places: Vec<usize> =
        (0..bases.len()).filter(|&place| bases[place].is_counted).collect();
    let key = |place: usize| (&bases[place].text, position(&observations[place]));
    places.sort_by(|&left, &right| key(left).cmp(&key(right)));

    let mut ordinals = vec![1_usize; bases.len()];
    for pair in places.windows(2) {
        let (before, after) = (key(pair[0]), key(pair[1]));
        ordinals[pair[1]] = match (before.0 == after.0, before.1 == after.1) {
            (true, true) => ordinals[pair[0]],
            (true, false) => ordinals[pair[0]] + 1,
            (false, _) => 1,
        };
    }
    bases.into_iter().zip(ordinals).map(|(base, ordinal)| base.identity(ordinal)).collect()
}

/// The canonical identifier among those of one observation.
///
/// The first CVE; else what `aliases` knows for one of them; else the first GHSA; else the first.
pub fn canonical_id(ids: &[String], aliases: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let ids: Vec<String> = ids.iter().map(|id| normal_id(id)).filter(|id| !id.is_empty()).collect();
    if let Some(cve) = ids.iter().find(|id| is_cve(id)) {
        return Some(cve.clone());
    }
    if let Some(known) = ids.iter().find_map(|id| aliases(id)) {
        return Some(normal_id(&known));
    }
    ids.iter().find(|id| id.starts_with("GHSA-")).or(ids.first()).cloned()
}

/// An identity before places with equal text are told apart.
struct Base {
    text: String,
    /// Whether several places of one report may share this text.
    is_counted: bool,
}

impl Base {
    fn identity(mut self, ordinal: usize) -> Identity {
        if ordinal > 1 {
            // Writing to a String cannot fail.
            let _ = write!(self.text, "#{ordinal}");
        }
        Identity(self.text)
    }
}

fn base(observation: &Observation, aliases: &dyn Fn(&str) -> Option<String>) -> Base {
    let canonical = canonical_id(&observation.ids, aliases);
    let class = || rule_class(observation, canonical.as_deref());
    if let Some(package) = &observation.package {
        let name = package_name(package);
        let text = match &canonical {
            Some(id) => format!("{}|{}", part(VULNERABILITY, id), part("", &name)),
            None => format!("{}|{}", part("package:", &class()), part("", &name)),
        };
        return Base { text, is_counted: false };
    }
    let location = observation.location.as_ref();
    if let Some(path) = location.and_then(|location| location.path.as_deref()) {
        let mut text = format!("{}|{}", part("code:", &class()), part("", &normal_path(path)));
        if let Some(mark) = mark(observation) {
            text.push('|');
            text.push_str(&mark);
        }
        return Base { text, is_counted: true };
    }
    if let Some(url) = location.and_then(|location| location.url.as_deref()) {
        let text = format!("{}|{}", part("web:", &class()), part("", &normal_url(url)));
        return Base { text, is_counted: false };
    }
    let text = match (&observation.fingerprint, &canonical) {
        (Some(own), _) => format!("{}|{}", part("thing:", &class()), digest(own)),
        (None, Some(id)) => part(VULNERABILITY, id),
        (None, None) => {
            format!("{}|{}", part("thing:", &class()), part("", &normal_text(&observation.title)))
        }
    };
    Base { text, is_counted: false }
}

/// What kind of thing is wrong: the rule, or what comes nearest to it.
fn rule_class(observation: &Observation, canonical: Option<&str>) -> String {
    if let Some(rule) = observation.rule.as_deref().map(str::trim).filter(|rule| !rule.is_empty()) {
        return rule.to_lowercase();
    }
    match (canonical, observation.cwes.first()) {
        (Some(id), _) => id.to_owned(),
        (None, Some(cwe)) => format!("cwe-{cwe}"),
        (None, None) => normal_text(&observation.title),
    }
}

/// A mark of the place that moves with it: the report's own, else a digest of the text there.
fn mark(observation: &Observation) -> Option<String> {
    let filled = |text: &&str| !text.trim().is_empty();
    if let Some(own) = observation.fingerprint.as_deref().filter(filled) {
        return Some(format!("own:{}", digest(own)));
    }
    let snippet = observation.snippet.as_deref().filter(filled)?;
    let line = observation.location.as_ref().and_then(|location| location.line);
    Some(format!("text:{}", digest(&normal_snippet(snippet, line))))
}

/// Where in its file an observation stands; without a line its title tells it from others.
fn position(observation: &Observation) -> (u32, &str) {
    match observation.location.as_ref().and_then(|location| location.line) {
        Some(line) => (line, ""),
        None => (0, &observation.title),
    }
}

/// Sixteen hexadecimal digits of SHA-256: enough for the places of one file.
fn digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()), 8)
}

/// The first `bytes` of `bytes_of` in lower-case hexadecimal.
pub(super) fn hexadecimal(bytes_of: &[u8], bytes: usize) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    let mut out = String::with_capacity(bytes * 2);
    for byte in bytes_of.iter().take(bytes) {
        out.push(digit(byte >> 4));
        out.push(digit(*byte));
    }
    out
}

/// A part of an identity: without the characters that separate parts, and bounded.
fn part(prefix: &str, text: &str) -> String {
    let mut out = String::with_capacity(prefix.len() + text.len().min(LONGEST_PART));
    out.push_str(prefix);
    for character in text.chars() {
        match character {
            '|' | '#' | '%' => {
                let _ = write!(out, "%{:02X}", u32::from(character));
            }
            character if character.is_control() => {
                let _ = write!(out, "%{:02X}", u32::from(character));
            }
            character => out.push(character),
        }
        if out.len() > LONGEST_PART {
            let end = out.floor_char_boundary(LONGEST_PART - 17);
            out.truncate(end);
            out.push('~');
            out.push_str(&digest(text));
            return out;
        }
    }
    out
}

pub(super) fn is_cve(id: &str) -> bool {
    let mut parts = id.splitn(3, '-');
    let digits = |text: Option<&str>, least: usize| {
        text.is_some_and(|text| {
            text.len() >= least && text.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    parts.next() == Some("CVE") && digits(parts.next(), 4) && digits(parts.next(), 4)
}

/// Identifiers are told apart by their text without regard to case; CVE and the like are written
/// in capitals, a GHSA with its small letters.
pub fn normal_id(id: &str) -> String {
    let upper = id.trim().to_ascii_uppercase();
    match upper.strip_prefix("GHSA-") {
        Some(rest) => format!("GHSA-{}", rest.to_ascii_lowercase()),
        None => upper,
    }
}

/// The package as every tool names it, with or without a package URL: in small letters, without
/// version, type, and a distribution's own name; a Maven group before a slash; `-`, `_` and `.`
/// alike, as registries differ in what they take for the same name.
fn package_name(package: &Package) -> String {
    let name = package.purl.as_deref().and_then(purl_name);
    let name = name.unwrap_or_else(|| package.name.trim().to_lowercase().replace(':', "/"));
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            letter => out.push(letter),
        }
    }
    out
}

fn purl_name(purl: &str) -> Option<String> {
    let rest = purl.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    // A version begins with the first @ that does not begin a scope.
    let begins_scope = |place: usize| place == 0 || path.as_bytes()[place - 1] == b'/';
    let version = path.match_indices('@').find(|&(place, _)| !begins_scope(place));
    let path = version.map_or(path, |(place, _)| &path[..place]);
    let path = percent_decoded(path.trim_matches('/')).to_lowercase();
    // Before a distribution's package stands the distribution, which other tools do not name.
    let is_of_distribution = matches!(kind, "alpm" | "apk" | "deb" | "rpm" | "apkg");
    let name = path.rsplit('/').next().filter(|_| is_of_distribution).unwrap_or(&path);
    (!name.is_empty()).then(|| name.to_owned())
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits
            .filter(|digits| first == b'%' && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match value {
            Some(value) => {
                bytes.push(value);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same path however a tool begins it and whichever slashes it writes.
fn normal_path(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let mut rest = path.strip_prefix("file://").unwrap_or(&path);
    while let Some(shorter) = rest.strip_prefix("./").or_else(|| rest.strip_prefix('/')) {
        rest = shorter;
    }
    rest.to_owned()
}

/// The address without query and fragment; scheme and host in small letters.
fn normal_url(url: &str) -> String {
    let bare = url.trim().split(['?', '#']).next().unwrap_or_default();
    match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
            let path = path.trim_end_matches('/');
            format!("{}://{}/{path}", scheme.to_lowercase(), host.to_lowercase())
        }
        None => bare.trim_end_matches('/').to_owned(),
    }
}

fn normal_text(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text of a place without indentation and empty lines.
///
/// Where a tool prints line numbers before its lines, only the line it points at counts: the lines
/// around it are not the finding's, and at the top of a file they change with every insertion.
fn normal_snippet(snippet: &str, pointed_at: Option<u32>) -> String {
    let lines: Vec<&str> = snippet.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let numbered: Option<Vec<(u32, &str)>> = lines.iter().map(|line| numbered(line)).collect();
    let lines = match numbered {
        Some(numbered) => {
            let meant = numbered.iter().find(|(number, _)| Some(*number) == pointed_at);
            meant.map_or_else(
                || numbered.iter().map(|&(_, line)| line).collect(),
                |&(_, line)| vec![line],
            )
        }
        None => lines,
    };
    let mut out = String::with_capacity(snippet.len());
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        out.push_str(word);
        out.push(' ');
    }
    out
}

/// A line's printed number and the rest of it.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let rest = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = line[..line.len() - rest.len()].parse().ok()?;
    rest.chars().next().is_none_or(char::is_whitespace).then_some((number, rest))
}

/// A location in one line: `src/app.py:12`, or an address.
pub(super) fn location_text(location: &Location) -> Option<String> {
    match (&location.path, location.line, &location.url) {
        (Some(path), Some(line), _) => Some(format!("{path}:{line}")),
        (Some(path), None, _) => Some(path.clone()),
        (None, _, Some(url)) => Some(url.clone()),
        (None, _, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::findings::Severity;

    fn no_aliases(_: &str) -> Option<String> {
        None
    }

    fn one(observation: &Observation) -> String {
        identify(std::slice::from_ref(observation), &no_aliases)[0].to_string()
    }

    fn vulnerable(ids: &[&str], purl: &str) -> Observation {
        let (purl, name) = match purl.strip_prefix("name ") {
            Some(name) => (None, name),
            None => (Some(purl.to_owned()), "Some Name"),
        };
        let package = Package { name: name.to_owned(), purl, ..Package::default() };
        Observation {
            ids: ids.iter().map(|&id| id.to_owned()).collect(),
            package: Some(package),
            ..Observation::new("title", Severity::High)
        }
    }

    fn code(rule: &str, path: &str, line: u32, snippet: &str) -> Observation {
        let path = Some(path.to_owned());
        Observation {
            rule: Some(rule.to_owned()),
            location: Some(Location { path, line: Some(line), url: None }),
            snippet: Some(snippet.to_owned()).filter(|text| !text.is_empty()),
            ..Observation::new("title", Severity::High)
        }
    }

    fn texts(observations: &[Observation]) -> Vec<String> {
        identify(observations, &no_aliases).iter().map(Identity::to_string).collect()
    }

    #[test]
    fn a_package_is_its_vulnerability_and_its_name_without_version() {
        let check =
            |ids: &[&str], purl, expected| assert_eq!(one(&vulnerable(ids, purl)), expected);
        check(&["CVE-2021-23337"], "pkg:npm/lodash@4.17.20", "vulnerability:CVE-2021-23337|lodash");
        check(
            &["ghsa-AbCd-1234-x", "cve-2021-23337"],
            "pkg:npm/%40scope/Name@1.0.0?arch=x#sub",
            "vulnerability:CVE-2021-23337|@scope/name",
        );
        check(&["CVE-2020-1"], "pkg:npm/@scope/name", "vulnerability:CVE-2020-1|@scope/name");
        check(
            &["CVE-2020-1"],
            "pkg:npm/@scope/name@git+ssh://git@host/x",
            "vulnerability:CVE-2020-1|@scope/name",
        );
        check(&["GHSA-x"], "pkg:pypi/Foo_Bar.baz@1", "vulnerability:GHSA-x|foo-bar-baz");
        check(&["RUSTSEC-2020-1", "GHSA-x"], "name Time", "vulnerability:GHSA-x|time");
        check(
            &["CVE-2024-0001"],
            "pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12",
            "vulnerability:CVE-2024-0001|openssl",
        );
    }

    #[test]
    fn a_package_is_the_same_with_and_without_a_package_url() {
        for (purl, name) in [
            (
                "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
                "org.apache.logging.log4j:log4j-core",
            ),
            ("pkg:npm/%40babel/traverse@7.0.0", "@babel/traverse"),
            ("pkg:pypi/PyYAML@5.3", "pyyaml"),
            ("pkg:rpm/redhat/openssl-libs@1.1.1k", "openssl-libs"),
            ("pkg:golang/golang.org/x/net@v0.1.0", "golang.org/x/net"),
        ] {
            let id: &[&str] = &["CVE-2021-0001"];
            assert_eq!(one(&vulnerable(id, purl)), one(&vulnerable(id, &format!("name {name}"))));
        }
    }

    #[test]
    fn a_weakness_is_renamed_and_its_package_stays() {
        let made = identify(&[vulnerable(&["GHSA-x"], "name a")], &no_aliases).remove(0);
        let renamed = made.renamed("GHSA-x", "CVE-2021-0001").expect("it rests on GHSA-x");
        assert_eq!(renamed.as_str(), "vulnerability:CVE-2021-0001|a");
        assert_eq!(made.renamed("GHSA-", "CVE-2021-0001"), None);
    }

    #[test]
    fn two_distinct_cves_are_never_one_finding() {
        let both = vulnerable(&["GHSA-x", "CVE-2021-0001", "CVE-2021-0002"], "name a");
        let second = vulnerable(&["GHSA-x", "CVE-2021-0002"], "name a");
        let one_class = |_: &str| Some("CVE-2021-0001".to_owned());
        let made = identify(&[both, second], &one_class);
        assert_eq!(made[0].as_str(), "vulnerability:CVE-2021-0001|a");
        assert_eq!(made[1].as_str(), "vulnerability:CVE-2021-0002|a");
    }

    #[test]
    fn a_known_alias_is_the_canonical_name() {
        let known = |id: &str| (id == "GHSA-x").then(|| "cve-2021-0009".to_owned());
        let made = identify(&[vulnerable(&["PYSEC-1", "GHSA-X"], "name a")], &known);
        assert_eq!(made[0].as_str(), "vulnerability:CVE-2021-0009|a");
    }

    #[test]
    fn a_moved_line_is_the_same_finding_and_a_moved_file_is_not() {
        let before = code("B307", "src/app.py", 12, "eval(x)");
        let below = code("B307", "./src/app.py", 62, "  eval(x)  ");
        let elsewhere = code("B307", "src/other.py", 12, "eval(x)");
        assert_eq!(one(&before), one(&below));
        assert_ne!(one(&before), one(&elsewhere));
    }

    #[test]
    fn printed_line_numbers_and_lines_around_are_not_part_of_the_place() {
        let top = code("B404", "a.py", 1, "1 import subprocess\n2 import os\n");
        let below = code("B404", "a.py", 51, "50 # added\n51 import subprocess\n52 import os\n");
        let other = code("B404", "a.py", 51, "50 # added\n51 import commands\n52 import os\n");
        assert_eq!(one(&top), one(&below));
        assert_ne!(one(&top), one(&other));
        let elsewhere = |line| code("R", "a.c", 9, &format!("{line} x = 1\n"));
        assert_eq!(one(&elsewhere(12)), one(&elsewhere(62)));
    }

    #[test]
    fn equal_text_in_one_file_is_told_apart_by_order() {
        let report = [12, 40, 40, 7].map(|line| code("B307", "a.py", line, "eval(x)")).to_vec();
        let made = texts(&report);
        assert_eq!(made[1], made[2]);
        assert!(made[0].ends_with("#2") && made[1].ends_with("#3") && !made[3].contains('#'));
    }

    #[test]
    fn without_text_the_order_in_the_file_tells_places_apart() {
        let before = texts(&[code("R", "a.c", 10, ""), code("R", "a.c", 20, "")]);
        let after = texts(&[code("R", "a.c", 70, ""), code("R", "a.c", 60, "")]);
        assert_eq!(before, [after[1].clone(), after[0].clone()]);
        assert_eq!(before, ["code:r|a.c", "code:r|a.c#2"]);
    }

    #[test]
    fn the_reports_own_mark_beats_the_text() {
        let mut before = code("R", "a.c", 10, "x");
        before.fingerprint = Some("39fa2ee980eb94b0:1".to_owned());
        let mut edited = code("R", "a.c", 90, "y");
        edited.fingerprint = before.fingerprint.clone();
        assert_eq!(one(&before), one(&edited));
    }

    #[test]
    fn an_address_counts_without_its_query() {
        let mut seen = Observation::new("XSS", Severity::High);
        seen.rule = Some("40012".to_owned());
        let mut at = |url: &str| {
            seen.location = Some(Location { url: Some(url.to_owned()), ..Location::default() });
            one(&seen)
        };
        assert_eq!(at("https://Shop.Example/search/?q=1"), "web:40012|https://shop.example/search");
        assert_eq!(at("https://shop.example/search?q=2#x"), at("https://shop.example/search/"));
    }

    #[test]
    fn with_nothing_else_the_title_is_the_identity() {
        let mut plain = Observation::new("Weak  Cipher", Severity::Low);
        assert_eq!(one(&plain), "thing:weak cipher|weak cipher");
        plain.cwes = vec![327];
        assert_eq!(one(&plain), "thing:cwe-327|weak cipher");
        plain.ids = vec!["CVE-2020-0001".to_owned()];
        assert_eq!(one(&plain), "vulnerability:CVE-2020-0001");
    }

    #[test]
    fn long_and_hostile_parts_stay_bounded_and_distinct() {
        let long = |end: &str| {
            one(&code(&"r|#%\n".repeat(500), &format!("{}{end}", "ö/".repeat(9000)), 1, ""))
        };
        assert!(long("a").len() < 400, "{}", long("a"));
        assert_ne!(long("a"), long("b"));
        assert_ne!(one(&code("a|b", "c", 1, "")), one(&code("a", "b|c", 1, "")));
    }

    proptest! {
        #[test]
        fn the_order_of_a_report_does_not_matter(
            lines in prop::collection::vec((0_u8..3, 0_u8..3, 1_u32..9, 0_u8..2), 0..30),
            seed in any::<u64>(),
        ) {
            let mut report: Vec<Observation> = lines
                .iter()
                .map(|&(rule, path, line, text)| {
                    let text = ["", "eval(x)"][usize::from(text)];
                    code(&format!("r{rule}"), &format!("p{path}"), line, text)
                })
                .collect();
            let mut straight: Vec<(String, u32)> =
                texts(&report).into_iter().zip(lines.iter().map(|row| row.2)).collect();
            let mut order: Vec<usize> = (0..report.len()).collect();
            order.sort_by_key(|&place| (place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
            report = order.iter().map(|&place| report[place].clone()).collect();
            let mut mixed: Vec<(String, u32)> =
                texts(&report).into_iter().zip(order.iter().map(|&place| lines[place].2)).collect();
            straight.sort();
            mixed.sort();
            prop_assert_eq!(straight, mixed);
        }

        #[test]
        fn no_text_panics(
            name in ".{0,40}",
            purl in "(pkg:)?.{0,40}",
            path in ".{0,60}",
            id in ".{0,20}",
        ) {
            let mut hostile = vulnerable(&[&id], &purl);
            prop_assert!(one(&hostile).len() < 400);
            hostile.package = None;
            hostile.snippet = Some(name.clone());
            hostile.location = Some(Location { path: Some(path), line: None, url: Some(name) });
            prop_assert!(one(&hostile).len() < 400);
        }
    }
}
