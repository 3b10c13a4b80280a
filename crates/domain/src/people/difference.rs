//! What would change if one organisation became another: shown before anything is applied.
//!
//! Both are spread out into plain facts (subject, field, value) and compared; so a field that is
//! forgotten here is a field whose change nobody sees, and `every_field_is_seen` guards it. The
//! order is fixed: the organisation, roles, SLA matrices, people, teams, services, rituals,
//! audits, each by name; rules of ownership in their order after the services.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Channels, Organisation, Person, PersonId, SlaDeclaration, Team, TeamId};
use crate::audits::{Audit, AuditId};
use crate::rituals::{Ritual, RitualId};
use crate::services::{OwnershipRule, Service, ServiceName};

/// What a change is about, in the order in which changes are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Organisation,
    Roles,
    Sla(Date),
    Person(PersonId),
    Team(TeamId),
    Service(ServiceName),
    Ownership,
    Ritual(RitualId),
    Audit(AuditId),
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Organisation => out.write_str("organisation"),
            Subject::Roles => out.write_str("roles"),
            Subject::Sla(date) => write!(out, "SLA matrix from {date}"),
            Subject::Person(id) => write!(out, "person {id}"),
            Subject::Team(team) => write!(out, "team {team}"),
            Subject::Service(service) => write!(out, "service {service}"),
            Subject::Ownership => out.write_str("ownership"),
            Subject::Ritual(ritual) => write!(out, "ritual {ritual}"),
            Subject::Audit(audit) => write!(out, "audit {audit}"),
        }
    }
}

/// Whether a subject came, went or became another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    Added,
    Removed,
    Changed,
}

/// One field before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldChange {
    /// A field with one value; `None` is "not set".
    Value { field: &'static str, before: Option<String>, after: Option<String> },
    /// A field with many, such as the members of a team.
    Items { field: &'static str, removed: Vec<String>, added: Vec<String> },
}

/// One subject's change with its fields, by name of the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub subject: Subject,
    pub alteration: Alteration,
    pub fields: Vec<FieldChange>,
}

impl fmt::Display for Change {
    /// `~ service core-api` and a line for each field, without a line end at the end.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.alteration {
            Alteration::Added => '+',
            Alteration::Removed => '-',
            Alteration::Changed => '~',
        };
        write!(out, "{sign} {}", self.subject)?;
        for field in &self.fields {
            write!(out, "\n    {field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldChange::Value { field, before: None, after: Some(after) } => {
                write!(out, "{field}: {after}")
            }
            FieldChange::Value { field, before, after } => {
                let word = |value: &Option<String>| value.clone().unwrap_or("nothing".to_owned());
                write!(out, "{field}: {} → {}", word(before), word(after))
            }
            FieldChange::Items { field, removed, added } => {
                let removed = removed.iter().map(|item| format!("-{item}"));
                let added = added.iter().map(|item| format!("+{item}"));
                let items: Vec<String> = removed.chain(added).collect();
                write!(out, "{field}: {}", items.join(", "))
            }
        }
    }
}

/// What turns `old` into `new`; empty when they are equal. The same two give the same list.
pub fn difference(old: &Organisation, new: &Organisation) -> Vec<Change> {
    let (old, new) = (facts(old), facts(new));
    let subjects: BTreeSet<&Subject> = old.keys().chain(new.keys()).collect();
    let nothing = Facts::new();
    let mut changes = Vec::new();
    for subject in subjects {
        let (before, after) = (old.get(subject), new.get(subject));
        let alteration = match (before, after) {
            (None, _) => Alteration::Added,
            (_, None) => Alteration::Removed,
            _ => Alteration::Changed,
        };
        let fields = match alteration {
            // What goes is named, not recited.
            Alteration::Removed => Vec::new(),
            _ => field_changes(before.unwrap_or(&nothing), after.unwrap_or(&nothing)),
        };
        if alteration != Alteration::Changed || !fields.is_empty() {
            changes.push(Change { subject: subject.clone(), alteration, fields });
        }
    }
    changes
}

/// A field's value or values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fact {
    One(String),
    Many(Vec<String>),
}

