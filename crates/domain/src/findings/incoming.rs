//! One report, ready to be compared with what is known: observations folded into findings.
//!
//! Observations of one identity become one, with all their places. What is told of it does not
//! depend on the order of the report: the best-sourced, worst score speaks for it, and its digest
//! tells whether a later report says anything else.

use sha2::{Digest, Sha256};

use super::identity::{hexadecimal, location_text};
use super::{
    Assessment, Identity, Location, Observation, Package, Standing, assess, identify, prevailing,
};

/// Most places kept of one finding; a page shows them all, and a rule that fires more often in one
/// place says no more with the next.
pub const PLACES_KEPT: usize = 100;

/// Most identifiers kept of one finding.
pub const IDS_KEPT: usize = 64;

/// A finding as one report tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    pub identity: Identity,
    /// The observation that speaks for the others of this identity; its `ids` are those of all.
    pub observation: Observation,
    pub assessment: Assessment,
    /// Where it was seen, in order, each place once, at most [`PLACES_KEPT`].
    pub places: Vec<Location>,
    /// How many observations of the report were folded into this one.
    pub observations: usize,
    /// SHA-256 (32 hexadecimal digits) of all that is told above: equal means nothing changed.
    pub digest: String,
}

impl Incoming {
    /// The first place in one line, such as `src/app.py:12`.
    pub fn place(&self) -> Option<String> {
        self.places.first().and_then(location_text)
    }

    /// The version of the package that is vulnerable.
    pub fn version(&self) -> Option<&str> {
        self.observation.package.as_ref().and_then(|package| package.version.as_deref())
    }
}

/// Folds the observations of one report into findings, in order of identity.
///
/// `aliases` as for [`identify`]. Where observations of one identity differ in standing, being
/// present beats being fixed, not affected or a false positive. Takes n·log n steps.
pub fn fold(
    observations: Vec<Observation>,
    aliases: &dyn Fn(&str) -> Option<String>,
) -> Vec<Incoming> {
    let identities = identify(&observations, aliases);
    let order = in_order(&identities, &observations);
    // Each is moved once, out of where it was read to: a report may have a million.
    let mut identities: Vec<Option<Identity>> = identities.into_iter().map(Some).collect();
    let mut observations: Vec<Option<Observation>> = observations.into_iter().map(Some).collect();
    let mut told = order.into_iter().filter_map(|place| {
        let (identity, observation) = (identities[place].take()?, observations[place].take()?);
        Some(Told { identity, assessment: assess(&observation), observation })
    });
    let mut incoming: Vec<Incoming> = Vec::new();
    let mut next = told.next();
    while let Some(first) = next {
        let mut others = Vec::new();
        next = told.next();
        while let Some(other) = next.take_if(|next| next.identity == first.identity) {
            others.push(other);
            next = told.next();
        }
        incoming.push(first.with(others));
    }
    incoming
}

/// The places of the observations in order of identity, and within one in order of key.
fn in_order(identities: &[Identity], observations: &[Observation]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..observations.len()).collect();
    places.sort_unstable_by(|&left, &right| {
        let by_key = || key(&observations[left]).cmp(&key(&observations[right]));
        let by_identity = identities[left].cmp(&identities[right]);
        by_identity.then_with(by_key).then_with(|| left.cmp(&right))
    });
    places
}

/// One observation with its identity.
struct Told {
    identity: Identity,
    assessment: Assessment,
    observation: Observation,
}

/// Everything that decides which observation of an identity speaks for it.
type Key<'a> = (u8, Place<'a>, Text<'a>, Text<'a>);
type Place<'a> = (Option<&'a str>, Option<u32>, Option<&'a str>);
type Text<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn key(observation: &Observation) -> Key<'_> {
    let package = observation.package.as_ref();
    let place = observation.location.as_ref().map_or((None, None, None), place_key);
    let version = package.and_then(|package| package.version.as_deref());
    let fixed = package.and_then(|package| package.fixed.as_deref());
    let texts = (Some(observation.title.as_str()), version, fixed);
    let more = (
        observation.description.as_deref(),
        observation.vector.as_deref(),
        observation.rule.as_deref(),
    );
    (standing_rank(observation.standing), place, texts, more)
}

impl Told {
    fn with(self, others: Vec<Told>) -> Incoming {
        let observations = others.len() + 1;
        let standing = self.observation.standing;
        let mut speaks = self;
        let mut ids = speaks.observation.ids.clone();
        let mut places: Vec<Location> = speaks.observation.location.iter().cloned().collect();
        for other in others {
            if other.observation.standing != standing {
                continue;
            }
            ids.extend(other.observation.ids.iter().cloned());
            places.extend(other.observation.location.iter().cloned());
            // Of equal assessments the first stays, so that the order of the report is no matter.
            let better = prevailing([other.assessment, speaks.assessment]);
            if better != Some(speaks.assessment) {
                speaks = other;
            }
        }
        speaks.observation.ids = merged_ids(&speaks.observation.ids, ids);
        places.sort_by(|left, right| place_key(left).cmp(&place_key(right)));
        places.dedup();
        places.truncate(PLACES_KEPT);
        let digest = digest(&speaks, &places);
        let Told { identity, assessment, observation } = speaks;
        Incoming { identity, observation, assessment, places, observations, digest }
    }
}

