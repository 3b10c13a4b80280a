//! How the metrics of one key result stood week by week: what a sparkline shows.
//!
//! Each week is measured as if it were then: later readings are not known yet. Alignment and risk
//! are of the inputs and of what waits for it; who knows those adds them.

use super::History;
use super::momentum::momentum;
use super::success_probability::{Setting, success_probability};
use super::velocity::velocity;

/// The end of one week, or this moment for the week that runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PastWeek {
    /// The last reading known then.
    pub value: Option<f64>,
    pub velocity: Option<f64>,
    pub momentum: Option<f64>,
    pub success_probability: Option<f64>,
    pub alignment: Option<f64>,
    pub risk_index: Option<f64>,
    /// The share of the way that was made, 0 to 1.
    pub progress: Option<f64>,
}

/// The weeks since the start, earliest first, the last one as of `now_week`.
pub fn past_weeks(history: Option<&History>, now_week: f64, setting: &Setting) -> Vec<PastWeek> {
    const MOST_WEEKS: f64 = 54.0;
    let weeks = now_week.clamp(0.0, MOST_WEEKS).ceil() as u32;
    (1..=weeks)
        .map(|end| {
            let then = f64::from(end).min(now_week);
            let known = history.and_then(|history| history.until(then));
            known.map_or_else(PastWeek::default, |known| week(&known, then, setting))
        })
        .collect()
}

fn week(known: &History, then: f64, setting: &Setting) -> PastWeek {
    let way = known.target() - known.start_value();
    let made = known.last().value - known.start_value();
    let inside = if known.is_inside() { 1.0 } else { 0.0 };
    let progress = if way == 0.0 { inside } else { (made / way).clamp(0.0, 1.0) };
    PastWeek {
        value: Some(known.last().value),
        velocity: velocity(known, then),
        momentum: Some(momentum(known, then)),
        success_probability: Some(success_probability(known, setting)),
        alignment: None,
        risk_index: None,
        progress: Some(progress),
    }
}