type Facts = BTreeMap<&'static str, Fact>;

fn field_changes(before: &Facts, after: &Facts) -> Vec<FieldChange> {
    let fields: BTreeSet<&'static str> = before.keys().chain(after.keys()).copied().collect();
    let mut changes = Vec::new();
    for field in fields {
        match (before.get(field), after.get(field)) {
            (old, new) if old == new => {}
            (Some(Fact::Many(old)), Some(Fact::Many(new))) => {
                changes.push(item_changes(field, old, new));
            }
            (None, Some(Fact::Many(new))) => changes.push(item_changes(field, &[], new)),
            (Some(Fact::Many(old)), None) => changes.push(item_changes(field, old, &[])),
            (old, new) => {
                let (before, after) = (old.and_then(Fact::one), new.and_then(Fact::one));
                changes.push(FieldChange::Value { field, before, after });
            }
        }
    }
    changes
}

fn item_changes(field: &'static str, old: &[String], new: &[String]) -> FieldChange {
    let without = |from: &[String], others: &[String]| {
        let others: BTreeSet<&String> = others.iter().collect();
        from.iter().filter(|item| !others.contains(item)).cloned().collect::<Vec<_>>()
    };
    let (mut removed, mut added) = (without(old, new), without(new, old));
    if removed.is_empty() && added.is_empty() {
        // Only the order differs: both are shown whole.
        (removed, added) = (old.to_vec(), new.to_vec());
    }
    FieldChange::Items { field, removed, added }
}

impl Fact {
    fn one(&self) -> Option<String> {
        match self {
            Fact::One(value) => Some(value.clone()),
            Fact::Many(_) => None,
        }
    }
}

fn facts(organisation: &Organisation) -> BTreeMap<Subject, Facts> {
    // Taken apart by pattern, here and below: a new field does not compile until it is compared.
    let Organisation {
        name,
        zone: zone_of_all,
        fiscal_year_first_month: month,
        check_in_due,
        roles,
        sla,
        people,
        teams,
        services,
        ownership,
        rituals,
        audits,
    } = organisation;
    let mut own = Facts::new();
    own.insert("name", Fact::One(name.clone()));
    own.insert("zone", zone(zone_of_all));
    own.insert("fiscal year begins in month", Fact::One(month.to_string()));
    own.insert("check-in due", Fact::One(check_in_due.to_string()));
    let roles = roles.iter().map(|(role, id)| (role.title(), Fact::One(id.to_string())));

    let mut all = BTreeMap::from([(Subject::Organisation, own), (Subject::Roles, roles.collect())]);
    let matrices = sla.iter().map(|sla| (Subject::Sla(sla.effective_from), sla_facts(sla)));
    all.extend(matrices);
    all.extend(people.values().map(|one| (Subject::Person(one.id.clone()), person_facts(one))));
    all.extend(teams.values().map(|one| (Subject::Team(one.id.clone()), team_facts(one))));
    let services = services.values();
    all.extend(services.map(|one| (Subject::Service(one.name.clone()), service_facts(one))));
    if !ownership.is_empty() {
        let rules = ownership.iter().map(ownership_fact).collect();
        all.insert(Subject::Ownership, Facts::from([("rules", Fact::Many(rules))]));
    }
    all.extend(rituals.values().map(|one| (Subject::Ritual(one.id.clone()), ritual_facts(one))));
    all.extend(audits.values().map(|one| (Subject::Audit(one.id.clone()), audit_facts(one))));
    all
}

fn sla_facts(declaration: &SlaDeclaration) -> Facts {
    let SlaDeclaration { effective_from: _, days, signatories } = declaration;
    let mut facts = Facts::new();
    facts.insert("critical days", Fact::One(days.critical.to_string()));
    facts.insert("high days", Fact::One(days.high.to_string()));
    facts.insert("medium days", Fact::One(days.medium.to_string()));
    set(&mut facts, "low days", days.low);
    let signatories = signatories.iter().map(|who| format!("{} ({})", who.name, who.role));
    facts.insert("signatories", Fact::Many(signatories.collect()));
    facts
}

