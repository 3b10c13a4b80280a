//! Escalations: the list, one with its outlook, a date somebody commits to.

use axum::Json;
use axum::extract::Path;
use jiff::Timestamp;
use operations::escalations::{self as operation, EscalationView};
use wire::escalations::{Commitment, Escalation, Escalations, NewCommitment, Step, Told};
use wire::key_results::Figure;
use wire::problems::Problem as Document;

use super::caller::Caller;
use super::sent::Sent;
use super::{BASE, Outcome, instant};
use crate::places::Place;
use crate::problem::Problem;
use crate::rooms::Parameters;
use crate::rooms::escalations::shown;

/// Escalations, newest first; the open ones if nothing is said.
#[utoipa::path(get, path = "/escalations", tag = "escalations",
    operation_id = "list_escalations",
    params(
        ("state" = Option<String>, Query, description = "`open`, `ended` or `all`"),
        ("after" = Option<String>, Query, description = "where a page goes on, from `next`"),
    ),
    responses((status = 200, body = Escalations), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Escalations> {
    let place = Place::read(parameters.get("after"))?;
    let shown = shown(parameters.text("state"))?;
    let (app, actor) = (&caller.app, &caller.actor);
    let page = operation::list(app, actor, shown, Place::parts(&place)).await?;
    let is_full = page.len() as u32 >= operation::PAGE;
    let next = page.last().filter(|_| is_full).map(|last| {
        let place = Place::text(last.escalation.raised_at(), last.escalation.id());
        parameters.with(&format!("{BASE}/escalations"), "after", &place)
    });
    Ok(Json(Escalations { escalations: page.iter().map(told).collect(), next }))
}

/// One escalation: who was told, and what happens if nothing happens.
#[utoipa::path(get, path = "/escalations/{id}", tag = "escalations",
    operation_id = "read_escalation",
    params(("id" = String, Path, description = "`E-42`")),
    responses((status = 200, body = Escalation), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<Escalation> {
    Ok(Json(told(&operation::one(&caller.app, &caller.actor, &id).await?)))
}

/// Commits to a date: the climb pauses until then. Once per level.
#[utoipa::path(put, path = "/escalations/{id}/commitment", tag = "escalations",
    operation_id = "commit_to_date",
    params(("id" = String, Path, description = "`E-42`")),
    request_body = NewCommitment,
    responses((status = 200, body = Escalation), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn commit(
    caller: Caller,
    Path(id): Path<String>,
    Sent(new): Sent<NewCommitment>,
) -> Outcome<Escalation> {
    let until: Timestamp = new.until.parse().map_err(|_| {
        Problem::invalid(format!("until: `{}` is no instant of RFC 3339", new.until))
    })?;
    let (app, actor) = (&caller.app, &caller.actor);
    operation::commit(app, actor, &id, until, &new.words).await?;
    Ok(Json(told(&operation::one(app, actor, &id).await?)))
}

fn told(view: &EscalationView) -> Escalation {
    let (escalation, firing) = (&view.escalation, &view.firing.firing);
    let figure = |figure: &domain::metrics::Figure| Figure {
        name: figure.name.clone(),
        value: figure.value,
    };
    Escalation {
        id: escalation.id().to_owned(),
        title: view.firing.title.clone(),
        level: escalation.level().number(),
        state: escalation.state().word().to_owned(),
        trigger: firing.trigger.to_owned(),
        subject_kind: firing.subject.word().to_owned(),
        subject: firing.subject.id().to_owned(),
        sentence: firing.sentence.clone(),
        figures: firing.figures.iter().map(figure).collect(),
        clears: firing.clears.clone(),
        raised_at: escalation.raised_at().to_string(),
        sla_due: instant(escalation.sla_due()),
        told: view.told.iter().map(person).collect(),
        commitments: view.promises.iter().map(commitment).collect(),
        outlook: view.outlook.iter().map(step).collect(),
        latest_commitment: instant(view.latest_commitment),
    }
}

fn person(told: &operation::Told) -> Told {
    let telling = &told.telling;
    Told {
        level: telling.level,
        kind: telling.kind.clone(),
        person: telling.person.clone(),
        role: telling.role.clone(),
        note: telling.note.clone(),
        at: telling.at.to_string(),
    }
}

fn commitment(promise: &operation::Promise) -> Commitment {
    Commitment {
        level: promise.level,
        person: promise.person.clone(),
        until: promise.until.to_string(),
        at: promise.at.to_string(),
        words: promise.words.clone(),
    }
}

fn step(step: &operation::Step) -> Step {
    Step {
        level: step.level.number(),
        at: step.at.to_string(),
        people: step.people.iter().map(|(person, _)| person.to_string()).collect(),
    }
}
