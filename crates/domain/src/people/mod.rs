//! People: who works here, in which team, under whom, and who holds which role.
//!
//! An [`Organisation`] is one value: the whole of what `ORG.toml` declares. It is made by parsing
//! (`formats::organisation`) or by loading; names in it are well formed by their types, and
//! [`check`] says whether they agree with each other. [`difference`] is what `watchbell apply`
//! shows before it changes anything. Secrets are not here: a channel is the *name* of an entry of
//! the configuration file.

mod check;
mod difference;
mod names;
mod organisation;
mod person;
mod role;
mod team;

pub use check::{Mistake, check, nearest};
pub use difference::{Alteration, Change, FieldChange, Subject, difference};
pub(crate) use names::plain_name;
pub use names::{EmailAddress, InvalidName, PersonId, TeamId};
pub use organisation::{
    CheckInDue, MAX_PEOPLE, MAX_SLA_DECLARATIONS, MAX_TEAMS, Organisation, Signatory, SlaDays,
    SlaDeclaration, TEXT_LENGTH, weekday_from_word, weekday_word,
};
pub use person::{Access, Channels, Person};
pub use role::{Holder, Role};
pub use team::{Team, TeamKind};

#[cfg(test)]
pub(crate) use organisation::sample;
