//! Escalations: what became of a matter, who was told, and the dates people commit to.
//!
//! The chain itself is the domain's; here its outcomes are saved with their events and messages.
//! The rule to remember: every outcome goes through [`save`], so that state, record, tellings and
//! outbox change together. Resolution is caused by facts ([`finding_resolved`], the triggers),
//! never asked for.

mod messages;
mod telling;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::escalations::{
    Escalation, Event as Happening, Level, Outcome, Policy, Raise, Refusal as Declined, Resolution,
};
use domain::notices::{Channel, NoticeState};
use domain::people::PersonId;
use domain::record::Event;
use jiff::Timestamp;
pub use store::escalations::{Promise, Shown, Stored, Telling};
use store::notices::Queued;
pub use store::triggers::Raised;
use store::{Session, StoreError};

use crate::door::{found, relation};
use crate::{App, Change, Refusal};

/// Escalations on one page of a list.
pub const PAGE: u32 = 100;
/// The longest words beside a promised date, in characters.
const WORDS_LENGTH: usize = 2_000;
/// How often a save is repeated when another node was quicker.
const REPEATS: usize = 5;

/// A person who was told, and what became of the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub telling: Telling,
    /// The person's name; their id when they have left.
    pub name: String,
    pub messages: Vec<Message>,
}

/// One message on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    pub channel: Channel,
    pub state: NoticeState,
    /// When the channel took it, or when it failed for good.
    pub settled_at: Option<Timestamp>,
    pub attempts: u32,
    pub last_error: Option<String>,
}

/// An escalation as its page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct EscalationView {
    pub escalation: Escalation,
    pub firing: Raised,
    /// In order of time.
    pub told: Vec<Told>,
    pub promises: Vec<Promise>,
    /// What happens if nothing happens: when which level hears it, and who that would be.
    pub outlook: Vec<Step>,
    /// Until when a date may be committed to now; `None` when none may be.
    pub latest_commitment: Option<Timestamp>,
}

impl EscalationView {
    /// Whether nobody at all was found for the present level: an error, never green.
    pub fn is_told_to_nobody(&self) -> bool {
        let level = self.escalation.level().number();
        !self.escalation.is_resolved() && !self.told.iter().any(|told| told.telling.level == level)
    }
}

/// A level still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub at: Timestamp,
    pub level: Level,
    /// Each person with the title of the role, as of today's organisation.
    pub people: Vec<(PersonId, String)>,
}

/// A page of escalations, newest first, before the one raised at (`before.0`, `before.1`).
pub async fn list(
    app: &App,
    actor: &Actor,
    shown: Shown,
    before: Option<(Timestamp, &str)>,
) -> Result<Vec<EscalationView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadEscalations).await?;
    let page = store::escalations::page(&mut view.session, shown, before, PAGE).await?;
    show(&mut view, page).await
}

/// The open escalations that the actor was told of, oldest first.
pub async fn mine(app: &App, actor: &Actor) -> Result<Vec<EscalationView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadEscalations).await?;
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    let ids = store::escalations::told_to(&mut view.session, person.as_str(), PAGE).await?;
    let told = store::escalations::several(&mut view.session, &ids).await?;
    show(&mut view, told).await
}

/// One escalation with everything its page shows.
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<EscalationView, Refusal> {
    let mut view = app.view(actor, Operation::ReadEscalations).await?;
    let stored = store::escalations::several(&mut view.session, &[id.to_owned()]).await?;
    let shown = show(&mut view, stored).await?.into_iter().next();
    shown.ok_or_else(|| Refusal::not_found("escalation", id))
}

/// The escalations that were ever raised about a finding or key result, newest first, each with
/// the sentence of its trigger.
pub async fn about(
    app: &App,
    actor: &Actor,
    subject: &domain::triggers::Subject,
) -> Result<Vec<EscalationView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadEscalations).await?;
    let (kind, id) = (subject.word(), subject.id());
    let firings = store::triggers::of_subject(&mut view.session, kind, id, PAGE).await?;
    let mut list = Vec::new();
    for firing in firings {
        let id = store::escalations::of_firing(&mut view.session, &firing.id).await?;
        let Some(id) = id else { continue };
        list.push(load(&mut view.session, &id).await?);
    }
    show(&mut view, list).await
}

