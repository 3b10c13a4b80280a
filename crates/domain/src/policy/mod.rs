//! The organisation's numbers: signed, versioned, with the day from which they hold.

mod sla;

pub use sla::{BandDays, LONGEST_SLA, MatrixRefused, Signatory, SlaMatrices, SlaMatrix};
pub use sla::{civil_day, first_second, last_second, shift_days};
