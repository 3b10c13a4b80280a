//! A key result's scorecard: all metrics at one instant, with their reasons and their state words.

use super::momentum::{self, FEWEST_READINGS, momentum};
use super::risk::{self, execution_risk_index};
use super::success_probability::{self, DRIVEN, WATCHED, range, success_probability};
use super::trajectory::{self, projection_at_end};
use super::velocity::{self, pace_so_far, velocity};
use super::{History, InputScore, Measure, Metric, Situation, alignment};

/// The bare numbers of one history, as files of histories carry them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyResultNumbers {
    /// −2 to 2; `None` with fewer than two readings.
    pub velocity: Option<f64>,
    /// 0 to 100.
    pub momentum: f64,
    /// In the key result's unit; `None` with fewer than two readings.
    pub projection_at_end: Option<f64>,
    /// 0.01 to 0.99, with somebody working on it.
    pub probability_driven: f64,
    /// 0.01 to 0.99, with nobody working on it.
    pub probability_watched: f64,
    /// 0 to 100, from `probability_driven`.
    pub risk_index_driven: f64,
}

/// Computes the numbers of a history at week `now_week`.
pub fn numbers(history: &History, now_week: f64, dependents_depth: u32) -> KeyResultNumbers {
    let probability_driven = success_probability(history, &DRIVEN);
    KeyResultNumbers {
        velocity: velocity(history, now_week),
        momentum: momentum(history, now_week),
        projection_at_end: projection_at_end(history),
        probability_driven,
        probability_watched: success_probability(history, &WATCHED),
        risk_index_driven: execution_risk_index(probability_driven, dependents_depth),
    }
}

/// All metrics of one key result at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Scorecard {
    pub velocity: Measure,
    /// SPI(t), beside the velocity; 1 = as planned.
    pub pace_so_far: Option<f64>,
    pub momentum: Measure,
    pub alignment: Measure,
    pub risk_index: Measure,
    pub success_probability: Measure,
    /// Where the probability may lie, lowest and highest; `None` without numbers.
    pub success_range: Option<(f64, f64)>,
    /// The value at the end if this trend goes on, within the metric's bounds.
    pub projection: Measure,
    /// The declared inputs with their scores; empty = alignment is not counted in roll-ups.
    pub inputs: Vec<InputScore>,
    /// `behind`, `decaying`, `inputs broken`, `exposed`, `likely to miss`; empty = none of them.
    pub states: Vec<&'static str>,
}

/// Computes every metric of the catalogue for one key result.
pub fn scorecard(situation: &Situation) -> Scorecard {
    let measured = |metric: Metric| (metric.measure)(situation);
    let card = Scorecard {
        velocity: measured(velocity::METRIC),
        pace_so_far: situation.history.and_then(pace_so_far),
        momentum: measured(momentum::METRIC),
        alignment: measured(alignment::METRIC),
        risk_index: measured(risk::METRIC),
        success_probability: measured(success_probability::METRIC),
        success_range: situation.history.map(|history| range(history, situation.setting)),
        projection: measured(trajectory::METRIC),
        inputs: situation.inputs.to_vec(),
        states: Vec::new(),
    };
    let states = states(&card, situation.history.map_or(0, |history| history.points().len()));
    Scorecard { states, ..card }
}

fn states(card: &Scorecard, readings: usize) -> Vec<&'static str> {
    let measured = [
        (velocity::METRIC, &card.velocity, true),
        (momentum::METRIC, &card.momentum, readings >= FEWEST_READINGS),
        (alignment::METRIC, &card.alignment, !card.inputs.is_empty()),
        (success_probability::METRIC, &card.success_probability, true),
        (risk::METRIC, &card.risk_index, true),
    ];
    let crossed = measured.into_iter().filter_map(|(metric, measure, counts)| {
        let line = metric.line.filter(|_| counts)?;
        line.is_crossed_by(measure.value?).then_some(line.word)
    });
    crossed.collect()
}
