//! Everything at rest; the only crate that speaks SQL.
//!
//! SQL finds and keeps; it never decides and never knows the time. One text serves SQLite and
//! PostgreSQL; only `engine` knows that there are two. Instants are integers of microseconds,
//! identifiers are text, optional numbers are really null. Every statement is a constant made with
//! [`sql`] or comes out of a listed builder, and one test prepares them all on both engines.

mod engine;
mod migrations;
mod sql;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod testing;

pub mod access;
pub mod counters;
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
pub mod record;
pub mod rituals;
pub mod sboms;
pub mod services;
pub mod triggers;

pub use engine::{Database, Faults, Session, Settings, Transaction};
pub use migrations::{MIGRATIONS, Migration};
pub use sql::{Row, Sql, Value, Values, sql};

use thiserror::Error;

/// Why something could not be kept or found.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Somebody else saved the same thing in between; load it again.
    #[error("{what} was changed by somebody else in the meantime; load it again and repeat")]
    Conflict { what: String },
    /// A row that must be unique is there already.
    #[error("{what} exists already")]
    Exists { what: String },
    /// A row points to something that is not there.
    #[error("{what} names something that does not exist")]
    Dangling { what: String },
    #[error("cannot use the database address `{address}`: {why}")]
    Address { address: String, why: String },
    #[error("the database cannot be reached or written: {why}")]
    Unavailable { why: String },
    #[error("the disk is full; free some space, nothing was half-written")]
    Full,
    #[error(
        "the database has schema version {found}, this watchbell knows {known}; run the newer \
         watchbell, or restore a backup made before the upgrade"
    )]
    Newer { found: i64, known: i64 },
    #[error("migration {version} differs from the one that was applied; restore the original file")]
    MigrationChanged { version: i64 },
    /// A stored value is not what this version writes.
    #[error("stored {what} cannot be read: {why}")]
    Unreadable { what: String, why: String },
    /// The simulation took the power away here.
    #[error("interrupted")]
    Interrupted,
}

impl StoreError {
    /// A stored word or number that the domain does not know.
    pub fn unreadable(what: impl Into<String>, why: impl std::fmt::Display) -> StoreError {
        StoreError::Unreadable { what: what.into(), why: why.to_string() }
    }
}
