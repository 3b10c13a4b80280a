//! Escalations: who was told, and when does it climb.
//!
//! The rule to remember: a level counts from when its notice was accepted by a channel, so
//! each telling shows its channel and that instant; and acknowledging stops nothing, only
//! a date, a fix, or facts that clear.

use askama::Template;

use super::{Frame, Link, Meaning, Moment, Paging, Refusals};

/// `GET /escalations`: "Who was told, and when does it climb?"
#[derive(Clone, Debug, Template)]
#[template(path = "escalations/list.html")]
pub struct EscalationsPage {
    pub frame: Frame,
    /// One sentence on all of them.
    pub sentence: String,
    /// Links to `open` and `ended`, the current one first in meaning by `chosen`.
    pub views: Vec<ViewLink>,
    pub rows: Vec<EscalationRow>,
    pub paging: Paging,
}

/// One of the ways to look at a list.
#[derive(Clone, Debug)]
pub struct ViewLink {
    pub link: Link,
    pub chosen: bool,
}

/// One escalation in the list.
#[derive(Clone, Debug)]
pub struct EscalationRow {
    /// `E-42`
    pub code: String,
    pub href: String,
    pub what: String,
    /// The trigger: `6 Dependency SLA breach`.
    pub trigger: String,
    /// `L2 Peer flag`
    pub level: String,
    pub meaning: Meaning,
    /// `climbing`, `paused until Thu 26 Nov`, `resolved`
    pub state: String,
    /// Who was told at this level.
    pub told: String,
    /// Whose move it is.
    pub turn: String,
    /// The next level and when; `None` when it does not climb.
    pub next: Option<NextLevel>,
}

/// The next step up.
#[derive(Clone, Debug)]
pub struct NextLevel {
    /// `L3 CTO review`
    pub level: String,
    pub at: Moment,
}

/// `GET /escalations/{id}`: its ladder.
#[derive(Clone, Debug, Template)]
#[template(path = "escalations/escalation.html")]
pub struct EscalationPage {
    pub frame: Frame,
    pub code: String,
    pub title: String,
    /// The finding or key result it is about.
    pub cause: Link,
    pub trigger: String,
    pub meaning: Meaning,
    /// `Climbing, level 3 in 15 h 20 min`
    pub state: String,
    /// Whose move it is.
    pub sentence: String,
    /// What the trigger saw: numbers as they were.
    pub saw: Vec<String>,
    /// L1 to L3, in order.
    pub rungs: Vec<Rung>,
    pub commitments: Vec<CommitmentRow>,
    pub commit: Option<CommitForm>,
    /// What would clear it, as sentences.
    pub clears: Vec<String>,
    /// Which policy runs, and since when it is frozen.
    pub policy: String,
    pub refusals: Refusals,
}

/// One level of the ladder.
#[derive(Clone, Debug)]
pub struct Rung {
    /// `L1`
    pub level: String,
    /// `Auto-nudge`
    pub name: String,
    pub meaning: Meaning,
    /// `told`, `rings`, `not reached`
    pub state: String,
    pub at: Option<Moment>,
    /// Whether this is where the escalation stands.
    pub here: bool,
    /// Who, by which channel, accepted when.
    pub told: Vec<Telling>,
}

/// One person told through one channel.
#[derive(Clone, Debug)]
pub struct Telling {
    pub person: String,
    /// Why this person: `VP Engineering`, `manager of Core API (role vacant)`.
    pub role: String,
    pub channel: String,
    pub meaning: Meaning,
    /// `accepted`, `waiting`, `refused by the server`
    pub state: String,
    pub at: Option<Moment>,
}

/// A date somebody committed to.
#[derive(Clone, Debug)]
pub struct CommitmentRow {
    pub person: String,
    pub level: String,
    pub until: Moment,
    pub meaning: Meaning,
    /// `runs`, `kept`, `broken`
    pub state: String,
    pub words: String,
}

/// Posts `until` (a civil date) and `words` to `action`.
#[derive(Clone, Debug)]
pub struct CommitForm {
    pub action: String,
    pub until: String,
    pub earliest: String,
    /// The last date accepted: at most 48 hours past the level's due.
    pub latest: String,
    /// `latest`, as read: `Wed 25 Nov`.
    pub latest_words: String,
    pub words: String,
}
