//! Findings and their clocks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of findings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Findings {
    pub findings: Vec<Finding>,
    /// The address of the next page; `null` on the last.
    pub next: Option<String>,
}

/// One finding, as lists show it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// `F-17`
    pub id: String,
    pub service: String,
    pub title: String,
    /// CVE, GHSA and vendor identifiers, the main one first.
    pub ids: Vec<String>,
    pub package: Option<Package>,
    pub location: Option<Location>,
    /// The rule or check of the tool.
    pub rule: Option<String>,
    /// `critical`, `high`, `medium` or `low`: the band of the clock.
    pub band: String,
    /// The CVSS base score, 0.0 to 10.0.
    pub score: Option<f64>,
    /// Where the band comes from: `cvss-4.0` to `cvss-2.0`, `stated`, `label` or `none`.
    pub score_source: String,
    /// `open`, `fix_merged`, `fixed`, `false_positive`, `not_affected`, `accepted`, `merged`
    /// or `withdrawn`.
    pub state: String,
    /// The team that holds it; `null` = nobody yet.
    pub holder: Option<String>,
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// The last second in time; `null` where the band has no SLA.
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    #[schema(format = DateTime)]
    pub breached_at: Option<String>,
    #[schema(format = DateTime)]
    pub fix_merged_at: Option<String>,
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
}

/// A package as a report names it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Package {
    pub name: String,
    pub version: Option<String>,
    pub fixed: Option<String>,
    pub purl: Option<String>,
}

/// A place in code or on the network.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Location {
    pub path: Option<String>,
    pub line: Option<u32>,
    pub url: Option<String>,
}

/// One finding with all that is known of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FindingDetail {
    pub finding: Finding,
    pub cwes: Vec<u32>,
    pub vector: Option<String>,
    pub description: Option<String>,
    pub places: Vec<Location>,
    /// Oldest first.
    pub ledger: Vec<LedgerEntry>,
    pub sightings: Vec<Sighting>,
}

/// One line of the ledger.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerEntry {
    #[schema(format = DateTime)]
    pub at: String,
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// `started`, `rebanded`, `policy_changed`, `known_exploited`, `handed_over`, `paused`,
    /// `resumed`, `accepted`, `acceptance_ended`, `fix_merged`, `warned`, `breached`,
    /// `cause_corrected`, `stopped`, `reopened` or `import_undone`.
    pub event: String,
    pub band: Option<String>,
    pub score: Option<f64>,
    /// Why it stopped or was paused, or the cause of a breach.
    pub reason: Option<String>,
    /// The import that wrote it.
    pub import: Option<String>,
    /// The holder from then on or at a breach, the person who judged or approved, or the exception.
    pub party: Option<String>,
    /// A person's reason, the address of a merged fix, or a day.
    pub note: Option<String>,
    /// The longest that a pause or an exception lasts.
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// What one tool says in one scope.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Sighting {
    pub tool: String,
    pub scope: String,
    pub present: bool,
    pub place: Option<String>,
    /// When a report of that tool and scope last looked.
    #[schema(format = DateTime)]
    pub looked_at: Option<String>,
}

/// A merged change that should fix a finding.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FixMerged {
    /// The address of the merged change, 1 to 500 characters.
    pub reference: String,
}

/// Who a finding is handed to: a team, or a vendor whose patch is waited for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewHolder {
    /// A team's id.
    pub team: Option<String>,
    /// A vendor's name, 1 to 100 characters; the team stays the owner.
    pub vendor: Option<String>,
}

/// A pause of a clock.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewPause {
    /// `vendor_patch`, `access`, `change_freeze` or `other`
    pub reason: String,
    /// 1 to 1,000 characters.
    pub note: String,
    /// The last day of the pause, at most 30 days ahead: `2026-11-30`.
    #[schema(format = Date)]
    pub until: String,
}

/// A judgement on why a deadline was missed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JudgedCause {
    /// `unowned`, `vendor_patch_missing`, `access_delay`, `change_freeze`, `late_hand_over`,
    /// `fix_not_verified`, `deprioritised` or `other`
    pub cause: String,
    /// 1 to 1,000 characters.
    pub note: String,
}
