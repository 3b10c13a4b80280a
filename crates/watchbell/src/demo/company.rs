//! The example company of the playbook: $40M a year, 320 people, five of them in security.
//!
//! Built as a value and written as `ORG.toml`, so that it comes in through the same door as any
//! organisation.

use std::collections::BTreeSet;

use domain::audits::{Audit, AuditId};
use domain::objectives::Cadence;
use domain::people::{
    Access, Channels, EmailAddress, InvalidName, Organisation, Person, PersonId, Role, Signatory,
    SlaDays, SlaDeclaration, Team, TeamId, TeamKind,
};
use domain::rituals::{Ritual, RitualId};
use domain::services::{Service, ServiceName, Tier};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::names::name;

/// How many people the company has.
const PEOPLE: usize = 320;
/// Members of a group beside its manager.
const GROUP_MEMBERS: usize = 9;
/// Where most people are; the end of the day is there.
pub(super) const ZONE: &str = "America/New_York";

/// Title, manager's place in this list, access, role.
type Leader = (&'static str, Option<usize>, Access, Option<Role>);

const CTO: usize = 2;
const VP_ENGINEERING: usize = 3;
const VP_PRODUCT: usize = 4;
const CISO: usize = 5;
const SECURITY_LEAD: usize = 6;
const GRC_ANALYST: usize = 7;
const CUSTOMER_LEAD: usize = 11;

const LEADERS: [Leader; 14] = [
    ("Chief executive officer", None, Access::ReadOnly, Some(Role::Ceo)),
    ("Chief financial officer", Some(0), Access::ReadOnly, Some(Role::Cfo)),
    ("Chief technology officer", Some(0), Access::Member, Some(Role::Cto)),
    ("VP Engineering", Some(CTO), Access::Member, Some(Role::VpEngineering)),
    ("VP Product", Some(CTO), Access::ReadOnly, Some(Role::VpProduct)),
    ("Chief information security officer", Some(0), Access::Administrator, Some(Role::Ciso)),
    ("Security engineering lead", Some(CISO), Access::Member, Some(Role::HeadOfSecurity)),
    ("GRC analyst", Some(CISO), Access::Member, Some(Role::HeadOfCompliance)),
    ("Security engineer", Some(SECURITY_LEAD), Access::Member, None),
    ("Identity and access administrator", Some(SECURITY_LEAD), Access::Member, None),
    ("General counsel", Some(0), Access::ReadOnly, Some(Role::GeneralCounsel)),
    ("VP Customers", Some(0), Access::ReadOnly, None),
    ("VP People", Some(0), Access::ReadOnly, None),
    ("Head of IT", Some(1), Access::Member, None),
];

/// Group, its stage, its services with their tiers; the first service is in production for sure.
type Group = (&'static str, &'static str, &'static [(&'static str, Tier)]);

const GROUPS: [Group; 12] = [
    ("Core API", "product", &[("core-api", Tier::One), ("webhooks", Tier::Two)]),
    ("Billing", "product", &[("billing", Tier::One), ("invoices", Tier::Two)]),
    ("Web Application", "product", &[("web-app", Tier::One), ("design-system", Tier::Three)]),
    ("Mobile", "product", &[("mobile-gateway", Tier::Two), ("push", Tier::Three)]),
    ("Reporting", "product", &[("reports", Tier::Two), ("exports", Tier::Three)]),
    ("Identity", "platform", &[("identity", Tier::One), ("directory-sync", Tier::Two)]),
    ("Integrations", "platform", &[("connectors", Tier::Two), ("partner-api", Tier::One)]),
    ("Search", "platform", &[("search", Tier::Two), ("indexer", Tier::Three)]),
    ("Data Platform", "platform", &[("events", Tier::One), ("warehouse", Tier::Two)]),
    ("Delivery", "infrastructure", &[("build-runners", Tier::Two), ("deployer", Tier::Two)]),
    ("Runtime", "infrastructure", &[("edge-proxy", Tier::One), ("secrets", Tier::One)]),
    (
        "Reliability",
        "infrastructure",
        &[("observability", Tier::Two), ("status-page", Tier::Three), ("backups", Tier::One)],
    ),
];

