//! The entries of a finding's ledger.
//!
//! Entries are only ever added. Each has the time it holds from and the time it was written down;
//! they differ when the watch was late or a report was taken in afterwards. What follows from the
//! entries is in `clock`; who held the finding meanwhile, in `custody`.

mod columns;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Band;
use super::clock::ClosedBy;
use super::custody::{Cause, Holder, PauseReason};

pub use columns::{ColumnsRefused, EventColumns};

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened; deadlines are computed from this.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// The import that wrote it; none = the watch or a person.
    pub import: Option<String>,
    pub event: Event,
}

impl Entry {
    /// An entry of the watch or of a person.
    pub fn new(at: Timestamp, recorded_at: Timestamp, event: Event) -> Entry {
        Entry { at, recorded_at, import: None, event }
    }
}

/// What happened to a finding's clock.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// First seen by any tool in the service. `holder` has it from then on; none = nobody.
    Started {
        band: Band,
        score: Option<f64>,
        holder: Option<Holder>,
    },
    /// The band is another one now. A new score in the same band is no event.
    Rebanded {
        band: Band,
        score: Option<f64>,
    },
    /// Another version of the SLA matrix holds for this clock from now on.
    PolicyChanged,
    /// It stands on the list of known exploited vulnerabilities: due no later than on that day.
    KnownExploited {
        due: Date,
    },
    /// Another team has it, or a vendor must deliver first; `by` says which rule or person.
    HandedOver {
        to: Option<Holder>,
        by: String,
    },
    /// The clock stands still, at the longest until `until`; `approver` agreed.
    Paused {
        reason: PauseReason,
        note: String,
        approver: String,
        until: Timestamp,
    },
    /// The clock goes on; by nobody when the pause was over.
    Resumed {
        by: Option<String>,
    },
    /// An exception covers it: nothing must be done for now. `until` is when that ends.
    Accepted {
        exception: String,
        until: Timestamp,
    },
    /// The exception has expired or was revoked: the clock goes on with the time used.
    AcceptanceEnded {
        exception: String,
    },
    /// A change that should fix it is merged; `reference` is its address.
    FixMerged {
        reference: String,
    },
    /// Trigger 6: open for long with no fix merged.
    Warned,
    /// Out of time. `holder` had it then and `cause` is why, both frozen.
    Breached {
        holder: Option<Holder>,
        cause: Option<Cause>,
    },
    /// A person judged the cause of the breach otherwise than the rule did.
    CauseCorrected {
        cause: Cause,
        person: String,
        note: String,
    },
    Stopped {
        reason: StopReason,
        grounds: Grounds,
    },
    /// Seen again after it was closed.
    Reopened,
    /// What the import `import` had written here is void, as if it had never been taken in.
    ImportUndone {
        import: String,
    },
}

impl Event {
    /// The word used in the API and in SQL.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Started { .. } => "started",
            Event::Rebanded { .. } => "rebanded",
            Event::PolicyChanged => "policy_changed",
            Event::KnownExploited { .. } => "known_exploited",
            Event::HandedOver { .. } => "handed_over",
            Event::Paused { .. } => "paused",
            Event::Resumed { .. } => "resumed",
            Event::Accepted { .. } => "accepted",
            Event::AcceptanceEnded { .. } => "acceptance_ended",
            Event::FixMerged { .. } => "fix_merged",
            Event::Warned => "warned",
            Event::Breached { .. } => "breached",
            Event::CauseCorrected { .. } => "cause_corrected",
            Event::Stopped { .. } => "stopped",
            Event::Reopened => "reopened",
            Event::ImportUndone { .. } => "import_undone",
        }
    }
}

/// Why a clock stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// A later scan does not see it any more, or says that it is fixed.
    VerifiedFixed,
    FalsePositive,
    /// VEX: the product is not affected.
    NotAffected,
    /// Another finding of the service is the same weakness under another name; its clock goes on.
    Merged,
    /// The import that told of it was undone, and nothing else sees it.
    Withdrawn,
}

impl StopReason {
    /// Every reason.
    pub const ALL: [StopReason; 5] = [
        StopReason::VerifiedFixed,
        StopReason::FalsePositive,
        StopReason::NotAffected,
        StopReason::Merged,
        StopReason::Withdrawn,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            StopReason::VerifiedFixed => "verified_fixed",
            StopReason::FalsePositive => "false_positive",
            StopReason::NotAffected => "not_affected",
            StopReason::Merged => "merged",
            StopReason::Withdrawn => "withdrawn",
        }
    }

    /// The reason a word stands for.
    pub fn from_word(word: &str) -> Option<StopReason> {
        StopReason::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// What a closing rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// The import whose report showed it, with the SHA-256 of the report.
    Import { import: String, digest: String },
    /// A person's judgement, with their reason.
    Person { person: String, note: String },
}

impl Grounds {
    /// Whose word it is.
    pub fn closed_by(&self) -> ClosedBy {
        match self {
            Grounds::Import { .. } => ClosedBy::Report,
            Grounds::Person { .. } => ClosedBy::Person,
        }
    }
}
