//! Ownership by rule: which team has what a report finds in a service.
//!
//! In order: the organisation's own rules, the paths of the repository's CODEOWNERS file, the
//! service's owner, nobody (spec "Findings", "Who holds it"). Within rules and within a CODEOWNERS
//! file the last that matches wins, so that the particular is written below the general. Each
//! answer names the rule that gave it.

use std::collections::BTreeSet;
use std::fmt;

use super::ServiceName;
use super::pattern::Pattern;
use crate::findings::{Location, Owned};
use crate::people::TeamId;

/// The most rules of an organisation: each is tried on each new finding.
pub const MAX_OWNERSHIP_RULES: usize = 1_000;
/// The largest CODEOWNERS file, in bytes; GitHub reads no larger one (3 MB).
pub const CODEOWNERS_BYTES: usize = 3 << 20;
/// The most lines with a pattern that are kept of a CODEOWNERS file.
pub const CODEOWNERS_LINES: usize = 10_000;

/// One `[[ownership]]` of the organisation: what all of its parts match is the team's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnershipRule {
    /// None = any service.
    pub service: Option<ServiceName>,
    /// Of the package's name, `*` for any text.
    pub package: Option<Pattern>,
    /// Of a place's path, as in a CODEOWNERS file.
    pub path: Option<Pattern>,
    pub team: TeamId,
}

impl OwnershipRule {
    fn matches(&self, what: &Component<'_>) -> bool {
        let of_service = self.service.as_ref().is_none_or(|own| own.as_str() == what.service);
        let of_package = self.package.as_ref().is_none_or(|pattern| {
            what.package.is_some_and(|package| pattern.matches_name(package))
        });
        let of_path = self
            .path
            .as_ref()
            .is_none_or(|pattern| what.paths().any(|path| pattern.matches_path(path)));
        of_service && of_package && of_path
    }
}

impl fmt::Display for OwnershipRule {
    /// `package: spring-*, path: infra/**`: what a finding's page says of it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let package = self.package.as_ref().map(|pattern| format!("package: {}", pattern.text()));
        let path = self.path.as_ref().map(|pattern| format!("path: {}", pattern.text()));
        let parts: Vec<String> = package.into_iter().chain(path).collect();
        out.write_str(&parts.join(", "))
    }
}

/// What rules look at: a finding's service, package and places.
#[derive(Clone, Copy, Debug)]
pub struct Component<'a> {
    pub service: &'a str,
    /// The package's name.
    pub package: Option<&'a str>,
    pub places: &'a [Location],
}

impl<'a> Component<'a> {
    fn paths(&self) -> impl Iterator<Item = &'a str> {
        self.places.iter().filter_map(|place| place.path.as_deref())
    }
}

/// Who owns which paths of a service, as its repository says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOwners {
    lines: Vec<CodeOwnersLine>,
}

/// A pattern with the first of its owners that is a team of ours; none = nobody owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CodeOwnersLine {
    pattern: Pattern,
    team: Option<TeamId>,
}

/// What was read of a CODEOWNERS file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOwnersRead {
    pub owners: CodeOwners,
    /// Owners that are no team of ours, each once, in order.
    pub unknown: Vec<String>,
    /// Lines that are not used, with their numbers from 1 and why.
    pub passed_over: Vec<(usize, String)>,
}

impl CodeOwners {
    /// Reads `text` by GitHub's rules ("About code owners"): a pattern and its owners on each line,
    /// `#` begins a comment, `\ ` is a space. `@org/team` means our team by its last part. Of
    /// several owners the first that is a team of ours counts; a line without any owner takes
    /// ownership away; one whose owners are all unknown leaves what is above it in force.
    pub fn read(text: &str, teams: &dyn Fn(&TeamId) -> bool) -> CodeOwnersRead {
        let mut read = CodeOwnersRead::default();
        let mut unknown = BTreeSet::new();
        for (line, number) in text.lines().zip(1..) {
            let words = words(line);
            let Some((pattern, owners)) = words.split_first() else { continue };
            if read.owners.lines.len() >= CODEOWNERS_LINES {
                let why = format!("only the first {CODEOWNERS_LINES} patterns are kept");
                read.passed_over.push((number, why));
                break;
            }
            let pattern = match Pattern::of_path(pattern) {
                Ok(pattern) => pattern,
                Err(refused) => {
                    read.passed_over.push((number, refused.to_string()));
                    continue;
                }
            };
            let mut team = None;
            for owner in owners {
                match team_of(owner).filter(|team| teams(team)) {
                    Some(known) => team = team.or(Some(known)),
                    None if unknown.insert(owner.clone()) => read.unknown.push(owner.clone()),
                    None => {}
                }
            }
            if team.is_none() && !owners.is_empty() {
                read.passed_over.push((number, "none of its owners is a team here".to_owned()));
                continue;
            }
            read.owners.lines.push(CodeOwnersLine { pattern, team });
        }
        read
    }

    /// How many patterns there are.
    pub fn patterns(&self) -> usize {
        self.lines.len()
    }

    /// The last line that matches `path`; inner none = it says that nobody owns it.
    fn of(&self, path: &str) -> Option<&CodeOwnersLine> {
        self.lines.iter().rev().find(|line| line.pattern.matches_path(path))
    }
}

