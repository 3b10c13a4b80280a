//! Audits: when somebody looks from outside, and at what.
//!
//! An audit window is declared in the organisation's file, so that projections have a date to
//! project to. Deliberately absent: the findings of an audit and their evidence, which are kept
//! where controls are. Source: the CISO playbook, "Trigger 7"; the assurance spec, "Audit windows".

mod repeats;

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;

pub use repeats::{AGED_WEEKS, Lived, REPEATS_AFTER, aged, aged_by_service};

use crate::people::{InvalidName, Organisation, PersonId, plain_name};
use crate::services::{ServiceName, Tier};

/// The most audit windows of one organisation: more than a year of several frameworks.
pub const MAX_AUDITS: usize = 200;

/// One audit window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    pub id: AuditId,
    /// As people call it: `SOC 2 Type II`.
    pub name: String,
    /// The one person who answers for it inside.
    pub owner: PersonId,
    /// The first day of the window.
    pub begins: Date,
    /// The last day.
    pub ends: Date,
    /// The codes of the key results that it will look at, whatever the quarter: `O2-KR1`.
    pub key_results: BTreeSet<String>,
    /// The services that it covers; empty = every service in production.
    pub services: BTreeSet<ServiceName>,
}

/// An audit's identifier, such as `soc2-2026`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuditId(String);

impl AuditId {
    /// 1–64 lower-case letters, digits, `.`, `-` or `_`, beginning with a letter or digit.
    pub fn parse(text: &str) -> Result<AuditId, InvalidName> {
        plain_name("audit id", text).map(AuditId)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AuditId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Audit {
    /// Whether it will look at the key result of that code.
    pub fn looks_at(&self, code: &str) -> bool {
        self.key_results.contains(code)
    }

    /// The Tier-1 services that it covers.
    pub fn tier_1<'a>(&self, organisation: &'a Organisation) -> BTreeSet<&'a str> {
        let covered = organisation.services.values().filter(|service| {
            let named = self.services.contains(&service.name);
            service.tier == Tier::One && (named || self.services.is_empty() && service.production)
        });
        covered.map(|service| service.name.as_str()).collect()
    }
}

/// The next of `audits` for which `wanted` holds: the one whose window runs, or begins first.
pub fn next<'a>(
    audits: impl IntoIterator<Item = &'a Audit>,
    today: Date,
    wanted: impl Fn(&Audit) -> bool,
) -> Option<&'a Audit> {
    let ahead = audits.into_iter().filter(|audit| audit.ends >= today && wanted(audit));
    ahead.min_by_key(|audit| (audit.begins, audit.ends, audit.id.clone()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::people::sample::{organisation, person_id, service};

    fn audit(id: &str, begins: Date, ends: Date) -> Audit {
        Audit {
            id: AuditId::parse(id).unwrap(),
            name: id.to_owned(),
            owner: person_id("ines"),
            begins,
            ends,
            key_results: BTreeSet::from(["O2-KR1".to_owned()]),
            services: BTreeSet::new(),
        }
    }

    #[test]
    fn the_next_audit_is_the_one_that_runs_or_begins_first() {
        let over = audit("over", date(2026, 3, 1), date(2026, 3, 12));
        let runs = audit("runs", date(2026, 5, 1), date(2026, 5, 20));
        let later = audit("later", date(2026, 10, 1), date(2026, 10, 9));
        let all = [later.clone(), over, runs.clone()];
        assert_eq!(next(&all, date(2026, 5, 20), |_| true), Some(&runs));
        assert_eq!(next(&all, date(2026, 5, 21), |_| true), Some(&later));
        assert_eq!(next(&all, date(2026, 5, 1), |one| one.looks_at("O1-KR1")), None);
        assert_eq!(next(&all, date(2027, 1, 1), |_| true), None);
    }

    #[test]
    fn an_audit_that_names_no_services_covers_those_in_production() {
        let mut organisation = organisation();
        let whole = audit("whole", date(2026, 3, 1), date(2026, 3, 12));
        assert_eq!(whole.tier_1(&organisation), BTreeSet::from(["ledger"]));
        let other = Audit { services: BTreeSet::from([service("billing")]), ..whole.clone() };
        assert_eq!(other.tier_1(&organisation), BTreeSet::new());
        organisation.services.get_mut(&service("ledger")).unwrap().tier = Tier::Two;
        assert_eq!(whole.tier_1(&organisation), BTreeSet::new());
    }
}
