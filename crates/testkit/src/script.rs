//! What took effect in a simulated year, so that it can be lived again in a perfect world.
//!
//! A deed is what people and pipelines did and the product took, with the instant at which it did;
//! promises are left out, since they only move escalations, and those depend on the post. In the
//! perfect world one node does the deeds one after the other, nothing dies, the post takes all, and
//! the watch looks before each.

use domain::access::Actor;
use jiff::Timestamp;
use jiff::civil::Date;
use operations::imports::ImportRequest;
use operations::objectives::CheckInInput;

/// One thing that was done and took effect.
#[derive(Clone, Debug)]
pub enum Deed {
    Import(ImportRequest),
    FixMerged { actor: Actor, finding: String },
    CheckIn { actor: Actor, key_result: String, input: CheckInInput },
    Hold { actor: Actor, ritual: String, on: Date },
    Playbook,
    Apply { text: String },
}

/// The deeds of a year in order.
#[derive(Clone, Debug, Default)]
pub struct Script {
    deeds: Vec<Done>,
}

/// A deed with its instant.
#[derive(Clone, Debug)]
pub struct Done {
    /// What the clock showed.
    pub at: Timestamp,
    /// The latest instant that it had shown until then: it can be set back.
    pub latest: Timestamp,
    pub deed: Deed,
}

impl Script {
    /// Adds what took effect when the clock stood at `at`.
    pub fn add(&mut self, at: Timestamp, latest: Timestamp, deed: Deed) {
        self.deeds.push(Done { at, latest, deed });
    }

    pub fn deeds(&self) -> &[Done] {
        &self.deeds
    }

    /// Forgets the last deed of which `meant` is true: damage, for the test of the comparison.
    /// Answers whether there was one.
    pub fn forget_last(&mut self, meant: impl Fn(&Deed) -> bool) -> bool {
        let last = self.deeds.iter().rposition(|done| meant(&done.deed));
        last.map(|nth| self.deeds.remove(nth)).is_some()
    }
}
