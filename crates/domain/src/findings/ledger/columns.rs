//! Events as columns of the ledger, and back.

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use super::{Event, Grounds, StopReason};
use crate::findings::Band;
use crate::findings::custody::{Cause, Holder, PauseReason};

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
    /// The holder from here on or at a breach, who approved or judged, or the exception.
    pub party: Option<String>,
    /// A person's reason, the address of a merged fix, or a day.
    pub note: Option<String>,
    /// The longest that a pause or an exception lasts.
    pub until: Option<Timestamp>,
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
            Event::Started { band, score, holder } => {
                columns.rate(*band, *score);
                columns.party = holder.as_ref().map(Holder::text);
            }
            Event::Rebanded { band, score } => columns.rate(*band, *score),
            Event::KnownExploited { due } => columns.note = Some(due.to_string()),
            Event::HandedOver { to, by } => {
                columns.party = to.as_ref().map(Holder::text);
                columns.note = Some(by.clone());
            }
            Event::Paused { reason, note, approver, until } => {
                columns.reason = Some(reason.word().to_owned());
                columns.note = Some(note.clone());
                columns.party = Some(approver.clone());
                columns.until = Some(*until);
            }
            Event::Resumed { by } => columns.party.clone_from(by),
            Event::Accepted { exception, until } => {
                columns.party = Some(exception.clone());
                columns.until = Some(*until);
            }
            Event::AcceptanceEnded { exception } => columns.party = Some(exception.clone()),
            Event::FixMerged { reference } => columns.note = Some(reference.clone()),
            Event::Breached { holder, cause } => {
                columns.party = holder.as_ref().map(Holder::text);
                columns.reason = cause.map(|cause| cause.word().to_owned());
            }
            Event::CauseCorrected { cause, person, note } => {
                columns.reason = Some(cause.word().to_owned());
                columns.party = Some(person.clone());
                columns.note = Some(note.clone());
            }
            Event::Stopped { reason, grounds } => columns.stop(*reason, grounds),
            Event::ImportUndone { import } => columns.note = Some(import.clone()),
            Event::PolicyChanged | Event::Warned | Event::Reopened => {}
        }
        columns
    }
}

impl TryFrom<EventColumns> for Event {
    type Error = ColumnsRefused;

    fn try_from(columns: EventColumns) -> Result<Event, ColumnsRefused> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(match columns.kind.as_str() {
            "started" => Event::Started {
                band: columns.band()?,
                score: columns.score,
                holder: columns.holder(),
            },
            "rebanded" => Event::Rebanded { band: columns.band()?, score: columns.score },
            "policy_changed" => Event::PolicyChanged,
            "known_exploited" => Event::KnownExploited { due: columns.day()? },
            "handed_over" => Event::HandedOver { to: columns.holder(), by: text(&columns.note) },
            "paused" => Event::Paused {
                reason: columns.word("reason", PauseReason::from_word)?,
                note: text(&columns.note),
                approver: text(&columns.party),
                until: columns.until()?,
            },
            "resumed" => Event::Resumed { by: columns.party },
            "accepted" => {
                Event::Accepted { exception: text(&columns.party), until: columns.until()? }
            }
            "acceptance_ended" => Event::AcceptanceEnded { exception: text(&columns.party) },
            "fix_merged" => Event::FixMerged { reference: text(&columns.note) },
            "warned" => Event::Warned,
            "breached" => Event::Breached {
                holder: columns.holder(),
                cause: columns.reason.as_deref().and_then(Cause::from_word),
            },
            "cause_corrected" => Event::CauseCorrected {
                cause: columns.word("reason", Cause::from_word)?,
                person: text(&columns.party),
                note: text(&columns.note),
            },
            "stopped" => Event::Stopped {
                reason: columns.word("reason", StopReason::from_word)?,
                grounds: columns.grounds(),
            },
            "reopened" => Event::Reopened,
            "import_undone" => Event::ImportUndone { import: text(&columns.note) },
            _ => return Err(ColumnsRefused::Kind(columns.kind)),
        })
    }
}

impl EventColumns {
    fn band(&self) -> Result<Band, ColumnsRefused> {
        let found = self.band.as_deref().and_then(Band::from_word);
        found.ok_or_else(|| self.refuse("band", &self.band))
    }

    fn word<T>(
        &self,
        column: &'static str,
        from_word: fn(&str) -> Option<T>,
    ) -> Result<T, ColumnsRefused> {
        let found = self.reason.as_deref().and_then(from_word);
        found.ok_or_else(|| self.refuse(column, &self.reason))
    }

    fn day(&self) -> Result<Date, ColumnsRefused> {
        let found = self.note.as_deref().and_then(|day| day.parse().ok());
        found.ok_or_else(|| self.refuse("note", &self.note))
    }

    fn until(&self) -> Result<Timestamp, ColumnsRefused> {
        self.until.ok_or_else(|| self.refuse("until", &None))
    }

    fn holder(&self) -> Option<Holder> {
        self.party.as_deref().map(Holder::from_text)
    }

    fn rate(&mut self, band: Band, score: Option<f64>) {
        self.band = Some(band.word().to_owned());
        self.score = score;
    }

    fn stop(&mut self, reason: StopReason, grounds: &Grounds) {
        self.reason = Some(reason.word().to_owned());
        match grounds {
            Grounds::Import { import, digest } => {
                self.import = Some(import.clone());
                self.digest = Some(digest.clone());
            }
            Grounds::Person { person, note } => {
                self.party = Some(person.clone());
                self.note = Some(note.clone());
            }
        }
    }

    fn grounds(&self) -> Grounds {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match (&self.import, &self.digest) {
            (Some(import), Some(digest)) => {
                Grounds::Import { import: import.clone(), digest: digest.clone() }
            }
            _ => Grounds::Person { person: text(&self.party), note: text(&self.note) },
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
        let team = Some(Holder::Team("payments".to_owned()));
        let vendor = Some(Holder::Vendor("Acme".to_owned()));
        let until = Timestamp::from_second(1_800_000_000).expect("an instant");
        let mut events = vec![
            Event::Started { band: Band::Critical, score: Some(9.4), holder: team.clone() },
            Event::Started { band: Band::High, score: None, holder: None },
            Event::Rebanded { band: Band::Low, score: None },
            Event::PolicyChanged,
            Event::KnownExploited { due: Date::constant(2026, 3, 31) },
            Event::HandedOver { to: vendor.clone(), by: "ada".to_owned() },
            Event::HandedOver { to: None, by: "ada".to_owned() },
            Event::Resumed { by: None },
            Event::Resumed { by: Some("ada".to_owned()) },
            Event::Accepted { exception: "X-1".to_owned(), until },
            Event::AcceptanceEnded { exception: "X-1".to_owned() },
            Event::FixMerged { reference: "https://git.example/1".to_owned() },
            Event::Warned,
            Event::Breached { holder: team, cause: None },
            Event::Breached { holder: None, cause: Some(Cause::Unowned) },
            Event::Reopened,
            Event::ImportUndone { import: "I-7".to_owned() },
        ];
        for reason in PauseReason::ALL {
            let (note, approver) = ("why".to_owned(), "bo".to_owned());
            events.push(Event::Paused { reason, note, approver, until });
        }
        for cause in Cause::ALL {
            let (person, note) = ("ada".to_owned(), "no".to_owned());
            events.push(Event::CauseCorrected { cause, person, note });
        }
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
