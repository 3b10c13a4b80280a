//! The rules of Watchbell, as functions on values.
//!
//! Facts and an instant go in, states with their next due instant come out. There is no clock, no
//! input or output, no async and no unseeded randomness on this floor: `now` is always an
//! argument, and the same input gives the same bytes. Rooms carry the same plural word as on the
//! floors above (see `docs/architecture.md`).

pub mod access;
pub mod audits;
pub mod calendar;
pub mod escalations;
pub mod exceptions;
pub mod exploited;
pub mod findings;
pub mod metrics;
pub mod notices;
pub mod objectives;
pub mod people;
pub mod policy;
pub mod record;
pub mod rituals;
pub mod services;
pub mod triggers;
