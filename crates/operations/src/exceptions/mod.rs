//! Exceptions: asked for by one person, granted by an administrator who is another, and ended by
//! the clock.
//!
//! The rule to remember: what an exception covers is looked up, never guessed: the dry run, the
//! decision and the watch ask the same question. An exception moves no promise, so that no key
//! result gets better by it.

mod covering;
mod watching;

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::exceptions::{
    Exception, ExceptionRefused, ExceptionState, Request, Scope, TEXT_LENGTH,
};
use domain::people::TeamId;
use domain::policy::civil_day;
use domain::record;
use jiff::Timestamp;
use store::counters;
use store::exceptions::{Kept, exception_name};
use store::findings::number_of;

pub use covering::{COVERED_MOST, Coverage};
use covering::{accept, coverage};
pub(crate) use watching::look;
use watching::{end, looks_at};

use crate::door::{Change, found};
use crate::notices::{Message, to_person};
use crate::{App, Refusal, objectives};

/// Exceptions of a list: the newest.
const LISTED: u32 = 500;

/// An exception as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionView {
    pub exception: Exception,
    /// What is accepted by it now, in how many services.
    pub findings: u64,
    pub services: u64,
    /// Whether the actor may approve or refuse it.
    pub may_decide: bool,
    pub may_revoke: bool,
}

/// How an exception that was asked for is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve,
    Refuse,
    /// Ends one that holds.
    Revoke,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Decision; 3] = [Decision::Approve, Decision::Refuse, Decision::Revoke];

    /// The word used in the API and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::Refuse => "refuse",
            Decision::Revoke => "revoke",
        }
    }

    /// The decision a word stands for.
    pub fn from_word(word: &str) -> Option<Decision> {
        Decision::ALL.into_iter().find(|decision| decision.word() == word)
    }
}

/// The newest exceptions, of one state or of all.
pub async fn list(
    app: &App,
    actor: &Actor,
    state: Option<ExceptionState>,
) -> Result<Vec<ExceptionView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let kept = store::exceptions::list(&mut view.session, state, LISTED).await?;
    let covered: BTreeMap<String, (u64, u64)> = store::exceptions::covered(&mut view.session)
        .await?
        .into_iter()
        .map(|(id, findings, services)| (id, (findings, services)))
        .collect();
    let shown = |kept: Kept| {
        let counts = covered.get(&kept.exception.id).copied().unwrap_or_default();
        shown(actor, kept.exception, counts)
    };
    Ok(kept.into_iter().map(shown).collect())
}

/// How many findings of each band are accepted now: shown beside key results, which count them.
pub async fn accepted(app: &App, actor: &Actor) -> Result<Vec<store::findings::Accepted>, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let now = view.now;
    Ok(store::findings::accepted(&mut view.session, now).await?)
}

/// One exception by its id (`X-3`).
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<ExceptionView, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let kept = found(store::exceptions::one(&mut view.session, id).await, "exception", id)?;
    let covered = store::exceptions::covered(&mut view.session).await?;
    let counts = covered.into_iter().find(|(name, ..)| name == id);
    let counts = counts.map_or((0, 0), |(_, findings, services)| (findings, services));
    Ok(shown(actor, kept.exception, counts))
}

fn shown(actor: &Actor, exception: Exception, (findings, services): (u64, u64)) -> ExceptionView {
    use domain::access::{Relation, may};
    let decides = may(actor, Operation::DecideException, Relation::Foreign);
    ExceptionView {
        may_decide: decides && exception.may_be_decided(actor.person()).is_ok(),
        may_revoke: decides && exception.may_be_revoked().is_ok(),
        exception,
        findings,
        services,
    }
}

/// What an exception would cover if it were granted now; nothing is kept.
///
/// # Errors
///
/// As [`request`].
pub async fn dry_run(app: &App, actor: &Actor, request: Request) -> Result<Coverage, Refusal> {
    let mut view = app.view(actor, Operation::RequestException).await?;
    let request = Request { scope: request.scope.trimmed(), ..request };
    let today = civil_day(view.now, &view.organisation.zone);
    request.check(today, 0).map_err(refused)?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    known(&mut view.session, &organisation, &request.scope).await?;
    let coverage = coverage(&mut view.session, &request.scope).await?;
    request.check(today, coverage.critical).map_err(refused)?;
    Ok(coverage)
}

