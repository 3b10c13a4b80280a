//! Breaches by upstream function and cause.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The report.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BreachReport {
    /// The newest first.
    pub quarters: Vec<BreachQuarter>,
}

/// One fiscal quarter.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BreachQuarter {
    /// `FY27-Q4`
    pub quarter: String,
    /// All breaches of the quarter.
    pub breaches: u64,
    /// How many of them a person put down to another cause than the rule.
    pub corrected: u64,
    /// All the time that their clocks had used up, in seconds.
    pub held_seconds: i64,
    /// Their sum is `breaches`.
    pub counts: Vec<BreachCount>,
    /// Whose time it was; the sum is `held_seconds`.
    pub time: Vec<FunctionTime>,
    /// Each of them, oldest first.
    pub list: Vec<Breach>,
}

/// Breaches of one function for one cause.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BreachCount {
    /// The section of the holder's team by its name, `vendors` or `nobody`.
    pub function: String,
    /// `section`, `vendor` or `nobody`
    pub kind: String,
    /// `unowned`, `vendor_patch_missing`, `access_delay`, `change_freeze`, `late_hand_over`,
    /// `fix_not_verified`, `deprioritised` or `other`; `null` = never judged.
    pub cause: Option<String>,
    pub breaches: u64,
    pub corrected: u64,
}

/// How long a function held clocks that ran out.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FunctionTime {
    pub function: String,
    pub kind: String,
    pub held_seconds: i64,
}

/// One breach.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Breach {
    /// `F-17`
    pub finding: String,
    pub service: String,
    pub title: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub function: String,
    pub kind: String,
    /// A team's id, or `vendor:NAME`; `null` = nobody.
    pub holder: Option<String>,
    /// As the rule judged at the breach.
    pub frozen_cause: Option<String>,
    /// As a person judged later.
    pub corrected_cause: Option<String>,
    /// Whose hours the clock had used up, in order of first holding.
    pub shares: Vec<BreachShare>,
}

/// How long one holder had the clock before the breach.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BreachShare {
    /// A team's id, or `vendor:NAME`; `null` = nobody.
    pub holder: Option<String>,
    pub held_seconds: i64,
}
