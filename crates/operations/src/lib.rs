//! Everything the product can do, and what the clock causes.
//!
//! Each use case is one function: may the actor? → load → the domain decides → save, with events
//! and outbox rows in the same transaction. The only way to the store is a door of [`App`] that
//! names the operation and the actor ([`App::view`], [`App::change`]); `now` is read once per
//! operation. Nothing happens after the commit: what must follow is in the outbox already.

mod app;
mod door;
mod policy;
mod refusal;
#[cfg(test)]
mod testing;

pub mod access;
pub mod answers;
pub mod dojo;
pub mod duties;
pub mod escalations;
pub mod exceptions;
pub mod exploited;
pub mod findings;
pub mod imports;
pub mod notices;
pub mod objectives;
pub mod organisations;
pub mod ownership;
pub mod ports;
pub mod rituals;
pub mod sboms;
pub mod triggers;

pub use app::{App, Configuration};
pub use door::{Change, View};
pub use refusal::Refusal;
