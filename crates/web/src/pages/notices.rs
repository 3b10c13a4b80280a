//! Notices on their way out: the outbox with keys and states.

use askama::Template;

use super::escalations::ViewLink;
use super::{Frame, Meaning, Moment, Paging};

/// `GET /outbox`: "Was everybody told?"
#[derive(Clone, Debug, Template)]
#[template(path = "notices/outbox.html")]
pub struct OutboxPage {
    pub frame: Frame,
    pub sentence: String,
    pub meaning: Meaning,
    pub views: Vec<ViewLink>,
    pub rows: Vec<MessageRow>,
    pub paging: Paging,
}

/// One message.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// The idempotency key: `escalation/E-42/L2/person-7/email`.
    pub key: String,
    pub to: String,
    pub channel: String,
    pub subject: String,
    pub meaning: Meaning,
    /// `accepted`, `waiting`, `given up`
    pub state: String,
    pub attempts: u32,
    /// When it was accepted, or when it is tried next.
    pub at: Option<Moment>,
    /// What the channel answered last; empty when it was taken.
    pub answer: String,
}