/// Asks for an exception. Members may, as themselves; it covers nothing before another person, an
/// administrator, grants it.
///
/// # Errors
///
/// A scope that is empty or names what is not there, a text that is missing, an end too far away.
pub async fn request(app: &App, actor: &Actor, request: Request) -> Result<ExceptionView, Refusal> {
    let request = Request {
        scope: request.scope.trimmed(),
        reason: request.reason.trim().to_owned(),
        control: request.control.trim().to_owned(),
        until: request.until,
    };
    dry_run(app, actor, request.clone()).await?;
    let mut change = app.change(actor, Operation::RequestException).await?;
    if change.actor.person().is_none() {
        return Err(refused(ExceptionRefused::NoPerson(change.actor.name().to_owned())));
    }
    let number = counters::take(&mut change.transaction, "exceptions", 1).await?.cast_signed();
    let exception = Exception {
        id: exception_name(number),
        request,
        state: ExceptionState::Requested,
        requester: change.actor.name().to_owned(),
        requested_at: change.instant(),
        decider: None,
        decided_at: None,
        note: None,
        ended_at: None,
        ended_by: None,
        reminded: None,
    };
    store::exceptions::insert(&mut change.transaction, &exception).await?;
    let (id, words) = (&exception.id, exception.request.scope.words());
    let detail = format!("{words}, until {}", exception.request.until);
    change.event(record::Event::new("exceptions", "requested", id, detail));
    change.commit().await?;
    one(app, actor, &exception.id).await
}

/// What approving it would cover now; nothing changes.
pub async fn preview(app: &App, actor: &Actor, id: &str) -> Result<Coverage, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let kept = found(store::exceptions::one(&mut view.session, id).await, "exception", id)?;
    coverage(&mut view.session, &kept.exception.request.scope).await
}

/// Grants or refuses what another person asked for, or ends what holds. Granting accepts all that
/// is covered; ending lets those clocks go on with the time they have used.
///
/// # Errors
///
/// When the actor asked for it, when it is decided already, or when it covers more than
/// [`COVERED_MOST`] findings or a critical one for longer than 30 days by now.
pub async fn decide(
    app: &App,
    actor: &Actor,
    id: &str,
    decision: Decision,
    note: &str,
) -> Result<ExceptionView, Refusal> {
    let note = note.trim();
    if note.chars().count() > TEXT_LENGTH {
        return Err(refused(ExceptionRefused::Text { field: "note", longest: TEXT_LENGTH }));
    }
    let mut change = app.change(actor, Operation::DecideException).await?;
    let kept = found(store::exceptions::one(&mut change.transaction, id).await, "exception", id)?;
    match decision {
        Decision::Approve => approve(&mut change, kept, note).await?,
        Decision::Refuse => refuse(&mut change, kept, note).await?,
        Decision::Revoke => revoke(&mut change, kept, note).await?,
    }
    change.commit().await?;
    one(app, actor, id).await
}

async fn approve(change: &mut Change, mut kept: Kept, note: &str) -> Result<(), Refusal> {
    kept.exception.may_be_decided(change.actor.person()).map_err(refused)?;
    let (now, zone) = (change.instant(), change.organisation.zone.clone());
    let request = &kept.exception.request;
    let coverage = coverage(&mut change.transaction, &request.scope).await?;
    request.check(civil_day(now, &zone), coverage.critical).map_err(refused)?;
    decided(change, &mut kept, ExceptionState::Approved, note);
    accept(change, &kept, &coverage.numbers).await?;
    kept.looked_to = coverage.numbers.last().copied().unwrap_or(0);
    looks_at(&mut kept, now, &zone);
    store::exceptions::save(&mut change.transaction, &kept).await?;
    let Exception { id, requester, .. } = &kept.exception;
    let detail = format!("asked for by {requester}; covers {}", coverage.words());
    change.event(record::Event::new("exceptions", "approved", id, detail));
    objectives::refresh_computed(change).await?;
    tell_requester(change, &kept.exception);
    Ok(())
}

