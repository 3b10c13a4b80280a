//! `watchbell baseline-week`: the backlog that a programme begins with.

use std::sync::Arc;

use domain::access::Actor;
use domain::findings::Band;
use operations::findings::{self, Backlog, Count};
use serde_json::{Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Counts what is open by band, and what of it is past its SLA.
pub async fn baseline(common: &Common) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let baseline = findings::baseline(&app, &Actor::Operator).await?;
    if common.json {
        let services = baseline.services.iter();
        let services: Vec<Value> = services
            .map(|(name, backlog)| json!({"service": name, "backlog": document(backlog)}))
            .collect();
        let team = |(team, backlog): &(Option<findings::Owner>, Backlog)| {
            let name = team.as_ref().map_or("nobody", |team| &team.name);
            let id = team.as_ref().map(|team| &team.id);
            json!({"team": id, "name": name, "backlog": document(backlog)})
        };
        let teams: Vec<Value> = baseline.teams.iter().map(team).collect();
        return present::json(&json!({"at": baseline.at.to_string(),
            "all": document(&baseline.all), "services": services, "teams": teams}));
    }
    let mut rows = vec![row("all", &baseline.all)];
    rows.extend(baseline.teams.iter().map(|(team, backlog)| {
        let name = team.as_ref().map_or("nobody", |team| &team.name);
        row(&format!("team {name}"), backlog)
    }));
    rows.extend(baseline.services.iter().map(|(name, it)| row(&format!("service {name}"), it)));
    let header = ["open, past SLA", "critical", "high", "medium", "low", "together"];
    present::line(&present::table(&header, rows))
}

fn document(backlog: &Backlog) -> Value {
    let count = |Count { open, past }: Count| json!({"open": open, "past_sla": past});
    let mut document = json!({"total": count(backlog.total())});
    for band in Band::ALL {
        document[band.word()] = count(backlog.of(band));
    }
    document
}

fn row(name: &str, backlog: &Backlog) -> Vec<String> {
    let cell = |Count { open, past }: Count| match past {
        0 => open.to_string(),
        past => format!("{open}, {past} past"),
    };
    let bands = Band::ALL.map(|band| cell(backlog.of(band)));
    [name.to_owned()].into_iter().chain(bands).chain([cell(backlog.total())]).collect()
}
