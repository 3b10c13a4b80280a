//! Objectives and key results with their metrics, and check-ins.

use axum::Json;
use axum::extract::Path;
use domain::metrics::{Measure, Scorecard};
use domain::objectives::{CheckIn as Made, Health, Values};
use jiff::civil::Date;
use operations::objectives::{self as operation, CheckInInput, KeyResultView, ObjectiveView};
use wire::key_results::{CheckIn, Figure, KeyResult, KeyResultDetail, NewCheckIn, Reading, Why};
use wire::objectives::{Driver, Metrics, Objective, Objectives};
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;
use super::sent::Sent;
use crate::problem::Problem;
use crate::rooms::Parameters;

/// The objectives of a quarter, the running one if none is named.
#[utoipa::path(get, path = "/objectives", tag = "objectives", operation_id = "list_objectives",
    params(("quarter" = Option<String>, Query, description = "`FY27-Q3`")),
    responses((status = 200, body = Objectives), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Objectives> {
    let (app, actor) = (&caller.app, &caller.actor);
    let overview = match parameters.get("quarter") {
        Some(label) => operation::overview_of_quarter(app, actor, label).await?,
        None => operation::overview(app, actor).await?,
    };
    Ok(Json(Objectives {
        quarter: overview.quarter.to_string(),
        week: overview.week,
        weeks: overview.weeks,
        sentence: overview.sentence.map(|sentence| sentence.text),
        objectives: overview.objectives.iter().map(objective).collect(),
    }))
}

/// One objective with its key results.
#[utoipa::path(get, path = "/objectives/{id}", tag = "objectives", operation_id = "read_objective",
    params(("id" = String, Path)),
    responses((status = 200, body = Objective), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<Objective> {
    Ok(Json(objective(&operation::objective(&caller.app, &caller.actor, &id).await?)))
}

/// One key result with its readings, check-ins and the why of each metric.
#[utoipa::path(get, path = "/key-results/{id}", tag = "objectives",
    operation_id = "read_key_result",
    params(("id" = String, Path)),
    responses((status = 200, body = KeyResultDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn read(caller: Caller, Path(id): Path<String>) -> Outcome<KeyResultDetail> {
    let found = operation::key_result(&caller.app, &caller.actor, &id).await?;
    Ok(Json(detail(&found.view)))
}

/// Checks in for a week; a second time for the same week corrects the first.
#[utoipa::path(put, path = "/key-results/{id}/check-ins/{monday}", tag = "objectives",
    operation_id = "check_in",
    params(("id" = String, Path), ("monday" = String, Path, description = "`2026-11-23`")),
    request_body = NewCheckIn,
    responses((status = 200, body = CheckIn), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn check_in(
    caller: Caller,
    Path((id, monday)): Path<(String, String)>,
    Sent(new): Sent<NewCheckIn>,
) -> Outcome<CheckIn> {
    let week: Date = monday.parse().map_err(|_| {
        Problem::invalid(format!("monday: `{monday}` is no Monday such as 2026-11-23"))
    })?;
    let health = Health::from_word(&new.health).map_err(|why| Problem::invalid(why.to_string()))?;
    let NewCheckIn { value, done, next, .. } = new;
    let input = CheckInInput { week: Some(week), value, health, done, next };
    let made = operation::check_in(&caller.app, &caller.actor, &id, input).await?;
    Ok(Json(check_in_told(&made.check_in)))
}

fn objective(view: &ObjectiveView) -> Objective {
    let (objective, card) = (&view.objective, &view.scorecard);
    Objective {
        id: objective.id.to_string(),
        code: view.code.clone(),
        title: objective.title.clone(),
        outcome: objective.outcome.clone(),
        quarter: objective.quarter.to_string(),
        owner: view.owner.clone(),
        priority: objective.priority.word().to_owned(),
        metrics: Metrics {
            velocity: card.velocity,
            momentum: card.momentum,
            alignment: card.alignment,
            risk_index: card.risk_index,
            success_probability: card.success_probability,
            success_lowest: card.success_range.map(|(lowest, _)| lowest),
            success_highest: card.success_range.map(|(_, highest)| highest),
            states: card.states.iter().map(|&word| word.to_owned()).collect(),
        },
        drivers: card
            .drivers
            .iter()
            .map(|driver| Driver { key_result: driver.key_result.clone(), lift: driver.lift })
            .collect(),
        key_results: view.key_results.iter().map(key_result).collect(),
    }
}

fn metrics(card: &Scorecard) -> Metrics {
    Metrics {
        velocity: card.velocity.value,
        momentum: card.momentum.value,
        alignment: card.alignment.value.filter(|_| !card.inputs.is_empty()),
        risk_index: card.risk_index.value,
        success_probability: card.success_probability.value,
        success_lowest: card.success_range.map(|(lowest, _)| lowest),
        success_highest: card.success_range.map(|(_, highest)| highest),
        states: card.states.iter().map(|&word| word.to_owned()).collect(),
    }
}

fn key_result(view: &KeyResultView) -> KeyResult {
    let key_result = &view.key_result;
    KeyResult {
        id: key_result.id.to_string(),
        code: view.code.clone(),
        objective: key_result.objective.to_string(),
        title: key_result.title.clone(),
        kind: key_result.kind.word().to_owned(),
        unit: key_result.unit.clone(),
        start_value: key_result.start_value,
        target: key_result.target,
        current: view.last_reading().map(|reading| reading.value),
        owner: view.owner.clone(),
        weight: key_result.weight,
        computed: matches!(key_result.values, Values::Computed(_)),
        starts: key_result.starts.to_string(),
        ends: key_result.ends.to_string(),
        metrics: metrics(&view.scorecard),
        health: view.last_said().map(|said| said.health.word().to_owned()),
    }
}

fn detail(view: &KeyResultView) -> KeyResultDetail {
    let card = &view.scorecard;
    let measures = [
        ("velocity", &card.velocity),
        ("momentum", &card.momentum),
        ("alignment", &card.alignment),
        ("risk_index", &card.risk_index),
        ("success_probability", &card.success_probability),
        ("projection", &card.projection),
    ];
    let reading = |reading: &domain::objectives::Reading| Reading {
        at: reading.at.to_string(),
        value: reading.value,
        source: reading.source.word().to_owned(),
    };
    KeyResultDetail {
        key_result: key_result(view),
        readings: view.readings.iter().map(reading).collect(),
        check_ins: view.check_ins.iter().map(check_in_told).collect(),
        owes: view.owes.iter().map(|(week, _)| week.to_string()).collect(),
        why: measures.into_iter().map(|(name, measure)| why(name, measure)).collect(),
    }
}

fn why(metric: &str, measure: &Measure) -> Why {
    let figure = |figure: &domain::metrics::Figure| Figure {
        name: figure.name.clone(),
        value: figure.value,
    };
    Why {
        metric: metric.to_owned(),
        value: measure.value,
        sentence: measure.why.sentence.clone(),
        figures: measure.why.figures.iter().map(figure).collect(),
    }
}

fn check_in_told(made: &Made) -> CheckIn {
    CheckIn {
        week: made.week.to_string(),
        value: made.value,
        health: made.health.word().to_owned(),
        done: made.done.clone(),
        next: made.next.clone(),
        by: made.by.clone(),
        at: made.at.to_string(),
    }
}
