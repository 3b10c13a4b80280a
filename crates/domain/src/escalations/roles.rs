//! From roles to people: an escalation addresses roles, the organisation says who that is today.
//!
//! A vacant role falls to the next one up, and the answer says so in words that go into the notice.
//! The rule to remember: nobody is skipped silently; when not even the top of the chain is filled,
//! there is no addressee, and that is an error on the front page. Source: the execution spec,
//! part 4, "Roles resolve to people through the organisation".

use std::collections::BTreeMap;

/// Who is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The engineer who holds the affected service or the finding.
    OwningEngineer,
    /// The manager of the owning team.
    EngineeringManager,
    VpEngineering,
    Ciso,
    Cto,
    Ceo,
    /// Directly responsible for the key result.
    Dri,
    DrisManager,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 8] = [
        Role::OwningEngineer,
        Role::EngineeringManager,
        Role::VpEngineering,
        Role::Ciso,
        Role::Cto,
        Role::Ceo,
        Role::Dri,
        Role::DrisManager,
    ];

    /// The word used in organisation files, the API and SQL.
    pub fn word(self) -> &'static str {
        match self {
            Role::OwningEngineer => "owning_engineer",
            Role::EngineeringManager => "engineering_manager",
            Role::VpEngineering => "vp_engineering",
            Role::Ciso => "ciso",
            Role::Cto => "cto",
            Role::Ceo => "ceo",
            Role::Dri => "dri",
            Role::DrisManager => "dris_manager",
        }
    }

    /// The words on pages and in notices.
    pub fn title(self) -> &'static str {
        match self {
            Role::OwningEngineer => "owning engineer",
            Role::EngineeringManager => "engineering manager",
            Role::VpEngineering => "VP Engineering",
            Role::Ciso => "CISO",
            Role::Cto => "CTO",
            Role::Ceo => "CEO",
            Role::Dri => "DRI",
            Role::DrisManager => "DRI's manager",
        }
    }

    /// The role that a word stands for.
    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The role that a vacant one falls to; `None` at the top.
    pub fn next_up(self) -> Option<Role> {
        match self {
            Role::OwningEngineer => Some(Role::EngineeringManager),
            Role::EngineeringManager => Some(Role::VpEngineering),
            Role::VpEngineering => Some(Role::Cto),
            Role::Dri => Some(Role::DrisManager),
            Role::DrisManager => Some(Role::Ciso),
            Role::Ciso | Role::Cto => Some(Role::Ceo),
            Role::Ceo => None,
        }
    }
}

/// A person as the resolution needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    /// The manager's person identifier.
    pub manager: Option<String>,
    /// Whether they can be addressed: somebody who left cannot.
    pub active: bool,
}

/// A team as the resolution needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: String,
    /// The manager's person identifier.
    pub manager: Option<String>,
    /// The team above: group → stage → section.
    pub parent: Option<String>,
}

/// The look-ups that the resolution needs; an organisation in memory answers them.
pub trait Directory {
    fn person(&self, id: &str) -> Option<Person>;
    fn team(&self, id: &str) -> Option<Team>;
    /// The identifier of the team that owns a service.
    fn owner_of(&self, service: &str) -> Option<String>;
    /// The identifier of the person who holds a role of the whole organisation.
    fn holder(&self, role: Role) -> Option<String>;
}

/// What the roles are resolved for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matter<'a> {
    pub service: Option<&'a str>,
    /// The owning team where it is known; else the service's.
    pub team: Option<&'a str>,
    /// The engineer assigned to it.
    pub engineer: Option<&'a str>,
    /// The key result's DRI.
    pub dri: Option<&'a str>,
}

/// A person to address, with why it is them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressee {
    pub person: String,
    /// The role that was asked for.
    pub role: Role,
    /// Set when the role was vacant: `the engineering manager is vacant; this went to the VP
    /// Engineering`.
    pub note: Option<String>,
}

/// Manager chains and team trees longer than this are taken for circles.
const LONGEST_CHAIN: usize = 20;

