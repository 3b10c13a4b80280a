//! How a command ends when it does not end well.

use std::fmt;
use std::process::ExitCode;

use operations::Refusal;
use store::StoreError;

/// What to tell the person, and whose turn it is.
#[derive(Debug)]
pub enum Failure {
    /// The command line or what it was given cannot be used: exit status 2.
    Input(String),
    /// Something else failed: exit status 1.
    Failed(String),
}

impl Failure {
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Input(_) => ExitCode::from(2),
            Failure::Failed(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(text) | Failure::Failed(text) => out.write_str(text),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        match refusal {
            Refusal::Store(error) => Failure::from(error),
            Refusal::NoSpace => Failure::Failed(refusal.to_string()),
            theirs => Failure::Input(theirs.to_string()),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Address { .. } => Failure::Input(error.to_string()),
            other => Failure::Failed(other.to_string()),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Failed(format!("{error:#}"))
    }
}
