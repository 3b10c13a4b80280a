//! Trigger 4: a key result crossed its alarm threshold to the bad side.
//!
//! Crossing needs a good side to come from: a key result that starts beyond its alarm and works its
//! way up does not ring every week. It stands until two readings running are back on the good side.

use super::{Facts, Firing, KeyResultFacts, Settings, Trigger, with_unit};
use crate::metrics::{Figure, History};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 4,
    name: "kpi_drift",
    title: "KPI drift",
    fires_when: "a key result crosses its alarm threshold to the bad side",
    clears_when: "two readings running are back on the good side",
    goes_first_to: "the key result's DRI",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    facts.key_results.iter().filter_map(|one| fire(one, facts, settings)).collect()
}

fn fire(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let (history, alarm) = (key_result.history.as_ref()?, key_result.alarm?);
    let standing = facts.standing.contains(&firing.cause_key);
    let rings = if standing {
        calm_readings(history, alarm) < settings.calm_readings
    } else {
        calm_readings(history, alarm) == 0 && was_good(history, alarm)
    };
    if !rings {
        return None;
    }
    let last = history.last().value;
    let side = if history.course().sign() > 0.0 { "below" } else { "above" };
    let (value, limit) = (with_unit(last, &key_result.unit), with_unit(alarm, &key_result.unit));
    let sentence = if history.is_as_good_as(last, alarm) {
        format!("“{}” is back at {value}, but not for long enough yet.", key_result.title)
    } else {
        format!("“{}” stands at {value}, {side} its alarm at {limit}.", key_result.title)
    };
    Some(Firing {
        figures: vec![
            Figure { name: "value".into(), value: last },
            Figure { name: "alarm".into(), value: alarm },
        ],
        sentence,
        clears: format!("{} readings running not {side} {limit}.", settings.calm_readings),
        ..firing
    })
}

/// How many of the last readings in a row are on the good side; the line itself is good.
fn calm_readings(history: &History, alarm: f64) -> usize {
    let good = |value: f64| history.is_as_good_as(value, alarm);
    history.points().iter().rev().take_while(|point| good(point.value)).count()
}

fn was_good(history: &History, alarm: f64) -> bool {
    let good = |value: f64| history.is_as_good_as(value, alarm);
    good(history.start_value()) || history.points().iter().any(|point| good(point.value))
}
