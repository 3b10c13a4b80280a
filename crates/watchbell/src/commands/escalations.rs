//! `watchbell escalations`: who was told, and when each climbs.

use std::sync::Arc;

use domain::access::Actor;
use operations::escalations::{self, EscalationView, Shown};
use serde_json::{Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Lists the escalations that are not resolved.
pub async fn list(common: &Common) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let list = escalations::list(&app, &Actor::Operator, Shown::Open, None).await?;
    if common.json {
        let documents: Vec<Value> = list.iter().map(document).collect();
        return present::json(&json!({"escalations": documents}));
    }
    if list.is_empty() {
        return present::line("nothing is escalating");
    }
    let rows = list
        .iter()
        .map(|view| {
            let next = view.outlook.first();
            vec![
                view.escalation.id().to_owned(),
                view.escalation.level().to_string(),
                view.firing.firing.sentence.clone(),
                next.map_or_else(|| "–".into(), |step| format!("{} at {}", step.level, step.at)),
            ]
        })
        .collect();
    present::line(&present::table(&["id", "level", "why", "climbs to"], rows))
}

fn document(view: &EscalationView) -> Value {
    let told: Vec<Value> = view
        .told
        .iter()
        .map(|told| {
            json!({
                "level": told.telling.level,
                "person": told.telling.person,
                "role": told.telling.role,
                "at": told.telling.at.to_string(),
            })
        })
        .collect();
    json!({
        "id": view.escalation.id(),
        "level": view.escalation.level().to_string(),
        "about": view.firing.firing.subject.id(),
        "sentence": view.firing.firing.sentence,
        "due_at": view.escalation.due().map(|at| at.to_string()),
        "told": told,
    })
}
