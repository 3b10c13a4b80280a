//! Objectives with their metrics.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::key_results::KeyResult;

/// The objectives of a quarter.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Objectives {
    /// `FY27-Q3`
    pub quarter: String,
    pub week: u32,
    pub weeks: u32,
    /// The largest risk and whose move it is; `null` before any objective has odds.
    pub sentence: Option<String>,
    pub objectives: Vec<Objective>,
}

/// One objective.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Objective {
    pub id: String,
    /// `O1`
    pub code: String,
    pub title: String,
    pub outcome: String,
    pub quarter: String,
    /// The DRI's name.
    pub owner: Option<String>,
    /// `p0`, `p1` or `p2`.
    pub priority: String,
    pub metrics: Metrics,
    /// What certainty of each key result would add, the most first.
    pub drivers: Vec<Driver>,
    pub key_results: Vec<KeyResult>,
}

/// The five metrics; `null` where nothing can be said yet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Metrics {
    pub velocity: Option<f64>,
    /// 0 to 100.
    pub momentum: Option<f64>,
    /// 0 to 100; `null` without declared inputs.
    pub alignment: Option<f64>,
    /// 0 to 100.
    pub risk_index: Option<f64>,
    /// 0.01 to 0.99.
    pub success_probability: Option<f64>,
    /// Where that may lie: two thirds of the chances of the pace that is estimated.
    pub success_lowest: Option<f64>,
    pub success_highest: Option<f64>,
    /// `behind`, `decaying`, `inputs broken`, `exposed`, `likely to miss`.
    pub states: Vec<String>,
}

/// One key result as a cause of its objective's risk.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Driver {
    pub key_result: String,
    /// What the probability would gain, were this key result certain.
    pub lift: f64,
}
