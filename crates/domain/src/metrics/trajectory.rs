//! Trajectory: where does it end if this trend goes on?
//!
//! The last reading plus the damped Theil–Sen slope, unshrunk: this is what is *shown*, while the
//! success probability works with the shrunk slope. The source's example, 92 % → 87 % over 60
//! days, gives 82 % thirteen weeks on. Sources: the CISO playbook, "Trigger 7"; Sen, "Estimates of
//! the regression coefficient based on Kendall's tau" (1968); Gardner and McKenzie (1985) for the
//! damped trend.

use super::{Figure, History, Measure, Metric, Situation, Why, shown};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "projection_at_end",
    title: "Trajectory",
    question: "Where does it end if this trend goes on?",
    reading: "the value at the end of the period, in the key result's own unit",
    unit: "",
    line: None,
    measure,
};

/// φ: what is left of a trend after one week.
const DAMPING: f64 = 0.94;

/// The value at the end of the period; `None` with fewer than two readings.
pub fn projection_at_end(history: &History) -> Option<f64> {
    projection_at(history, history.length_weeks())
}

/// The value at `week` (weeks since the start), also past the end of the period: trigger 7 asks for
/// the next audit. `None` with fewer than two readings; never before the last reading.
pub fn projection_at(history: &History, week: f64) -> Option<f64> {
    let slope = slope(history)?;
    let weeks = (week - history.last().week).max(0.0);
    Some(history.last().value + history.course().sign() * slope * damped(weeks))
}

/// The Theil–Sen slope a week on the scale on which more is better: the median of the slopes of
/// all pairs. `None` with fewer than two readings.
pub(super) fn slope(history: &History) -> Option<f64> {
    let points = history.risen_points();
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (nth, later) in points.iter().enumerate() {
        for earlier in &points[..nth] {
            slopes.push((later.value - earlier.value) / (later.week - earlier.week));
        }
    }
    median(&mut slopes)
}

/// `D`: how many weeks of the present slope a horizon of `weeks` is worth.
pub(super) fn damped(weeks: f64) -> f64 {
    DAMPING * (1.0 - DAMPING.powf(weeks)) / (1.0 - DAMPING)
}

fn median(values: &mut [f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let (middle, even) = (values.len() / 2, values.len().is_multiple_of(2));
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if even {
        let lower = below.iter().copied().max_by(f64::total_cmp)?;
        return Some((lower + upper) / 2.0);
    }
    Some(upper)
}

fn measure(situation: &Situation) -> Measure {
    let Some(history) = situation.history else {
        return Measure::none("there are no readings yet");
    };
    let Some(slope) = slope(history) else {
        return Measure::none("one reading has no trend yet; a second one will show it");
    };
    let weekly = history.course().sign() * slope;
    let weeks = (history.length_weeks() - history.last().week).max(0.0);
    let free = history.last().value + weekly * damped(weeks);
    let value = situation.bounds.keep(free);
    let figures = vec![
        Figure::new("last reading", history.last().value),
        Figure::new("trend a week", weekly),
        Figure::new("weeks to go", weeks),
    ];
    let sentence = format!(
        "{} now, {} a week, fading by 6 % a week",
        shown(history.last().value),
        shown(weekly)
    );
    Measure { value: Some(value), why: Why::from_history(history, sentence, figures) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_of_slopes_is_the_mean_of_the_middle_two() {
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [7.0]), Some(7.0));
        assert_eq!(median(&mut []), None);
    }
}
