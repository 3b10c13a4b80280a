//! Exceptions: what need not be done for a while.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The newest exceptions.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Exceptions {
    pub exceptions: Vec<Exception>,
}

/// Which findings are covered: all parts that are given must hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ExceptionScope {
    /// `F-17`
    #[serde(default)]
    pub finding: Option<String>,
    /// A CVE or another identifier of the finding.
    #[serde(default)]
    pub identifier: Option<String>,
    /// A package's name; `*` stands for any letters.
    #[serde(default)]
    pub package: Option<String>,
    #[serde(default)]
    pub service: Option<String>,
    /// The id of the team that holds it.
    #[serde(default)]
    pub team: Option<String>,
}

/// What somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewException {
    pub scope: ExceptionScope,
    /// Why it cannot be done in time.
    pub reason: String,
    /// What protects meanwhile.
    pub control: String,
    /// The last day on which it holds: `2026-12-01`. At most 30 days ahead where it covers a
    /// critical finding, else at most 365.
    pub until: String,
}

/// What an exception would cover if it were granted now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExceptionCoverage {
    pub findings: u64,
    pub critical: u64,
    pub services: Vec<CoveredService>,
    /// `would cover 37 findings in 5 services`
    pub words: String,
}

/// How many findings of a service are covered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CoveredService {
    pub service: String,
    pub findings: u64,
}

/// What somebody decides.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExceptionDecision {
    /// `approve`, `refuse` or `revoke`
    pub decision: String,
    #[serde(default)]
    pub note: String,
}

/// One exception.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Exception {
    /// `X-3`
    pub id: String,
    /// `requested`, `approved`, `refused`, `revoked` or `expired`
    pub state: String,
    pub scope: ExceptionScope,
    pub reason: String,
    pub control: String,
    pub until: String,
    /// The person who asked.
    pub requester: String,
    #[schema(format = DateTime)]
    pub requested_at: String,
    /// The other person, who decided.
    pub decider: Option<String>,
    #[schema(format = DateTime)]
    pub decided_at: Option<String>,
    pub note: Option<String>,
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    pub ended_by: Option<String>,
    /// What it covers now.
    pub findings: u64,
    pub services: u64,
}
