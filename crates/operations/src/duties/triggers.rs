//! Looks at what changed and raises or clears what follows.

use super::{Doing, Duty};
use crate::triggers;

pub(super) const DUTY: Duty = Duty {
    name: "triggers",
    words: "looks at findings and key results that changed, raises what fires and clears what \
            does not any more",
    run: |app| -> Doing<'_> { Box::pin(triggers::look(app)) },
};
