//! Findings: what is vulnerable, since when, until when, and who holds it.

mod clock;
pub mod cvss;
mod identity;
mod ledger;
mod observation;
// mod reconcile;
mod severity;

pub use observation::{Location, Observation, Package, Severity, Standing};
pub use severity::{Assessment, Band, ScoreSource, assess, prevailing};
