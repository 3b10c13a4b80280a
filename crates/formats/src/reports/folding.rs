//! One finding for what a tool tells of once for each place.
//!
//! Scanners of networks and web pages say "the same thing, seen at these places", some as one
//! entry, some as an entry for each place. Here the entries of a finding are brought together: the
//! first is kept with its words and its place, the worst severity counts, identifiers are gathered,
//! and the places are listed in the description.
//!
//! Everything is kept until the end, so only for entries that bring their words along: then memory
//! grows no faster than the document.

use std::collections::BTreeMap;

use domain::findings::{Observation, Standing};

use super::Intake;
use super::vocabulary::push_new;

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
    /// Adds one entry. Entries of one key are one finding of the tool.
    pub fn add(&mut self, key: &[&str], observation: Observation) {
        let place = place(&observation);
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
        observation.description = with_places(observation.description, &self.places, self.more);
        observation
    }
}

/// The description with the places below it, where there are several.
pub fn with_places(description: Option<String>, places: &[String], more: u64) -> Option<String> {
    if places.len() < 2 {
        return description;
    }
    let mut list =
        places.iter().fold(String::from("Seen at:"), |list, place| list + "\n- " + place);
    if more > 0 {
        list.push_str(&format!("\n- and {more} more"));
    }
    Some(match description {
        Some(description) => format!("{description}\n\n{list}"),
        None => list,
    })
}

fn place(observation: &Observation) -> Option<String> {
    let location = observation.location.as_ref()?;
    location.url.clone().or_else(|| location.path.clone())
}

/// The address of a service on a host, such as `tcp://192.0.2.7:443`, or the host where no port is
/// meant; none without a host.
pub fn address(host: Option<&str>, port: Option<&str>, protocol: Option<&str>) -> Option<String> {
    let host = host?;
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
    use domain::findings::{Location, Severity};

    use super::super::Limits;
    use super::*;

    fn at(place: &str, severity: Severity) -> Observation {
        let mut observation = Observation::new("Cookie without Secure", severity);
        observation.location =
            Some(Location { url: Some(place.to_owned()), ..Location::default() });
        observation
    }

    #[test]
    fn entries_of_one_key_are_one_finding_with_its_places() {
        let mut folding = Folding::default();
        folding.add(&["1", "a"], at("http://a/1", Severity::Low));
        folding.add(&["1", "b"], at("http://b/1", Severity::Low));
        folding.add(&["1", "a"], at("http://a/2", Severity::High));
        let (limits, mut told) = (Limits::default(), Vec::new());
        let mut sink = |one| told.push(one);
        folding.hand_over(&mut Intake::new(&limits, &mut sink));
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].severity, Severity::High);
        let places = "Seen at:\n- http://a/1\n- http://a/2";
        assert_eq!(told[0].description.as_deref(), Some(places));
        assert_eq!(told[1].description, None);
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
