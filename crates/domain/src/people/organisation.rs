//! The whole organisation as one value, and the numbers it declared.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::{Person, PersonId, Role, Team, TeamId};
use crate::audits::{Audit, AuditId};
use crate::rituals::{Ritual, RitualId};
use crate::services::{OwnershipRule, Service, ServiceName};

/// More people than any organisation this is made for; keeps one change one transaction.
pub const MAX_PEOPLE: usize = 10_000;
/// A team of two at the least, for [`MAX_PEOPLE`].
pub const MAX_TEAMS: usize = 5_000;
/// A new SLA matrix each quarter for 25 years.
pub const MAX_SLA_DECLARATIONS: usize = 100;
/// The longest name, title or address in an organisation, in characters: one line of a page.
pub const TEXT_LENGTH: usize = 200;

/// Everything `ORG.toml` declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Organisation {
    pub name: String,
    /// Where "the end of the day" is, for SLA dates and for people who name no zone.
    pub zone: TimeZone,
    /// The month in which the fiscal year begins, 1–12.
    pub fiscal_year_first_month: i8,
    /// When the weekly check-in of every key result is due, in the owner's zone.
    pub check_in_due: CheckInDue,
    pub roles: BTreeMap<Role, PersonId>,
    /// Every SLA matrix that was ever signed, by ascending date; the past is kept. May be empty:
    /// then the product's own default holds, signed by nobody.
    pub sla: Vec<SlaDeclaration>,
    pub people: BTreeMap<PersonId, Person>,
    pub teams: BTreeMap<TeamId, Team>,
    pub services: BTreeMap<ServiceName, Service>,
    /// Who owns what within services, in the order of the file: the last that matches wins.
    pub ownership: Vec<OwnershipRule>,
    /// What is held again and again, beside the check-ins.
    pub rituals: BTreeMap<RitualId, Ritual>,
    /// The audit windows, past and to come.
    pub audits: BTreeMap<AuditId, Audit>,
}

impl Organisation {
    /// An organisation of nobody: what a new database holds before the first `apply`. Weeks end
    /// Friday at 17:00 and the fiscal year is the calendar year.
    pub fn empty(name: impl Into<String>) -> Organisation {
        Organisation {
            name: name.into(),
            zone: TimeZone::UTC,
            fiscal_year_first_month: 1,
            check_in_due: CheckInDue::default(),
            roles: BTreeMap::new(),
            sla: Vec::new(),
            people: BTreeMap::new(),
            teams: BTreeMap::new(),
            services: BTreeMap::new(),
            ownership: Vec::new(),
            rituals: BTreeMap::new(),
            audits: BTreeMap::new(),
        }
    }
}

/// A moment of every week, by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckInDue {
    pub weekday: Weekday,
    pub time: Time,
}

impl Default for CheckInDue {
    /// Friday 17:00.
    fn default() -> CheckInDue {
        CheckInDue { weekday: Weekday::Friday, time: Time::constant(17, 0, 0, 0) }
    }
}

impl CheckInDue {
    /// `friday 17:00`: an English weekday in lower case and hours and minutes.
    pub fn parse(text: &str) -> Option<CheckInDue> {
        let (weekday, time) = text.split_once(' ')?;
        let (hour, minute) = time.split_once(':')?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(hour) || !two_digits(minute) {
            return None;
        }
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        Some(CheckInDue { weekday: weekday_from_word(weekday)?, time })
    }
}

impl fmt::Display for CheckInDue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weekday = weekday_word(self.weekday);
        write!(out, "{weekday} {:02}:{:02}", self.time.hour(), self.time.minute())
    }
}

/// The word for a day of the week in files and the API.
pub fn weekday_word(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "monday",
        Weekday::Tuesday => "tuesday",
        Weekday::Wednesday => "wednesday",
        Weekday::Thursday => "thursday",
        Weekday::Friday => "friday",
        Weekday::Saturday => "saturday",
        Weekday::Sunday => "sunday",
    }
}

pub fn weekday_from_word(word: &str) -> Option<Weekday> {
    Weekday::Monday.cycle_forward().take(7).find(|weekday| weekday_word(*weekday) == word)
}

/// An SLA matrix with who signed it and since when it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaDeclaration {
    pub effective_from: Date,
    pub days: SlaDays,
    /// In the order in which they are written; the signatures are part of the policy.
    pub signatories: Vec<Signatory>,
}

/// Days until a finding must be fixed, by band (playbook, bet 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlaDays {
    /// CVSS 9.0 and above.
    pub critical: u16,
    /// CVSS 7.0–8.9.
    pub high: u16,
    /// CVSS 4.0–6.9.
    pub medium: u16,
    /// Below 4.0; usually nothing is promised.
    pub low: Option<u16>,
}

