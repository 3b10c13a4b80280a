//! `watchbell playbook`, `objectives` and `check-in`.

use std::sync::Arc;

use domain::access::Actor;
use domain::objectives::Health;
use operations::objectives::{self, CheckInInput, ObjectiveView};
use serde_json::{Value, json};

use crate::cli::{CheckIn, Common};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Loads a playbook; a second time changes nothing.
pub async fn load(common: &Common, name: &str, quarter: Option<&str>) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let loaded = objectives::load_playbook(&app, &Actor::Operator, name, quarter).await?;
    if common.json {
        return present::json(&json!({
            "quarter": loaded.quarter.to_string(),
            "objectives": loaded.objectives,
            "key_results": loaded.key_results,
        }));
    }
    let quarter = loaded.quarter;
    present::line(&match loaded.is_nothing() {
        true => format!("the playbook is loaded for {quarter} already; nothing changed"),
        false => format!(
            "loaded {} objectives with {} key results for {quarter}",
            loaded.objectives, loaded.key_results
        ),
    })
}

/// Lists the running quarter.
pub async fn list(common: &Common) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let overview = objectives::overview(&app, &Actor::Operator).await?;
    if common.json {
        let documents: Vec<Value> = overview.objectives.iter().map(document).collect();
        return present::json(&json!({
            "quarter": overview.quarter.to_string(),
            "week": overview.week,
            "sentence": overview.sentence.map(|sentence| sentence.text),
            "objectives": documents,
        }));
    }
    if overview.objectives.is_empty() {
        return present::line("no objectives yet; begin with `watchbell playbook load ciso`");
    }
    if let Some(sentence) = &overview.sentence {
        present::line(&format!("{}\n", sentence.text))?;
    }
    let mut rows = Vec::new();
    for objective in &overview.objectives {
        rows.push(row(&objective.code, &objective.objective.title, &numbers(objective)));
        for view in &objective.key_results {
            let card = &view.scorecard;
            let figures = [
                card.velocity.value,
                card.momentum.value,
                card.alignment.value,
                card.risk_index.value,
                card.success_probability.value,
            ];
            rows.push(row(&view.key_result.id.to_string(), &view.key_result.title, &figures));
        }
    }
    let header = ["id", "what", "velocity", "momentum", "alignment", "risk", "success"];
    present::line(&present::table(&header, rows))
}

type Figures = [Option<f64>; 5];

fn numbers(view: &ObjectiveView) -> Figures {
    let card = &view.scorecard;
    [card.velocity, card.momentum, card.alignment, card.risk_index, card.success_probability]
}

fn row(code: &str, title: &str, figures: &Figures) -> Vec<String> {
    let [velocity, momentum, alignment, risk, probability] = figures;
    let digits = |value: &Option<f64>, digits: usize| {
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
    };
    let success = probability.map_or_else(|| "–".into(), |it| format!("{:.0} %", it * 100.0));
    vec![
        code.to_owned(),
        title.to_owned(),
        digits(velocity, 2),
        digits(momentum, 0),
        digits(alignment, 0),
        digits(risk, 0),
        success,
    ]
}

fn document(view: &ObjectiveView) -> Value {
    let [velocity, momentum, alignment, risk, probability] = numbers(view);
    let key_results: Vec<Value> = view
        .key_results
        .iter()
        .map(|it| {
            json!({
                "id": it.key_result.id.as_str(),
                "title": it.key_result.title,
                "target": it.key_result.target,
                "value": it.last_reading().map(|reading| reading.value),
                "health": it.last_said().map(|said| said.health.word()),
            })
        })
        .collect();
    json!({
        "id": view.objective.id.as_str(),
        "title": view.objective.title,
        "velocity": velocity,
        "momentum": momentum,
        "alignment": alignment,
        "risk": risk,
        "probability": probability,
        "key_results": key_results,
    })
}

/// Checks in as the operator at the shell.
pub async fn check_in(common: &Common, asked: &CheckIn) -> Result<(), Failure> {
    let health = Health::from_word(&asked.health)
        .map_err(|error| Failure::Input(format!("--health: {error}")))?;
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let input = CheckInInput {
        week: asked.week,
        value: asked.value,
        health,
        done: asked.done.clone(),
        next: asked.next.clone(),
    };
    let made = objectives::check_in(&app, &Actor::Operator, &asked.key_result, input).await?;
    let (id, week) = (&asked.key_result, made.check_in.week);
    if common.json {
        return present::json(&json!({
            "key_result": id,
            "week": week.to_string(),
            "value": made.check_in.value,
            "health": made.check_in.health.word(),
            "corrected": made.corrected.is_some(),
        }));
    }
    let word = if made.corrected.is_some() { "corrected" } else { "checked in" };
    present::line(&format!("{word}: {id}, week of {week}"))
}
