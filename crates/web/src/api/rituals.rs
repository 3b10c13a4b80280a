//! Rituals and the audits ahead.

use axum::Json;
use axum::extract::Path;
use domain::rituals::{Occurrence, Record, Standing};
use jiff::civil::Date;
use operations::rituals::{self as operation, RitualView};
use wire::problems::Problem as Document;
use wire::rituals::{Audit, NewRitualRecord, Ritual, RitualPeriod, RitualRecord, Rituals};

use super::Outcome;
use super::caller::Caller;
use super::sent::Sent;
use crate::problem::Problem;

/// What is held again and again, and the audits ahead.
#[utoipa::path(get, path = "/rituals", tag = "objectives", operation_id = "list_rituals",
    responses((status = 200, body = Rituals), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller) -> Outcome<Rituals> {
    let rituals = operation::list(&caller.app, &caller.actor).await?;
    let audits = operation::audits_ahead(&caller.app, &caller.actor).await?;
    Ok(Json(Rituals {
        rituals: rituals.iter().map(ritual).collect(),
        audits: audits.iter().map(audit).collect(),
    }))
}

/// Says that a ritual was held on a day, or, when that day is still to come, that it is scheduled
/// for it; a second time for the same period corrects the first.
#[utoipa::path(put, path = "/rituals/{id}/records/{day}", tag = "objectives",
    operation_id = "record_ritual",
    params(("id" = String, Path), ("day" = String, Path, description = "`2026-11-25`")),
    request_body = NewRitualRecord,
    responses((status = 200, body = RitualRecord), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn record(
    caller: Caller,
    Path((id, day)): Path<(String, String)>,
    Sent(new): Sent<NewRitualRecord>,
) -> Outcome<RitualRecord> {
    let on: Date = day
        .parse()
        .map_err(|_| Problem::invalid(format!("day: `{day}` is no date such as 2026-11-25")))?;
    let (app, actor) = (&caller.app, &caller.actor);
    let record = operation::record(app, actor, &id, Some(on), &new.words).await?;
    Ok(Json(told(&record)))
}

fn ritual(view: &RitualView) -> Ritual {
    let ritual = &view.ritual;
    Ritual {
        id: ritual.id.to_string(),
        name: ritual.name.clone(),
        owner: ritual.owner.to_string(),
        cadence: ritual.cadence.word().to_owned(),
        next_due: super::instant(view.next_due()),
        periods: view.occurrences.iter().map(period).collect(),
    }
}

fn period(occurrence: &Occurrence) -> RitualPeriod {
    let (state, day) = match occurrence.standing {
        Standing::Held(day) => ("held", Some(day)),
        Standing::Scheduled(day) => ("scheduled", Some(day)),
        Standing::Open => ("open", None),
        Standing::Missed => ("missed", None),
    };
    RitualPeriod {
        first: occurrence.period.first.to_string(),
        last: occurrence.period.last.to_string(),
        due: occurrence.due.to_string(),
        state: state.to_owned(),
        day: day.map(|day| day.to_string()),
    }
}

fn audit(audit: &domain::audits::Audit) -> Audit {
    Audit {
        id: audit.id.to_string(),
        name: audit.name.clone(),
        owner: audit.owner.to_string(),
        begins: audit.begins.to_string(),
        ends: audit.ends.to_string(),
        key_results: audit.key_results.iter().cloned().collect(),
        services: audit.services.iter().map(ToString::to_string).collect(),
    }
}

fn told(record: &Record) -> RitualRecord {
    RitualRecord {
        ritual: record.ritual.to_string(),
        period: record.period.to_string(),
        scheduled_for: record.scheduled_for.map(|day| day.to_string()),
        held_on: record.held_on.map(|day| day.to_string()),
        words: record.words.clone(),
        by: record.by.clone(),
        at: record.at.to_string(),
    }
}
