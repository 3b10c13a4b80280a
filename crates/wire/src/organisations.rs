//! What applying an organisation file changed, or would change.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The difference between the organisation in force and a file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// One entry a thing, each of one or more lines.
    pub changes: Vec<String>,
    /// The version in force now.
    pub version: i64,
    /// Whether it was applied.
    pub applied: bool,
}
