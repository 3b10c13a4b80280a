//! A sparkline: the last weeks of one number, without axes.

use super::canvas::{Across, Canvas, Svg, rounded};
use crate::pages::words::Meaning;

const WIDTH: u32 = 80;
const HEIGHT: u32 = 20;
/// Weeks across: a quarter. A shorter history leaves the left free.
const WEEKS: usize = 13;
/// Room for the last dot.
const MARGIN: f64 = 3.0;

/// Draws `history` (one value a week, oldest first, at most the last 13), its threshold as a
/// hairline and its last value as a dot in the colour of `meaning`.
pub fn sparkline(
    name: &str,
    history: &[Option<f64>],
    threshold: Option<f64>,
    meaning: Meaning,
) -> Svg {
    let shown = &history[history.len().saturating_sub(WEEKS)..];
    let weeks: Vec<Option<f64>> =
        shown.iter().map(|value| value.filter(|number| number.is_finite())).collect();
    let known: Vec<f64> = weeks.iter().flatten().copied().collect();
    let mut canvas = Canvas::fixed("sparkline", WIDTH, HEIGHT);
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return canvas.finish(&format!("{name}: nothing known yet"), "");
    };
    let threshold = threshold.filter(|value| value.is_finite());
    let (low, high) = range(&known, threshold);
    // The last week stands at the right, below the figure's last digit.
    let free = WEEKS - weeks.len();
    let height = |value: f64| {
        let span = f64::from(HEIGHT) - 2.0 * MARGIN;
        f64::from(HEIGHT) - MARGIN - (value - low) / (high - low) * span
    };
    if let Some(value) = threshold {
        let y = height(value);
        canvas.line("threshold", (Across::Pixels(0.0), y), (Across::Pixels(f64::from(WIDTH)), y));
    }
    let mut end = (0.0, 0.0);
    for run in runs(&weeks) {
        let points: Vec<(f64, f64)> =
            run.iter().map(|(week, value)| (across(free + *week), height(*value))).collect();
        end = points.last().copied().unwrap_or(end);
        canvas.polyline("line", &points);
    }
    canvas.circle(&format!("end {}", meaning.class()), (Across::Pixels(end.0), end.1), 2.5);
    let title = format!(
        "{name}: {} to {} over {}",
        number(*first),
        number(*last),
        weeks_in_words(known.len())
    );
    canvas.finish(&title, "")
}

fn weeks_in_words(count: usize) -> String {
    if count == 1 { "1 week".to_owned() } else { format!("{count} weeks") }
}

/// Small numbers keep two decimals, large ones lose them.
fn number(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.2}") } else { rounded(value) }
}

#[expect(clippy::cast_precision_loss, reason = "a week's index is below 13")]
fn across(week: usize) -> f64 {
    MARGIN + week as f64 * (f64::from(WIDTH) - 2.0 * MARGIN) / (WEEKS - 1) as f64
}

/// The lowest and highest of what is drawn, never equal.
fn range(known: &[f64], threshold: Option<f64>) -> (f64, f64) {
    let all = known.iter().copied().chain(threshold);
    let (low, high) =
        all.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if high - low < 1e-9 { (low - 1.0, high + 1.0) } else { (low, high) }
}

/// The stretches between gaps, each value with its week.
fn runs(weeks: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut gap = true;
    for (week, value) in weeks.iter().enumerate() {
        match value {
            Some(value) if gap => runs.push(vec![(week, *value)]),
            Some(value) => runs.last_mut().into_iter().for_each(|run| run.push((week, *value))),
            None => {}
        }
        gap = value.is_none();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_says_what_it_shows() {
        let history = [Some(0.9), None, Some(0.7), Some(0.62)];
        let picture = sparkline("Velocity", &history, Some(0.5), Meaning::Holding).to_string();
        assert!(picture.contains("<title>Velocity: 0.90 to 0.62 over 3 weeks</title>"));
        assert_eq!(picture.matches("<polyline").count(), 2, "a gap breaks the line");
        assert!(picture.contains("class=\"end holding\""));
    }

    #[test]
    fn nothing_known_flat_and_infinite_are_drawn_quietly() {
        assert!(
            sparkline("V", &[None, Some(f64::NAN)], None, Meaning::Plain)
                .to_string()
                .contains("nothing known yet")
        );
        let flat = sparkline("V", &[Some(5.0); 20], None, Meaning::Plain).to_string();
        assert!(!flat.contains("NaN") && !flat.contains("inf"), "{flat}");
    }
}
