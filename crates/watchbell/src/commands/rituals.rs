//! `watchbell rituals` and `watchbell hold`.

use std::sync::Arc;

use domain::access::Actor;
use domain::rituals::Standing;
use operations::rituals::{self, RitualView};
use serde_json::{Value, json};

use crate::cli::{Common, Hold};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Lists rituals with how they stand.
pub async fn list(common: &Common) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let views = rituals::list(&app, &Actor::Operator).await?;
    if common.json {
        let rituals: Vec<Value> = views.iter().map(document).collect();
        return present::json(&json!({ "rituals": rituals }));
    }
    if views.is_empty() {
        return present::line("no rituals yet; declare [[rituals]] in the organisation file");
    }
    let rows = views.iter().map(|view| {
        let due = view.next_due().map_or("–".to_owned(), |due| due.to_string());
        let (state, day) = state(view);
        let state = if day.is_empty() { state.to_owned() } else { format!("{state} {day}") };
        let ritual = &view.ritual;
        let cadence = ritual.cadence.word().to_owned();
        vec![ritual.id.to_string(), ritual.name.clone(), view.owner.clone(), cadence, state, due]
    });
    let header = ["id", "what", "owner", "how often", "stands", "next due"];
    present::line(&present::table(&header, rows.collect()))
}

/// Records that a ritual was held, or for which day it is scheduled.
pub async fn hold(common: &Common, asked: &Hold) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let (id, words) = (&asked.ritual, &asked.words);
    let record = rituals::record(&app, &Actor::Operator, id, asked.on, words).await?;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    if common.json {
        return present::json(&json!({
            "ritual": id,
            "period": record.period.to_string(),
            "held_on": day(record.held_on),
            "scheduled_for": day(record.scheduled_for),
        }));
    }
    present::line(&match (record.held_on, record.scheduled_for) {
        (Some(on), _) if asked.on.is_none_or(|asked| asked == on) => {
            format!("recorded: {id} was held on {on}")
        }
        (_, Some(on)) => format!("recorded: {id} is scheduled for {on}"),
        (Some(on), None) => format!("recorded: {id} was held on {on}"),
        (None, None) => format!("recorded: {id}"),
    })
}

/// The word for how it stands, and the day that belongs to it.
fn state(view: &RitualView) -> (&'static str, String) {
    match view.now().map(|now| now.standing) {
        None => ("not begun", String::new()),
        Some(Standing::Held(on)) => ("held", on.to_string()),
        Some(Standing::Scheduled(on)) => ("scheduled", on.to_string()),
        Some(Standing::Open) => ("open", String::new()),
        Some(Standing::Missed) => ("missed", String::new()),
    }
}

fn document(view: &RitualView) -> Value {
    let (state, day) = state(view);
    json!({
        "id": view.ritual.id.as_str(),
        "name": view.ritual.name,
        "owner": view.ritual.owner.as_str(),
        "cadence": view.ritual.cadence.word(),
        "state": state,
        "day": (!day.is_empty()).then_some(day),
        "next_due": view.next_due().map(|due| due.to_string()),
    })
}