/// Finds the person for a role; a vacant one falls to the next up. `None` when nobody is left.
pub fn resolve(role: Role, matter: &Matter, directory: &dyn Directory) -> Option<Addressee> {
    let mut asked = Some(role);
    while let Some(tried) = asked {
        if let Some((person, stood_in)) = holder(tried, matter, directory) {
            let note = match (tried == role, stood_in) {
                (true, None) => None,
                (true, Some(why)) => Some(why),
                (false, _) => Some(format!(
                    "the {} is vacant; this went to the {}",
                    role.title(),
                    tried.title()
                )),
            };
            return Some(Addressee { person, role, note });
        }
        asked = tried.next_up();
    }
    None
}

/// The people for several roles: each person once, with the first role they are addressed in and
/// every note. The second part names the roles for which nobody is left.
pub fn addressees(
    roles: &[Role],
    matter: &Matter,
    directory: &dyn Directory,
) -> (Vec<Addressee>, Vec<Role>) {
    let mut order: Vec<String> = Vec::new();
    let mut found: BTreeMap<String, Addressee> = BTreeMap::new();
    let mut unfilled = Vec::new();
    for role in roles {
        let Some(addressee) = resolve(*role, matter, directory) else {
            unfilled.push(*role);
            continue;
        };
        match found.get_mut(&addressee.person) {
            Some(known) => known.note = joined(known.note.take(), addressee.note),
            None => {
                order.push(addressee.person.clone());
                found.insert(addressee.person.clone(), addressee);
            }
        }
    }
    (order.iter().filter_map(|person| found.remove(person)).collect(), unfilled)
}

fn joined(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or(other),
    }
}

/// The person in a role, with a note when somebody up the manager chain stands in.
fn holder(
    role: Role,
    matter: &Matter,
    directory: &dyn Directory,
) -> Option<(String, Option<String>)> {
    match role {
        Role::OwningEngineer => active(matter.engineer?, directory).map(|id| (id, None)),
        Role::EngineeringManager => engineering_manager(matter, directory),
        Role::Dri => active(matter.dri?, directory).map(|id| (id, None)),
        Role::DrisManager => up_the_chain(matter.dri?, role, directory),
        Role::VpEngineering | Role::Ciso | Role::Cto | Role::Ceo => {
            let person = directory.holder(role)?;
            if let Some(id) = active(&person, directory) {
                return Some((id, None));
            }
            // Somebody who left holds the role on paper: their manager stands in.
            let (id, _) = up_the_chain(&person, role, directory)?;
            Some((id, Some(format!("the {} has left; this went to their manager", role.title()))))
        }
    }
}

fn active(person: &str, directory: &dyn Directory) -> Option<String> {
    directory.person(person).filter(|person| person.active).map(|person| person.id)
}

/// The manager of the owning team, of the team above it, or of the engineer.
fn engineering_manager(
    matter: &Matter,
    directory: &dyn Directory,
) -> Option<(String, Option<String>)> {
    let owner = || matter.service.and_then(|service| directory.owner_of(service));
    let owning = matter.team.map(str::to_owned).or_else(owner);
    let mut next = owning.clone();
    for _ in 0..LONGEST_CHAIN {
        let Some(team) = next.and_then(|id| directory.team(&id)) else {
            break;
        };
        if let Some(id) = team.manager.as_deref().and_then(|id| active(id, directory)) {
            let stands_in = owning.as_deref() != Some(team.id.as_str());
            let note = stands_in.then(|| {
                let owning = owning.as_deref().unwrap_or_default();
                format!("team {owning} has no manager; this went to the manager of {}", team.id)
            });
            return Some((id, note));
        }
        next = team.parent;
    }
    up_the_chain(matter.engineer?, Role::EngineeringManager, directory)
}

/// The first active manager above a person.
fn up_the_chain(
    person: &str,
    role: Role,
    directory: &dyn Directory,
) -> Option<(String, Option<String>)> {
    let mut manager = directory.person(person)?.manager;
    for step in 0..LONGEST_CHAIN {
        let above = directory.person(&manager?)?;
        if above.active && above.id != person {
            let note = (step > 0).then(|| {
                format!("the {} has left; this went to the next manager up", role.title())
            });
            return Some((above.id, note));
        }
        manager = above.manager;
    }
    None
}
