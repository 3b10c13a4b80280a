//! Success probability: what are the odds that the key result lands?
//!
//! The predictive distribution of the last value: the present value, the trend shrunk towards what
//! somebody working on it would make of it (*driven*) or towards nothing (*watched*), and the noise
//! of the readings, as a Student t. A probability is a forecast and is held to account, so it is
//! never shown as 0 or 1. Source: the execution spec, part 2, "Numeric KR".

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::trajectory::{damped, slope};
use super::{Figure, History, Line, Measure, Metric, Situation, Why, percent};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "success_probability",
    title: "Success probability",
    question: "What are the odds that it lands?",
    reading: "from 0.01 to 0.99, forecast from the readings and the time left",
    unit: "probability",
    line: Some(Line::below(0.5, "likely to miss")),
    measure,
};

/// The smallest probability ever shown; the largest is its counterpart.
pub const LEAST: f64 = 0.01;
/// The largest probability ever shown.
pub const MOST: f64 = 0.99;

/// What is assumed about a key result before its readings speak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    pub name: &'static str,
    /// π: the share of the planned pace that is expected of a growth key result.
    pub planned_share: f64,
    /// τ: how freely the trend may differ from that, in units of the noise.
    pub freedom_of_trend: f64,
}

/// Somebody works on it: the default.
pub const DRIVEN: Setting = Setting { name: "driven", planned_share: 0.8, freedom_of_trend: 0.5 };
/// Nobody does: it is only watched.
pub const WATCHED: Setting =
    Setting { name: "watched", planned_share: 0.0, freedom_of_trend: 0.25 };

/// Where the value will be at the end of the period, on the scale on which more is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The middle of the distribution.
    pub middle: f64,
    /// Its scale; 0 once the period is over.
    pub scale: f64,
    /// Degrees of freedom of the t distribution.
    pub freedom: f64,
    /// How far the middle moves when the pace is off by one standard error; a part of `scale`.
    pub reach: f64,
}

impl Outlook {
    /// The outlook if the pace were known, and `errors` standard errors off the estimated one: what
    /// is left is the noise of the weeks to come.
    #[must_use]
    pub fn with_pace_off_by(&self, errors: f64) -> Outlook {
        let left = (self.scale * self.scale - self.reach * self.reach).max(0.0);
        Outlook {
            middle: self.middle + errors * self.reach,
            scale: left.sqrt(),
            freedom: self.freedom,
            reach: 0.0,
        }
    }

    /// The probability that the value ends at `line` or better, not clamped.
    pub fn at_least(&self, line: f64) -> f64 {
        if self.scale <= 0.0 {
            return if self.middle >= line { 1.0 } else { 0.0 };
        }
        let distance = (line - self.middle) / self.scale;
        match StudentsT::new(0.0, 1.0, self.freedom) {
            Ok(distribution) => distribution.sf(distance),
            Err(_) => 0.5,
        }
    }
}

/// The predictive distribution at the end of the period.
pub fn outlook(history: &History, setting: &Setting) -> Outlook {
    let noise = history.noise();
    let last = history.last();
    let span = last.week - history.points()[0].week;
    let (trend, span) = slope(history).map_or((0.0, 1e-9), |slope| (slope, span));
    let expected = expected_pace(history, setting);
    let trend_variance = noise.variance / span;
    let allowed = setting.freedom_of_trend.powi(2) * noise.variance;
    let weight = allowed / (allowed + trend_variance);
    let pace = expected + weight * (trend - expected);
    let weeks = (history.length_weeks() - last.week).max(0.0);
    let reach = damped(weeks);
    let variance = noise.variance * weeks.powf(0.8) + reach * reach * weight * trend_variance;
    Outlook {
        middle: history.risen(last.value) + reach * pace,
        scale: variance.sqrt(),
        freedom: noise.freedom,
        reach: reach * (weight * trend_variance).sqrt(),
    }
}

/// The probability that the key result stands at its target, or better, at the end of its period:
/// 0.01 to 0.99; after the end one of the two.
pub fn success_probability(history: &History, setting: &Setting) -> f64 {
    outlook(history, setting).at_least(history.line()).clamp(LEAST, MOST)
}

/// Where the probability would lie if the pace were one standard error worse, or better, than it
/// is estimated: two thirds of the chances. What it shows is how little is known, and it narrows
/// with every reading.
pub fn range(history: &History, setting: &Setting) -> (f64, f64) {
    let (outlook, line) = (outlook(history, setting), history.line());
    let off = |errors| outlook.with_pace_off_by(errors).at_least(line).clamp(LEAST, MOST);
    let value = success_probability(history, setting);
    (off(-1.0).min(value), off(1.0).max(value))
}

/// `m`: the pace that is expected before the readings speak, a week.
fn expected_pace(history: &History, setting: &Setting) -> f64 {
    if history.course().holds() {
        return 0.0;
    }
    let way = (history.line() - history.ground()).max(0.0);
    setting.planned_share * way / history.length_weeks()
}

fn measure(situation: &Situation) -> Measure {
    let Some(history) = situation.history else {
        return declared(situation.declared);
    };
    let setting = situation.setting;
    let outlook = outlook(history, setting);
    let value = success_probability(history, setting);
    let sign = history.course().sign();
    let middle = situation.bounds.keep(sign * outlook.middle);
    let figures = vec![
        Figure::new("expected at the end", middle),
        Figure::new("give or take", outlook.scale),
        Figure::new("target", history.target()),
        Figure::new("weeks to go", (history.length_weeks() - history.last().week).max(0.0)),
    ];
    let sentence = format!(
        "{} to end at {} or better: {:.1} is expected, give or take {:.1} ({})",
        percent(value),
        history.target(),
        middle,
        outlook.scale,
        setting.name
    );
    Measure { value: Some(value), why: Why::from_history(history, sentence, figures) }
}

/// A key result without numbers has only what its owner reports.
fn declared(confidence: Option<f64>) -> Measure {
    let Some(confidence) = confidence else {
        return Measure::none("there are no readings to forecast from yet");
    };
    let value = confidence.clamp(LEAST, MOST);
    let sentence = "from the owner's own report; there is no number to forecast from";
    Measure { value: Some(value), why: Why::saying(sentence) }
}