/// Every service by name, group after group.
pub(super) fn services() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|(_, _, services)| services.iter().map(|(name, _)| *name))
}

/// The company as a value.
pub(super) fn company() -> Result<Organisation, InvalidName> {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let mut organisation = Organisation { zone, ..Organisation::empty("Harborline") };
    organisation.sla.push(matrix());
    for nth in 0..PEOPLE {
        let person = person(nth, &organisation.zone)?;
        organisation.people.insert(person.id.clone(), person);
    }
    for (nth, (.., role)) in LEADERS.iter().enumerate() {
        if let Some(role) = role {
            organisation.roles.insert(*role, id(nth)?);
        }
    }
    for team in teams()? {
        organisation.teams.insert(team.id.clone(), team);
    }
    for (group, _, services) in GROUPS {
        for (nth, (name, tier)) in services.iter().enumerate() {
            let Ok(name) = ServiceName::parse(name) else { continue };
            let repository = Some(format!("https://git.harborline.example/{name}"));
            let (owner, production) =
                (TeamId::parse(&slug(group))?, nth == 0 || *tier < Tier::Three);
            let service =
                Service { name: name.clone(), owner, tier: *tier, repository, production };
            organisation.services.insert(name, service);
        }
    }
    for ritual in rituals()? {
        organisation.rituals.insert(ritual.id.clone(), ritual);
    }
    if let Ok(audit) = AuditId::parse("soc2-fy26") {
        organisation.audits.insert(audit.clone(), soc2(audit)?);
    }
    Ok(organisation)
}

/// What the security team holds again and again, from the first week of the running quarter on.
fn rituals() -> Result<Vec<Ritual>, InvalidName> {
    let all = [
        ("backlog-review", "CVE backlog review", SECURITY_LEAD, Cadence::Weekly, None),
        ("readiness-review", "Audit readiness review", GRC_ANALYST, Cadence::Monthly, None),
        ("penetration-test", "Penetration test", SECURITY_LEAD, Cadence::Quarterly, Some(60)),
    ];
    let mut rituals = Vec::new();
    for (name, title, owner, cadence, due_day) in all {
        let Ok(name) = RitualId::parse(name) else { continue };
        rituals.push(Ritual {
            id: name,
            name: title.to_owned(),
            owner: id(owner)?,
            cadence,
            due_day,
            starts: Date::constant(2026, 7, 1),
        });
    }
    Ok(rituals)
}

/// The audit of the fourth quarter, to which readiness and Tier-1 findings are projected.
fn soc2(audit: AuditId) -> Result<Audit, InvalidName> {
    Ok(Audit {
        id: audit,
        name: "SOC 2 Type II".to_owned(),
        owner: id(GRC_ANALYST)?,
        begins: Date::constant(2026, 10, 12),
        ends: Date::constant(2026, 10, 23),
        key_results: BTreeSet::from(["O2-KR1".to_owned(), "O2-KR2".to_owned()]),
        services: BTreeSet::new(),
    })
}

fn matrix() -> SlaDeclaration {
    let signed = |role: Role, nth: usize| Signatory { role, name: name(nth) };
    SlaDeclaration {
        effective_from: Date::constant(2025, 1, 1),
        days: SlaDays { critical: 14, high: 30, medium: 60, low: None },
        signatories: vec![
            signed(Role::Cto, CTO),
            signed(Role::VpEngineering, VP_ENGINEERING),
            signed(Role::Ciso, CISO),
        ],
    }
}

