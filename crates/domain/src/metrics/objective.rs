//! The roll-up: from the scorecards of its key results to an objective's row.
//!
//! Velocity, momentum and alignment are weighted means. The probability is not a mean: it is the
//! share of seeded draws in which the weighted mean score of the key results reaches what the
//! priority promises (70 % for p1, all of it for p0 and p2), the key results moving together by a
//! one-factor Gaussian copula. The *score* of a key result at its end is the share of its way that
//! was made, 0 to 1; a promise to hold, and one without numbers, is kept or broken. Source: the
//! execution spec, part 2, "Objective" and "Drivers"; the OKR process for the 70 %.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use statrs::distribution::{ContinuousCDF, Normal};

use super::alignment::{self, alignment as aligned};
use super::momentum::DECAYING_BELOW;
use super::risk::{self, execution_risk_index};
use super::success_probability::{LEAST, METRIC, MOST, Setting, outlook};
use super::velocity::BEHIND_BELOW;
use super::{History, Scorecard};
use crate::objectives::Priority;

/// How many draws stand behind an objective's probability; half of them mirror the other half.
pub const DRAWS: u32 = 20_000;
/// ρ: how much the key results of one objective move together.
const TOGETHER: f64 = 0.3;
/// An objective's velocity counts each key result from −1 to 1.2, so that no single one hides the
/// others.
const VELOCITY_COUNTED: (f64, f64) = (-1.0, 1.2);

/// One key result's part in its objective.
#[derive(Clone, Copy, Debug)]
pub struct Contribution<'a> {
    pub key_result: &'a str,
    pub title: &'a str,
    /// The DRI as people call them.
    pub owner: Option<&'a str>,
    /// The success weight; only the proportions count, and all zero means equal.
    pub weight: f64,
    pub scorecard: &'a Scorecard,
    /// `None` where there are no numbers; the scorecard's probability then stands for it.
    pub history: Option<&'a History>,
}

/// An objective's row.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectiveScorecard {
    /// −1 to 1.2.
    pub velocity: Option<f64>,
    /// 0 to 100.
    pub momentum: Option<f64>,
    /// 0 to 100; `None` when no key result declares inputs.
    pub alignment: Option<f64>,
    /// 0.01 to 0.99.
    pub success_probability: Option<f64>,
    /// Where that may lie, lowest and highest.
    pub success_range: Option<(f64, f64)>,
    /// 0 to 100.
    pub risk_index: Option<f64>,
    /// What certainty of each key result would add, the most first.
    pub drivers: Vec<Driver>,
    /// The same words as on a key result's scorecard.
    pub states: Vec<&'static str>,
}

/// One key result as a cause of an objective's risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    pub key_result: String,
    /// The objective's probability if this key result were certain, minus its probability.
    pub lift: f64,
}

/// Rolls key results up. `id` seeds the draws, so that the same facts give the same number.
pub fn objective_scorecard(
    id: &str,
    priority: Priority,
    contributions: &[Contribution],
    dependents_depth: u32,
    setting: &Setting,
) -> ObjectiveScorecard {
    let (lowest, highest) = VELOCITY_COUNTED;
    let velocity = mean(contributions, |card| {
        card.velocity.value.map(|velocity| velocity.clamp(lowest, highest))
    });
    let momentum = mean(contributions, |card| card.momentum.value);
    let alignment = mean(contributions, |card| aligned(&card.inputs));
    let forecast = forecast(id, priority, contributions, setting);
    let success_probability = forecast.as_ref().map(|forecast| forecast.probability);
    let risk_index = success_probability.map(|p| execution_risk_index(p, dependents_depth));
    let states = [
        velocity.filter(|value| *value < BEHIND_BELOW).map(|_| "behind"),
        momentum.filter(|value| *value < DECAYING_BELOW).map(|_| "decaying"),
        alignment.filter(|value| *value < alignment::BROKEN_BELOW).map(|_| "inputs broken"),
        success_probability.and_then(|value| crossed(METRIC.line, value)),
        risk_index.and_then(|value| crossed(risk::METRIC.line, value)),
    ];
    ObjectiveScorecard {
        velocity,
        momentum,
        alignment,
        success_probability,
        success_range: forecast.as_ref().map(|forecast| forecast.range),
        risk_index,
        drivers: forecast.map_or_else(Vec::new, |forecast| forecast.drivers),
        states: states.into_iter().flatten().collect(),
    }
}

fn crossed(line: Option<super::Line>, value: f64) -> Option<&'static str> {
    line.filter(|line| line.is_crossed_by(value)).map(|line| line.word)
}

/// The share of the weighted scores that the priority promises. Source: the OKR process, "Priority
/// label": p1 is met at 70 %.
pub fn promised_share(priority: Priority) -> f64 {
    match priority {
        Priority::P1 => 0.70,
        Priority::P0 | Priority::P2 => 1.0,
    }
}

