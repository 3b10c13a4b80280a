//! One person, how they are reached and what they may do here.

use jiff::tz::TimeZone;

use super::{EmailAddress, PersonId};

/// Somebody who works in the organisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    /// The address for notices and for sign-in; no two people share one.
    pub email: EmailAddress,
    /// The manager they report to; the top of the organisation has none.
    pub manager: Option<PersonId>,
    pub zone: TimeZone,
    /// What their card says, such as `Site reliability engineer`; decides nothing.
    pub title: Option<String>,
    /// What they may do in Watchbell; without it they are told things but cannot sign in.
    pub access: Option<Access>,
    pub channels: Channels,
}

impl Person {
    /// Where mail to them goes: their channel's address if they named one, else their own.
    pub fn mail_to(&self) -> &EmailAddress {
        self.channels.email.as_ref().unwrap_or(&self.email)
    }
}

/// What an account may do, in the widest terms; the operations decide the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    ReadOnly,
    Member,
    Administrator,
}

impl Access {
    /// Every kind of access, widest first.
    pub const ALL: [Access; 3] = [Access::Administrator, Access::Member, Access::ReadOnly];

    /// The word used in files, the API and SQL.
    pub fn word(self) -> &'static str {
        match self {
            Access::Administrator => "administrator",
            Access::Member => "member",
            Access::ReadOnly => "read_only",
        }
    }

    pub fn from_word(word: &str) -> Option<Access> {
        Access::ALL.into_iter().find(|access| access.word() == word)
    }
}

/// Where notices for one person or team go, besides a person's own address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// Another address than the person's own; for a team, its mailing list.
    pub email: Option<EmailAddress>,
    /// The name of a Slack incoming webhook of the configuration file, never its address: whoever
    /// knows the address can post.
    pub slack: Option<String>,
}

impl Channels {
    pub fn is_empty(&self) -> bool {
        self.email.is_none() && self.slack.is_none()
    }
}
