//! From notices of the chain to people and messages.
//!
//! A person who is addressed at two levels at once hears the higher one. A role that nobody holds,
//! nor any role above it, is written into the record.

use std::collections::BTreeMap;

use domain::escalations::{
    Escalation, Level, Matter, Notice, NoticeKind, Role, addressees, resolve,
};
use domain::people::{Organisation, PersonId};
use domain::record::Event;
use store::escalations::Telling;
use store::triggers::Raised;

use super::{Step, messages};
use crate::notices::{Message, to_person};
use crate::{Change, Refusal};

/// Tells people what `notices` say to roles. Answers how many people hear something new.
pub(super) async fn tell(
    change: &mut Change,
    escalation: &Escalation,
    firing: &Raised,
    notices: &[Notice],
) -> Result<usize, Refusal> {
    let before = store::escalations::told(&mut change.transaction, escalation.id()).await?;
    let is_end = notices.iter().any(|notice| notice.kind == NoticeKind::StandDown);
    let mut fresh = match is_end {
        true => stand_downs(change, escalation, &before),
        false => at_levels(change, escalation, firing, notices),
    };
    fresh.retain(|telling| !before.iter().any(|told| same(told, telling)));
    store::escalations::tell(&mut change.transaction, escalation.id(), &fresh).await?;
    let told: Vec<Telling> = before.into_iter().chain(fresh.iter().cloned()).collect();
    let mut queue = Vec::new();
    for telling in &fresh {
        let Some(id) = PersonId::parse(&telling.person).ok() else { continue };
        let Some(reader) = change.organisation.people.get(&id) else { continue };
        let matter = messages::Matter {
            escalation,
            firing,
            told: &told,
            organisation: &change.organisation,
            address: &change.address,
            now: change.now,
        };
        let (subject, body) = messages::compose(&matter, reader, telling);
        let key = key(escalation.id(), telling);
        let message = Message { key: &key, about: escalation.id(), subject: &subject, body: &body };
        queue.extend(to_person(&change.organisation, &id, &message, change.now));
    }
    queue.into_iter().for_each(|notice| change.notice(notice));
    Ok(fresh.len())
}

/// The key of a telling's messages, without person and channel.
pub(super) fn key(escalation: &str, telling: &Telling) -> String {
    match telling.kind.as_str() {
        "stand_down" => format!("escalation/{escalation}/resolved"),
        _ => format!("escalation/{escalation}/L{}", telling.level),
    }
}

/// Who would hear the levels still to come, as of today's organisation.
pub(super) fn outlook(
    escalation: &Escalation,
    firing: &Raised,
    organisation: &Organisation,
) -> Vec<Step> {
    let steps = escalation.outlook().into_iter().map(|(at, level)| {
        let notices = escalation.notices(level);
        let people = notices.iter().filter_map(|notice| {
            let it = resolve(notice.role, &matter(firing), organisation)?;
            Some((PersonId::parse(&it.person).ok()?, it.role.title().to_owned()))
        });
        Step { at, level, people: people.collect() }
    });
    steps.collect()
}

/// The name of a person; the id of one who has left.
pub(super) fn name(organisation: &Organisation, person: &str) -> String {
    let known = PersonId::parse(person).ok().and_then(|id| organisation.people.get(&id));
    known.map_or(person.to_owned(), |person| person.name.clone())
}

fn matter(firing: &Raised) -> Matter<'_> {
    Matter {
        service: firing.service.as_deref(),
        team: firing.firing.attributed_to.as_deref(),
        engineer: firing.engineer.as_deref(),
        dri: firing.dri.as_deref(),
    }
}

fn same(one: &Telling, other: &Telling) -> bool {
    (one.level, &one.kind, &one.person) == (other.level, &other.kind, &other.person)
}

fn at_levels(
    change: &mut Change,
    escalation: &Escalation,
    firing: &Raised,
    notices: &[Notice],
) -> Vec<Telling> {
    let mut found: BTreeMap<String, Telling> = BTreeMap::new();
    for level in Level::ALL {
        let here: Vec<&Notice> = notices.iter().filter(|one| one.level == level).collect();
        let Some(kind) = here.first().map(|notice| notice.kind) else { continue };
        let roles: Vec<Role> = here.iter().map(|notice| notice.role).collect();
        let (people, unfilled) = addressees(&roles, &matter(firing), &*change.organisation);
        for role in unfilled {
            let detail = format!("level: {level}, role: {}", role.title());
            change.event(Event::new("escalations", "role_unfilled", escalation.id(), detail));
        }
        for person in people {
            let telling = Telling {
                level: level.number(),
                kind: word(kind).to_owned(),
                person: person.person.clone(),
                role: person.role.word().to_owned(),
                note: person.note,
                at: change.now,
            };
            found.insert(person.person, telling);
        }
    }
    found.into_values().collect()
}

/// Everybody who was told and is still here hears that it is over.
fn stand_downs(change: &Change, escalation: &Escalation, before: &[Telling]) -> Vec<Telling> {
    let mut people: BTreeMap<&str, &Telling> = BTreeMap::new();
    for telling in before {
        people.entry(&telling.person).or_insert(telling);
    }
    let stand_down = |first: &Telling| Telling {
        level: escalation.level().number(),
        kind: word(NoticeKind::StandDown).to_owned(),
        note: None,
        at: change.now,
        ..first.clone()
    };
    people.into_values().map(stand_down).collect()
}

fn word(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Nudge => "nudge",
        NoticeKind::Flag => "flag",
        NoticeKind::Question => "question",
        NoticeKind::StandDown => "stand_down",
    }
}