/// Promises `until`: the climb pauses until then. Once per level; `words` say what will be done.
/// Who was told may promise, and administrators.
///
/// # Errors
///
/// A date in the past or too late, a second promise at one level, a resolved escalation, or words
/// of more than 2,000 characters.
pub async fn commit(
    app: &App,
    actor: &Actor,
    id: &str,
    until: Timestamp,
    words: &str,
) -> Result<Escalation, Refusal> {
    let words = words.trim();
    if words.chars().count() > WORDS_LENGTH {
        return Err(Refusal::invalid(format!("words: at most {WORDS_LENGTH} characters")));
    }
    let mut change = app.change(actor, Operation::CommitToDate).await?;
    let stored = load(&mut change.transaction, id).await?;
    let told = store::escalations::told(&mut change.transaction, id).await?;
    let told: Vec<PersonId> =
        told.iter().filter_map(|telling| PersonId::parse(&telling.person).ok()).collect();
    let whose = relation(actor, &told);
    change.of(whose)?;
    let now = change.now;
    let outcome = stored.escalation.clone().commit(actor.name(), until, now);
    let outcome = outcome.map_err(declined)?;
    let escalation = save(&mut change, &stored, outcome, words).await?;
    change.commit().await?;
    Ok(escalation)
}

fn declined(why: Declined) -> Refusal {
    match why {
        Declined::InThePast { .. } | Declined::TooLate { .. } => {
            Refusal::invalid(format!("until: {why}"))
        }
        Declined::Resolved(_) | Declined::AlreadyCommitted { .. } | Declined::NotThatFar { .. } => {
            Refusal::Conflict(why.to_string())
        }
    }
}

/// Raises the escalation of a firing that was just kept. Answers its id, such as `E-42`.
pub(crate) async fn raise(change: &mut Change, firing: &Raised) -> Result<String, Refusal> {
    let number = store::counters::take(&mut change.transaction, "escalations", 1).await?;
    let raise = Raise {
        id: format!("E-{number}"),
        cause_key: firing.firing.cause_key.clone(),
        first_to: firing.firing.first_to.clone(),
        sla_due: firing.firing.sla_due,
        policy: Policy::default(),
    };
    let outcome = Escalation::raise(raise, change.now);
    let escalation = &outcome.escalation;
    store::escalations::insert(&mut change.transaction, escalation, &firing.id).await?;
    telling::tell(change, escalation, firing, &outcome.notices).await?;
    record(change, &outcome);
    Ok(outcome.escalation.id().to_owned())
}

/// Saves what became of `stored`: the state, the record, who is told and their messages.
pub(crate) async fn save(
    change: &mut Change,
    stored: &Stored,
    outcome: Outcome,
    words: &str,
) -> Result<Escalation, Refusal> {
    if !outcome.changed() {
        return Ok(outcome.escalation);
    }
    let escalation = &outcome.escalation;
    let session = &mut change.transaction;
    store::escalations::save(session, escalation, stored.version, words).await?;
    if !outcome.notices.is_empty() {
        let firing = firing_of(&mut change.transaction, stored).await?;
        telling::tell(change, escalation, &firing, &outcome.notices).await?;
    }
    record(change, &outcome);
    Ok(outcome.escalation)
}

/// A channel accepted the notice of `key`; the window of its level starts.
pub(crate) async fn notice_accepted(change: &mut Change, key: &str) -> Result<(), Refusal> {
    let Some((id, level)) = read_key(key) else { return Ok(()) };
    for _ in 0..REPEATS {
        let stored = store::escalations::one(&mut change.transaction, id).await?;
        let Some(stored) = stored else { return Ok(()) };
        let Ok(outcome) = stored.escalation.clone().accepted(level, change.now) else {
            return Ok(());
        };
        match save(change, &stored, outcome, "").await {
            Err(Refusal::Conflict(_)) => continue,
            other => return other.map(|_| ()),
        }
    }
    Err(Refusal::Conflict(format!("escalation {id} is being changed too often; try again")))
}

