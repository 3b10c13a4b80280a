//! People: who is who, and who can be told.

use axum::Router;
use axum::routing::get;
use domain::people::{Organisation, Person};
use operations::organisations;

use super::{Parameters, ROWS};
use crate::answer::{Answer, page};
use crate::pages::people::{PeoplePage, PersonRow};
use crate::pages::{Meaning, Paging, Room, thousands};
use crate::server::Server;
use crate::visit::{Visit, name_of};

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/people", get(people))
}

async fn people(visit: Visit, parameters: Parameters) -> Answer {
    let organisation = organisations::current(&visit.app, &visit.actor).await?;
    let after = parameters.text("after");
    let mut rest = organisation.people.values().filter(|person| person.id.as_str() > after);
    let rows: Vec<&Person> = rest.by_ref().take(ROWS as usize).collect();
    let next = rows.last().filter(|_| rest.next().is_some()).map(|last| last.id.as_str());
    let count = thousands(organisation.people.len() as u64);
    page(&PeoplePage {
        frame: visit.frame(Room::Elsewhere),
        sentence: format!("All of the {count} people here can be told, each by mail at the least."),
        paging: Paging {
            previous: (!after.is_empty()).then(|| "/people".to_owned()),
            next: next.map(|next| parameters.with("/people", "after", next)),
            words: format!("{count} people"),
        },
        rows: rows.into_iter().map(|person| row(&organisation, person)).collect(),
    })
}

fn row(organisation: &Organisation, person: &Person) -> PersonRow {
    let roles: Vec<&str> = organisation
        .roles
        .iter()
        .filter(|(_, holder)| **holder == person.id)
        .map(|(role, _)| role.title())
        .collect();
    let teams: Vec<&str> = organisation
        .teams
        .values()
        .filter(|team| team.members.contains(&person.id))
        .map(|team| team.name.as_str())
        .collect();
    let role = if roles.is_empty() { person.title.clone() } else { Some(roles.join(", ")) };
    let manager = person.manager.as_ref().map(|id| name_of(organisation, id.as_str()));
    let reach = if person.channels.slack.is_some() { "by email and Slack" } else { "by email" };
    PersonRow {
        name: person.name.clone(),
        email: person.email.to_string(),
        team: teams.join(", "),
        role: role.unwrap_or_default(),
        manager: manager.unwrap_or_default(),
        zone: person.zone.iana_name().unwrap_or("UTC").to_owned(),
        meaning: Meaning::Holding,
        reach: reach.to_owned(),
    }
}
