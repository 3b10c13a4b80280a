//! The outbox.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of the outbox, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Notices {
    pub notices: Vec<Notice>,
    /// The address of the next page; `null` on the last.
    pub next: Option<String>,
}

/// One message to one person on one channel.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// The idempotency key: `escalation/E-42/L2/mara.lind/email`.
    pub key: String,
    /// What it is about: `E-42`.
    pub about: String,
    /// The person's id.
    pub person: String,
    /// `email` or `slack`.
    pub channel: String,
    pub subject: String,
    pub body: String,
    /// `queued`, `accepted` or `failed`.
    pub state: String,
    pub attempts: u32,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it is tried next.
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
    /// When the channel took it, or it was given up.
    #[schema(format = DateTime)]
    pub settled_at: Option<String>,
    /// What the channel answered last, when it did not take it.
    pub last_error: Option<String>,
}
