//! The facts that triggers look at, gathered from the other rooms.

use domain::triggers::{FindingFacts, KeyResultFacts};

use crate::{Change, Refusal};

/// A finding with what the resolution of roles needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FindingMatter {
    pub facts: FindingFacts,
    pub service: String,
    /// The engineer assigned to it.
    pub engineer: Option<String>,
}

/// A key result with who is directly responsible for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyResultMatter {
    pub facts: KeyResultFacts,
    pub dri: Option<String>,
}

/// Those of `ids` that are open or have a fix merged.
pub(super) async fn findings(
    _change: &mut Change,
    _ids: &[String],
) -> Result<Vec<FindingMatter>, Refusal> {
    Ok(Vec::new())
}

/// The key results whose period runs.
pub(super) async fn key_results(_change: &mut Change) -> Result<Vec<KeyResultMatter>, Refusal> {
    Ok(Vec::new())
}
