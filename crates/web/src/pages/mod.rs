//! The pages: one struct a page, grouped by room, each rendered by a compiled template.
//!
//! The rule to remember: a view holds what will be read, already worded and already
//! counted. It knows no store, no clock and no rule of the domain; whoever fills it has
//! decided everything. Text is escaped on the way out by its type: only the few types here
//! that implement [`askama::filters::HtmlSafe`] write markup, and templates never opt out.
//!
//! Deliberately absent: handlers, sessions, routing, and anything that reads the time.

pub mod access;
pub mod assets;
pub mod breaches;
pub mod custody;
pub mod drawing;
pub mod escalations;
pub mod exceptions;
pub mod findings;
pub mod forms;
pub mod frame;
pub mod imports;
pub mod key_results;
pub mod notices;
pub mod objectives;
pub mod people;
pub mod problems;
pub mod reports;
pub mod rituals;
pub mod sboms;
pub mod services;
pub mod times;
pub mod today;
pub mod words;

pub use assets::{BELL, CONTENT_SECURITY_POLICY, SCRIPT, STYLESHEET};
pub use forms::{Choice, Refusals};
pub use frame::{Density, Flash, Frame, Keys, Reader, Room, Theme};
pub use times::{Moment, exact, relative};
pub use words::{Figure, Link, Meaning, Paging, thousands};

/// What more than one room's tests need.
#[cfg(test)]
mod tests;
