//! Trigger 3: the trend bends the wrong way, before the threshold itself is crossed.
//!
//! Either the momentum is below its line with enough readings, or several readings in a row each
//! made it worse. It stands until the momentum is above the line by a margin (63 by default) and
//! the last reading was not adverse.

use super::{Facts, Firing, KeyResultFacts, Settings, Trigger, bar, with_unit};
use crate::metrics::momentum::{adverse_in_a_row, momentum};
use crate::metrics::{Figure, History, shown};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 3,
    name: "momentum_decay",
    title: "Momentum decay",
    fires_when: "the momentum is below 60 with three readings or more, or three readings in a row \
                 were each worse than the one before",
    clears_when: "the momentum is at 63 or above and the last reading was not worse",
    goes_first_to: "the key result's DRI",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    facts.key_results.iter().filter_map(|one| fire(one, facts, settings)).collect()
}

fn fire(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let history = key_result.history.as_ref()?;
    let readings = history.points().len();
    let momentum = momentum(history, key_result.now_week);
    let adverse = adverse_in_a_row(history);
    let standing = facts.standing.contains(&firing.cause_key);
    let bar = bar(settings.momentum_below, settings.momentum_margin, standing);
    let decaying = readings >= settings.momentum_readings && momentum < bar;
    let falling = adverse >= if standing { 1 } else { settings.adverse_readings.max(1) };
    if !decaying && !falling {
        return None;
    }
    let cleared_at = settings.momentum_below + settings.momentum_margin;
    Some(Firing {
        figures: vec![
            Figure { name: "momentum".into(), value: momentum },
            Figure { name: "adverse readings in a row".into(), value: adverse as f64 },
        ],
        sentence: format!(
            "“{}” is losing its trend: {} (momentum {momentum:.0}).",
            key_result.title,
            trail(history, &key_result.unit)
        ),
        clears: format!(
            "A reading that is not worse, and a momentum of {} or above.",
            shown(cleared_at)
        ),
        ..firing
    })
}

/// The last readings as people tell them: `4 → 6 → 9 %`.
fn trail(history: &History, unit: &str) -> String {
    let points = history.points();
    let last = &points[points.len().saturating_sub(4)..];
    let (end, before) =
        last.split_last().map_or((0.0, &last[..0]), |(end, rest)| (end.value, rest));
    let mut trail: Vec<String> = before.iter().map(|point| shown(point.value)).collect();
    trail.push(with_unit(end, unit));
    trail.join(" → ")
}
