//! Objectives: what is promised for a quarter, by whom, and how it is told week by week.
//!
//! An objective has at most a few key results; a key result is a number with a start, a target
//! and a reason, or a milestone, and owes a check-in at its cadence. The rule to remember: values
//! may be computed, but the human half of a check-in (health, done, next) never is. Deliberately
//! absent: the checks before a quarter is final, and the labels; they belong to planning.
//! Source: the OKR process, and the scorecard of the CISO playbook.

mod check_ins;
mod inputs;
mod key_results;
mod links;
pub mod playbook;
mod standpoints;
mod timers;

use std::fmt;

pub use check_ins::{CheckIn, CheckInDue, Health, Reading, ReadingSource};
pub use inputs::{Input, InputKind, Promise, WeekOfPromises};
pub use key_results::{
    Cadence, Computed, HistoryRefused, KeyResult, Kind, Milestone, Values, check_weights,
    history_of,
};
pub use links::{Links, links, with_upstream_odds};
pub use standpoints::{Standpoint, alignment_on, standpoint};
pub use timers::REMIND_BEFORE;

use crate::calendar::{CalendarError, Quarter};

/// What this room refuses, with what it found and a hint.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ObjectivesError {
    #[error("`{0}` cannot be an identifier; use 1 to 64 letters, digits, `-`, `_` or `.`")]
    NotAnIdentifier(String),
    #[error("{what} is empty; say it in a few words")]
    Empty { what: &'static str },
    #[error("{what} has {found} characters; {most} are allowed")]
    TooLong { what: &'static str, found: usize, most: usize },
    #[error("key result {key_result} has no {what}; set one before its first check-in")]
    Missing { key_result: String, what: &'static str },
    #[error("key result {key_result}: its {what} is {found}; give {expected}")]
    Impossible { key_result: String, what: &'static str, found: String, expected: &'static str },
    #[error("the weights of an objective's key results sum to {0} %; make it 100 %")]
    Weights(f64),
    #[error("a check-in belongs to the week of a Monday, not to {0}; the Monday is {1}")]
    NotAMonday(jiff::civil::Date, jiff::civil::Date),
    #[error(
        "the week of {week} is outside of key result {key_result}; its weeks are {from} to {to}"
    )]
    OutsidePeriod {
        key_result: String,
        week: jiff::civil::Date,
        from: jiff::civil::Date,
        to: jiff::civil::Date,
    },
    #[error("the week of {0} has not begun; check in when it has")]
    NotBegun(jiff::civil::Date),
    #[error("key result {0} needs a value; type the number that was measured")]
    ValueMissing(String),
    #[error("the value of key result {0} is computed; leave it out and say only how it goes")]
    ValueComputed(String),
    #[error("`{found}` is not a {what}; use one of: {known}")]
    UnknownWord { what: &'static str, found: String, known: &'static str },
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// Longest title, in characters: one line on a page.
pub const LONGEST_TITLE: usize = 300;
/// Longest free text, in characters: a page of prose.
pub const LONGEST_TEXT: usize = 10_000;
const LONGEST_ID: usize = 64;

/// An identifier such as `O1` or `fy27-q3-o1`: short, and safe in addresses and keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectiveId(String);

/// An identifier such as `O1-KR2`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyResultId(String);

impl ObjectiveId {
    /// Accepts 1 to 64 letters, digits, `-`, `_` or `.`.
    pub fn new(text: impl Into<String>) -> Result<ObjectiveId, ObjectivesError> {
        identifier(text.into()).map(ObjectiveId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl KeyResultId {
    /// Accepts 1 to 64 letters, digits, `-`, `_` or `.`.
    pub fn new(text: impl Into<String>) -> Result<KeyResultId, ObjectivesError> {
        identifier(text.into()).map(KeyResultId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectiveId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for KeyResultId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn identifier(text: String) -> Result<String, ObjectivesError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if text.is_empty() || text.len() > LONGEST_ID || !text.bytes().all(allowed) {
        return Err(ObjectivesError::NotAnIdentifier(text.chars().take(LONGEST_ID).collect()));
    }
    Ok(text)
}

/// How much of an objective is promised. Source: the OKR process, "Priority label".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Tied to a critical project; all of it is promised.
    P0,
    /// At least 70 % completed counts as met.
    P1,
    /// Stretch.
    P2,
}

impl Priority {
    /// Every priority, the most binding first.
    pub const ALL: [Priority; 3] = [Priority::P0, Priority::P1, Priority::P2];

    /// The word used in labels, the API and SQL.
    pub fn word(self) -> &'static str {
        match self {
            Priority::P0 => "p0",
            Priority::P1 => "p1",
            Priority::P2 => "p2",
        }
    }

    /// The priority that a word stands for.
    pub fn from_word(word: &str) -> Result<Priority, ObjectivesError> {
        let found = Priority::ALL.into_iter().find(|priority| priority.word() == word);
        found.ok_or_else(|| unknown("priority", word, "p0, p1, p2"))
    }
}

/// An objective: an outcome for a quarter, with one person who answers for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    pub id: ObjectiveId,
    pub title: String,
    /// What is true when it is reached.
    pub outcome: String,
    pub quarter: Quarter,
    /// The person who answers for it; `None` = nobody yet, which pages say loudly.
    pub dri: Option<String>,
    pub priority: Priority,
    /// The Top-5 risk that it bears on, a reference into the risk register.
    pub risk: Option<String>,
}

impl Objective {
    /// Passes the objective through when its texts can be shown.
    pub fn checked(self) -> Result<Objective, ObjectivesError> {
        title("the objective's title", &self.title)?;
        text("the objective's outcome", &self.outcome)?;
        Ok(self)
    }
}

fn title(what: &'static str, found: &str) -> Result<(), ObjectivesError> {
    if found.trim().is_empty() {
        return Err(ObjectivesError::Empty { what });
    }
    within(what, found, LONGEST_TITLE)
}

fn text(what: &'static str, found: &str) -> Result<(), ObjectivesError> {
    within(what, found, LONGEST_TEXT)
}

fn within(what: &'static str, found: &str, most: usize) -> Result<(), ObjectivesError> {
    let characters = found.chars().count();
    if characters > most {
        return Err(ObjectivesError::TooLong { what, found: characters, most });
    }
    Ok(())
}

fn unknown(what: &'static str, found: &str, known: &'static str) -> ObjectivesError {
    let found = found.chars().take(LONGEST_ID).collect();
    ObjectivesError::UnknownWord { what, found, known }
}

#[cfg(test)]
mod tests;
