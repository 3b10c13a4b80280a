//! One finding for what a tool tells of once for each place.
//!
//! Scanners of networks and web pages say "the same thing, seen at these places", some as one
//! entry, some as an entry for each place. Here the entries of a finding are brought together: the
//! words of the first are kept, the worst severity counts, identifiers are gathered, and the places
//! are listed in the description.
//!
//! The location of such a finding is only what all its entries share, such as the site, or none:
//! the finding must stay the same when one of its places is repaired or the order changes.
//!
//! Everything is kept until the end, so only for entries that bring their words along: then memory
//! grows no faster than the document.

use std::collections::BTreeMap;

use domain::findings::{Observation, Standing};

use super::Intake;
use super::item::at_url;
use super::vocabulary::{SHARED, beginning_of, push_new};

/// Places that are listed; the others are counted.
const PLACES: usize = 100;

/// The findings so far, in the order in which each was first told of.
#[derive(Default)]
pub struct Folding {
    known: BTreeMap<String, usize>,
    folded: Vec<Folded>,
}

struct Folded {
    observation: Observation,
    places: Vec<String>,
    more: u64,
}

impl Folding {
    /// Adds one entry. Entries of one key are one finding of the tool, and share their location.
    pub fn add(&mut self, key: &[&str], observation: Observation) {
        let place = place(&observation);
        self.add_at(key, observation, place);
    }

    /// Adds one entry. Those of one key share no more than the site, or nothing, and their
    /// locations are the places.
    pub fn add_within(&mut self, key: &[&str], site: Option<&str>, mut observation: Observation) {
        let place = place(&observation);
        observation.location = at_url(site.map(str::to_owned));
        self.add_at(key, observation, place);
    }

    fn add_at(&mut self, key: &[&str], observation: Observation, place: Option<String>) {
        let next = self.folded.len();
        let index = *self.known.entry(key.join("\u{1f}")).or_insert(next);
        match self.folded.get_mut(index) {
            Some(folded) => folded.take(observation, place),
            None => {
                let places = place.into_iter().collect();
                self.folded.push(Folded { observation, places, more: 0 });
            }
        }
    }

    /// Hands every finding over.
    pub fn hand_over(self, intake: &mut Intake<'_>) {
        for folded in self.folded {
            intake.observe(folded.told());
        }
    }
}

impl Folded {
    fn take(&mut self, other: Observation, place: Option<String>) {
        let own = &mut self.observation;
        own.severity = own.severity.max(other.severity);
        if other.standing == Standing::Present {
            own.standing = Standing::Present;
        }
        other.ids.into_iter().for_each(|id| push_new(&mut own.ids, id));
        other.cwes.into_iter().for_each(|number| push_new(&mut own.cwes, number));
        match place {
            Some(place) if self.places.contains(&place) => {}
            Some(place) if self.places.len() < PLACES => self.places.push(place),
            Some(_) => self.more += 1,
            None => {}
        }
    }

    fn told(self) -> Observation {
        let mut observation = self.observation;
        let shared = place(&observation);
        let description = observation.description.take();
        observation.description = with_places(description, shared, &self.places, self.more);
        observation
    }
}

/// The description with the places below it, unless the one place is what the location says.
pub fn with_places(
    description: Option<String>,
    shared: Option<String>,
    places: &[String],
    more: u64,
) -> Option<String> {
    let is_shared = |place: &String| shared.as_ref() == Some(place);
    if places.is_empty() || (more == 0 && places.iter().all(is_shared)) {
        return description;
    }
    let mut list = String::from("Seen at:");
    places.iter().for_each(|place| list.extend(["\n- ", place]));
    if more > 0 {
        list.push_str(&format!("\n- and {more} more"));
    }
    Some(match description {
        Some(description) => format!("{description}\n\n{list}"),
        None => list,
    })
}

/// Scheme, host and port of an address, as far as it has them.
pub fn site(address: &str) -> &str {
    let start = address.find("://").map_or(0, |at| at + 3);
    address[start..].find(['/', '?', '#']).map_or(address, |end| &address[..start + end])
}

fn place(observation: &Observation) -> Option<String> {
    let location = observation.location.as_ref()?;
    location.url.clone().or_else(|| location.path.clone())
}

/// The address of a service on a host, such as `tcp://192.0.2.7:443`, or the host where no port is
/// meant; none without a host.
pub fn address(host: Option<&str>, port: Option<&str>, protocol: Option<&str>) -> Option<String> {
    let host = beginning_of(host?, SHARED);
    let port = port.filter(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    let host = if host.contains(':') && !host.contains('/') && !host.starts_with('[') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    Some(match port {
        Some(_) if host.contains("://") => host,
        Some(port) => format!("{}://{host}:{port}", protocol.unwrap_or("tcp").to_lowercase()),
        None => host,
    })
}

#[cfg(test)]
mod tests {
    use domain::findings::Severity;

    use super::super::Limits;
    use super::*;

    fn seen(place: &str, severity: Severity) -> Observation {
        let mut observation = Observation::new("Cookie without Secure", severity);
        observation.location = at_url(Some(place.to_owned()));
        observation
    }

    fn told(places: [(&str, Severity); 3]) -> Vec<Observation> {
        let mut folding = Folding::default();
        for (place, severity) in places {
            folding.add_within(&["1", site(place)], Some(site(place)), seen(place, severity));
        }
        let (limits, mut told) = (Limits::default(), Vec::new());
        let mut sink = |one| told.push(one);
        folding.hand_over(&mut Intake::new(&limits, &mut sink));
        told
    }

    #[test]
    fn entries_of_one_key_are_one_finding_with_its_places() {
        let (low, high) = (Severity::Low, Severity::High);
        let folded = told([("http://a/1", low), ("http://b", low), ("http://a/2", high)]);
        assert_eq!(folded.len(), 2);
        assert_eq!(folded[0].severity, Severity::High);
        let places = "Seen at:\n- http://a/1\n- http://a/2";
        assert_eq!(folded[0].description.as_deref(), Some(places));
    }

    #[test]
    fn the_location_is_the_same_in_another_order_and_with_a_place_less() {
        let low = Severity::Low;
        let first = told([("http://a/1", low), ("http://a/2", low), ("http://a/3", low)]);
        let other = told([("http://a/3", low), ("http://a/3", low), ("http://a/2", low)]);
        assert_eq!(first[0].location, other[0].location);
    }

    #[test]
    fn an_address_names_the_port_where_there_is_one() {
        let told = |host, port| address(Some(host), Some(port), Some("TCP")).unwrap();
        assert_eq!(told("192.0.2.7", "443"), "tcp://192.0.2.7:443");
        assert_eq!(told("2001:db8::7", "22"), "tcp://[2001:db8::7]:22");
        assert_eq!(told("192.0.2.7", "0"), "192.0.2.7");
        assert_eq!(told("http://example.org/", "80"), "http://example.org/");
    }
}