fn weight_of(contributions: &[Contribution]) -> impl Fn(&Contribution) -> f64 {
    let equal = contributions.iter().all(|contribution| contribution.weight <= 0.0);
    move |contribution| {
        if equal { 1.0 } else { contribution.weight.max(0.0) }
    }
}

fn mean(contributions: &[Contribution], value: impl Fn(&Scorecard) -> Option<f64>) -> Option<f64> {
    let weight = weight_of(contributions);
    let (mut sum, mut weights) = (0.0, 0.0);
    for contribution in contributions {
        if let Some(value) = value(contribution.scorecard) {
            sum += weight(contribution) * value;
            weights += weight(contribution);
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// The odds of an objective as they were: a key result's weight, and its history until then. With
/// fewer draws than today's, for a sparkline.
pub fn past_probability(
    id: &str,
    priority: Priority,
    parts: &[(f64, History)],
    setting: &Setting,
) -> Option<f64> {
    let curves: Vec<Curve> = parts
        .iter()
        .map(|(_, history)| Curve::through_time(history, setting, None, COARSE.steps))
        .collect();
    let equal = parts.iter().all(|(weight, _)| *weight <= 0.0);
    let weight = |weight: f64| if equal { 1.0 } else { weight.max(0.0) };
    let weights: Vec<f64> = parts.iter().map(|(own, _)| weight(*own)).collect();
    let whole: f64 = weights.iter().sum();
    if whole <= 0.0 {
        return None;
    }
    let weights: Vec<f64> = weights.into_iter().map(|weight| weight / whole).collect();
    let counts = draw(id, &curves, &weights, (promised_share(priority), COARSE.draws));
    Some((f64::from(counts.reached) / f64::from(COARSE.draws)).clamp(LEAST, MOST))
}

/// How finely odds are computed.
#[derive(Clone, Copy)]
struct Detail {
    steps: usize,
    draws: u32,
}

const FINE: Detail = Detail { steps: STEPS, draws: DRAWS };
/// Good to a point or two, at a twentieth of the cost: for sparklines and ranges.
const COARSE: Detail = Detail { steps: 32, draws: 2_000 };

struct Forecast {
    probability: f64,
    range: (f64, f64),
    drivers: Vec<Driver>,
}

fn forecast(
    id: &str,
    priority: Priority,
    contributions: &[Contribution],
    setting: &Setting,
) -> Option<Forecast> {
    let weight = weight_of(contributions);
    let mut names = Vec::new();
    let mut curves = Vec::new();
    let mut weights = Vec::new();
    for contribution in contributions {
        if let Some(curve) = Curve::of(contribution, setting, None, FINE) {
            names.push(contribution.key_result);
            curves.push(curve);
            weights.push(weight(contribution));
        }
    }
    let whole: f64 = weights.iter().sum();
    if whole <= 0.0 {
        return None;
    }
    weights.iter_mut().for_each(|weight| *weight /= whole);
    let counts = draw(id, &curves, &weights, (promised_share(priority), FINE.draws));
    let share = |count: u32| f64::from(count) / f64::from(DRAWS);
    let mut drivers: Vec<Driver> = names
        .iter()
        .zip(&counts.if_certain)
        .map(|(name, certain)| Driver {
            key_result: (*name).to_owned(),
            lift: share(*certain) - share(counts.reached),
        })
        .collect();
    drivers.sort_by(|one, other| other.lift.total_cmp(&one.lift));
    let probability = share(counts.reached).clamp(LEAST, MOST);
    // Errors of the key results' own average out; what they share moves all of them.
    let off = |errors: f64| {
        let curves = contributions.iter().filter_map(|contribution| {
            Curve::of(contribution, setting, Some(errors * TOGETHER.sqrt()), COARSE)
        });
        let curves: Vec<Curve> = curves.collect();
        let counts = draw(id, &curves, &weights, (promised_share(priority), COARSE.draws));
        (f64::from(counts.reached) / f64::from(COARSE.draws)).clamp(LEAST, MOST)
    };
    let range = (off(-1.0).min(probability), off(1.0).max(probability));
    Some(Forecast { probability, range, drivers })
}

/// How many draws reached the promise, as things are and with each key result made certain.
struct Counts {
    reached: u32,
    if_certain: Vec<u32>,
}

fn draw(id: &str, curves: &[Curve], weights: &[f64], (promised, draws): (f64, u32)) -> Counts {
    let mut normals = Normals::seeded(id);
    let (common, own) = (TOGETHER.sqrt(), (1.0 - TOGETHER).sqrt());
    // A sum of weights that should be exactly the promise may fall short by rounding.
    let enough = promised - 1e-9;
    let mut counts = Counts { reached: 0, if_certain: vec![0; curves.len()] };
    let mut positions = vec![0.0; curves.len()];
    let mut lost = vec![0.0; curves.len()];
    for _ in 0..draws / 2 {
        let factor = common * normals.next();
        positions.iter_mut().for_each(|position| *position = factor + own * normals.next());
        for mirror in [1.0, -1.0] {
            let mut missing = 0.0;
            for nth in 0..curves.len() {
                lost[nth] = weights[nth] * (1.0 - curves[nth].score(mirror * positions[nth]));
                missing += lost[nth];
            }
            counts.reached += u32::from(1.0 - missing >= enough);
            for (nth, certain) in counts.if_certain.iter_mut().enumerate() {
                *certain += u32::from(1.0 - missing + lost[nth] >= enough);
            }
        }
    }
    counts
}

/// A key result's score as a function of its standard normal position in the copula.
struct Curve {
    /// At or below this position the score is 0.
    from: f64,
    /// At or above this one it is 1.
    to: f64,
    /// Scores at equal distances from `from` to `to`; empty where it jumps.
    between: Vec<f64>,
}

/// Positions beyond this are never drawn: one in 10¹⁵.
const FARTHEST: f64 = 8.0;
/// Steps of the score and of the position in a curve; the error of reading between them is far
/// below that of the draws.
const STEPS: usize = 256;

impl Curve {
    /// `pace_off_by`: if the pace were known, and so many standard errors off the estimated one.
    fn of(
        contribution: &Contribution,
        setting: &Setting,
        pace_off_by: Option<f64>,
        detail: Detail,
    ) -> Option<Curve> {
        match contribution.history {
            Some(history) => Some(Curve::through_time(history, setting, pace_off_by, detail.steps)),
            None => {
                let chance = contribution.scorecard.success_probability.value?;
                let position = Normal::standard().inverse_cdf(1.0 - chance);
                Some(Curve::jump(position.clamp(-FARTHEST, FARTHEST)))
            }
        }
    }

    fn through_time(
        history: &History,
        setting: &Setting,
        pace_off_by: Option<f64>,
        steps: usize,
    ) -> Curve {
        let standard = Normal::standard();
        let position = |chance: f64| standard.inverse_cdf(chance).clamp(-FARTHEST, FARTHEST);
        let outlook = outlook(history, setting);
        let outlook = pace_off_by.map_or(outlook, |errors| outlook.with_pace_off_by(errors));
        // A growth promise that starts at its target has no way: it is kept or broken.
        let way = history.line() - history.ground();
        if history.course().holds() || way <= 0.0 {
            return Curve::jump(position(1.0 - outlook.at_least(history.line())));
        }
        if outlook.scale <= 0.0 {
            let score = ((outlook.middle - history.ground()) / way).clamp(0.0, 1.0);
            return Curve { from: -FARTHEST, to: f64::INFINITY, between: vec![score; 2] };
        }
        let at = |step: usize| history.ground() + way * step as f64 / steps as f64;
        let positions: Vec<f64> =
            (0..=steps).map(|step| position(1.0 - outlook.at_least(at(step)))).collect();
        Curve::through(&positions)
    }

    fn jump(at: f64) -> Curve {
        Curve { from: at, to: at, between: Vec::new() }
    }

    /// From the positions at which each step of the score is reached, rising.
    fn through(positions: &[f64]) -> Curve {
        let (from, to) = (positions[0], positions[positions.len() - 1]);
        let mut between = Vec::with_capacity(STEPS + 1);
        let mut upper = 1;
        for step in 0..=STEPS {
            let position = from + (to - from) * step as f64 / STEPS as f64;
            while upper < positions.len() - 1 && positions[upper] < position {
                upper += 1;
            }
            let (low, high) = (positions[upper - 1], positions[upper]);
            let part = if high > low { (position - low) / (high - low) } else { 1.0 };
            let steps = (upper - 1) as f64 + part.clamp(0.0, 1.0);
            between.push(steps / (positions.len() - 1) as f64);
        }
        Curve { from, to, between }
    }

    fn score(&self, position: f64) -> f64 {
        if position >= self.to {
            return 1.0;
        }
        if self.to.is_infinite() {
            return self.between[0];
        }
        if position <= self.from {
            return 0.0;
        }
        let place = (position - self.from) / (self.to - self.from) * STEPS as f64;
        let step = (place as usize).min(STEPS - 1);
        let part = place - step as f64;
        self.between[step] + part * (self.between[step + 1] - self.between[step])
    }
}

/// Standard normal numbers from a seed, by the polar form of Box and Muller (Marsaglia).
struct Normals {
    source: ChaCha8Rng,
    spare: Option<f64>,
}

impl Normals {
    fn seeded(id: &str) -> Normals {
        let seed: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        Normals { source: ChaCha8Rng::from_seed(seed), spare: None }
    }

    /// Evenly from −1 to 1, by the upper 53 bits.
    fn even(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (one, other) = (self.even(), self.even());
            let square = one * one + other * other;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(other * factor);
                return one * factor;
            }
        }
    }
}
