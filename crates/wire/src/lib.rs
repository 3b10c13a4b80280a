//! The bodies of the API with their schema; no behaviour.
//!
//! The rule to remember: a body is what a client reads, not what the domain keeps: words, numbers
//! and instants as text (RFC 3339 in UTC). A field is added at any time, never renamed; what is
//! unknown is `null`, and a client ignores fields it does not know. Shared by the server and the
//! command line.

pub mod access;
pub mod breaches;
pub mod duties;
pub mod escalations;
pub mod exceptions;
pub mod findings;
pub mod imports;
pub mod key_results;
pub mod notices;
pub mod objectives;
pub mod organisations;
pub mod problems;
pub mod reports;
pub mod rituals;
pub mod sboms;
pub mod track;
