//! Words that reports share: severities, CWE numbers, identifiers, CVSS vectors, titles.
//!
//! Only the words every tool means alike are here; a word that one tool uses in its own way is
//! mapped in that tool's reader.

use domain::findings::{Location, Package, Severity};

use super::json::{Node, Text};
use super::sarif::percent_decoded;
use super::unreadable::Unreadable;

/// Letters of a title that are shown before it is cut.
pub const TITLE: usize = 200;

/// The severity every tool means by this word.
pub fn severity(word: &str) -> Option<Severity> {
    let is = |known: &[&str]| known.iter().any(|known| word.trim().eq_ignore_ascii_case(known));
    match () {
        () if is(&["critical"]) => Some(Severity::Critical),
        () if is(&["high"]) => Some(Severity::High),
        () if is(&["medium", "moderate"]) => Some(Severity::Medium),
        () if is(&["low"]) => Some(Severity::Low),
        () if is(&["info", "informational", "information"]) => Some(Severity::Info),
        () => None,
    }
}

/// The word for a CVSS base score (CVSS v3.1 specification, "Qualitative Severity Rating Scale").
pub fn severity_of_score(score: f64) -> Severity {
    match score {
        score if score >= 9.0 => Severity::Critical,
        score if score >= 7.0 => Severity::High,
        score if score >= 4.0 => Severity::Medium,
        score if score > 0.0 => Severity::Low,
        _ => Severity::Info,
    }
}

/// The text on one line, without control characters, at most `limit` bytes; true where it was cut.
pub fn one_line(text: &str, limit: usize) -> (String, bool) {
    let mut line = String::with_capacity(text.len().min(limit));
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        if line.len() + word.len() > limit {
            let room = limit.saturating_sub(line.len() + '…'.len_utf8());
            line.push_str(&word[..word.floor_char_boundary(room)]);
            line.push('…');
            return (line, true);
        }
        line.push_str(word);
    }
    (line, false)
}

/// A title from longer text: its first sentence or line.
pub fn title(text: &str) -> String {
    let first = text.trim().lines().next().unwrap_or_default();
    let sentence = first.find(". ").map_or(first, |end| &first[..end]);
    one_line(sentence.trim_end_matches('.'), TITLE).0
}

/// The CWE numbers named in the text (`CWE-79`, `cwe/cwe-079`, `CWE 79: …`), or bare numbers.
pub fn cwes(text: &str) -> Vec<u32> {
    let lower = text.trim().to_ascii_lowercase();
    if let Ok(number) = lower.parse() {
        return if number > 0 { vec![number] } else { Vec::new() };
    }
    let listed: Vec<&str> = lower.split([',', ';']).map(str::trim).collect();
    if listed.iter().all(|part| part.parse::<u32>().is_ok_and(|number| number > 0)) {
        let mut found = Vec::new();
        listed.iter().flat_map(|part| part.parse()).for_each(|number| push_new(&mut found, number));
        return found;
    }
    let numbers = lower.match_indices("cwe").filter_map(|(at, _)| {
        let rest = lower[at + 3..].trim_start_matches(['-', '_', ' ', ':']);
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        rest[..digits].parse().ok().filter(|number| *number > 0)
    });
    let mut found = Vec::new();
    numbers.for_each(|number| push_new(&mut found, number));
    found
}

/// The CVE and GHSA identifiers that stand in the text.
pub fn identifiers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let wordlike = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    for word in text.split(|letter| !wordlike(letter)) {
        if let Some(id) = cve_in(word).or_else(|| ghsa_in(word)) {
            push_new(&mut found, id);
        }
    }
    found
}

/// `CVE-2021-44228`, also inside `CVE-2021-44228-log4j-core` as some tools name their rules.
fn cve_in(word: &str) -> Option<String> {
    let at = word.to_ascii_uppercase().find("CVE-")?;
    let mut parts = word[at + 4..].splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let number = parts.next().filter(|number| number.len() >= 4)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(year) && digits(number)).then(|| format!("CVE-{year}-{number}"))
}

fn ghsa_in(word: &str) -> Option<String> {
    let at = word.to_ascii_uppercase().find("GHSA-")?;
    let id = word.get(at + 5..at + 19)?;
    let fits = id.split('-').count() == 3 && id.split('-').all(|part| part.len() == 4);
    fits.then(|| format!("GHSA-{}", id.to_ascii_lowercase()))
}