/// The words of a line up to a comment.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&' ') => word.extend(letters.next()),
            // No pattern can begin with `#` (GitHub); elsewhere in a word it is a letter.
            '#' if word.is_empty() => break,
            letter if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            letter => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Our team for `@org/team`, `@team` or `team`; an address of mail means none.
fn team_of(owner: &str) -> Option<TeamId> {
    let name = owner.strip_prefix('@').unwrap_or(owner);
    let last = name.rsplit('/').next().unwrap_or(name);
    TeamId::parse(&last.to_lowercase()).ok()
}

/// Who owns what is found, by which rule: see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// The organisation's, in the order of the file.
    pub rules: Vec<OwnershipRule>,
    /// The service's.
    pub code_owners: CodeOwners,
    /// The service's owner.
    pub owner: Option<String>,
}

impl Ownership {
    /// The owner of `what`. Of several places the first that a CODEOWNERS line matches speaks.
    pub fn of(&self, what: &Component<'_>) -> Owned {
        if let Some(rule) = self.rules.iter().rev().find(|rule| rule.matches(what)) {
            return Owned { team: Some(rule.team.to_string()), rule: Some(rule.to_string()) };
        }
        if let Some(line) = what.paths().find_map(|path| self.code_owners.of(path)) {
            // A line without an owner says that nobody in particular has it: the service's owner.
            if let Some(team) = &line.team {
                let rule = format!("CODEOWNERS: {}", line.pattern.text());
                return Owned { team: Some(team.to_string()), rule: Some(rule) };
            }
        }
        let rule = self.owner.is_some().then(|| "service".to_owned());
        Owned { team: self.owner.clone(), rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(id: &str) -> TeamId {
        TeamId::parse(id).expect("a team id")
    }

    fn place(path: &str) -> Location {
        Location { path: Some(path.to_owned()), ..Location::default() }
    }

    fn rule(package: Option<&str>, path: Option<&str>, to: &str) -> OwnershipRule {
        OwnershipRule {
            service: None,
            package: package.map(|text| Pattern::of_name(text).expect("a pattern")),
            path: path.map(|text| Pattern::of_path(text).expect("a pattern")),
            team: team(to),
        }
    }

    fn owned(ownership: &Ownership, package: Option<&str>, path: &str) -> String {
        let places = [place(path)];
        let what = Component { service: "core-api", package, places: &places };
        let Owned { team, rule } = ownership.of(&what);
        format!("{} by {}", team.unwrap_or("nobody".into()), rule.unwrap_or("nothing".into()))
    }

    const FILE: &str = "# owners\n* @acme/web\n/infra/ @acme/platform @acme/web # ours\n\
        *.sql ops@acme.example @acme/data\n/infra/open/\n/lost/ @acme/gone\nwith\\ space/ @web\n";

    fn file() -> CodeOwnersRead {
        let known = ["web", "platform", "data"];
        CodeOwners::read(FILE, &|team| known.contains(&team.as_str()))
    }

    #[test]
    fn rules_come_before_codeowners_and_those_before_the_service() {
        let mut ownership = Ownership { owner: Some("core".into()), ..Ownership::default() };
        assert_eq!(owned(&ownership, None, "src/a.py"), "core by service");
        ownership.code_owners = file().owners;
        assert_eq!(owned(&ownership, None, "src/a.py"), "web by CODEOWNERS: *");
        ownership.rules = vec![
            rule(Some("spring-*"), None, "java"),
            rule(None, Some("infra/**"), "ops"),
            rule(Some("spring-web"), Some("*.jar"), "edge"),
        ];
        assert_eq!(owned(&ownership, Some("spring-core"), "a.jar"), "java by package: spring-*");
        let both = "edge by package: spring-web, path: *.jar";
        assert_eq!(owned(&ownership, Some("spring-web"), "lib/a.jar"), both);
        assert_eq!(owned(&ownership, None, "infra/x.tf"), "ops by path: infra/**");
        assert_eq!(owned(&Ownership::default(), None, "a"), "nobody by nothing");
    }

    #[test]
    fn the_last_line_that_matches_wins_and_a_line_without_owner_takes_it_away() {
        let ownership = Ownership {
            owner: Some("core".into()),
            code_owners: file().owners,
            ..Ownership::default()
        };
        let cases = [
            ("infra/x.tf", "platform by CODEOWNERS: /infra/"),
            ("infra/x.sql", "data by CODEOWNERS: *.sql"),
            ("infra/open/x.tf", "core by service"),
            ("lost/x.tf", "web by CODEOWNERS: *"),
            ("with space/x.tf", "web by CODEOWNERS: with space/"),
        ];
        for (path, expected) in cases {
            assert_eq!(owned(&ownership, None, path), expected, "{path}");
        }
    }

    #[test]
    fn unknown_owners_are_named_once_and_unusable_lines_with_their_numbers() {
        let read = file();
        assert_eq!(read.unknown, ["ops@acme.example", "@acme/gone"]);
        assert_eq!(read.passed_over, [(6, "none of its owners is a team here".to_owned())]);
        assert_eq!(read.owners.patterns(), 5);
        let read = CodeOwners::read("!a @web\n[ab].c @web\n", &|_| true);
        assert_eq!(read.passed_over.len(), 2, "{:?}", read.passed_over);
    }
}
