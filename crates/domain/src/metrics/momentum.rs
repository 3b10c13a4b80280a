//! Momentum: is the trend bending right over weeks?
//!
//! A discounted, shrunk Mann–Kendall win rate over the last 8 readings: of all pairs of readings,
//! which share went forward by at least half the planned pace, with recent pairs weighing more?
//! Below 60 with three readings or more is *decaying*. Sources: the CISO playbook, "Momentum";
//! Mann, "Nonparametric tests against trend" (1945).

use super::{Figure, History, Line, Measure, Metric, Point, Situation, Why};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "momentum",
    title: "Momentum",
    question: "Is the trend bending right over weeks?",
    reading: "the share of pairs of readings that go forward, 0 to 100; 60 says nothing yet",
    unit: "",
    line: Some(Line::below(DECAYING_BELOW, "decaying")),
    measure,
};

/// Below this, with enough readings, the trend is decaying.
pub const DECAYING_BELOW: f64 = 60.0;
/// Fewer readings than this never count as decay.
pub const FEWEST_READINGS: usize = 3;

/// How many of the last readings are looked at.
const WINDOW: usize = 8;
/// A pair's weight halves with every third typical gap that it lies back.
const HALF_LIFE_GAPS: f64 = 3.0;
/// The prior: 1.8 wins in 3 pairs, that is, 60.
const PRIOR_WINS: f64 = 1.8;
const PRIOR_PAIRS: f64 = 3.0;
/// Equality of paces within the rounding of floating point counts as a win.
const ROUNDING: f64 = 1e-12;

/// Momentum at week `now`, 0 to 100; 60 with one reading.
pub fn momentum(history: &History, now: f64) -> f64 {
    let tally = Tally::of(history, now);
    100.0 * (tally.wins + PRIOR_WINS) / (tally.pairs + PRIOR_PAIRS)
}

/// Whether the trend is decaying: below the line with enough readings.
pub fn is_decaying(history: &History, now: f64) -> bool {
    history.points().len() >= FEWEST_READINGS && momentum(history, now) < DECAYING_BELOW
}

/// How many of the last readings in a row each made things worse than the one before.
pub fn adverse_in_a_row(history: &History) -> usize {
    let points = history.risen_points();
    points.windows(2).rev().take_while(|pair| pair[1].value < pair[0].value).count()
}

/// Discounted wins among discounted pairs.
struct Tally {
    wins: f64,
    pairs: f64,
}

impl Tally {
    fn of(history: &History, now: f64) -> Tally {
        let all = history.risen_points();
        let points = &all[all.len().saturating_sub(WINDOW)..];
        let mut tally = Tally { wins: 0.0, pairs: 0.0 };
        let Some(gap) = typical_gap(points) else {
            return tally;
        };
        let pace = pace_to_beat(history, points[0]);
        for (nth, later) in points.iter().enumerate() {
            let weight = 2f64.powf(-(now - later.week) / (HALF_LIFE_GAPS * gap));
            for earlier in &points[..nth] {
                tally.pairs += weight;
                let needed = pace * (later.week - earlier.week);
                if later.value - earlier.value >= needed - ROUNDING {
                    tally.wins += weight;
                }
            }
        }
        tally
    }
}

/// `ρ`: half the planned pace. A promise to hold may use up its room evenly until the end.
fn pace_to_beat(history: &History, first: Point) -> f64 {
    let from = if history.course().holds() { first.value } else { history.ground() };
    (history.line() - from) / (2.0 * history.length_weeks())
}

/// The median gap between neighbouring readings, the upper one of two middles.
fn typical_gap(points: &[Point]) -> Option<f64> {
    let mut gaps: Vec<f64> = points.windows(2).map(|pair| pair[1].week - pair[0].week).collect();
    gaps.sort_by(f64::total_cmp);
    gaps.get(gaps.len() / 2).copied()
}

fn measure(situation: &Situation) -> Measure {
    let Some(history) = situation.history else {
        return Measure::none("there are no readings yet");
    };
    let now = situation.now_week;
    let tally = Tally::of(history, now);
    let readings = history.points().len().min(WINDOW);
    let figures = vec![
        Figure::new("readings looked at", readings as f64),
        Figure::new("discounted pairs", tally.pairs),
        Figure::new("of these forward", tally.wins),
        Figure::new("adverse readings in a row", adverse_in_a_row(history) as f64),
    ];
    let sentence = match readings {
        1 => "one reading has no trend yet; 60 stands for not knowing".to_owned(),
        _ => {
            let share = (100.0 * tally.wins / tally.pairs).round();
            format!("{share:.0} % of the pairs among the last {readings} readings go forward")
        }
    };
    let why = Why::from_history(history, sentence, figures);
    Measure { value: Some(momentum(history, now)), why }
}
