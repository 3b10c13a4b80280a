//! An import taken back, as if its report had never come; and what stands of imports to read.
//!
//! The rule to remember: all of it or nothing. What the import wrote into ledgers becomes void,
//! what its tool says becomes what the report before had said, and where one ledger cannot be read
//! without the import nothing changes at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::{Actor, Operation};
use domain::findings::{self, Before, Clock, Known, Undoing, Undone};
use domain::record;
use store::findings::{Advance, Stored, Stream, name_of};
use store::imports::{Import, ImportState};

use super::{Prepared, read_aside, unpacked};
use crate::door::{Change, found};
use crate::findings::write;
use crate::policy::SlaRules;
use crate::{App, Refusal, objectives, triggers};

/// How streams of VEX documents are named.
const STATEMENTS: &str = "VEX (";
/// Imports of one stream that are looked at for the one that holds again.
const STREAM_LOOKED_AT: u32 = 200;
/// Entries of ledgers shown of one import.
const DEEDS_SHOWN: u32 = 500;

/// What an import did to one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// `F-17`
    pub finding: String,
    /// The word of the event: `started`, `stopped`, `reopened`, `rebanded`.
    pub event: String,
}

/// What an import wrote into ledgers, at most 500 entries, in order of finding.
pub async fn deeds(app: &App, actor: &Actor, id: &str) -> Result<Vec<Deed>, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let did = store::imports::did(&mut view.session, id, DEEDS_SHOWN).await?;
    Ok(did.into_iter().map(|(number, event)| Deed { finding: name_of(number), event }).collect())
}

/// An import with its report as it came; none where the bytes are not kept any more.
pub async fn report(
    app: &App,
    actor: &Actor,
    id: &str,
) -> Result<(Import, Option<Vec<u8>>), Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let import = found(store::imports::one(&mut view.session, id).await, "import", id)?;
    let bytes = store::imports::report(&mut view.session, &import.digest).await?;
    drop(view);
    Ok((import, bytes.map(unpacked).transpose()?))
}

/// Takes the newest import of its service, tool and scope back. Its closings, openings and new
/// bands are void; what it alone had begun and nothing else sees is withdrawn.
///
/// # Errors
///
/// A conflict where it is not the newest in force, or where a ledger cannot be read without it.
pub async fn undo(app: &App, actor: &Actor, id: &str) -> Result<Import, Refusal> {
    let mut view = app.view(actor, Operation::UndoImport).await?;
    let import = found(store::imports::one(&mut view.session, id).await, "import", id)?;
    let before = before(&mut view.session, &import).await?;
    let bytes = match &before {
        Some(before) => Some(kept(&mut view.session, before).await?),
        None => None,
    };
    drop(view);
    let told = match (&before, bytes) {
        (Some(before), Some(bytes)) => {
            Some(read_aside(app, bytes, vec![before.format.clone()]).await?)
        }
        _ => None,
    };
    take_back(app, actor, import, before.zip(told)).await
}

/// The import whose report holds again; refused where `import` is not one that can be undone.
async fn before(session: &mut store::Session, import: &Import) -> Result<Option<Import>, Refusal> {
    let Import { id, service, stream, .. } = import;
    let refused = |why: String| Err(Refusal::Conflict(format!("import {id} {why}")));
    match import.state {
        ImportState::Held => return refused("is held: it changed nothing".to_owned()),
        ImportState::Undone => return refused("was undone already".to_owned()),
        ImportState::Applied | ImportState::Released => {}
    }
    if stream.tool.starts_with(STATEMENTS) {
        return refused("is a VEX document: send one that says otherwise".to_owned());
    }
    if import.format == crate::dojo::MOVED_IN {
        return refused("moved a product in: its clocks have no other source here".to_owned());
    }
    let mut others =
        store::imports::in_force(session, service, stream, STREAM_LOOKED_AT).await?.into_iter();
    match others.next() {
        Some(newest) if newest.id == *id => {}
        Some(newest) => {
            let newest = newest.id;
            return refused(format!(
                "is not the newest of its tool and scope: undo {newest} first"
            ));
        }
        None => return refused("is not in force".to_owned()),
    }
    // Of two scans of one moment the one that was taken in last holds: the first in this order.
    Ok(others.rev().max_by_key(|import| import.at))
}

async fn kept(session: &mut store::Session, before: &Import) -> Result<Vec<u8>, Refusal> {
    if before.format == crate::dojo::MOVED_IN {
        let id = &before.id;
        return Err(Refusal::Conflict(format!(
            "before it came {id}, which has no report of its own"
        )));
    }
    let bytes = store::imports::report(session, &before.digest).await?.ok_or_else(|| {
        let id = &before.id;
        Refusal::Conflict(format!(
            "the report of {id}, which would hold again, is not kept any more"
        ))
    })?;
    unpacked(bytes)
}