/// Who a person reports to and what they do: leaders first, then groups, then everybody else.
fn place(nth: usize) -> (String, Option<usize>, Option<Access>) {
    if let Some((title, manager, access, _)) = LEADERS.get(nth) {
        return ((*title).to_owned(), *manager, Some(*access));
    }
    let after = nth - LEADERS.len();
    let in_groups = GROUPS.len() * (GROUP_MEMBERS + 1);
    if after < in_groups {
        let (group, member) = (after / (GROUP_MEMBERS + 1), after % (GROUP_MEMBERS + 1));
        let team = GROUPS[group].0;
        return match member {
            0 => {
                (format!("Engineering manager, {team}"), Some(VP_ENGINEERING), Some(Access::Member))
            }
            1 => (format!("Staff engineer, {team}"), Some(manager_of(group)), Some(Access::Member)),
            _ => (format!("Engineer, {team}"), Some(manager_of(group)), None),
        };
    }
    let others: [(&str, usize); 8] = [
        ("Account executive", CUSTOMER_LEAD),
        ("Customer success", CUSTOMER_LEAD),
        ("Support engineer", CUSTOMER_LEAD),
        ("Product manager", VP_PRODUCT),
        ("Product designer", VP_PRODUCT),
        ("Marketing", CUSTOMER_LEAD),
        ("People partner", 12),
        ("IT administrator", 13),
    ];
    let (title, manager) = others[after % others.len()];
    (title.to_owned(), Some(manager), None)
}

fn manager_of(group: usize) -> usize {
    LEADERS.len() + group * (GROUP_MEMBERS + 1)
}

fn person(nth: usize, zone: &TimeZone) -> Result<Person, InvalidName> {
    let (title, manager, access) = place(nth);
    let elsewhere = ["Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata"];
    let abroad = (nth >= LEADERS.len() && nth.is_multiple_of(7)).then(|| elsewhere[nth % 3]);
    let id = id(nth)?;
    Ok(Person {
        email: EmailAddress::parse(&format!("{id}@harborline.example"))?,
        name: name(nth),
        manager: manager.map(self::id).transpose()?,
        zone: abroad.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| zone.clone()),
        title: Some(title),
        access,
        channels: Channels::default(),
        id,
    })
}

fn teams() -> Result<Vec<Team>, InvalidName> {
    let security = (CISO..CISO + 5).collect::<Vec<_>>();
    let mut teams = vec![
        team("Engineering", TeamKind::Section, None, VP_ENGINEERING, &[CTO, VP_ENGINEERING])?,
        team("Security", TeamKind::Section, None, CISO, &security)?,
        team("IT", TeamKind::Section, None, 13, &[13])?,
    ];
    for stage in ["Product", "Platform", "Infrastructure"] {
        let lead = VP_ENGINEERING;
        teams.push(team(stage, TeamKind::Stage, Some("engineering"), lead, &[])?);
    }
    for (nth, (group, stage, _)) in GROUPS.iter().enumerate() {
        let manager = manager_of(nth);
        let members: Vec<usize> = (manager..=manager + GROUP_MEMBERS).collect();
        teams.push(team(group, TeamKind::Group, Some(stage), manager, &members)?);
    }
    Ok(teams)
}

fn team(
    name: &str,
    kind: TeamKind,
    parent: Option<&str>,
    manager: usize,
    members: &[usize],
) -> Result<Team, InvalidName> {
    Ok(Team {
        id: TeamId::parse(&slug(name))?,
        name: name.to_owned(),
        kind,
        parent: parent.map(TeamId::parse).transpose()?,
        manager: Some(id(manager)?),
        product_manager: None,
        members: members.iter().map(|nth| id(*nth)).collect::<Result<BTreeSet<_>, _>>()?,
        channels: Channels::default(),
    })
}

fn id(nth: usize) -> Result<PersonId, InvalidName> {
    PersonId::parse(&name(nth).to_lowercase().replace(' ', "."))
}

fn slug(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_company_is_an_organisation_without_mistakes() {
        let company = company().unwrap();
        assert_eq!((company.people.len(), company.services.len()), (320, 25));
        let groups = company.teams.values().filter(|team| team.kind == TeamKind::Group).count();
        assert_eq!(groups, 12);
        let security = &company.teams[&TeamId::parse("security").unwrap()];
        assert_eq!(security.members.len(), 5);
        let text = formats::organisation::write(&company);
        let read = formats::organisation::read(&text);
        assert_eq!(read.unwrap_or_else(|mistakes| panic!("{}", mistakes[0])), company);
    }
}