/// Entries a list of identifiers or the like is kept to: each new one is compared with all.
const ENTRIES: usize = 256;

/// Adds what is not there yet, up to [`ENTRIES`].
pub fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if list.len() < ENTRIES && !list.contains(&item) {
        list.push(item);
    }
}

/// The texts that are there, each once, with an empty line between; none where there is none.
pub fn paragraphs<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Option<String> {
    let mut parts = Vec::new();
    for text in texts.into_iter().flatten().map(str::trim).filter(|text| !text.is_empty()) {
        push_new(&mut parts, text);
    }
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

/// Picks the best of several CVSS vectors: v4.0 over v3.1 over v3.0 over v2, the first of equals.
#[derive(Debug, Default)]
pub struct Rating {
    best: Option<(u8, String)>,
    score: Option<(u8, f64)>,
}

impl Rating {
    /// Takes note of a vector with its score as stated; a score of 0 without a vector is no score.
    pub fn offer(&mut self, vector: Option<&str>, score: Option<f64>) {
        let rank = vector.and_then(version_rank);
        if let (Some(vector), Some(rank)) = (vector, rank) {
            if self.best.as_ref().is_none_or(|(best, _)| rank > *best) {
                self.best = Some((rank, vector.trim().trim_matches(['(', ')']).to_owned()));
                self.score = score.map(|score| (rank, score));
            }
        } else if let Some(score) = score.filter(|score| *score > 0.0)
            && self.score.is_none()
            && self.best.is_none()
        {
            self.score = Some((0, score));
        }
    }

    pub fn vector(&self) -> Option<String> {
        self.best.as_ref().map(|(_, vector)| vector.clone())
    }

    /// The score stated with the vector, or alone where no vector is.
    pub fn score(&self) -> Option<f64> {
        self.score.map(|(_, score)| score)
    }
}

fn version_rank(vector: &str) -> Option<u8> {
    let vector = vector.trim().trim_matches(['(', ')']);
    match () {
        () if vector.starts_with("CVSS:4.0/") => Some(4),
        () if vector.starts_with("CVSS:3.1/") => Some(3),
        () if vector.starts_with("CVSS:3.0/") => Some(2),
        () if vector.starts_with("AV:") && vector.contains("/Au:") => Some(1),
        () => None,
    }
}

/// The first of several texts that says something.
pub fn first_of<'t>(texts: impl IntoIterator<Item = &'t Text>) -> Option<&'t str> {
    texts.into_iter().find_map(Text::get)
}

/// A place in a file; none where neither is known.
pub fn place(path: Option<&str>, line: Option<u32>) -> Option<Location> {
    let location = Location { path: path.map(str::to_owned), line, url: None };
    (location != Location::default()).then_some(location)
}

/// The CWE numbers named in several texts, each once.
pub fn cwes_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<u32> {
    let mut numbers = Vec::new();
    texts.into_iter().flat_map(cwes).for_each(|number| push_new(&mut numbers, number));
    numbers
}

/// The CVE and GHSA identifiers that stand in several texts, each once.
pub fn identifiers_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    let mut found = Vec::new();
    texts.into_iter().flat_map(identifiers).for_each(|id| push_new(&mut found, id));
    found
}

/// A package with its package URL of the type `kind` (purl specification, "Known types").
pub fn package(kind: &str, name: &str, version: Option<&str>) -> Package {
    let mut purl = format!("pkg:{kind}/{}", escaped(name));
    if let Some(version) = version {
        purl.push('@');
        purl.push_str(&escaped(version));
    }
    let version = version.map(str::to_owned);
    Package { name: name.to_owned(), version, fixed: None, purl: Some(purl) }
}

