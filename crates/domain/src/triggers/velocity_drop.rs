//! Trigger 2: velocity below its line at two readings running.
//!
//! One slow week is a week; two are a drop. It stands until the velocity is above the line by a
//! margin (0.6 by default), because right at the line it would come and go with every reading.

use super::{Facts, Firing, KeyResultFacts, Settings, Trigger, bar};
use crate::metrics::velocity::velocity;
use crate::metrics::{Figure, shown};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 2,
    name: "velocity_drop",
    title: "Velocity drop",
    fires_when: "the velocity is below 0.5 at two readings running",
    clears_when: "the velocity is at 0.6 or above",
    goes_first_to: "the key result's DRI",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    facts.key_results.iter().filter_map(|one| fire(one, facts, settings)).collect()
}

fn fire(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let history = key_result.history.as_ref()?;
    let latest = velocity(history, key_result.now_week)?;
    let standing = facts.standing.contains(&firing.cause_key);
    if latest >= bar(settings.velocity_below, settings.velocity_margin, standing) {
        return None;
    }
    let earlier = history.before_last().and_then(|one| velocity(&one, one.last().week));
    if !standing && earlier.is_none_or(|earlier| earlier >= settings.velocity_below) {
        return None;
    }
    let mut figures = vec![Figure { name: "velocity".into(), value: latest }];
    figures.extend(earlier.map(|value| Figure { name: "velocity before".into(), value }));
    let pace = match latest {
        below if below < 0.0 => "is going the wrong way".to_owned(),
        _ => format!("moves at {} % of the pace it needs", shown((latest * 100.0).round())),
    };
    let cleared_at = settings.velocity_below + settings.velocity_margin;
    Some(Firing {
        figures,
        sentence: format!("“{}” {pace}, for two readings running.", key_result.title),
        clears: format!("A reading that brings the velocity to {} or above.", shown(cleared_at)),
        ..firing
    })
}
