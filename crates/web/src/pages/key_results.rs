//! A key result: why its numbers are what they are, its course, and the check-in.
//!
//! The rule to remember: a check-in takes under half a minute: a value, a health, two
//! lines; and the last value stands beside the field.

use askama::Template;

use super::drawing::{Odds, Svg, Trend, trend};
use super::objectives::{Health, MetricWhy};
use super::{Choice, Frame, Link, Meaning, Moment, Refusals};

/// `GET /key-results/{id}`: "Why this number?"
#[derive(Clone, Debug, Template)]
#[template(path = "key_results/key_result.html")]
pub struct KeyResultPage {
    pub frame: Frame,
    /// `O1.1`
    pub code: String,
    pub title: String,
    pub objective: Link,
    pub owner: String,
    /// Where it stands, with its unit: `91.5 %`.
    pub current: String,
    /// `100 %`
    pub target: String,
    /// `70 %`
    pub start: String,
    /// `computed from findings` or `typed each week`.
    pub source: String,
    pub sentence: String,
    pub meaning: Meaning,
    pub odds: Odds,
    pub health: Option<Health>,
    pub trend: Trend,
    pub metrics: Vec<MetricWhy>,
    /// The table behind the trend, newest first.
    pub readings: Vec<Reading>,
    /// Newest first.
    pub check_ins: Vec<CheckInRow>,
    /// Where the check-in is written; `None` when the reader may not.
    pub check_in_href: Option<String>,
    /// Exceptions beside the number, which they never improve: `2 accepted findings`.
    pub exceptions: Option<Link>,
}

impl KeyResultPage {
    /// The course of the number.
    pub fn drawing(&self) -> Svg {
        trend(&self.trend)
    }
}

/// One reading of the number.
#[derive(Clone, Debug)]
pub struct Reading {
    /// `6`
    pub week: String,
    pub at: Moment,
    pub value: String,
    /// Change since the reading before: `+8`.
    pub change: String,
    /// Where it came from: an import, a check-in.
    pub source: String,
}

/// One check-in of the past.
#[derive(Clone, Debug)]
pub struct CheckInRow {
    /// `Mon 23 Nov`
    pub week: String,
    pub value: String,
    /// `None` where the cadence was missed.
    pub health: Option<Health>,
    pub done: String,
    pub next: String,
}

/// `GET /key-results/{id}/check-in`: "Check in for the week of Mon 23 Nov".
#[derive(Clone, Debug, Template)]
#[template(path = "key_results/check_in.html")]
pub struct CheckInPage {
    pub frame: Frame,
    pub key_result: Link,
    /// `Mon 23 Nov`
    pub week: String,
    pub due: Moment,
    /// Where the form is posted: `value`, `health`, `done`, `next`.
    pub action: String,
    /// `%`, `findings`
    pub unit: String,
    /// `83.5 %, Mon 16 Nov`
    pub last: String,
    /// A value computed by the product, which the owner only confirms; then no field is shown.
    pub computed: Option<String>,
    pub value: String,
    /// `on_track`, `needs_attention`, `at_risk`
    pub healths: Vec<HealthChoice>,
    pub done: String,
    pub next: String,
    pub refusals: Refusals,
}

/// One of the three healths to choose from.
#[derive(Clone, Debug)]
pub struct HealthChoice {
    pub choice: Choice,
    pub meaning: Meaning,
    /// What choosing it says: `you expect it to land; 85 %`.
    pub hint: String,
}
