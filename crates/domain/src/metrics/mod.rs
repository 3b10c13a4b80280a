//! The catalogue of execution metrics: the same five on every key result, and their roll-up.
//!
//! Each metric is a struct of words and one function in a file of its own; the list below is the
//! table of contents, and adding a metric is adding a file and a line. The rule to remember: a
//! metric is a pure function of readings and time, and it always answers "why" beside its value.
//! Deliberately absent: forecasts of single findings (hazards) and the calibration of past
//! forecasts, which need more history than one key result has. Sources: the CISO playbook,
//! "Execution Intelligence", and the execution spec, parts 1 and 2.

pub mod alignment;
pub mod board;
mod history;
pub mod momentum;
pub mod objective;
pub mod past;
pub mod risk;
mod scorecard;
pub mod success_probability;
pub mod trajectory;
pub mod velocity;

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests find the corpus by its variable, and say so loudly when it is absent"
)]
mod tests;

pub use alignment::InputScore;
pub use history::{Course, History, MOST_READINGS, Point};
pub use objective::{Contribution, Driver, ObjectiveScorecard, objective_scorecard};
pub use past::{PastWeek, past_weeks};
pub use scorecard::{KeyResultNumbers, Scorecard, numbers, scorecard};
pub use success_probability::{DRIVEN, Setting, WATCHED};

/// What the metrics refuse, with what they found.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MetricsError {
    #[error("a key result cannot be {0} weeks long; its end must lie after its start")]
    NoLength(f64),
    #[error("{0} is not a number that can be measured; give a finite value")]
    NotANumber(f64),
    #[error("a reading at week {after} follows one at week {before}; give the earliest first")]
    OutOfOrder { before: f64, after: f64 },
    #[error("there are no readings; a first check-in makes one")]
    NoReadings,
}

/// Every metric, in the order in which it is shown.
pub const METRICS: [Metric; 6] = [
    velocity::METRIC,
    momentum::METRIC,
    alignment::METRIC,
    risk::METRIC,
    success_probability::METRIC,
    trajectory::METRIC,
];

/// A metric as the catalogue lists it: words for people, and the function.
#[derive(Clone, Copy)]
pub struct Metric {
    /// The name in the API and in SQL.
    pub name: &'static str,
    pub title: &'static str,
    /// The question that it answers, as the playbook puts it.
    pub question: &'static str,
    /// How to read the value.
    pub reading: &'static str,
    /// The unit after the value; empty for a bare number.
    pub unit: &'static str,
    /// The line whose crossing has a name.
    pub line: Option<Line>,
    pub measure: fn(&Situation) -> Measure,
}

/// A limit, on which side of it things are bad, and the word for being there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub limit: f64,
    pub bad: Side,
    pub word: &'static str,
}

/// One side of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Below,
    AtOrAbove,
}

impl Line {
    /// A line that is bad to be below.
    pub const fn below(limit: f64, word: &'static str) -> Line {
        Line { limit, bad: Side::Below, word }
    }

    /// A line that is bad to reach.
    pub const fn at_or_above(limit: f64, word: &'static str) -> Line {
        Line { limit, bad: Side::AtOrAbove, word }
    }

    /// Whether `value` lies on the bad side.
    pub fn is_crossed_by(&self, value: f64) -> bool {
        match self.bad {
            Side::Below => value < self.limit,
            Side::AtOrAbove => value >= self.limit,
        }
    }
}

/// Everything a metric may look at for one key result.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// `None` for key results without numbers, and before the first reading.
    pub history: Option<&'a History>,
    /// Weeks since the start of the key result.
    pub now_week: f64,
    /// The declared inputs, scored by [`alignment::score`].
    pub inputs: &'a [InputScore],
    /// The length of the longest chain of goals that depend on this one ([`risk::depth`]).
    pub dependents_depth: u32,
    pub setting: &'a Setting,
    /// The values that the metric can take at all.
    pub bounds: Bounds,
    /// The owner's own confidence, for key results without numbers.
    pub declared: Option<f64>,
}

/// The values that can occur: a share ends at 100, a count at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
}

impl Bounds {
    /// The nearest value that can occur.
    pub fn keep(&self, value: f64) -> f64 {
        let raised = self.lowest.map_or(value, |lowest| value.max(lowest));
        self.highest.map_or(raised, |highest| raised.min(highest))
    }
}

/// A value with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// `None` where nothing can be said yet; the reason is in `why`.
    pub value: Option<f64>,
    pub why: Why,
}

impl Measure {
    fn none(sentence: &str) -> Measure {
        Measure { value: None, why: Why::saying(sentence) }
    }
}

/// The answer to "why this number?".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Why {
    /// One sentence for a person, without a full stop.
    pub sentence: String,
    /// The readings that were used, earliest first.
    pub readings: Vec<Point>,
    /// The quantities that it was made from.
    pub figures: Vec<Figure>,
}

impl Why {
    fn saying(sentence: &str) -> Why {
        Why { sentence: sentence.to_owned(), ..Why::default() }
    }

    fn from_history(history: &History, sentence: String, figures: Vec<Figure>) -> Why {
        Why { sentence, readings: history.points().to_vec(), figures }
    }
}

/// One named quantity in an explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub name: String,
    pub value: f64,
}

impl Figure {
    fn new(name: impl Into<String>, value: f64) -> Figure {
        Figure { name: name.into(), value }
    }
}

/// A signed quantity for a sentence: at most two decimals, none that say nothing.
pub(crate) fn shown(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// A probability for a sentence: `41 %`.
pub(crate) fn percent(probability: f64) -> String {
    format!("{:.0} %", probability * 100.0)
}
