//! What the watch did on a tick.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One tick: every duty once, in order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tick {
    pub duties: Vec<Duty>,
}

/// What one duty did.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Duty {
    pub name: String,
    /// How many things it advanced.
    pub advanced: u64,
    /// How late the latest of them was, in seconds.
    pub latest_seconds: f64,
    /// What happened, a line each.
    pub lines: Vec<String>,
}
