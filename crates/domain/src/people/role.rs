//! Roles of the organisation: who the VP Engineering is, and who is told while there is none.
//!
//! A policy names roles, never people, so it survives a change of job. A vacant role falls to the
//! next one up, and the [`Holder`] says so: nobody is told in silence in another's place.

use std::fmt;

use super::{Organisation, Person, PersonId, Team, TeamId};

/// A named role that policies, signatures and escalation levels refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Ceo,
    Cfo,
    Cto,
    Ciso,
    VpEngineering,
    VpProduct,
    VpCommunications,
    HeadOfSecurity,
    HeadOfCompliance,
    GeneralCounsel,
}

impl Role {
    /// Every role, in the order in which lists show them.
    pub const ALL: [Role; 10] = [
        Role::Ceo,
        Role::Cfo,
        Role::Cto,
        Role::Ciso,
        Role::VpEngineering,
        Role::VpProduct,
        Role::VpCommunications,
        Role::HeadOfSecurity,
        Role::HeadOfCompliance,
        Role::GeneralCounsel,
    ];

    /// The word used in files, the API and SQL.
    pub fn word(self) -> &'static str {
        match self {
            Role::Ceo => "ceo",
            Role::Cfo => "cfo",
            Role::Cto => "cto",
            Role::Ciso => "ciso",
            Role::VpEngineering => "vp_engineering",
            Role::VpProduct => "vp_product",
            Role::VpCommunications => "vp_communications",
            Role::HeadOfSecurity => "head_of_security",
            Role::HeadOfCompliance => "head_of_compliance",
            Role::GeneralCounsel => "general_counsel",
        }
    }

    pub fn from_word(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The name people use for it.
    pub fn title(self) -> &'static str {
        match self {
            Role::Ceo => "CEO",
            Role::Cfo => "CFO",
            Role::Cto => "CTO",
            Role::Ciso => "CISO",
            Role::VpEngineering => "VP Engineering",
            Role::VpProduct => "VP Product",
            Role::VpCommunications => "VP Communications",
            Role::HeadOfSecurity => "Head of Security",
            Role::HeadOfCompliance => "Head of Compliance",
            Role::GeneralCounsel => "General Counsel",
        }
    }

    /// The role that answers while this one is vacant; nobody is above the CEO.
    pub fn next_up(self) -> Option<Role> {
        match self {
            Role::Ceo => None,
            Role::Cfo | Role::Cto | Role::Ciso => Some(Role::Ceo),
            Role::VpEngineering | Role::VpProduct => Some(Role::Cto),
            Role::HeadOfSecurity | Role::HeadOfCompliance => Some(Role::Ciso),
            Role::VpCommunications | Role::GeneralCounsel => Some(Role::Ceo),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.title())
    }
}

/// Who answers for a role now.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder<'a> {
    pub person: &'a Person,
    /// The role the person really holds; another than the one asked for while that is vacant.
    pub holds: Role,
}

impl Organisation {
    /// Who answers for `role`: its holder, else the nearest role above that is held. `None` when
    /// nobody up to the CEO is, which is an error to show, never silence.
    pub fn holder(&self, role: Role) -> Option<Holder<'_>> {
        let mut asked = Some(role);
        while let Some(holds) = asked {
            let person = self.roles.get(&holds).and_then(|id| self.people.get(id));
            if let Some(person) = person {
                return Some(Holder { person, holds });
            }
            asked = holds.next_up();
        }
        None
    }

    /// The managers above `person`, nearest first. A circle, which `check` reports, ends the list.
    pub fn managers(&self, person: &PersonId) -> Vec<&Person> {
        let mut above: Vec<&Person> = Vec::new();
        let mut next = self.people.get(person).and_then(|person| person.manager.as_ref());
        while let Some(manager) = next.and_then(|id| self.people.get(id)) {
            if manager.id == *person || above.iter().any(|seen| seen.id == manager.id) {
                break;
            }
            above.push(manager);
            next = manager.manager.as_ref();
        }
        above
    }

    /// `team` and the teams it lies in, smallest first. A circle ends the list.
    pub fn lineage(&self, team: &TeamId) -> Vec<&Team> {
        let mut lineage: Vec<&Team> = Vec::new();
        let mut next = Some(team);
        while let Some(team) = next.and_then(|id| self.teams.get(id)) {
            if lineage.iter().any(|seen| seen.id == team.id) {
                break;
            }
            lineage.push(team);
            next = team.parent.as_ref();
        }
        lineage
    }

    /// Who answers for what `team` owns: its manager, else the nearest manager of a team above.
    pub fn manager_of(&self, team: &TeamId) -> Option<&Person> {
        self.lineage(team)
            .into_iter()
            .find_map(|team| team.manager.as_ref().and_then(|id| self.people.get(id)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::organisation::sample::{organisation, person_id, team};
    use super::*;

    #[test]
    fn a_vacant_role_falls_to_the_next_one_up_and_says_so() {
        let mut organisation = organisation();
        organisation.roles.remove(&Role::VpEngineering);
        let holder = organisation.holder(Role::VpEngineering).unwrap();
        assert_eq!((holder.person.id.as_str(), holder.holds), ("ines", Role::Cto));
    }

    #[test]
    fn with_nobody_up_to_the_top_there_is_no_holder() {
        let mut organisation = organisation();
        organisation.roles.clear();
        assert_eq!(organisation.holder(Role::Ciso), None);
    }

    #[test]
    fn every_role_ends_at_the_ceo() {
        for role in Role::ALL {
            let mut role = role;
            let mut steps = 0;
            while let Some(up) = role.next_up() {
                role = up;
                steps += 1;
                assert!(steps < Role::ALL.len(), "{role} climbs for ever");
            }
            assert_eq!(role, Role::Ceo);
        }
    }

    #[test]
    fn a_team_without_manager_is_answered_for_by_its_stage() {
        let mut organisation = organisation();
        organisation.teams.get_mut(&team("payments")).unwrap().manager = None;
        let manager = organisation.manager_of(&team("payments")).unwrap();
        assert_eq!(manager.id.as_str(), "tomas");
    }

    #[test]
    fn managers_in_a_circle_end_the_climb() {
        let mut organisation = organisation();
        organisation.people.get_mut(&person_id("ines")).unwrap().manager = Some(person_id("noor"));
        let above = organisation.managers(&person_id("noor"));
        let above: Vec<&str> = above.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(above, ["tomas", "ines"]);
    }
}