/// A fix of `finding` was merged: what climbs because of it pauses until the SLA date.
pub(crate) async fn fix_merged(change: &mut Change, finding: &str) -> Result<(), Refusal> {
    let now = change.now;
    each_of(change, finding, |escalation| escalation.fix_merged(now)).await
}

/// `finding` was closed: what climbs because of it is over, and the firings clear. Answers how many
/// stood.
pub(crate) async fn finding_resolved(
    change: &mut Change,
    finding: &str,
    by: Resolution,
) -> Result<u64, Refusal> {
    let now = change.now;
    let firings = store::triggers::standing_of(&mut change.transaction, "finding", finding).await?;
    for firing in &firings {
        let cause = &firing.firing.cause_key;
        store::triggers::clear(&mut change.transaction, cause, now).await?;
        change.event(Event::new("triggers", "cleared", cause, ""));
        resolve(change, &firing.id, by).await?;
    }
    Ok(firings.len() as u64)
}

/// The SLA date of `finding` moved: what is due follows.
pub(crate) async fn sla_moved(
    change: &mut Change,
    finding: &str,
    to: Option<Timestamp>,
) -> Result<(), Refusal> {
    let now = change.now;
    each_of(change, finding, |escalation| escalation.sla_moved(to, now)).await
}

/// Ends the escalation that `firing` raised.
pub(crate) async fn resolve(
    change: &mut Change,
    firing: &str,
    by: Resolution,
) -> Result<(), Refusal> {
    let id = store::escalations::of_firing(&mut change.transaction, firing).await?;
    let Some(id) = id else { return Ok(()) };
    let stored = load(&mut change.transaction, &id).await?;
    let outcome = stored.escalation.clone().resolve(by, change.now);
    save(change, &stored, outcome, "").await.map(|_| ())
}

/// Tells the present level of an unheard escalation again: the organisation may have changed. Who
/// was told before is not told twice. Answers how many people are new.
pub(crate) async fn tell_again(change: &mut Change, id: &str) -> Result<usize, Refusal> {
    let stored = load(&mut change.transaction, id).await?;
    if !stored.escalation.is_unheard() {
        return Ok(0);
    }
    let firing = firing_of(&mut change.transaction, &stored).await?;
    let notices = stored.escalation.notices(stored.escalation.level());
    telling::tell(change, &stored.escalation, &firing, &notices).await
}

async fn each_of(
    change: &mut Change,
    finding: &str,
    mut step: impl FnMut(Escalation) -> Outcome,
) -> Result<(), Refusal> {
    let firings = store::triggers::standing_of(&mut change.transaction, "finding", finding).await?;
    for firing in firings {
        let id = store::escalations::of_firing(&mut change.transaction, &firing.id).await?;
        let Some(id) = id else { continue };
        let stored = load(&mut change.transaction, &id).await?;
        let outcome = step(stored.escalation.clone());
        save(change, &stored, outcome, "").await?;
    }
    Ok(())
}

/// `escalation/E-42/L2/mara.lind/email` → `E-42`, level 2. Other keys start no window.
fn read_key(key: &str) -> Option<(&str, Level)> {
    let mut parts = key.strip_prefix("escalation/")?.split('/');
    let (id, level) = (parts.next()?, parts.next()?);
    let level = level.strip_prefix('L')?.parse().ok().and_then(Level::from_number)?;
    Some((id, level))
}

pub(crate) async fn load(session: &mut Session, id: &str) -> Result<Stored, Refusal> {
    found(store::escalations::one(session, id).await, "escalation", id)
}

pub(crate) async fn firing_of(session: &mut Session, stored: &Stored) -> Result<Raised, Refusal> {
    let firing = store::triggers::one(session, &stored.firing).await?;
    firing.ok_or_else(|| missing_firing(stored))
}

