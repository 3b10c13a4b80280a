//! Escalations: who was told, and when it climbs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::key_results::Figure;

/// A page of escalations, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Escalations {
    pub escalations: Vec<Escalation>,
    /// The address of the next page; `null` on the last.
    pub next: Option<String>,
}

/// One matter on its way up.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Escalation {
    /// `E-42`
    pub id: String,
    pub title: String,
    /// 1 to 3.
    pub level: u8,
    /// `telling`, `unheard`, `waiting`, `committed`, `fix_merged` or `resolved`.
    pub state: String,
    /// The trigger that raised it.
    pub trigger: String,
    /// `finding` or `key_result`.
    pub subject_kind: String,
    pub subject: String,
    /// What the trigger saw.
    pub sentence: String,
    pub figures: Vec<Figure>,
    /// What would clear it.
    pub clears: String,
    #[schema(format = DateTime)]
    pub raised_at: String,
    #[schema(format = DateTime)]
    pub sla_due: Option<String>,
    pub told: Vec<Told>,
    pub commitments: Vec<Commitment>,
    /// What happens if nothing happens.
    pub outlook: Vec<Step>,
    /// Until when a date may be committed to now; `null` when none may be.
    #[schema(format = DateTime)]
    pub latest_commitment: Option<String>,
}

/// A person who was told.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Told {
    pub level: u8,
    /// `nudge`, `flag`, `question` or `stand_down`.
    pub kind: String,
    pub person: String,
    pub role: String,
    pub note: Option<String>,
    #[schema(format = DateTime)]
    pub at: String,
}

/// A date somebody committed to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Commitment {
    pub level: u8,
    pub person: String,
    #[schema(format = DateTime)]
    pub until: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub words: String,
}

/// A level still to come.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Step {
    pub level: u8,
    #[schema(format = DateTime)]
    pub at: String,
    /// The ids of those who would be told.
    pub people: Vec<String>,
}

/// A promise of a date.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewCommitment {
    /// An instant, RFC 3339.
    #[schema(format = DateTime)]
    pub until: String,
    /// What will be done; may be empty.
    #[serde(default)]
    pub words: String,
}
