//! Names of one weakness: which CVE an identifier stands for.
//!
//! Databases of vulnerabilities give a weakness names of their own beside its CVE. What reports say
//! side by side is learned, so that a tool that knows only the other name means the same finding.
//! The rule to remember: a name that was seen beside two different CVEs stands for neither, so two
//! CVEs are never one through a third name. Advisories of distributions (RHSA, DSA, USN …) speak of
//! several weaknesses by design and are no names of one.

use std::collections::BTreeMap;

use super::Observation;
use super::identity::{is_cve, normal_id};

/// Databases whose identifiers name one weakness each.
const DATABASES: [&str; 9] =
    ["GHSA-", "PYSEC-", "RUSTSEC-", "GO-", "OSV-", "SNYK-", "MAL-", "EUVD-", "BIT-"];

/// What names stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases(BTreeMap<String, Meant>);

/// What one name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    One(String),
    /// Seen beside different CVEs: neither.
    Several,
}

impl Aliases {
    /// As they are kept: a name and what it stands for, nothing for [`Meant::Several`].
    pub fn kept(rows: impl IntoIterator<Item = (String, String)>) -> Aliases {
        let meant = |canonical: String| match canonical.is_empty() {
            true => Meant::Several,
            false => Meant::One(canonical),
        };
        Aliases(rows.into_iter().map(|(alias, canonical)| (alias, meant(canonical))).collect())
    }

    /// What `name` stands for.
    pub fn canonical(&self, name: &str) -> Option<String> {
        match self.0.get(&normal_id(name)) {
            Some(Meant::One(canonical)) => Some(canonical.clone()),
            Some(Meant::Several) | None => None,
        }
    }

    /// Learns from what stands side by side; answers what is new, in order of name.
    pub fn learn(&mut self, observations: &[Observation]) -> Vec<(String, Meant)> {
        let mut news = BTreeMap::new();
        for observation in observations {
            let Some((names, meant)) = beside(observation) else { continue };
            for name in names {
                let meant = match (self.0.get(&name), &meant) {
                    (Some(Meant::Several), _) => continue,
                    (Some(Meant::One(before)), Meant::One(now)) if before == now => continue,
                    (Some(Meant::One(_)), _) => Meant::Several,
                    (None, meant) => meant.clone(),
                };
                self.0.insert(name.clone(), meant.clone());
                news.insert(name, meant);
            }
        }
        news.into_iter().collect()
    }
}

/// The names of one weakness in an observation, and what they stand for there.
fn beside(observation: &Observation) -> Option<(Vec<String>, Meant)> {
    let ids: Vec<String> = observation.ids.iter().map(|id| normal_id(id)).collect();
    let mut cves: Vec<&String> = ids.iter().filter(|id| is_cve(id)).collect();
    cves.sort_unstable();
    cves.dedup();
    let names: Vec<String> = ids.iter().filter(|id| is_name(id)).cloned().collect();
    match (cves.as_slice(), names.is_empty()) {
        ([], _) | (_, true) => None,
        ([one], false) => Some((names, Meant::One((*one).clone()))),
        (_, false) => Some((names, Meant::Several)),
    }
}

/// Whether an identifier, as it is kept, names one weakness and is no CVE.
pub fn is_name(id: &str) -> bool {
    DATABASES.iter().any(|database| id.starts_with(database))
}

/// The names in observations that may stand for a CVE, each once, as they are kept.
pub fn names(observations: &[Observation]) -> Vec<String> {
    let ids = observations.iter().flat_map(|observation| &observation.ids);
    let mut names: Vec<String> = ids.map(|id| normal_id(id)).filter(|id| is_name(id)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Severity;

    fn observed(ids: &[&str]) -> Observation {
        let mut observation = Observation::new("weak", Severity::High);
        observation.ids = ids.iter().map(|&id| id.to_owned()).collect();
        observation
    }

    fn one(cve: &str) -> Meant {
        Meant::One(cve.to_owned())
    }

    #[test]
    fn what_stands_beside_a_cve_is_a_name_of_it() {
        let mut aliases = Aliases::default();
        let both = observed(&["ghsa-AAAA-bbbb-cccc", "CVE-2026-1000", "RHSA-2026:1"]);
        let learned = aliases.learn(&[both.clone(), observed(&["GHSA-zzzz-zzzz-zzzz"])]);
        assert_eq!(learned, [("GHSA-aaaa-bbbb-cccc".to_owned(), one("CVE-2026-1000"))]);
        assert_eq!(aliases.learn(&[both]), []);
        let found = aliases.canonical("GHSA-AAAA-BBBB-CCCC");
        assert_eq!(found.as_deref(), Some("CVE-2026-1000"));
        assert_eq!(aliases.canonical("RHSA-2026:1"), None);
    }

    #[test]
    fn a_name_of_two_cves_is_a_name_of_neither() {
        let mut aliases = Aliases::default();
        aliases.learn(&[observed(&["GHSA-aaaa-bbbb-cccc", "CVE-2026-1000"])]);
        let learned = aliases.learn(&[observed(&["GHSA-aaaa-bbbb-cccc", "CVE-2026-2000"])]);
        assert_eq!(learned, [("GHSA-aaaa-bbbb-cccc".to_owned(), Meant::Several)]);
        assert_eq!(aliases.canonical("GHSA-aaaa-bbbb-cccc"), None);
        let later = aliases.learn(&[observed(&["GHSA-aaaa-bbbb-cccc", "CVE-2026-1000"])]);
        assert_eq!(later, [], "a guard once raised stays");
        let at_once = observed(&["CVE-2026-1", "CVE-2026-22222", "CVE-2026-11111", "PYSEC-2026-1"]);
        assert_eq!(aliases.learn(&[at_once]), [("PYSEC-2026-1".to_owned(), Meant::Several)]);
    }
}