fn person_facts(person: &Person) -> Facts {
    let Person { id: _, name, email, manager, zone: lives_in, title, access, channels } = person;
    let mut facts = Facts::new();
    facts.insert("name", Fact::One(name.clone()));
    facts.insert("email", Fact::One(email.to_string()));
    set(&mut facts, "manager", manager.as_ref());
    facts.insert("zone", zone(lives_in));
    set(&mut facts, "title", title.as_ref());
    set(&mut facts, "access", access.map(|access| access.word()));
    channel_facts(&mut facts, channels);
    facts
}

fn team_facts(team: &Team) -> Facts {
    let Team { id: _, name, kind, parent, manager, product_manager, members, channels } = team;
    let mut facts = Facts::new();
    facts.insert("name", Fact::One(name.clone()));
    facts.insert("kind", Fact::One(kind.word().to_owned()));
    set(&mut facts, "parent", parent.as_ref());
    set(&mut facts, "manager", manager.as_ref());
    set(&mut facts, "product manager", product_manager.as_ref());
    if !members.is_empty() {
        facts.insert("members", Fact::Many(members.iter().map(PersonId::to_string).collect()));
    }
    channel_facts(&mut facts, channels);
    facts
}

fn service_facts(service: &Service) -> Facts {
    let Service { name: _, owner, tier, repository, production } = service;
    let mut facts = Facts::new();
    facts.insert("owner", Fact::One(owner.to_string()));
    facts.insert("tier", Fact::One(tier.number().to_string()));
    set(&mut facts, "repository", repository.as_ref());
    let production = if *production { "yes" } else { "no" };
    facts.insert("production", Fact::One(production.to_owned()));
    facts
}

fn ownership_fact(rule: &OwnershipRule) -> String {
    let OwnershipRule { service, package: _, path: _, team } = rule;
    let service = service.as_ref().map(|service| format!("{service}, ")).unwrap_or_default();
    format!("{service}{rule} → {team}")
}

fn ritual_facts(ritual: &Ritual) -> Facts {
    let Ritual { id: _, name, owner, cadence, due_day, starts } = ritual;
    let mut facts = Facts::new();
    facts.insert("name", Fact::One(name.clone()));
    facts.insert("owner", Fact::One(owner.to_string()));
    facts.insert("cadence", Fact::One(cadence.word().to_owned()));
    set(&mut facts, "due day", *due_day);
    facts.insert("starts", Fact::One(starts.to_string()));
    facts
}

fn audit_facts(audit: &Audit) -> Facts {
    let Audit { id: _, name, owner, begins, ends, key_results, services } = audit;
    let mut facts = Facts::new();
    facts.insert("name", Fact::One(name.clone()));
    facts.insert("owner", Fact::One(owner.to_string()));
    facts.insert("begins", Fact::One(begins.to_string()));
    facts.insert("ends", Fact::One(ends.to_string()));
    if !key_results.is_empty() {
        facts.insert("key results", Fact::Many(key_results.iter().cloned().collect()));
    }
    if !services.is_empty() {
        facts.insert("services", Fact::Many(services.iter().map(ToString::to_string).collect()));
    }
    facts
}

fn channel_facts(facts: &mut Facts, channels: &Channels) {
    let Channels { email, slack } = channels;
    set(facts, "notices by email to", email.as_ref());
    set(facts, "notices by Slack webhook", slack.as_ref());
}

fn set(facts: &mut Facts, field: &'static str, value: Option<impl ToString>) {
    if let Some(value) = value {
        facts.insert(field, Fact::One(value.to_string()));
    }
}

