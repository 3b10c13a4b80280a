//! What a reader hands over to: checks and trims every observation on its way to the caller.
//!
//! Here the limits on counts and texts are kept for all formats at once, so that no reader has to
//! think of them: overlong text is cut with a remark, NUL becomes U+FFFD (PostgreSQL cannot store
//! it), a title is one line, and a score outside 0.0–10.0 is dropped with a remark.

use std::collections::BTreeMap;

use domain::findings::Observation;

use super::limits::Limits;
use super::unreadable::{Refusal, Unreadable};
use super::vocabulary::one_line;

/// The receiving end of a reader.
pub struct Intake<'s> {
    sink: &'s mut dyn FnMut(Observation),
    limits: &'s Limits,
    pub(super) tool: Option<String>,
    pub(super) tool_version: Option<String>,
    pub(super) observations: u64,
    /// Bytes of text handed over.
    observed: u64,
    pub(super) refused: u64,
    pub(super) refusals: Vec<Refusal>,
    pub(super) failed: bool,
    remarks: BTreeMap<String, u64>,
}

impl<'s> Intake<'s> {
    pub(super) fn new(limits: &'s Limits, sink: &'s mut dyn FnMut(Observation)) -> Intake<'s> {
        Intake {
            sink,
            limits,
            tool: None,
            tool_version: None,
            observations: 0,
            observed: 0,
            refused: 0,
            refusals: Vec::new(),
            failed: false,
            remarks: BTreeMap::new(),
        }
    }

    /// Names the tool that wrote the report. The first to speak is kept.
    pub fn tool(&mut self, name: Option<&str>, version: Option<&str>) {
        if self.tool.is_none() {
            let limits = self.limits;
            self.tool = name.map(|name| one_line(name, limits.name).0);
            self.tool_version = version.map(|version| one_line(version, limits.name).0);
        }
    }

    /// Hands one observation over.
    pub fn observe(&mut self, mut observation: Observation) {
        self.observations += 1;
        if self.is_full() {
            return;
        }
        self.trim(&mut observation);
        self.observed = self.observed.saturating_add(bytes_of(&observation));
        if !self.is_full() {
            (self.sink)(observation);
        }
    }

    /// Leaves out one item; the place and the reason are only worked out while they are listed.
    pub fn refuse(&mut self, why: impl FnOnce() -> (String, String)) {
        self.refused += 1;
        if self.refusals.len() < self.limits.refusals {
            let (place, reason) = why();
            let cut = |text: String| one_line(&text, self.limits.name).0;
            self.refusals.push(Refusal { place: cut(place), reason: cut(reason) });
        }
    }

    /// Says something about the whole; the same words again are counted.
    pub fn remark(&mut self, words: &str) {
        self.remark_times(words, 1);
    }

    /// Says the same thing so many times.
    pub fn remark_times(&mut self, words: &str, times: u64) {
        if times > 0 {
            *self.remarks.entry(words.to_owned()).or_default() += times;
        }
    }

    /// The report says itself that the tool did not finish: what it does not name may still be
    /// there.
    pub fn tool_failed(&mut self, words: &str) {
        self.failed = true;
        self.remark(words);
    }

    pub(super) fn is_full(&self) -> bool {
        self.observations > self.limits.observations || self.observed > self.limits.observed
    }

    /// Why the report cannot be taken as a whole, if it cannot.
    pub(super) fn excess(&self) -> Option<Unreadable> {
        if self.observations > self.limits.observations {
            return Some(Unreadable::TooMany { limit: self.limits.observations });
        }
        self.is_full().then_some(Unreadable::TooWordy { limit: self.limits.observed })
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        let told = |(words, times): (&String, &u64)| match times {
            1 => words.clone(),
            times => format!("{words} ({times} times)"),
        };
        self.remarks.iter().map(told).collect()
    }

    fn trim(&mut self, observation: &mut Observation) {
        let (name, text) = (self.limits.name, self.limits.text);
        let Observation { title, ids, package, location, .. } = observation;
        let (line, mut cut) = one_line(title, name);
        *title = line;
        ids.iter_mut().for_each(|id| cut |= trim_to(id, name));
        if let Some(package) = package {
            cut |= trim_to(&mut package.name, name);
            for part in [&mut package.version, &mut package.fixed, &mut package.purl] {
                cut |= trim_optional(part, name);
            }
        }
        if let Some(location) = location {
            cut |= trim_optional(&mut location.path, name);
            cut |= trim_optional(&mut location.url, name);
        }
        for part in [&mut observation.rule, &mut observation.fingerprint, &mut observation.vector] {
            cut |= trim_optional(part, name);
        }
        cut |= trim_optional(&mut observation.snippet, text);
        cut |= trim_optional(&mut observation.description, text);
        self.remark_times("a finding with overlong text was cut", u64::from(cut));
        let score = observation.score.filter(|score| !(0.0..=10.0).contains(score));
        if score.is_some() {
            observation.score = None;
            self.remark("a score outside 0.0 to 10.0 was left out");
        }
    }
}

/// The bytes of all texts of an observation, and those of an empty one.
fn bytes_of(observation: &Observation) -> u64 {
    let of = |part: &Option<String>| part.as_ref().map_or(0, String::len);
    let package = observation.package.as_ref().map_or(0, |package| {
        package.name.len() + of(&package.version) + of(&package.fixed) + of(&package.purl)
    });
    let location = observation.location.as_ref();
    let location = location.map_or(0, |location| of(&location.path) + of(&location.url));
    let rest = [
        &observation.vector,
        &observation.rule,
        &observation.fingerprint,
        &observation.snippet,
        &observation.description,
    ];
    let ids: usize = observation.ids.iter().map(|id| id.len() + size_of::<String>()).sum();
    let cwes = size_of_val(observation.cwes.as_slice());
    let texts: usize = rest.into_iter().map(of).sum();
    (size_of::<Observation>() + observation.title.len() + package + location + ids + cwes + texts)
        as u64
}

fn trim_optional(part: &mut Option<String>, limit: usize) -> bool {
    part.as_mut().is_some_and(|part| trim_to(part, limit))
}

/// Cuts at a letter, replaces NUL; true where something was cut.
fn trim_to(text: &mut String, limit: usize) -> bool {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
    if text.len() <= limit {
        return false;
    }
    text.truncate(text.floor_char_boundary(limit));
    text.shrink_to_fit();
    true
}
