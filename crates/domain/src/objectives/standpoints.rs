//! A key result at one instant: the stored facts turned into what metrics and triggers look at.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{
    Health, HistoryRefused, Input, InputKind, KeyResult, Kind, Promise, Reading, history_of,
};
use crate::metrics::alignment::{AlignmentSettings, alignment, score};
use crate::metrics::{Bounds, History, InputScore, Setting, Situation};

/// What is known of a key result at one instant; [`Standpoint::situation`] lends it to the metrics.
#[derive(Clone, Debug, PartialEq)]
pub struct Standpoint {
    /// `None` before the first reading and for key results without numbers.
    pub history: Option<History>,
    /// Weeks since the start.
    pub now_week: f64,
    pub inputs: Vec<InputScore>,
    pub bounds: Bounds,
    /// The owner's confidence, for a key result that is done or not.
    pub declared: Option<f64>,
}

impl Standpoint {
    /// What the metrics look at. `dependents_depth` counts the chain of goals that wait for it.
    pub fn situation<'a>(&'a self, dependents_depth: u32, setting: &'a Setting) -> Situation<'a> {
        Situation {
            history: self.history.as_ref(),
            now_week: self.now_week,
            inputs: &self.inputs,
            dependents_depth,
            setting,
            bounds: self.bounds,
            declared: self.declared,
        }
    }
}

/// Takes a key result, all its readings and the health of its last check-in, as of `now`.
pub fn standpoint(
    key_result: &KeyResult,
    readings: &[Reading],
    health: Option<Health>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Standpoint, HistoryRefused> {
    let today = now.to_zoned(zone.clone()).date();
    let settings = AlignmentSettings::default();
    // Nobody owes an answer to what was not asked yet: a playbook that is loaded in the sixth week
    // has not been left unanswered for six.
    let asked = key_result.asked_on.map_or(key_result.starts, |on| on.max(key_result.starts));
    let scored = key_result.inputs.iter().map(|input| score(input, asked, today, &settings));
    Ok(Standpoint {
        history: history_of(key_result, readings, now, zone)?,
        now_week: key_result.week_at(now, zone)?,
        inputs: scored.collect(),
        bounds: key_result.bounds,
        declared: declared(key_result, readings, health, now),
    })
}

/// How clean its inputs were on the day `day`: promises kept later are not known yet, and what was
/// delivered later was promised. Whether a team had answered by then is not kept: it counts as it
/// stands now. `None` without inputs.
pub fn alignment_on(key_result: &KeyResult, day: Date) -> Option<f64> {
    let asked = key_result.asked_on.map_or(key_result.starts, |on| on.max(key_result.starts));
    let settings = AlignmentSettings::default();
    let then =
        key_result.inputs.iter().map(|input| score(&as_of(input, day), asked, day, &settings));
    alignment(&then.collect::<Vec<InputScore>>())
}

fn as_of(input: &Input, day: Date) -> Input {
    let kind = match &input.kind {
        InputKind::Standing { weeks } => {
            let known = weeks.iter().filter(|week| week.monday < day);
            InputKind::Standing { weeks: known.copied().collect() }
        }
        other => other.clone(),
    };
    let promise = match input.promise {
        Promise::Delivered { on } if on > day => Promise::Confirmed,
        other => other,
    };
    Input { kind, promise, ..input.clone() }
}

/// Only a key result that is done or not is forecast from what its owner says: 1 or more is done.
fn declared(
    key_result: &KeyResult,
    readings: &[Reading],
    health: Option<Health>,
    now: Timestamp,
) -> Option<f64> {
    if key_result.kind != Kind::Boolean {
        return None;
    }
    let last = readings.iter().filter(|reading| reading.at <= now).max_by_key(|one| one.at);
    if last.is_some_and(|reading| reading.value >= 1.0) {
        return Some(1.0);
    }
    health.map(Health::confidence)
}
