//! Reports in, and what each changed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of imports, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Imports {
    pub imports: Vec<Import>,
    /// The address of the next page; `null` on the last.
    pub next: Option<String>,
}

/// One report that was taken in.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// `I-3`
    pub id: String,
    pub service: String,
    pub format: String,
    pub tool: String,
    pub tool_version: Option<String>,
    pub scope: String,
    /// SHA-256 of the bytes as they came, hexadecimal.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    /// When the scan was made.
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    pub by: String,
    /// `applied`, `held`, `released` or `undone`.
    pub state: String,
    pub counts: Counts,
    /// Whether it looked at a part only, so that what it lacks was not closed.
    #[serde(default)]
    pub partial: bool,
    /// Of one that was held: how many of how many open findings would vanish.
    pub vanished: Option<Vanished>,
    pub remarks: Vec<String>,
    pub refusals: Vec<Refused>,
    /// Of one that was taken back.
    #[serde(default)]
    pub undone: Option<Undone>,
}

/// When an import was taken back, and by whom.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    #[schema(format = DateTime)]
    pub at: String,
    pub by: String,
}

/// What an import did right now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// `I-3`
    pub import: String,
    pub service: String,
    pub scope: String,
    pub format: String,
    pub tool: String,
    pub tool_version: Option<String>,
    pub created: u64,
    pub closed: u64,
    pub reopened: u64,
    pub rebanded: u64,
    pub unchanged: u64,
    pub refused: u64,
    /// Whether it waits for a person and changed nothing.
    pub held: bool,
    pub vanished: Option<Vanished>,
    pub remarks: Vec<String>,
    pub refusals: Vec<Refused>,
}

/// Findings by what an import did to them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    pub created: u64,
    pub closed: u64,
    pub reopened: u64,
    pub rebanded: u64,
    pub refreshed: u64,
    pub seen: u64,
    pub unchanged: u64,
    pub passed_over: u64,
    pub refused: u64,
}

/// So many of so many open findings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Vanished {
    pub findings: u64,
    pub of: u64,
}

/// One entry of a report that could not be used.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Refused {
    /// `results[17].locations[0]`, `line 204`
    pub place: String,
    pub why: String,
}
