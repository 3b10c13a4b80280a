//! The entries of a finding's ledger, and their columns.
//!
//! Entries are only ever added. Each has the time it holds from and the time it was written down;
//! they differ when the watch was late or a report was taken in afterwards. What follows from the
//! entries is in `clock`.

use jiff::Timestamp;
use thiserror::Error;

use super::Band;
use super::clock::ClosedBy;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened; deadlines are computed from this.
    pub at: Timestamp,
    /// When it was written down.
    pub recorded_at: Timestamp,
    pub event: Event,
}

/// What happened to a finding's clock.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// First seen by any tool in the service.
    Started {
        band: Band,
        score: Option<f64>,
    },
    /// The band is another one now. A new score in the same band is no event.
    Rebanded {
        band: Band,
        score: Option<f64>,
    },
    /// Another version of the SLA matrix holds for this clock from now on.
    PolicyChanged,
    /// A change that should fix it is merged; `reference` is its address.
    FixMerged {
        reference: String,
    },
    /// Trigger 6: open for long with no fix merged.
    Warned,
    /// Out of time; `holder` is the team that held it then, frozen.
    Breached {
        holder: Option<String>,
    },
    Stopped {
        reason: StopReason,
        grounds: Grounds,
    },
    /// Seen again after it was closed.
    Reopened,
}

impl Event {
    /// The word used in the API and in SQL.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Started { .. } => "started",
            Event::Rebanded { .. } => "rebanded",
            Event::PolicyChanged => "policy_changed",
            Event::FixMerged { .. } => "fix_merged",
            Event::Warned => "warned",
            Event::Breached { .. } => "breached",
            Event::Stopped { .. } => "stopped",
            Event::Reopened => "reopened",
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
}

impl StopReason {
    /// Every reason.
    pub const ALL: [StopReason; 3] =
        [StopReason::VerifiedFixed, StopReason::FalsePositive, StopReason::NotAffected];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            StopReason::VerifiedFixed => "verified_fixed",
            StopReason::FalsePositive => "false_positive",
            StopReason::NotAffected => "not_affected",
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

/// An event as columns; what an event does not have is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventColumns {
    pub kind: String,
    pub band: Option<String>,
    pub score: Option<f64>,
    pub reason: Option<String>,
    /// Import of a closing.
    pub import: Option<String>,
    /// Digest of that import's report.
    pub digest: Option<String>,
    /// Person of a closing, or holder at a breach.
    pub party: Option<String>,
    /// A person's reason, or the address of a merged fix.
    pub note: Option<String>,
}

/// Why columns are no event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ColumnsRefused {
    #[error("the ledger has no event called {0:?}; the database may be of a newer version")]
    Kind(String),
    #[error("the {column} of a {kind} entry is {found:?}")]
    Column { kind: String, column: &'static str, found: Option<String> },
}

impl From<&Event> for EventColumns {
    fn from(event: &Event) -> EventColumns {
        let mut columns = EventColumns { kind: event.word().to_owned(), ..Default::default() };
        match event {
            Event::Started { band, score } | Event::Rebanded { band, score } => {
                columns.band = Some(band.word().to_owned());
                columns.score = *score;
            }
            Event::FixMerged { reference } => columns.note = Some(reference.clone()),
            Event::Breached { holder } => columns.party.clone_from(holder),
            Event::Stopped { reason, grounds } => {
                columns.reason = Some(reason.word().to_owned());
                match grounds {
                    Grounds::Import { import, digest } => {
                        columns.import = Some(import.clone());
                        columns.digest = Some(digest.clone());
                    }
                    Grounds::Person { person, note } => {
                        columns.party = Some(person.clone());
                        columns.note = Some(note.clone());
                    }
                }
            }
            Event::PolicyChanged | Event::Warned | Event::Reopened => {}
        }
        columns
    }
}

impl TryFrom<EventColumns> for Event {
    type Error = ColumnsRefused;

    fn try_from(columns: EventColumns) -> Result<Event, ColumnsRefused> {
        Ok(match columns.kind.as_str() {
            "started" => Event::Started { band: columns.band()?, score: columns.score },
            "rebanded" => Event::Rebanded { band: columns.band()?, score: columns.score },
            "policy_changed" => Event::PolicyChanged,
            "fix_merged" => Event::FixMerged { reference: columns.note.unwrap_or_default() },
            "warned" => Event::Warned,
            "breached" => Event::Breached { holder: columns.party },
            "stopped" => Event::Stopped { reason: columns.reason()?, grounds: columns.grounds() },
            "reopened" => Event::Reopened,
            _ => return Err(ColumnsRefused::Kind(columns.kind)),
        })
    }
}

impl EventColumns {
    fn band(&self) -> Result<Band, ColumnsRefused> {
        let found = self.band.as_deref().and_then(Band::from_word);
        found.ok_or_else(|| self.refuse("band", &self.band))
    }

    fn reason(&self) -> Result<StopReason, ColumnsRefused> {
        let found = self.reason.as_deref().and_then(StopReason::from_word);
        found.ok_or_else(|| self.refuse("reason", &self.reason))
    }

    fn grounds(self) -> Grounds {
        match self.import {
            Some(import) => Grounds::Import { import, digest: self.digest.unwrap_or_default() },
            None => Grounds::Person {
                person: self.party.unwrap_or_default(),
                note: self.note.unwrap_or_default(),
            },
        }
    }

    fn refuse(&self, column: &'static str, found: &Option<String>) -> ColumnsRefused {
        ColumnsRefused::Column { kind: self.kind.clone(), column, found: found.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_read() {
        let import = Grounds::Import { import: "I-1".to_owned(), digest: "ab".to_owned() };
        let person = Grounds::Person { person: "ada".to_owned(), note: "test code".to_owned() };
        let mut events = vec![
            Event::Started { band: Band::Critical, score: Some(9.4) },
            Event::Rebanded { band: Band::Low, score: None },
            Event::PolicyChanged,
            Event::FixMerged { reference: "https://git.example/1".to_owned() },
            Event::Warned,
            Event::Breached { holder: Some("payments".to_owned()) },
            Event::Breached { holder: None },
            Event::Reopened,
        ];
        for reason in StopReason::ALL {
            events.push(Event::Stopped { reason, grounds: import.clone() });
            events.push(Event::Stopped { reason, grounds: person.clone() });
        }
        for event in events {
            assert_eq!(Event::try_from(EventColumns::from(&event)), Ok(event));
        }
    }

    #[test]
    fn columns_that_are_no_event_are_refused_by_name() {
        let columns = EventColumns { kind: "melted".to_owned(), ..Default::default() };
        let refused = Event::try_from(columns).expect_err("unknown").to_string();
        assert!(refused.starts_with("the ledger has no event called \"melted\""), "{refused}");
        let columns = EventColumns { kind: "started".to_owned(), ..Default::default() };
        let refused = Event::try_from(columns).expect_err("no band").to_string();
        assert_eq!(refused, "the band of a started entry is None");
    }
}