async fn refuse(change: &mut Change, mut kept: Kept, note: &str) -> Result<(), Refusal> {
    kept.exception.may_be_decided(change.actor.person()).map_err(refused)?;
    decided(change, &mut kept, ExceptionState::Refused, note);
    store::exceptions::save(&mut change.transaction, &kept).await?;
    change.event(record::Event::new("exceptions", "refused", &kept.exception.id, note));
    tell_requester(change, &kept.exception);
    Ok(())
}

async fn revoke(change: &mut Change, kept: Kept, note: &str) -> Result<(), Refusal> {
    kept.exception.may_be_revoked().map_err(refused)?;
    if change.actor.person().is_none() {
        return Err(refused(ExceptionRefused::NoPerson(change.actor.name().to_owned())));
    }
    let (id, now) = (kept.exception.id.clone(), change.instant());
    let by = Some(change.actor.name().to_owned());
    end(change, kept, ExceptionState::Revoked, (now, by)).await?;
    change.event(record::Event::new("exceptions", "revoked", id, note));
    objectives::refresh_computed(change).await
}

fn decided(change: &Change, kept: &mut Kept, state: ExceptionState, note: &str) {
    let exception = &mut kept.exception;
    exception.state = state;
    exception.decider = Some(change.actor.name().to_owned());
    exception.decided_at = Some(change.instant());
    exception.note = Some(note.to_owned()).filter(|note| !note.is_empty());
}

/// Who asked hears what was decided.
fn tell_requester(change: &mut Change, exception: &Exception) {
    let Exception { id, request, state, .. } = exception;
    let (words, address) = (request.scope.words(), std::sync::Arc::clone(&change.address));
    let by = exception.decider.as_deref().unwrap_or("somebody");
    let note = exception.note.as_deref().unwrap_or_default();
    let message = Message {
        key: &format!("exception/{id}/decided"),
        about: id,
        subject: &format!("{id} is {}: {words}", state.word()),
        body: &format!("{by} {} it. {note}\n\n{address}/exceptions\n", state.word()),
    };
    tell(change, &exception.requester, &message, exception.decided_at);
}

fn tell(change: &mut Change, person: &str, message: &Message, at: Option<Timestamp>) {
    let Ok(person) = domain::people::PersonId::parse(person) else { return };
    let organisation = std::sync::Arc::clone(&change.organisation);
    for notice in to_person(&organisation, &person, message, at.unwrap_or(change.now)) {
        change.notice(notice);
    }
}

/// Whether all that the scope names is there: a mistake in a name would cover nothing in silence.
async fn known(
    session: &mut store::Session,
    organisation: &domain::people::Organisation,
    scope: &Scope,
) -> Result<(), Refusal> {
    let missing =
        |field: &str, name: &str| Refusal::invalid(format!("{field}: there is no `{name}`"));
    if let Some(finding) = &scope.finding {
        let number = number_of(finding).ok_or_else(|| missing("finding", finding))?;
        let stored = store::findings::one(session, number).await?;
        stored.ok_or_else(|| missing("finding", finding))?;
    }
    if let Some(service) = &scope.service {
        let stored = store::services::one(session, service).await?;
        stored.ok_or_else(|| missing("service", service))?;
    }
    if let Some(team) = &scope.team {
        let known = TeamId::parse(team).ok().filter(|id| organisation.teams.contains_key(id));
        known.ok_or_else(|| missing("team", team))?;
    }
    Ok(())
}

fn refused(refused: ExceptionRefused) -> Refusal {
    match refused {
        ExceptionRefused::State { .. } | ExceptionRefused::SamePerson(_) => {
            Refusal::Conflict(refused.to_string())
        }
        other => Refusal::invalid(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