/// The identifiers of the one that speaks, then those of the others in order, each once.
fn merged_ids(own: &[String], mut all: Vec<String>) -> Vec<String> {
    let mut ids = own.to_vec();
    all.sort();
    all.dedup();
    all.retain(|id| !own.contains(id));
    ids.extend(all);
    ids.truncate(IDS_KEPT);
    ids
}

fn place_key(location: &Location) -> Place<'_> {
    (location.path.as_deref(), location.line, location.url.as_deref())
}

fn standing_rank(standing: Standing) -> u8 {
    match standing {
        Standing::Present => 0,
        Standing::Fixed => 1,
        Standing::NotAffected => 2,
        Standing::FalsePositive => 3,
    }
}

fn digest(told: &Told, places: &[Location]) -> String {
    let mut sum = Sha256::new();
    sum.update([standing_rank(told.observation.standing)]);
    let mut add = |text: Option<&str>| match text {
        // The length before each text keeps neighbours apart.
        Some(text) => {
            sum.update((text.len() as u64 + 1).to_be_bytes());
            sum.update(text.as_bytes());
        }
        None => sum.update(0_u64.to_be_bytes()),
    };
    let Told { assessment, observation, .. } = told;
    let thousandths = assessment.score.map(|score| format!("{score:.3}"));
    let none = Package::default();
    let package = observation.package.as_ref().unwrap_or(&none);
    for text in [
        Some(observation.title.as_str()),
        Some(observation.severity.word()),
        Some(assessment.source.word()),
        Some(assessment.band.word()),
        thousandths.as_deref(),
        observation.vector.as_deref(),
        observation.rule.as_deref(),
        observation.description.as_deref(),
        Some(package.name.as_str()),
        package.version.as_deref(),
        package.fixed.as_deref(),
        package.purl.as_deref(),
    ] {
        add(text);
    }
    add(Some(&observation.ids.join("\n")));
    add(Some(&format!("{:?}", observation.cwes)));
    for place in places {
        add(location_text(place).as_deref());
    }
    hexadecimal(&sum.finalize(), 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Severity;

    fn seen(path: &str, score: f64) -> Observation {
        let mut seen = Observation::new("Prototype pollution", Severity::High);
        seen.ids = vec!["CVE-2021-23337".to_owned()];
        seen.score = Some(score);
        seen.package = Some(Package { name: "lodash".to_owned(), ..Package::default() });
        seen.location = Some(Location { path: Some(path.to_owned()), ..Location::default() });
        seen
    }

    fn folded(observations: &[Observation]) -> Vec<Incoming> {
        fold(observations.to_vec(), &|_| None)
    }

    #[test]
    fn observations_of_one_identity_are_one_finding_with_all_places() {
        let one = folded(&[seen("b.json", 7.2), seen("a.json", 9.1), seen("b.json", 7.2)]);
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].observations, 3);
        assert_eq!(one[0].assessment.score, Some(9.1));
        assert_eq!(one[0].place().as_deref(), Some("a.json"));
        assert_eq!(one[0].places.len(), 2);
    }

    #[test]
    fn the_order_of_the_report_does_not_matter() {
        let mut third = seen("a.json", 7.2);
        third.ids.push("GHSA-x".to_owned());
        let [first, second] = [seen("b.json", 7.2), seen("a.json", 7.2)];
        let straight = folded(&[first.clone(), second.clone(), third.clone()]);
        for order in [[&third, &second, &first], [&second, &third, &first]] {
            assert_eq!(folded(&order.map(Clone::clone)), straight);
        }
    }

    #[test]
    fn present_anywhere_is_present() {
        let mut suppressed = seen("a.json", 9.8);
        suppressed.standing = Standing::FalsePositive;
        let one = folded(&[suppressed, seen("b.json", 7.2)]);
        assert_eq!(one[0].observation.standing, Standing::Present);
        assert_eq!((one[0].assessment.score, one[0].places.len()), (Some(7.2), 1));
    }

    #[test]
    fn any_change_of_what_is_told_changes_the_digest() {
        let before = folded(&[seen("a.json", 7.2)])[0].digest.clone();
        let changed = |change: &dyn Fn(&mut Observation)| {
            let mut after = seen("a.json", 7.2);
            change(&mut after);
            assert_ne!(folded(&[after.clone()])[0].digest, before, "{after:?}");
        };
        changed(&|after| after.title.push('!'));
        changed(&|after| after.score = Some(7.3));
        changed(&|after| after.ids.push("GHSA-x".to_owned()));
        changed(&|after| after.cwes.push(79));
        changed(&|after| after.location = None);
        changed(&|after| after.description = Some(String::new()));
        changed(&|after| {
            after.package.as_mut().expect("a package").version = Some("1".to_owned());
        });
        assert_eq!(folded(&[seen("a.json", 7.2)])[0].digest, before);
    }
}
