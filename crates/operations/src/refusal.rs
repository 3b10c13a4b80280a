//! Why an operation was refused: what a person may see. What the log needs is kept beside it.

use domain::access::Operation;
use store::StoreError;
use thiserror::Error;

/// The answer of an operation that did not happen. Nothing was changed.
#[derive(Debug, Error)]
pub enum Refusal {
    #[error("you may not {}", .0.words())]
    Forbidden(Operation),
    #[error("sign in first")]
    SignedOut,
    #[error("there is no {what} `{name}`")]
    NotFound { what: &'static str, name: String },
    /// Input that cannot be used; each line names its place and what to do.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
    /// The thing is in a state in which this cannot be done, or somebody else was quicker.
    #[error("{0}")]
    Conflict(String),
    #[error("too many attempts; try again in {seconds} s")]
    TooMany { seconds: u64 },
    #[error("larger than the limit of {limit} bytes")]
    TooLarge { limit: u64 },
    /// Nothing can be kept until somebody makes room.
    #[error("the disk is full; free some space, nothing was half-written")]
    NoSpace,
    #[error(transparent)]
    Store(StoreError),
}

impl Refusal {
    /// One mistake in the input.
    pub fn invalid(line: impl Into<String>) -> Refusal {
        Refusal::Invalid(vec![line.into()])
    }

    pub fn not_found(what: &'static str, name: impl Into<String>) -> Refusal {
        Refusal::NotFound { what, name: name.into() }
    }

    /// Whether the one who asked can do something about it.
    pub fn is_theirs(&self) -> bool {
        !matches!(self, Refusal::Store(_) | Refusal::NoSpace)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        match error {
            StoreError::Conflict { .. } => Refusal::Conflict(error.to_string()),
            StoreError::Full => Refusal::NoSpace,
            other => Refusal::Store(other),
        }
    }
}
