//! Findings that were moved in from another product, recognised in the first report of their own.
//!
//! Another product keeps less of a place than a report says, so that what it told of a finding
//! makes another identity than the scanner's report makes. Before the two are compared, each
//! finding that was moved in and has no equal in the report takes the identity of the one thing in
//! the report that it can only be. The rule to remember: never guess. Whatever fits twice, on
//! either side, is left alone; then its clock ends with the old identity and another begins.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Identity, Incoming, Location, Package, canonical_id};

/// Which identities change: the place among `moved`, and the identity that it takes.
///
/// Takes n·log n steps.
pub fn adopt(moved: &[Finding], incoming: &[Incoming]) -> Vec<(usize, Identity)> {
    let known: Vec<&Identity> = incoming.iter().map(|told| &told.identity).collect();
    let mut left: Vec<usize> = (0..moved.len())
        .filter(|&place| known.binary_search(&&moved[place].identity).is_err())
        .collect();
    let mut taken: Vec<&Identity> = moved.iter().map(|finding| &finding.identity).collect();
    taken.sort();
    let mut free: Vec<usize> = (0..incoming.len())
        .filter(|&place| taken.binary_search(&&incoming[place].identity).is_err())
        .collect();
    let mut adopted = Vec::new();
    for likeness in LIKENESSES {
        let kept = |finding: &Finding| likeness(&Traits::of_finding(finding));
        let told = |told: &Incoming| likeness(&Traits::of_incoming(told));
        let kept = alone(left.iter().map(|&place| (place, kept(&moved[place]))));
        let told = alone(free.iter().map(|&place| (place, told(&incoming[place]))));
        let met: Vec<(usize, usize)> =
            kept.into_iter().filter_map(|(key, place)| Some((place, *told.get(&key)?))).collect();
        let (places, found): (BTreeSet<usize>, BTreeSet<usize>) = met.iter().copied().unzip();
        left.retain(|place| !places.contains(place));
        free.retain(|place| !found.contains(place));
        let identity = |(place, found): (usize, usize)| (place, incoming[found].identity.clone());
        adopted.extend(met.into_iter().map(identity));
    }
    adopted.sort();
    adopted
}

/// The places whose key no other place has.
fn alone(keyed: impl Iterator<Item = (usize, Option<String>)>) -> BTreeMap<String, usize> {
    let mut places = BTreeMap::<String, Vec<usize>>::new();
    for (place, key) in keyed {
        if let Some(key) = key {
            places.entry(key).or_default().push(place);
        }
    }
    let alone = places.into_iter().filter(|(_, places)| places.len() == 1);
    alone.map(|(key, places)| (key, places[0])).collect()
}

/// What two tellings of one thing have in common.
struct Traits<'a> {
    id: Option<String>,
    package: Option<&'a Package>,
    place: Option<&'a Location>,
    rule: Option<&'a str>,
    title: &'a str,
}

