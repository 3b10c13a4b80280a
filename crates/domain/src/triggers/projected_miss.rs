//! Trigger 7: if this goes on, the next audit window, or the target, will be missed.
//!
//! For a readiness score: the trajectory at the next audit window is below the line. For a count
//! that the audit looks at, and for old findings in its Tier-1 services: count and trend leave some
//! on the day of the audit, and each is a repeat finding. For any key result: the odds are below
//! one in two, once there are readings enough to have odds of its own. It stands until all of them
//! are on the good side of their lines by a margin.

use super::{
    AuditFacts, Facts, Firing, KeyResultFacts, Settings, Subject, Trigger, bar, with_unit,
};
use crate::metrics::success_probability::success_probability;
use crate::metrics::trajectory::projection_at;
use crate::metrics::{Course, Figure, History, percent, shown};

/// How many services a sentence names.
const MOST_SERVICES: usize = 3;

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 7,
    name: "projected_miss",
    title: "Projected miss",
    fires_when: "the trajectory at the next audit window is below 85 %; or open Tier-1 findings \
                 older than 30 days, or a count the audit looks at, project to repeat findings; or \
                 the odds are below 50 % with three readings or more",
    clears_when: "the trajectory is at 86 % or above, no repeat finding is projected, and the odds \
                  are at 55 % or above",
    goes_first_to: "the key result's DRI, with what drifts; the audit's owner",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    let key_results = facts.key_results.iter().filter_map(|one| fire(one, facts, settings));
    let audits = facts.audits.iter().filter_map(|one| on_tier_1(one, facts, settings));
    key_results.chain(audits).collect()
}

/// Old findings where the audit looks: on the trend of the last weeks some are left on its day.
fn on_tier_1(audit: &AuditFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let subject = Subject::Audit(audit.id.clone());
    let firing = Firing::on(&TRIGGER, subject, audit.team.as_deref());
    let (first, last) = (audit.aged.first()?, audit.aged.last()?);
    let length = audit.week.max(last.week) + 1.0;
    let history = History::new(Course::DecreaseTo, first.value, 0.0, length, &audit.aged).ok()?;
    let projected = projection_at(&history, audit.week)?.max(0.0);
    let standing = facts.standing.contains(&firing.cause_key);
    let line = if standing { settings.repeat_clears } else { settings.repeat_findings };
    let is_far = audit.week - last.week > settings.audit_horizon;
    if last.value < 1.0 || projected < line || is_far {
        return None;
    }
    let services = audit.services.iter().take(MOST_SERVICES);
    let services: Vec<String> = services.map(|(name, count)| format!("{name} {count}")).collect();
    let sentence = format!(
        "Critical and high findings in Tier-1 services, open for more than 30 days: {} now, and {} \
         on this trend at “{}” on {}, each a repeat finding. Most: {}.",
        shown(last.value),
        shown(projected.round().max(1.0)),
        audit.name,
        audit.begins,
        services.join(", ")
    );
    Some(Firing {
        figures: vec![
            Figure { name: "open for more than 30 days".into(), value: last.value },
            Figure { name: "projected at the audit".into(), value: projected },
        ],
        sentence,
        clears: "No critical or high finding in a Tier-1 service open for more than 30 days, or a \
                 trend that leaves none at the audit."
            .into(),
        ..firing
    })
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
    if week - key_result.now_week > settings.audit_horizon {
        return None;
    }
    let projected = projection_at(history, week)?;
    if history.course().sign() < 0.0 {
        return repeats(key_result, history, projected, (settings, standing));
    }
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

/// A count that the audit looks at: what is left of it then is found again.
fn repeats(
    key_result: &KeyResultFacts,
    history: &History,
    projected: f64,
    (settings, standing): (&Settings, bool),
) -> Option<Reason> {
    let line = if standing { settings.repeat_clears } else { settings.repeat_findings };
    let left = projected - history.target();
    if left < line {
        return None;
    }
    let now = history.last().value;
    let words = format!(
        "stands at {} and projects to {} at the next audit, where each one above {} is found again",
        with_unit(now, &key_result.unit),
        with_unit(projected.round().max(1.0), &key_result.unit),
        with_unit(history.target(), &key_result.unit)
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
    let falls = key_result.history.as_ref().is_some_and(|one| one.course().sign() < 0.0);
    match key_result.next_audit_week {
        Some(_) if falls => {
            let target = key_result.history.as_ref().map_or(0.0, History::target);
            let target = with_unit(target, &key_result.unit);
            format!("A trajectory that leaves {target} at the audit, and odds of {odds} or above.")
        }
        None => format!("Odds of {odds} or above."),
        Some(_) => {
            let least = settings.audit_readiness + settings.audit_margin;
            let least = with_unit(least, &key_result.unit);
            format!("A trajectory of {least} or above at the audit, and odds of {odds} or above.")
        }
    }
}
