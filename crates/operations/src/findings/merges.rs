//! Findings that are one: the same weakness of the same package under two names.
//!
//! When a name is learned to stand for a CVE, findings known by that name take the CVE's identity;
//! where there is a finding of that identity already, the two become one. The clock that started
//! first goes on. A merge can be undone: both are then as if it had never been, and the name stands
//! for nothing any more, so that it is not merged again.

use domain::access::{Actor, Operation};
use domain::findings::{Event, Finding, Grounds, Identity, Meant, State, StopReason};
use domain::record;
use store::counters;
use store::findings::{Merge, Stored, aliases};

use super::write;
use crate::door::{Change, found};
use crate::duties::{BATCH, Done};
use crate::{App, Refusal, exploited};

/// Renames or merges what is known by one of the names in `meant`, in `service` or in all services;
/// `meant` is in order of name. Answers how many.
pub(crate) async fn adopt(
    change: &mut Change,
    meant: &[(&str, &str)],
    service: Option<&str>,
) -> Result<u64, Refusal> {
    let names: Vec<&str> = meant.iter().map(|(alias, _)| *alias).collect();
    let mut adopted = 0;
    let mut renamed = Vec::new();
    for stored in aliases::known_as(&mut change.transaction, &names, service).await? {
        let known_as = stored.value.identity.weakness().unwrap_or_default();
        let place = meant.binary_search_by(|(alias, _)| (*alias).cmp(known_as));
        let Ok(place) = place else { continue };
        let (alias, canonical) = meant[place];
        let Some(identity) = stored.value.identity.renamed(alias, canonical) else { continue };
        adopted += 1;
        let service = stored.value.service.clone();
        let other = aliases::of_identity(&mut change.transaction, &service, &identity).await?;
        match other {
            None => {
                let number = stored.number;
                aliases::rename(&mut change.transaction, number, &identity, Some(canonical))
                    .await?;
                let detail = format!("{alias} is {canonical}");
                change.event(record::Event::new("findings", "renamed", &stored.value.id, detail));
                renamed.push(number);
            }
            Some(other) => merge(change, stored, other, (alias, canonical)).await?,
        }
    }
    exploited::follow(change, &renamed).await?;
    Ok(adopted)
}

async fn merge(
    change: &mut Change,
    renamed: Stored<Finding>,
    other: Stored<Finding>,
    (alias, canonical): (&str, &str),
) -> Result<(), Refusal> {
    let identity = other.value.identity.clone();
    let is_first = renamed.value.clock.opened_at < other.value.clock.opened_at;
    let (survivor, absorbed) = if is_first { (renamed, other) } else { (other, renamed) };
    let number = counters::take(&mut change.transaction, "merges", 1).await?.cast_signed();
    let (kept, gone) = (survivor.value.id.clone(), absorbed.value.id.clone());
    let was_running = !absorbed.value.clock.state.is_closed();
    let (from, to) = (absorbed.number, survivor.number);
    let moved = aliases::move_sightings(&mut change.transaction, from, to).await?;
    let merge = Merge {
        number,
        at: change.instant(),
        actor: change.actor.name().to_owned(),
        alias: alias.to_owned(),
        canonical: canonical.to_owned(),
        survivor: kept.clone(),
        absorbed: gone.clone(),
        survivor_identity: survivor.value.identity.clone(),
        absorbed_identity: absorbed.value.identity.clone(),
        moved,
        undone_at: None,
    };
    let mut writes = Vec::new();
    if was_running {
        let person = change.actor.name().to_owned();
        let grounds = Grounds::Person { person, note: format!("{alias} is {canonical}: {kept}") };
        writes.push((absorbed, Event::Stopped { reason: StopReason::Merged, grounds }));
        if survivor.value.clock.state.is_closed() && survivor.value.clock.state != State::Merged {
            writes.push((survivor, Event::Reopened));
        }
    }
    write::write(change, &writes).await?;
    // The absorbed one first: an identity stands once in a service.
    let parted = Identity::merged(&gone);
    aliases::rename(&mut change.transaction, from, &parted, Some(canonical)).await?;
    aliases::rename(&mut change.transaction, to, &identity, Some(canonical)).await?;
    aliases::insert_merge(&mut change.transaction, &merge).await?;
    let detail = format!("with {gone}: {alias} is {canonical}");
    change.event(record::Event::new("findings", "merged", kept, detail));
    Ok(())
}

/// Looks in every service for what was learned of names.
pub(crate) async fn look(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let mut fresh = aliases::fresh(&mut change.transaction, BATCH).await?;
    let mut done = Done { more: fresh.len() == BATCH as usize, ..Done::default() };
    if fresh.is_empty() {
        return Ok(done);
    }
    if let Some((last, _)) = fresh.last() {
        aliases::settle(&mut change.transaction, last).await?;
    }
    // Engines differ in how they order letters.
    fresh.sort();
    let meant: Vec<(&str, &str)> =
        fresh.iter().map(|(alias, canonical)| (alias.as_str(), canonical.as_str())).collect();
    let adopted = adopt(&mut change, &meant, None).await?;
    fresh.iter().for_each(|_| done.count(now, now));
    if adopted > 0 {
        done.lines.push(format!("{adopted} findings have the CVE of their name"));
    }
    change.commit().await?;
    Ok(done)
}

/// Undoes a merge. The finding that was absorbed goes on as if it had been open all the time.
pub async fn part(app: &App, actor: &Actor, number: i64) -> Result<Merge, Refusal> {
    let mut change = app.change(actor, Operation::MergeFindings).await?;
    let name = format!("merge {number}");
    let merge = found(aliases::merge(&mut change.transaction, number).await, "merge", &name)?;
    let (now, by) = (change.instant(), change.actor.name().to_owned());
    if !aliases::undo_merge(&mut change.transaction, number, now, &by).await? {
        return Err(Refusal::Conflict(format!("{name} was undone already")));
    }
    let survivor = stored(&mut change, &merge.survivor).await?;
    let absorbed = stored(&mut change, &merge.absorbed).await?;
    let meant = [(merge.alias.clone(), Meant::Several)];
    aliases::learn(&mut change.transaction, &meant).await?;
    let (from, to) = (survivor.number, absorbed.number);
    aliases::give_back(&mut change.transaction, (from, to), &merge.moved).await?;
    if absorbed.value.clock.state == State::Merged {
        write::write(&mut change, &[(absorbed, Event::Reopened)]).await?;
    }
    let weakness = |identity: &Identity| {
        let is_alias = identity.renamed(&merge.alias, &merge.canonical).is_some();
        if is_alias { merge.alias.clone() } else { merge.canonical.clone() }
    };
    for (number, identity) in [(from, &merge.survivor_identity), (to, &merge.absorbed_identity)] {
        let weakness = weakness(identity);
        let transaction = &mut change.transaction;
        aliases::rename(transaction, number, identity, Some(&weakness)).await?;
    }
    let detail = format!("from {}: {} stands for nothing", merge.absorbed, merge.alias);
    change.event(record::Event::new("findings", "parted", &merge.survivor, detail));
    change.commit().await?;
    Ok(Merge { undone_at: Some(now), ..merge })
}

async fn stored(change: &mut Change, id: &str) -> Result<Stored<Finding>, Refusal> {
    let stored = store::findings::stored(&mut change.transaction, super::number(id)?).await;
    found(stored, "finding", id)
}

#[cfg(test)]
#[path = "merges_tests.rs"]
mod tests;
