//! Reports over what is stored.

use axum::Json;
use domain::findings::Band;
use operations::findings::{self as operation, Backlog as Counted, Count};
use wire::problems::Problem as Document;
use wire::reports::{Backlog, BacklogCount, Baseline, ServiceBacklog, TeamBacklog};

use super::Outcome;
use super::caller::Caller;

/// The backlog as it stands: open findings by band and how many are past their SLA, by service and
/// by the team that owns it.
#[utoipa::path(get, path = "/reports/baseline", tag = "findings", operation_id = "read_baseline",
    responses((status = 200, body = Baseline), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn baseline(caller: Caller) -> Outcome<Baseline> {
    let baseline = operation::baseline(&caller.app, &caller.actor).await?;
    let service = |(service, counted): (String, Counted)| ServiceBacklog {
        service,
        backlog: backlog(&counted),
    };
    let team = |(owner, counted): (Option<operation::Owner>, Counted)| TeamBacklog {
        name: owner.as_ref().map_or("nobody", |owner| &owner.name).to_owned(),
        team: owner.map(|owner| owner.id),
        backlog: backlog(&counted),
    };
    Ok(Json(Baseline {
        at: baseline.at.to_string(),
        all: backlog(&baseline.all),
        services: baseline.services.into_iter().map(service).collect(),
        teams: baseline.teams.into_iter().map(team).collect(),
    }))
}

fn backlog(counted: &Counted) -> Backlog {
    let count = |Count { open, past }: Count| BacklogCount { open, past_sla: past };
    Backlog {
        critical: count(counted.of(Band::Critical)),
        high: count(counted.of(Band::High)),
        medium: count(counted.of(Band::Medium)),
        low: count(counted.of(Band::Low)),
        total: count(counted.total()),
    }
}
