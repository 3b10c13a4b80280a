//! Trigger 2: velocity below its line at two readings running, or fixes that take too long.
//!
//! One slow week is a week; two are a drop. It stands until the velocity is above the line by a
//! margin (0.6 by default), because right at the line it would come and go with every reading.
//! A cycle time fires for the team that is slow, and for all teams together when none is slow by
//! itself: over the days of the SLA matrix at two week ends running, or a quarter slower than four
//! weeks before and past half of those days. Deliberately absent: the cycle time of reviews before
//! a release, of which nothing is kept yet.

use super::{CycleTimeFacts, Facts, Firing, KeyResultFacts, Settings, Trigger, bar};
use crate::metrics::velocity::velocity;
use crate::metrics::{Figure, shown};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 2,
    name: "velocity_drop",
    title: "Velocity drop",
    fires_when: "the velocity is below 0.5 at two readings running; or nine of ten fixes of a team \
                 took longer than the SLA at two week ends running, or a quarter longer than four \
                 weeks before",
    clears_when: "the velocity is at 0.6 or above; the cycle time is 10 % below the SLA, or no \
                  more than 10 % above that of four weeks before",
    goes_first_to: "the key result's DRI",
    evaluate,
};

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    let velocities = facts.key_results.iter().filter_map(|one| on_velocity(one, facts, settings));
    let cycles = facts.key_results.iter().flat_map(|one| on_cycle_times(one, facts, settings));
    velocities.chain(cycles).collect()
}

fn on_velocity(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
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

/// The slow teams; all of them together when no team is slow by itself.
fn on_cycle_times(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Vec<Firing> {
    let slow = |one: &&CycleTimeFacts| on_cycle_time(key_result, one, facts, settings);
    let (together, teams): (Vec<_>, Vec<_>) =
        key_result.cycle_times.iter().partition(|one| one.team.is_none());
    let firings: Vec<Firing> = teams.iter().filter_map(slow).collect();
    if firings.is_empty() { together.iter().filter_map(slow).collect() } else { firings }
}

fn on_cycle_time(
    key_result: &KeyResultFacts,
    cycle: &CycleTimeFacts,
    facts: &Facts,
    settings: &Settings,
) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let whose = cycle.team.as_deref().unwrap_or("all");
    let cause_key = format!("{}/cycle_time/{whose}", firing.cause_key);
    let standing = facts.standing.contains(&cause_key);
    let latest = (*cycle.p90_days.last()?)?;
    let before = cycle.p90_days.iter().rev().nth(1).copied().flatten();
    let first = cycle.p90_days.first().copied().flatten();
    let target = cycle.target_days;
    let line = target * if standing { 1.0 - settings.cycle_margin } else { 1.0 };
    let is_over = latest > line && (standing || before.is_some_and(|before| before > line));
    let slower = 1.0 + if standing { settings.slowing_clears } else { settings.slowing };
    let is_slowing = latest > target / 2.0 && first.is_some_and(|first| latest > first * slower);
    if !is_over && !is_slowing {
        return None;
    }
    let days = |value: f64| format!("{} days", shown((value * 10.0).round() / 10.0));
    let name = cycle.team_name.as_deref().unwrap_or("All teams together");
    let then = match first {
        Some(first) => format!(", {} four weeks ago", days(first)),
        None => String::new(),
    };
    let mut figures = vec![
        Figure { name: "cycle time, p90 in days".into(), value: latest },
        Figure { name: "days of the SLA".into(), value: target },
        Figure { name: "fixes counted".into(), value: cycle.fixes as f64 },
    ];
    figures.extend(first.map(|value| Figure { name: "p90 four weeks before".into(), value }));
    Some(Firing {
        cause_key,
        figures,
        sentence: format!(
            "{name}: nine of ten {} fixes took up to {}, where the SLA is {}{then} (“{}”).",
            cycle.band,
            days(latest),
            days(target),
            key_result.title
        ),
        attributed_to: cycle.team.clone().or(firing.attributed_to),
        clears: format!(
            "Nine of ten fixes within {}, and not slower than four weeks before.",
            days(target * (1.0 - settings.cycle_margin))
        ),
        ..Firing::on_key_result(&TRIGGER, key_result)
    })
}