fn missing_firing(stored: &Stored) -> Refusal {
    let why = format!("its firing {} is missing", stored.firing);
    Refusal::Store(StoreError::unreadable(stored.escalation.id(), why))
}

/// What the pages show of each, in its order. A few statements for all of them, not for each.
async fn show(view: &mut crate::View, page: Vec<Stored>) -> Result<Vec<EscalationView>, Refusal> {
    let ids: Vec<&str> = page.iter().map(|stored| stored.escalation.id()).collect();
    let firings: Vec<&str> = page.iter().map(|stored| stored.firing.as_str()).collect();
    let session = &mut view.session;
    let firings = store::triggers::several(session, &firings).await?;
    let mut firings: BTreeMap<String, Raised> =
        firings.into_iter().map(|firing| (firing.id.clone(), firing)).collect();
    let mut told = store::escalations::told_of(session, &ids).await?;
    let mut promises = store::escalations::promises_of(session, &ids).await?;
    let queued = store::notices::about(session, &ids).await?;
    let mut shown = Vec::with_capacity(page.len());
    for stored in &page {
        let id = stored.escalation.id();
        let firing = firings.remove(&stored.firing).ok_or_else(|| missing_firing(stored))?;
        let tellings = told.remove(id).unwrap_or_default();
        let told = tellings.into_iter().map(|telling| person_told(view, id, telling, &queued));
        let told = told.collect();
        let promises = promises.remove(id).unwrap_or_default();
        shown.push(with_outlook(view, stored.escalation.clone(), firing, (told, promises)));
    }
    Ok(shown)
}

/// A person who was told of the escalation `id`, with those of `queued` that were for them.
fn person_told(view: &crate::View, id: &str, telling: Telling, queued: &[Queued]) -> Told {
    let part = telling::key(id, &telling) + "/";
    let messages = queued.iter().filter(|one| one.notice.key.starts_with(&part));
    let messages = messages.filter(|one| one.notice.person == telling.person);
    let messages = messages.map(|one| Message {
        key: one.notice.key.clone(),
        channel: one.notice.channel,
        state: one.state,
        settled_at: one.settled_at,
        attempts: one.attempts,
        last_error: one.last_error.clone(),
    });
    Told {
        name: telling::name(&view.organisation, &telling.person),
        messages: messages.collect(),
        telling,
    }
}

fn with_outlook(
    view: &crate::View,
    escalation: Escalation,
    firing: Raised,
    (told, promises): (Vec<Told>, Vec<Promise>),
) -> EscalationView {
    let outlook = telling::outlook(&escalation, &firing, &view.organisation);
    let level = escalation.level();
    let promised = escalation.commitments().iter().any(|one| one.level == level);
    let latest = escalation.latest_commitment(view.now);
    let may = !escalation.is_resolved() && !promised && latest > view.now;
    let latest_commitment = may.then_some(latest);
    EscalationView { escalation, firing, told, promises, outlook, latest_commitment }
}

fn record(change: &mut Change, outcome: &Outcome) {
    for happening in &outcome.events {
        let detail = detail(happening);
        change.event(Event::new("escalations", happening.word(), outcome.escalation.id(), detail));
    }
}

fn detail(happening: &Happening) -> String {
    match happening {
        Happening::Raised { level, .. }
        | Happening::Heard { level, .. }
        | Happening::NobodyCouldBeTold { level, .. } => format!("level: {level}"),
        Happening::Acknowledged { by, .. } => format!("by: {by}"),
        Happening::Committed { by, until, .. } | Happening::CommitmentBroken { by, until, .. } => {
            format!("by: {by}, until: {until}")
        }
        Happening::FixMerged { .. } | Happening::PauseEnded { .. } => String::new(),
        Happening::SlaMoved { from, to, .. } => {
            let word = |at: &Option<Timestamp>| at.map_or("none".into(), |at| at.to_string());
            format!("from: {}, to: {}", word(from), word(to))
        }
        Happening::Climbed { from, to, .. } => format!("from: {from}, to: {to}"),
        Happening::Resolved { by, .. } => format!("by: {}", by.word()),
    }
}
