//! Lets exceptions cover what is new, reminds of their ends, and ends them. Before the clocks: one
//! that goes on may be late at once.

use super::{Doing, Duty};
use crate::exceptions;

pub(super) const DUTY: Duty = Duty {
    name: "exceptions",
    words: "covers new findings, reminds before an exception ends, and ends it",
    run: |app| -> Doing<'_> { Box::pin(exceptions::look(app)) },
};
