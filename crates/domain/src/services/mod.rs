//! Services: what runs, who owns it and how much depends on it.
//!
//! A finding is always a finding *in a service*; the service's owning team answers for it unless
//! a nearer rule names another.

mod ownership;
mod pattern;

use std::fmt;

use thiserror::Error;

use crate::people::TeamId;

pub use ownership::{
    CODEOWNERS_BYTES, CODEOWNERS_LINES, CodeOwners, CodeOwnersRead, Component, MAX_OWNERSHIP_RULES,
    Ownership, OwnershipRule,
};
pub use pattern::{PATTERN_LENGTH, Pattern, PatternRefused};

/// The most services one organisation keeps.
pub const MAX_SERVICES: usize = 10_000;

/// The longest name of a service, in characters.
const NAME_LENGTH: usize = 100;

/// Something that runs or ships and that a team answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub name: ServiceName,
    pub owner: TeamId,
    pub tier: Tier,
    /// Where its source is, as the organisation writes it; shown as a link when it is one.
    pub repository: Option<String>,
    /// Whether customers depend on it today; what is not in production has no public promise.
    pub production: bool,
}

/// Why a service's name was refused at the door.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidService {
    #[error("a service's name may not be empty")]
    Empty,
    #[error("a service's name has at most {NAME_LENGTH} characters, this one has {found}")]
    TooLong { found: usize },
    #[error("`{found}` cannot name a service; leave out control characters and outer spaces")]
    Unfit { found: String },
}

/// What a service is called everywhere, such as `core-api`. Case and spaces inside it count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(String);

impl ServiceName {
    /// 1–100 characters, none of them a control character, no space at either end.
    pub fn parse(text: &str) -> Result<ServiceName, InvalidService> {
        if text.is_empty() {
            return Err(InvalidService::Empty);
        }
        let found = text.chars().count();
        if found > NAME_LENGTH {
            return Err(InvalidService::TooLong { found });
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return Err(InvalidService::Unfit { found: text.escape_debug().to_string() });
        }
        Ok(ServiceName(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How much depends on a service; one is the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    One,
    Two,
    Three,
}

impl Tier {
    /// Every tier, the weightiest first.
    pub const ALL: [Tier; 3] = [Tier::One, Tier::Two, Tier::Three];

    /// 1, 2 or 3.
    pub fn number(self) -> u8 {
        match self {
            Tier::One => 1,
            Tier::Two => 2,
            Tier::Three => 3,
        }
    }

    pub fn from_number(number: i64) -> Option<Tier> {
        Tier::ALL.into_iter().find(|tier| i64::from(tier.number()) == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_may_be_called_what_people_call_it() {
        for good in ["core-api", "Core API", "platform/ingest", "Zahlläufe"] {
            assert_eq!(ServiceName::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " core", "core ", "core\napi", "a\u{0}b", &"x".repeat(101)] {
            assert!(ServiceName::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_tier_is_one_of_three_numbers() {
        for tier in Tier::ALL {
            assert_eq!(Tier::from_number(i64::from(tier.number())), Some(tier));
        }
        assert_eq!(Tier::from_number(0), None);
        assert_eq!(Tier::from_number(4), None);
    }
}