impl<'a> Traits<'a> {
    fn of_finding(finding: &'a Finding) -> Traits<'a> {
        Traits {
            id: canonical_id(&finding.ids, &|_| None),
            package: finding.package.as_ref(),
            place: finding.places.first(),
            rule: finding.rule.as_deref(),
            title: &finding.title,
        }
    }

    fn of_incoming(told: &'a Incoming) -> Traits<'a> {
        let observation = &told.observation;
        Traits {
            id: canonical_id(&observation.ids, &|_| None),
            package: observation.package.as_ref(),
            place: told.places.first(),
            rule: observation.rule.as_deref(),
            title: &observation.title,
        }
    }

    fn path(&self) -> Option<&str> {
        self.place?.path.as_deref().map(|path| path.trim_start_matches(['.', '/']))
    }

    fn line(&self) -> Option<u32> {
        self.place?.line
    }
}

/// The key under which two tellings meet; none = there is nothing to tell them by.
type Likeness = fn(&Traits<'_>) -> Option<String>;

/// From the surest: what is known of packages, then of places in code, then the title.
const LIKENESSES: [Likeness; 6] = [
    |it| Some(format!("{}|{}", it.id.as_deref()?, last_part(&it.package?.name))),
    |it| Some(format!("{}|{}", it.id.as_deref()?, it.path()?)),
    |it| Some(format!("{}|{}|{}", it.rule?.to_lowercase(), it.path()?, it.line()?)),
    |it| Some(format!("{}|{}|{}", it.title.to_lowercase(), it.path()?, it.line()?)),
    |it| Some(format!("{}|{}", it.rule?.to_lowercase(), it.path()?)),
    |it| Some(it.title.to_lowercase()),
];

/// The last part of a package's name: products differ in whether they keep what is before it.
fn last_part(name: &str) -> String {
    name.rsplit(['/', ':']).next().unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{Observation, Severity, fold};
    use super::*;

    /// Reads `TITLE [CVE] [pkg=NAME] [purl=PURL] [at=PATH:LINE] [rule=RULE] [snippet]`, one a line.
    fn told(story: &str) -> Vec<Incoming> {
        let lines = story.lines().map(str::trim).filter(|line| !line.is_empty());
        let observations = lines.map(|line| {
            let mut words = line.split(' ');
            let mut seen = Observation::new(words.next().expect("a title"), Severity::High);
            for word in words {
                match word.split_once('=') {
                    Some(("pkg", name)) => {
                        let package = seen.package.get_or_insert_default();
                        package.name = name.to_owned();
                    }
                    Some(("purl", purl)) => {
                        seen.package.get_or_insert_default().purl = Some(purl.to_owned());
                    }
                    Some(("at", place)) => {
                        let (path, line) = place.split_once(':').expect("a line");
                        let (path, line) = (Some(path.to_owned()), line.parse().ok());
                        seen.location = Some(Location { path, line, url: None });
                    }
                    Some(("rule", rule)) => seen.rule = Some(rule.to_owned()),
                    _ if word == "snippet" => seen.snippet = Some(line.to_owned()),
                    _ => seen.ids.push(word.to_owned()),
                }
            }
            seen
        });
        fold(observations.collect(), &|_| None)
    }

    fn check(moved: &str, report: &str, expected: &[(&str, &str)]) {
        let at = "2026-01-01T10:00:00Z".parse().expect("an instant");
        let (policies, zone) = (crate::policy::SlaMatrices::default(), jiff::tz::TimeZone::UTC);
        let rules = super::super::Rules { policies: &policies, zone: &zone };
        let finding = |told: &Incoming| {
            let (band, score) = (told.assessment.band, told.assessment.score);
            let event = super::super::Event::Started { band, score, holder: None };
            let started = super::super::Entry::new(at, at, event);
            let clock = super::super::apply(None, &started, &rules).expect("a clock");
            Finding::created("F-1", "api", told, clock)
        };
        let moved: Vec<Finding> = told(moved).iter().map(finding).collect();
        let adopted = adopt(&moved, &told(report));
        let found: Vec<(&str, &str)> = adopted
            .iter()
            .map(|(place, identity)| (moved[*place].title.as_str(), identity.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_package_is_recognised_without_its_group_and_a_place_without_its_text() {
        check(
            "a CVE-2026-0001 pkg=log4j-core
             b rule=B101 at=src/a.py:3",
            "other CVE-2026-0001 pkg=log4j-core purl=pkg:maven/org.apache/log4j-core@1.0
             words rule=B101 at=./src/a.py:3 snippet",
            &[
                ("b", told("words rule=B101 at=./src/a.py:3 snippet")[0].identity.as_str()),
                ("a", "vulnerability:CVE-2026-0001|org-apache/log4j-core"),
            ],
        );
    }

    #[test]
    fn what_fits_twice_is_left_alone() {
        check(
            "a CVE-2026-0001 pkg=lodash",
            "x CVE-2026-0001 pkg=lodash purl=pkg:npm/lodash@1.0
             y CVE-2026-0001 pkg=lodash purl=pkg:deb/lodash@1.0",
            &[],
        );
        check("a CVE-2026-0001 pkg=lodash", "a CVE-2026-0001 pkg=lodash", &[]);
    }
}
