//! Findings: what is vulnerable, since when, until when, and who holds it.

mod observation;

pub use observation::{Location, Observation, Package, Severity, Standing};
