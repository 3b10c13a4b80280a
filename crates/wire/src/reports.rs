//! Reports over what is stored.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The backlog as it stands: what is open by band, and what of it is past its SLA.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Baseline {
    #[schema(format = DateTime)]
    pub at: String,
    pub all: Backlog,
    pub services: Vec<ServiceBacklog>,
    pub teams: Vec<TeamBacklog>,
}

/// Open findings by band.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Backlog {
    pub critical: BacklogCount,
    pub high: BacklogCount,
    pub medium: BacklogCount,
    pub low: BacklogCount,
    pub total: BacklogCount,
}

/// How many are open, and how many of those past their SLA.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BacklogCount {
    pub open: u64,
    pub past_sla: u64,
}

/// Of one service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceBacklog {
    pub service: String,
    pub backlog: Backlog,
}

/// Of all services of a team.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TeamBacklog {
    /// The team's id; `null` = services that nobody owns.
    pub team: Option<String>,
    pub name: String,
    pub backlog: Backlog,
}
