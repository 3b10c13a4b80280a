//! Who holds a finding, and when its clock stands still: what people say of it.
//!
//! A hand-over books the hours from now on to somebody else; the deadline does not move. A pause
//! does move it, so that only an administrator may grant one, for at most [`PAUSE_LONGEST`] days,
//! and their name stands in the ledger.

use domain::access::{Actor, Operation};
use domain::findings::{Cause, Event, Finding, Holder, PauseReason};
use domain::people::TeamId;
use domain::policy::{civil_day, last_second};
use domain::record;
use jiff::ToSpan;
use jiff::civil::Date;
use store::findings::Stored;

use super::{FindingView, answering, number, one, write};
use crate::door::{Change, found, relation};
use crate::{App, Refusal};

/// How many findings change hands at a time.
const BATCH: u32 = 500;
/// The longest pause, in days.
pub const PAUSE_LONGEST: i32 = 30;
/// The longest text that goes with one of these, in characters.
const NOTE_LENGTH: usize = 1_000;
/// The longest name of a vendor, in characters.
const VENDOR_LENGTH: usize = 100;

/// Gives a finding to `team`, whose hours it uses from now on. Those who hold it may, and
/// administrators.
pub async fn hand_over(
    app: &App,
    actor: &Actor,
    id: &str,
    team: &str,
) -> Result<FindingView, Refusal> {
    let (mut change, stored) = own(app, actor, Operation::HandOverFinding, id).await?;
    let team = TeamId::parse(team.trim())
        .ok()
        .filter(|team| change.organisation.teams.contains_key(team))
        .ok_or_else(|| Refusal::invalid(format!("team: there is no team `{}`", team.trim())))?;
    let to = Some(Holder::Team(team.as_str().to_owned()));
    let event = Event::HandedOver { to, by: change.actor.name().to_owned() };
    change.event(record::Event::new("findings", "handed_over", id, team.as_str()));
    write::write(&mut change, &[(stored, event)]).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Says that nothing can be done before `vendor` delivers: the hours are the vendor's until the
/// finding is handed over again. The team stays its owner, and the deadline stays.
pub async fn wait_for_vendor(
    app: &App,
    actor: &Actor,
    id: &str,
    vendor: &str,
) -> Result<FindingView, Refusal> {
    let (mut change, stored) = own(app, actor, Operation::HandOverFinding, id).await?;
    let vendor = text("vendor", vendor, VENDOR_LENGTH)?;
    let to = Some(Holder::Vendor(vendor.clone()));
    let event = Event::HandedOver { to, by: change.actor.name().to_owned() };
    change.event(record::Event::new("findings", "waits_for_vendor", id, &vendor));
    write::write(&mut change, &[(stored, event)]).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Lets the clock stand still until the end of `until` at the latest; the actor is the approver.
pub async fn pause(
    app: &App,
    actor: &Actor,
    id: &str,
    (reason, note): (PauseReason, &str),
    until: Date,
) -> Result<FindingView, Refusal> {
    let (mut change, stored) = any(app, actor, Operation::PauseClock, id).await?;
    let note = text("note", note, NOTE_LENGTH)?;
    let zone = change.organisation.zone.clone();
    let today = civil_day(change.now, &zone);
    let longest = today.saturating_add(PAUSE_LONGEST.days());
    if until < today || until > longest {
        return Err(Refusal::invalid(format!(
            "until: {until} is not between today and {longest}; a pause lasts at most \
             {PAUSE_LONGEST} days"
        )));
    }
    let approver = change.actor.name().to_owned();
    let event =
        Event::Paused { reason, note: note.clone(), approver, until: last_second(until, &zone) };
    let detail = format!("{} until {until}: {note}", reason.word());
    change.event(record::Event::new("findings", "paused", id, detail));
    write::write(&mut change, &[(stored, event)]).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Lets a paused clock go on before its time.
pub async fn resume(app: &App, actor: &Actor, id: &str) -> Result<FindingView, Refusal> {
    let (mut change, stored) = own(app, actor, Operation::ResumeClock, id).await?;
    let event = Event::Resumed { by: Some(change.actor.name().to_owned()) };
    change.event(record::Event::new("findings", "resumed", id, ""));
    write::write(&mut change, &[(stored, event)]).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Judges the cause of a breach otherwise than the rule did. What was frozen stays in the ledger.
pub async fn correct_cause(
    app: &App,
    actor: &Actor,
    id: &str,
    cause: Cause,
    note: &str,
) -> Result<FindingView, Refusal> {
    let (mut change, stored) = any(app, actor, Operation::JudgeCause, id).await?;
    let note = text("note", note, NOTE_LENGTH)?;
    let person = change.actor.name().to_owned();
    let detail = format!("{}: {note}", cause.word());
    change.event(record::Event::new("findings", "cause_corrected", id, detail));
    let event = Event::CauseCorrected { cause, person, note };
    write::write(&mut change, &[(stored, event)]).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Hands everything that the owner of `service` has to its new owner; none = nobody.
pub(crate) async fn follow_service(
    change: &mut Change,
    service: &str,
    owner: Option<&str>,
) -> Result<(), Refusal> {
    let to = owner.map(|team| Holder::Team(team.to_owned()));
    let by = "service".to_owned();
    let mut after = 0;
    loop {
        let transaction = &mut change.transaction;
        let batch = store::findings::held_by_service(transaction, service, after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = last.number;
        let over = |stored: Stored<Finding>| {
            (stored, Event::HandedOver { to: to.clone(), by: by.clone() })
        };
        let writes: Vec<_> = batch.into_iter().map(over).collect();
        write::write(change, &writes).await?;
    }
    Ok(store::findings::reassign(&mut change.transaction, service, owner).await?)
}

/// Opens the door for something that those who hold the finding may do.
pub(super) async fn own(
    app: &App,
    actor: &Actor,
    operation: Operation,
    id: &str,
) -> Result<(Change, Stored<Finding>), Refusal> {
    let (mut change, stored) = any(app, actor, operation, id).await?;
    let organisation = std::sync::Arc::clone(&change.organisation);
    let answering = answering(&organisation, stored.value.custody.team.as_deref());
    change.of(relation(actor, answering))?;
    Ok((change, stored))
}

async fn any(
    app: &App,
    actor: &Actor,
    operation: Operation,
    id: &str,
) -> Result<(Change, Stored<Finding>), Refusal> {
    let mut change = app.change(actor, operation).await?;
    let stored = store::findings::stored(&mut change.transaction, number(id)?).await;
    let stored = found(stored, "finding", id)?;
    Ok((change, stored))
}

fn text(name: &str, given: &str, longest: usize) -> Result<String, Refusal> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > longest {
        return Err(Refusal::invalid(format!("{name}: write 1 to {longest} characters")));
    }
    Ok(given.to_owned())
}
