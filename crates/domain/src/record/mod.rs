//! What happened, in the past tense: the record of every room.
//!
//! State is the truth, events are the record. They feed the audit trail, timelines and, later,
//! webhooks; nothing is rebuilt from them.

/// One line of the record. The door that saves it adds who, when and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The room, in the plural: `findings`, `escalations`.
    pub room: &'static str,
    /// What happened, in the past tense: `fix_merged`, `climbed`.
    pub kind: &'static str,
    /// The thing it happened to: `F-17`, `E-42`.
    pub subject: String,
    /// One sentence or a few `name: value` pairs for a person.
    pub detail: String,
}

impl Event {
    pub fn new(
        room: &'static str,
        kind: &'static str,
        subject: impl Into<String>,
        detail: impl Into<String>,
    ) -> Event {
        Event { room, kind, subject: subject.into(), detail: detail.into() }
    }
}
