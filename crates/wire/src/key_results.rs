//! Key results, readings and check-ins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::objectives::Metrics;

/// One key result.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyResult {
    pub id: String,
    /// `O1-KR1`
    pub code: String,
    pub objective: String,
    pub title: String,
    pub kind: String,
    pub unit: String,
    pub start_value: Option<f64>,
    pub target: Option<f64>,
    /// The last value.
    pub current: Option<f64>,
    /// The name of the person who answers for it.
    pub owner: Option<String>,
    /// Its part in the objective; only the proportions count.
    pub weight: f64,
    /// Whether the product computes its values from findings.
    pub computed: bool,
    #[schema(format = Date)]
    pub starts: String,
    #[schema(format = Date)]
    pub ends: String,
    pub metrics: Metrics,
    /// What was said last: `on_track`, `needs_attention` or `at_risk`.
    pub health: Option<String>,
}

/// One key result with its readings, check-ins and the why of each metric.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyResultDetail {
    pub key_result: KeyResult,
    /// Earliest first.
    pub readings: Vec<Reading>,
    /// Earliest week first.
    pub check_ins: Vec<CheckIn>,
    /// The Mondays of the weeks for which a check-in is owed now.
    pub owes: Vec<String>,
    pub why: Vec<Why>,
}

/// One measured value.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    #[schema(format = DateTime)]
    pub at: String,
    pub value: f64,
    /// `typed`, `computed` or `imported`.
    pub source: String,
}

/// One week's word on a key result.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CheckIn {
    /// The Monday of its week.
    #[schema(format = Date)]
    pub week: String,
    pub value: Option<f64>,
    pub health: String,
    pub done: String,
    pub next: String,
    pub by: String,
    #[schema(format = DateTime)]
    pub at: String,
}

/// What a person says about a week.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewCheckIn {
    /// In the key result's unit; left out where the product computes it.
    #[serde(default)]
    pub value: Option<f64>,
    /// `on_track`, `needs_attention` or `at_risk`.
    pub health: String,
    #[serde(default)]
    pub done: String,
    #[serde(default)]
    pub next: String,
}

/// The answer to "why this number?" for one metric.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Why {
    pub metric: String,
    pub value: Option<f64>,
    pub sentence: String,
    pub figures: Vec<Figure>,
}

/// One named quantity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Figure {
    pub name: String,
    pub value: f64,
}
