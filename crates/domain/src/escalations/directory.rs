//! The organisation as the resolution of roles asks it.
//!
//! A role of the whole organisation has the same word in both rooms; the roles that depend on the
//! matter (owning engineer, DRI) are nobody's office and are answered by the matter itself. Who is
//! not in the organisation any more is not active.

use super::{Directory, Person, Role, Team};
use crate::people::{self, Organisation, PersonId, TeamId};
use crate::services::ServiceName;

impl Directory for Organisation {
    fn person(&self, id: &str) -> Option<Person> {
        let person = self.people.get(&PersonId::parse(id).ok()?)?;
        Some(Person {
            id: person.id.to_string(),
            manager: person.manager.as_ref().map(ToString::to_string),
            active: true,
        })
    }

    fn team(&self, id: &str) -> Option<Team> {
        let team = self.teams.get(&TeamId::parse(id).ok()?)?;
        Some(Team {
            id: team.id.to_string(),
            manager: team.manager.as_ref().map(ToString::to_string),
            parent: team.parent.as_ref().map(ToString::to_string),
        })
    }

    fn owner_of(&self, service: &str) -> Option<String> {
        let service = self.services.get(&ServiceName::parse(service).ok()?)?;
        Some(service.owner.to_string())
    }

    fn holder(&self, role: Role) -> Option<String> {
        let office = people::Role::from_word(role.word())?;
        self.roles.get(&office).map(ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Matter, resolve};
    use super::*;
    use crate::people::sample::{organisation, team};

    fn told(role: Role, organisation: &Organisation) -> Option<(String, Option<String>)> {
        let matter = Matter { service: Some("ledger"), ..Matter::default() };
        resolve(role, &matter, organisation).map(|it| (it.person, it.note))
    }

    #[test]
    fn every_office_of_the_chain_is_one_of_the_organisation() {
        for role in [Role::VpEngineering, Role::Ciso, Role::Cto, Role::Ceo] {
            assert!(people::Role::from_word(role.word()).is_some(), "{role:?}");
        }
    }

    #[test]
    fn the_manager_of_the_owning_team_answers_for_its_service() {
        let mut organisation = organisation();
        assert_eq!(told(Role::EngineeringManager, &organisation), Some(("noor".into(), None)));
        organisation.teams.get_mut(&team("payments")).expect("a team").manager = None;
        let (person, note) = told(Role::EngineeringManager, &organisation).expect("somebody");
        assert_eq!(person, "tomas");
        let expected = "team payments has no manager; this went to the manager of product";
        assert_eq!(note.as_deref(), Some(expected));
    }

    #[test]
    fn a_vacant_office_falls_to_the_next_one_up_and_says_so() {
        let mut organisation = organisation();
        organisation.roles.remove(&people::Role::VpEngineering);
        let (person, note) = told(Role::VpEngineering, &organisation).expect("somebody");
        assert_eq!(person, "ines");
        assert_eq!(note.as_deref(), Some("the VP Engineering is vacant; this went to the CTO"));
        organisation.roles.clear();
        assert_eq!(told(Role::VpEngineering, &organisation), None);
    }
}
