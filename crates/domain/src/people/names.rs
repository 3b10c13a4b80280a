//! The names by which people and teams are known: parsed once, at the door.
//!
//! A person's id never changes while they are here; it is what `ORG.toml`, the API and the record
//! use. Two spellings of one name would be two people, so both kinds of id are lower case.

use std::fmt;

use thiserror::Error;

/// The longest person or team id, in bytes: fits every column and every page unwrapped.
const NAME_LENGTH: usize = 64;

/// The longest email address, in bytes (RFC 5321, 4.5.3.1.3, without the angle brackets).
const EMAIL_LENGTH: usize = 254;

/// Why a name was refused at the door.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidName {
    #[error("the {0} is empty")]
    Empty(&'static str),
    #[error("the {what} has {found} bytes, at most {limit} are kept")]
    TooLong { what: &'static str, limit: usize, found: usize },
    #[error("`{found}` is no {what}; use {allowed}")]
    Unfit { what: &'static str, found: String, allowed: &'static str },
}

/// What a person is called everywhere, such as `mara.lind`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(String);

impl PersonId {
    /// 1–64 lower-case letters, digits, `.`, `-` or `_`, beginning with a letter or digit.
    pub fn parse(text: &str) -> Result<PersonId, InvalidName> {
        plain_name("person id", text).map(PersonId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a team is called everywhere, such as `payments-core`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TeamId(String);

impl TeamId {
    /// 1–64 lower-case letters, digits, `.`, `-` or `_`, beginning with a letter or digit.
    pub fn parse(text: &str) -> Result<TeamId, InvalidName> {
        plain_name("team id", text).map(TeamId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TeamId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An id in the one spelling that all ids of an organisation's file share.
pub(crate) fn plain_name(what: &'static str, text: &str) -> Result<String, InvalidName> {
    if text.is_empty() {
        return Err(InvalidName::Empty(what));
    }
    if text.len() > NAME_LENGTH {
        return Err(InvalidName::TooLong { what, limit: NAME_LENGTH, found: text.len() });
    }
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = text.starts_with(alphanumeric)
        && text.chars().all(|c| alphanumeric(c) || matches!(c, '.' | '-' | '_'));
    if !fits {
        let allowed = "lower-case letters, digits, `.`, `-` and `_`, a letter or digit first";
        return Err(InvalidName::Unfit { what, found: text.to_owned(), allowed });
    }
    Ok(text.to_owned())
}

/// An address that mail can be sent to. It is checked for shape, not for existence, and cannot
/// smuggle a second address or header into a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// `local@domain` in ASCII without quoting, comments or spaces, at most 254 bytes.
    pub fn parse(text: &str) -> Result<EmailAddress, InvalidName> {
        let what = "email address";
        if text.is_empty() {
            return Err(InvalidName::Empty(what));
        }
        if text.len() > EMAIL_LENGTH {
            return Err(InvalidName::TooLong { what, limit: EMAIL_LENGTH, found: text.len() });
        }
        let fits = text
            .split_once('@')
            .is_some_and(|(local, domain)| fits_local(local) && fits_domain(domain));
        if !fits {
            let allowed = "the form name@host.example";
            return Err(InvalidName::Unfit { what, found: text.to_owned(), allowed });
        }
        Ok(EmailAddress(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The spelling under which two addresses are the same mailbox in practice.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// An unquoted local part (RFC 5322, 3.2.3, dot-atom), at most 64 bytes.
fn fits_local(local: &str) -> bool {
    let fits_atom = |atom: &str| {
        !atom.is_empty()
            && atom.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    local.len() <= 64 && local.split('.').all(fits_atom)
}

fn fits_domain(domain: &str) -> bool {
    let fits_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    domain.split('.').all(fits_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_id_has_one_spelling() {
        for good in ["mara.lind", "m", "0day", "a_b-c.d"] {
            assert_eq!(PersonId::parse(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "Mara", ".mara", "mara lind", "mara\n", "mära", &"m".repeat(65)] {
            assert!(PersonId::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_refusal_names_what_was_found_and_what_to_use() {
        let refusal = TeamId::parse("Core Team").unwrap_err().to_string();
        assert_eq!(
            refusal,
            "`Core Team` is no team id; use lower-case letters, digits, `.`, `-` and `_`, \
             a letter or digit first"
        );
    }

    #[test]
    fn an_address_cannot_smuggle_a_second_one() {
        for good in ["mara.lind@tidewater.example", "O'Neil+x@mail.a-b.example", "root@localhost"] {
            assert!(EmailAddress::parse(good).is_ok(), "{good:?} was refused");
        }
        let bad = [
            "mara",
            "@a.example",
            "a@",
            "a b@c.example",
            "a@b@c.example",
            "a@b.example\r\nBcc: c@d",
            "a@b.example,c@d.example",
            "a..b@c.example",
            "a@-b.example",
            "a@b..example",
        ];
        for bad in bad {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn one_mailbox_is_recognised_in_two_spellings() {
        let first = EmailAddress::parse("Mara@Tidewater.example").unwrap();
        let second = EmailAddress::parse("mara@tidewater.example").unwrap();
        assert_eq!(first.folded(), second.folded());
    }
}