/// Who stood behind an SLA matrix. A name, not an id: a signature outlives employment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatory {
    pub role: Role,
    pub name: String,
}

#[cfg(test)]
pub(crate) mod sample {
    //! A small organisation without mistakes, for the tests of this room.

    use std::collections::BTreeSet;

    use super::super::{Access, Channels, EmailAddress, TeamKind};
    use super::*;
    use crate::objectives::Cadence;
    use crate::services::Tier;

    pub fn person_id(text: &str) -> PersonId {
        PersonId::parse(text).expect("a person id")
    }

    pub fn team(text: &str) -> TeamId {
        TeamId::parse(text).expect("a team id")
    }

    pub fn service(text: &str) -> ServiceName {
        ServiceName::parse(text).expect("a service name")
    }

    pub fn declaration(date: Date, critical: u16) -> SlaDeclaration {
        let signatory = Signatory { role: Role::Cto, name: "Ines Falk".to_owned() };
        SlaDeclaration {
            effective_from: date,
            days: SlaDays { critical, high: 30, medium: 60, low: None },
            signatories: vec![signatory],
        }
    }

    fn person(id: &str, name: &str, manager: Option<&str>) -> (PersonId, Person) {
        let person = Person {
            id: person_id(id),
            name: name.to_owned(),
            email: EmailAddress::parse(&format!("{id}@tidewater.example")).expect("an address"),
            manager: manager.map(person_id),
            zone: TimeZone::UTC,
            title: None,
            access: Some(Access::Member),
            channels: Channels::default(),
        };
        (person.id.clone(), person)
    }

    fn part(id: &str, kind: TeamKind, parent: Option<&str>, manager: &str) -> (TeamId, Team) {
        let team = Team {
            id: team(id),
            name: id.to_owned(),
            kind,
            parent: parent.map(team),
            manager: Some(person_id(manager)),
            product_manager: None,
            members: BTreeSet::from([person_id(manager)]),
            channels: Channels::default(),
        };
        (team.id.clone(), team)
    }

    /// ines (CTO, administrator) ← tomas (VP Engineering) ← noor; payments owns `ledger`.
    pub fn organisation() -> Organisation {
        let mut organisation = Organisation::empty("Tidewater");
        organisation.people.extend([
            person("ines", "Ines Falk", None),
            person("tomas", "Tomas Berg", Some("ines")),
            person("noor", "Noor Haddad", Some("tomas")),
        ]);
        let ines = organisation.people.get_mut(&person_id("ines")).expect("ines is there");
        ines.access = Some(Access::Administrator);
        organisation.teams.extend([
            part("engineering", TeamKind::Section, None, "ines"),
            part("product", TeamKind::Stage, Some("engineering"), "tomas"),
            part("payments", TeamKind::Group, Some("product"), "noor"),
        ]);
        organisation.roles.insert(Role::Cto, person_id("ines"));
        organisation.roles.insert(Role::VpEngineering, person_id("tomas"));
        organisation.sla.push(declaration(Date::constant(2026, 2, 1), 14));
        let ledger = Service {
            name: service("ledger"),
            owner: team("payments"),
            tier: Tier::One,
            repository: None,
            production: true,
        };
        organisation.services.insert(ledger.name.clone(), ledger);
        let review = Ritual {
            id: RitualId::parse("backlog-review").expect("a ritual id"),
            name: "Backlog review".to_owned(),
            owner: person_id("noor"),
            cadence: Cadence::Weekly,
            due_day: None,
            starts: Date::constant(2026, 2, 2),
        };
        organisation.rituals.insert(review.id.clone(), review);
        let audit = Audit {
            id: AuditId::parse("soc2").expect("an audit id"),
            name: "SOC 2".to_owned(),
            owner: person_id("tomas"),
            begins: Date::constant(2026, 10, 5),
            ends: Date::constant(2026, 10, 16),
            key_results: BTreeSet::from(["O2-KR1".to_owned()]),
            services: BTreeSet::from([service("ledger")]),
        };
        organisation.audits.insert(audit.id.clone(), audit);
        organisation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_in_time_reads_back_as_it_is_written() {
        for text in ["friday 17:00", "monday 00:00", "sunday 23:59"] {
            assert_eq!(CheckInDue::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "friday", "friday 17", "friday 24:00", "Friday 17:00", "freitag 17:00"] {
            assert_eq!(CheckInDue::parse(text), None, "{text:?} was taken");
        }
        assert_eq!(CheckInDue::parse("friday +1:00"), None);
    }
}
