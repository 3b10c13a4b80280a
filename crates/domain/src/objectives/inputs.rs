//! Inputs: what a key result needs from other teams, and what they said.
//!
//! An input is dated (delivered once, by a day), *standing* (a promise kept again and again, such
//! as fixes within the SLA), or another key result. A "no capacity" is kept: it is a figure for
//! leadership, not a deletion. Source: the OKR process, "how do functional areas align?".

use jiff::civil::Date;

use super::{KeyResultId, ObjectivesError, title};

/// One thing that a key result needs from another team.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The providing team's identifier.
    pub team: String,
    /// The providing team as people call it.
    pub provider: String,
    /// What is needed, as a noun: `critical fixes within 14 days`.
    pub what: String,
    /// The weight in the alignment; 1 unless some inputs matter more.
    pub weight: f64,
    pub kind: InputKind,
    pub promise: Promise,
}

impl Input {
    /// Passes the input through when it can be scored and shown.
    pub fn checked(self) -> Result<Input, ObjectivesError> {
        title("what an input needs", &self.what)?;
        title("the team that provides an input", &self.provider)?;
        if !self.weight.is_finite() || self.weight < 0.0 {
            return Err(ObjectivesError::Impossible {
                key_result: self.what,
                what: "input weight",
                found: self.weight.to_string(),
                expected: "a number that is not negative",
            });
        }
        Ok(self)
    }
}

/// How an input arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum InputKind {
    /// Once, by a day. `chance` is the forecast that it does; `None` without a track record.
    Dated { by: Date, chance: Option<f64> },
    /// Again and again: how often the promise was kept, week by week, earliest first.
    Standing { weeks: Vec<WeekOfPromises> },
    /// When another key result lands; `None` while that one has no odds.
    KeyResult { id: KeyResultId, probability: Option<f64> },
}

/// One week of a standing promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekOfPromises {
    pub monday: Date,
    /// How many were to be kept in that week.
    pub due: u32,
    /// How many of these were.
    pub kept: u32,
}

/// What the providing team said, and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    Asked,
    Confirmed,
    /// "No capacity."
    Declined,
    Delivered {
        on: Date,
    },
}

impl Promise {
    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Promise::Asked => "asked",
            Promise::Confirmed => "confirmed",
            Promise::Declined => "declined",
            Promise::Delivered { .. } => "delivered",
        }
    }
}