/// As package URLs write a part; the slash after a namespace stays.
fn escaped(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The text, number or truth of a member; none where it is missing or of another shape.
pub fn text_at(node: &Node<'_>, name: &str) -> Result<Option<String>, Unreadable> {
    let member = node.member(name)?;
    Ok(member.and_then(|member| member.read::<Text>().ok()).and_then(|text| text.owned()))
}

/// The package that a package URL names, without its qualifiers.
pub fn package_of(purl: &str) -> Option<Package> {
    let path = purl.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    let (kind, path) = path.trim_start_matches('/').split_once('/')?;
    // A scope may stand there with its `@` as it is.
    let at = path.rfind('@').filter(|at| *at > 0 && !path[..*at].ends_with('/'));
    let (name, version) = match at {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    };
    // A distribution's own name stands before its packages and is no part of theirs.
    let vendor = matches!(kind, "alpm" | "apk" | "deb" | "rpm");
    let name = name.rsplit('/').next().filter(|_| vendor).unwrap_or(name);
    Some(Package {
        name: percent_decoded(name),
        version: version.filter(|version| !version.is_empty()).map(percent_decoded),
        fixed: None,
        purl: Some(purl.to_owned()),
    })
}

/// The package that a package URL names; the group or scope belongs to the name, joined as the
/// ecosystem does. None where it is no package URL.
pub fn package_of_purl(purl: &str) -> Option<Package> {
    let purl = purl.trim();
    let rest = purl.strip_prefix("pkg:")?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (ecosystem, path) = rest.split_once('/')?;
    let (path, version) = match path.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() => (path, Some(version)),
        _ => (path, None),
    };
    let decoded = |text: &str| text.replace("%40", "@").replace("%2F", "/").replace("%2B", "+");
    let name = match path.rsplit_once('/') {
        Some((group, name)) if ecosystem == "maven" => format!("{group}:{name}"),
        _ => decoded(path),
    };
    Some(Package { name, version: version.map(decoded), fixed: None, purl: Some(purl.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_inside_other_words() {
        assert_eq!(identifiers("BDSA-2020-1001 (CVE-2020-11022)"), ["CVE-2020-11022"]);
        assert_eq!(identifiers("cve-2021-44228-log4j-core"), ["CVE-2021-44228"]);
        assert_eq!(
            identifiers("https://github.com/advisories/GHSA-gxpj-cx7g-858c"),
            ["GHSA-gxpj-cx7g-858c"]
        );
        assert!(identifiers("CVE-20211-44228 GHSA-gxpj CVE-2021-1").is_empty());
        assert!(identifiers("GHSA-ééééééé").is_empty());
    }

    #[test]
    fn cwe_numbers_are_found_in_the_usual_spellings() {
        assert_eq!(cwes("external/cwe/cwe-079"), [79]);
        assert_eq!(cwes("CWE-78: Improper Neutralization"), [78]);
        assert_eq!(cwes("[\"CWE-400\",\"CWE-20\"]"), [400, 20]);
        assert_eq!(cwes("261"), [261]);
        assert_eq!(cwes("16, 200"), [16, 200]);
        assert!(cwes("0").is_empty());
        assert!(cwes("CWE-99999999999 nvd-cwe-noinfo").is_empty());
    }

    #[test]
    fn a_newer_vector_wins_and_brings_its_own_score() {
        let mut rating = Rating::default();
        rating.offer(Some("AV:N/AC:L/Au:N/C:P/I:P/A:P"), Some(7.5));
        rating.offer(Some("CVSS:4.0/AV:N"), None);
        rating.offer(Some("CVSS:3.1/AV:N"), Some(9.8));
        assert_eq!(rating.vector().as_deref(), Some("CVSS:4.0/AV:N"));
        assert_eq!(rating.score(), None);
    }

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(title("First thing. Second thing."), "First thing");
        assert_eq!(title("a\tb\u{7}c\nd"), "a b c");
        let (line, cut) = one_line(&"é".repeat(300), 201);
        assert!(cut && line.len() <= 201 && line.ends_with('…'));
    }

    #[test]
    fn a_package_url_is_taken_apart() {
        let check = |purl: &str, name: &str, version: Option<&str>| {
            let package = package_of(purl).unwrap();
            assert_eq!((package.name.as_str(), package.version.as_deref()), (name, version));
        };
        check("pkg:npm/%40scope/greeter@1.2.0", "@scope/greeter", Some("1.2.0"));
        check("pkg:npm/@scope/greeter", "@scope/greeter", None);
        check("pkg:golang/example.org/till@v1.0#sub", "example.org/till", Some("v1.0"));
        check("pkg:apk/alpine/box@1-r3?arch=x86_64", "box", Some("1-r3"));
        assert_eq!(package_of("pkg:npm"), None);
        assert_eq!(package("npm", "@a/b", Some("1+0")).purl.unwrap(), "pkg:npm/%40a/b@1%2B0");
    }
}
