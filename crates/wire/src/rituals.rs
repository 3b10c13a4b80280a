//! Rituals: what is held once in each week, month or quarter.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The organisation's rituals.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Rituals {
    pub rituals: Vec<Ritual>,
    /// The audits that are not over, the next first.
    pub audits: Vec<Audit>,
}

/// One ritual.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Ritual {
    pub id: String,
    pub name: String,
    /// The owner's person id.
    pub owner: String,
    /// `weekly`, `monthly` or `quarterly`
    pub cadence: String,
    /// When it is next late, unless it is held; `null` while it waits for nothing.
    pub next_due: Option<String>,
    /// Earliest first; the last one runs.
    pub periods: Vec<RitualPeriod>,
}

/// One period of a ritual.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RitualPeriod {
    /// `2026-11-23`
    pub first: String,
    pub last: String,
    pub due: String,
    /// `held`, `scheduled`, `open` or `missed`
    pub state: String,
    /// The day on which it was held, or for which it is scheduled.
    pub day: Option<String>,
}

/// One audit window.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Audit {
    pub id: String,
    pub name: String,
    /// The owner's person id.
    pub owner: String,
    pub begins: String,
    pub ends: String,
    /// The codes of the key results that it looks at.
    pub key_results: Vec<String>,
    /// Empty = every service in production.
    pub services: Vec<String>,
}

/// A record that a client makes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewRitualRecord {
    /// What came of it, or where it is written down.
    #[serde(default)]
    pub words: String,
}

/// What was said of one period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RitualRecord {
    pub ritual: String,
    /// The first day of the period.
    pub period: String,
    pub scheduled_for: Option<String>,
    pub held_on: Option<String>,
    pub words: String,
    pub by: String,
    pub at: String,
}
