//! Trigger 7: if this goes on, the next audit window, or the target, will be missed.
//!
//! For a readiness score: the trajectory at the next audit window is below the line. For any key
//! result: the odds are below one in two, once there are readings enough to have odds of its own.
//! It stands until both are above their lines by a margin (86 % and 0.55 by default).

use super::{Facts, Firing, KeyResultFacts, Settings, Trigger, bar, with_unit};
use crate::metrics::success_probability::success_probability;
use crate::metrics::trajectory::projection_at;
use crate::metrics::{Figure, percent};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 7,
    name: "projected_miss",
    title: "Projected miss",
    fires_when: "the trajectory at the next audit window is below 85 %, or the odds are below 50 % \
                 with three readings or more",
    clears_when: "the trajectory is at 86 % or above and the odds are at 55 % or above",
    goes_first_to: "the key result's DRI, with what drifts",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    facts.key_results.iter().filter_map(|one| fire(one, facts, settings)).collect()
}

fn fire(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let standing = facts.standing.contains(&firing.cause_key);
    let reasons = [audit(key_result, settings, standing), odds(key_result, settings, standing)];
    let (words, figures): (Vec<String>, Vec<Vec<Figure>>) = reasons.into_iter().flatten().unzip();
    if words.is_empty() {
        return None;
    }
    let drifting = match key_result.drifting.as_slice() {
        [] => String::new(),
        some => format!(" Drifting: {}.", some.join(", ")),
    };
    Some(Firing {
        figures: figures.concat(),
        sentence: format!("“{}” {}.{drifting}", key_result.title, words.join(", and ")),
        clears: clears(key_result, settings),
        ..firing
    })
}

type Reason = (String, Vec<Figure>);

fn audit(key_result: &KeyResultFacts, settings: &Settings, standing: bool) -> Option<Reason> {
    let (history, week) = (key_result.history.as_ref()?, key_result.next_audit_week?);
    let projected = projection_at(history, week)?;
    if projected >= bar(settings.audit_readiness, settings.audit_margin, standing) {
        return None;
    }
    let now = history.last().value;
    let words = format!(
        "stands at {} and projects to {} at the next audit, where {} is the least",
        with_unit(now, &key_result.unit),
        with_unit(projected.round(), &key_result.unit),
        with_unit(settings.audit_readiness, &key_result.unit)
    );
    let figures = vec![
        Figure { name: "value".into(), value: now },
        Figure { name: "projected at the next audit".into(), value: projected },
    ];
    Some((words, figures))
}

fn odds(key_result: &KeyResultFacts, settings: &Settings, standing: bool) -> Option<Reason> {
    let history = key_result.history.as_ref()?;
    if history.points().len() < settings.probability_readings {
        return None;
    }
    let odds = success_probability(history, &key_result.setting);
    if odds >= bar(settings.probability_below, settings.probability_margin, standing) {
        return None;
    }
    let target = with_unit(history.target(), &key_result.unit);
    let words = format!("has odds of {} to end at {target} or better", percent(odds));
    Some((words, vec![Figure { name: "success probability".into(), value: odds }]))
}

fn clears(key_result: &KeyResultFacts, settings: &Settings) -> String {
    let odds = percent(settings.probability_below + settings.probability_margin);
    match key_result.next_audit_week {
        None => format!("Odds of {odds} or above."),
        Some(_) => {
            let least = settings.audit_readiness + settings.audit_margin;
            let least = with_unit(least, &key_result.unit);
            format!("A trajectory of {least} or above at the audit, and odds of {odds} or above.")
        }
    }
}