async fn take_back(
    app: &App,
    actor: &Actor,
    import: Import,
    told: Option<(Import, Arc<Prepared>)>,
) -> Result<Import, Refusal> {
    let mut change = app.change(actor, Operation::UndoImport).await?;
    let (now, id, service) = (change.instant(), import.id.clone(), import.service.clone());
    let locked = store::services::lock(&mut change.transaction, &service).await;
    found(locked, "service", &service)?;
    let holds = before(&mut change.transaction, &import).await?.map(|before| before.id);
    if holds.as_ref() != told.as_ref().map(|(before, _)| &before.id) {
        return Err(Refusal::Conflict(format!("another report came in beside {id}; try again")));
    }
    let known = store::findings::known(&mut change.transaction, &service, &import.stream).await?;
    let touched = store::imports::touched(&mut change.transaction, &id).await?;
    let ledgers = store::findings::ledgers(&mut change.transaction, &touched).await?;
    let person = change.actor.name().to_owned();
    let undoing = Undoing {
        import: &id,
        person: &person,
        now,
        before: told.as_ref().map(|(before, prepared)| Before {
            incoming: &prepared.incoming,
            complete: prepared.report.whole && !before.partial,
        }),
    };
    let outcomes = outcomes(&undoing, known, &ledgers, &change)?;
    let incoming = told.as_ref().map_or(&[][..], |(_, prepared)| &prepared.incoming);
    save(&mut change, &import.stream, (&service, incoming), &outcomes).await?;
    store::imports::undo(&mut change.transaction, &id, now, &person).await?;
    objectives::refresh_computed(&mut change).await?;
    let detail = format!("{} findings of {service} stand as before it", outcomes.len());
    change.event(record::Event::new("imports", "undone", &id, detail));
    change.commit().await?;
    Ok(Import { state: ImportState::Undone, undone: Some((now, person)), ..import })
}

type Outcomes = Vec<(Stored<Known>, Undone)>;

fn outcomes(
    undoing: &Undoing<'_>,
    known: Vec<Stored<Known>>,
    ledgers: &BTreeMap<i64, Vec<findings::Entry>>,
    change: &Change,
) -> Result<Outcomes, Refusal> {
    let sla = SlaRules::of(&change.organisation)?;
    let mut outcomes = Vec::new();
    for known in known {
        let ledger = ledgers.get(&known.number).map_or(&[][..], Vec::as_slice);
        let outcome = undoing.outcome(&known.value, ledger, &sla.rules()).map_err(|refused| {
            let (import, finding) = (undoing.import, name_of(known.number));
            Refusal::Conflict(format!(
                "{import} cannot be undone, {finding} went on from it: {refused}; nothing changed"
            ))
        })?;
        outcomes.extend(outcome.map(|outcome| (known, outcome)));
    }
    Ok(outcomes)
}

async fn save(
    change: &mut Change,
    stream: &Stream,
    (service, incoming): (&str, &[findings::Incoming]),
    outcomes: &Outcomes,
) -> Result<(), Refusal> {
    let sla = SlaRules::of(&change.organisation)?;
    let advances: Vec<Advance<'_>> =
        outcomes.iter().map(|(known, undone)| advance(service, known, undone)).collect();
    let transaction = &mut change.transaction;
    store::findings::advance(transaction, &advances, &sla.watching()).await?;
    let described = outcomes.iter().filter_map(|(known, undone)| {
        undone.describe.map(|place| (known.number, &incoming[place]))
    });
    store::findings::describe(transaction, described).await?;
    let sighted = outcomes
        .iter()
        .filter_map(|(known, undone)| Some((known.number, undone.sighting.as_ref()?)));
    store::findings::sight(transaction, stream, sighted).await?;
    let unseen: Vec<i64> = outcomes
        .iter()
        .filter(|(_, undone)| undone.sighting.is_none())
        .map(|(known, _)| known.number)
        .collect();
    store::findings::unsight(transaction, stream, &unseen).await?;
    let is_other = |before: &Clock, after: &Clock| {
        (before.due_at, before.state.is_running()) != (after.due_at, after.state.is_running())
    };
    let moved: Vec<(String, Clock)> = outcomes
        .iter()
        .filter(|(known, undone)| is_other(&known.value.clock, &undone.clock))
        .map(|(_, undone)| (undone.finding.clone(), undone.clock))
        .collect();
    let ids: Vec<String> = moved.iter().map(|(id, _)| id.clone()).collect();
    triggers::look_at(change, &ids).await?;
    write::follow(change, &moved).await
}

fn advance<'a>(service: &'a str, known: &'a Stored<Known>, undone: &'a Undone) -> Advance<'a> {
    Advance {
        number: known.number,
        service,
        version: known.version,
        entries_before: known.entries,
        entries: &undone.entries,
        before: known.value.clock,
        clock: undone.clock,
        assessed: known.value.assessment,
        assessment: undone.assessment,
        held: &known.value.custody,
        custody: &known.value.custody,
    }
}

#[cfg(test)]
#[path = "undo_tests.rs"]
mod tests;
