//! Escalations: placeholder of the room until the chain is stored.

use crate::{Change, Refusal};

/// A channel accepted the notice of `key`; a chain may be waiting for it.
pub(crate) async fn notice_accepted(_change: &mut Change, _key: &str) -> Result<(), Refusal> {
    Ok(())
}