fn zone(zone: &TimeZone) -> Fact {
    Fact::One(zone.iana_name().unwrap_or("UTC").to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::organisation::sample::{declaration, organisation, person_id, service, team};
    use super::super::{Access, Channels, CheckInDue, EmailAddress, Role, TeamKind};
    use super::*;
    use crate::services::{Pattern, Tier};

    fn told(old: &Organisation, new: &Organisation) -> String {
        let lines: Vec<String> = difference(old, new).iter().map(Change::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn equal_organisations_differ_in_nothing() {
        assert_eq!(difference(&organisation(), &organisation()), []);
    }

    #[test]
    fn a_difference_reads_like_what_somebody_did() {
        let old = organisation();
        let mut new = organisation();
        new.roles.insert(Role::Ciso, person_id("noor"));
        new.services.get_mut(&service("ledger")).unwrap().tier = Tier::Two;
        new.teams.get_mut(&team("payments")).unwrap().members.insert(person_id("ines"));
        new.teams.get_mut(&team("payments")).unwrap().manager = None;
        new.people.remove(&person_id("tomas"));
        new.sla.push(declaration(Date::constant(2026, 8, 1), 7));
        assert_eq!(
            told(&old, &new),
            "~ roles\n    CISO: noor\n\
             + SLA matrix from 2026-08-01\n    critical days: 7\n    high days: 30\n    \
             medium days: 60\n    signatories: +Ines Falk (CTO)\n\
             - person tomas\n\
             ~ team payments\n    manager: noor → nothing\n    members: +ines\n\
             ~ service ledger\n    tier: 1 → 2"
        );
    }

    #[test]
    fn the_way_back_undoes_the_way_there() {
        let old = organisation();
        let mut new = organisation();
        new.people.remove(&person_id("noor"));
        new.name = "Ebbwater".to_owned();
        let there = difference(&old, &new);
        let back = difference(&new, &old);
        let subjects =
            |changes: &[Change]| changes.iter().map(|c| c.subject.clone()).collect::<Vec<_>>();
        assert_eq!(subjects(&there), subjects(&back));
        assert_eq!(there[1].alteration, Alteration::Removed);
        assert_eq!(back[1].alteration, Alteration::Added);
    }

    /// Every kind of edit is one change of one subject.
    #[test]
    fn every_field_is_seen() {
        type Edit = fn(&mut Organisation);
        let edits: [Edit; 22] = [
            |o| o.name.push('x'),
            |o| o.zone = TimeZone::get("Europe/Oslo").unwrap(),
            |o| o.fiscal_year_first_month = 7,
            |o| o.check_in_due = CheckInDue::parse("monday 09:00").unwrap(),
            |o| drop(o.roles.remove(&Role::Cto)),
            |o| o.sla[0].days.low = Some(90),
            |o| o.sla[0].signatories[0].name.push('x'),
            |o| ines(o).name.push('x'),
            |o| ines(o).email = EmailAddress::parse("x@tidewater.example").unwrap(),
            |o| ines(o).manager = Some(person_id("noor")),
            |o| ines(o).title = Some("CTO".to_owned()),
            |o| ines(o).access = Some(Access::ReadOnly),
            |o| ines(o).channels.slack = Some("security".to_owned()),
            |o| payments(o).name.push('x'),
            |o| payments(o).kind = TeamKind::Stage,
            |o| payments(o).product_manager = Some(person_id("ines")),
            |o| payments(o).channels = Channels { email: None, slack: Some("pay".to_owned()) },
            |o| o.services.get_mut(&service("ledger")).unwrap().production = false,
            |o| o.services.get_mut(&service("ledger")).unwrap().repository = Some("x".to_owned()),
            |o| {
                o.ownership.push(OwnershipRule {
                    service: Some(service("ledger")),
                    package: None,
                    path: Pattern::of_path("infra/").ok(),
                    team: team("product"),
                });
            },
            |o| o.rituals.values_mut().for_each(|ritual| ritual.due_day = Some(2)),
            |o| o.audits.values_mut().for_each(|audit| audit.ends = audit.begins),
        ];
        for (index, edit) in edits.iter().enumerate() {
            let mut edited = organisation();
            edit(&mut edited);
            let changes = difference(&organisation(), &edited);
            assert_eq!(changes.len(), 1, "edit {index} gave {changes:?}");
        }
    }

    fn ines(organisation: &mut Organisation) -> &mut Person {
        organisation.people.get_mut(&person_id("ines")).unwrap()
    }

    fn payments(organisation: &mut Organisation) -> &mut Team {
        organisation.teams.get_mut(&team("payments")).unwrap()
    }
}
