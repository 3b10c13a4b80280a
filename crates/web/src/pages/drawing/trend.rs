//! The course of a number: its readings, the target as a line, the forecast as a fading band.

use super::canvas::{Across, Canvas, Svg, anchor, rounded};
use crate::pages::words::Meaning;

const HEIGHT: u32 = 240;
const TOP: f64 = 24.0;
const PLOT: f64 = 184.0;
/// Slices between two points of the forecast, so that it fades without steps.
const SLICES: usize = 6;
/// How dark the forecast begins and ends.
const FADE: (f64, f64) = (0.36, 0.04);

/// Where the number may lie at one week of the forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub week: f64,
    pub low: f64,
    pub high: f64,
}

/// A number over a period, in weeks since its start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// What is drawn: `Share fixed in time`.
    pub name: String,
    /// ` %`, ` d`, or nothing; written behind each number.
    pub unit: String,
    pub weeks: f64,
    pub now: f64,
    pub target: Option<f64>,
    /// Week and value, in order.
    pub readings: Vec<(f64, f64)>,
    /// From now on; the first is the last reading.
    pub forecast: Vec<Band>,
    /// What may not be passed: `(0, 100)` for a share.
    pub bounds: Option<(f64, f64)>,
    /// Words below the start, now and the end.
    pub labels: (String, String, String),
    pub meaning: Meaning,
}

/// Draws the trend.
pub fn trend(trend: &Trend) -> Svg {
    let mut canvas = Canvas::stretching("trend", HEIGHT);
    let Some((low, high)) = range(trend).filter(|_| trend.weeks > 0.0) else {
        return canvas.finish(&format!("{}: nothing read yet", trend.name), "");
    };
    let y = |value: f64| PLOT - (value - low) / (high - low) * PLOT;
    let x = |week: f64| (week / trend.weeks).clamp(0.0, 1.0) * 1000.0;
    draw_ground(&mut canvas, trend, (low, high));
    canvas.begin_stretched(TOP, PLOT);
    draw_forecast(&mut canvas, trend, &x, &y);
    let points: Vec<(f64, f64)> =
        finite(&trend.readings).map(|(week, value)| (x(week), y(value))).collect();
    canvas.polyline("line", &points);
    canvas.end_stretched();
    for (place, (across, down)) in points.iter().enumerate() {
        let last = place + 1 == points.len();
        let class = if last { format!("dot {}", trend.meaning.class()) } else { "dot".to_owned() };
        let centre = (Across::Percent(across / 10.0), TOP + down);
        canvas.circle(&class, centre, if last { 4.5 } else { 3.0 });
    }
    draw_target(&mut canvas, trend, &y);
    canvas.finish(&title(trend), &description(trend))
}

fn finite(readings: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    readings.iter().copied().filter(|(week, value)| week.is_finite() && value.is_finite())
}

/// The lowest and highest of all that is drawn, with a little air, inside the bounds.
fn range(trend: &Trend) -> Option<(f64, f64)> {
    let banded = trend.forecast.iter().flat_map(|band| [band.low, band.high]);
    let all = finite(&trend.readings).map(|(_, value)| value).chain(trend.target).chain(banded);
    let clamp = |value: f64| match trend.bounds {
        Some((least, most)) => value.max(least).min(most),
        None => value,
    };
    let (low, high) = all
        .filter(|value| value.is_finite())
        .map(clamp)
        .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return None;
    }
    let air = ((high - low) * 0.08).max(0.5);
    Some((low - air, high + air))
}

fn draw_ground(canvas: &mut Canvas, trend: &Trend, (low, high): (f64, f64)) {
    let bottom = TOP + PLOT;
    canvas.line("axis", (Across::Percent(0.0), bottom), (Across::Percent(100.0), bottom));
    let now = (trend.now / trend.weeks).clamp(0.0, 1.0) * 100.0;
    canvas.line("now", (Across::Percent(now), TOP), (Across::Percent(now), bottom + 6.0));
    let (start, today, end) = &trend.labels;
    canvas.text("label quiet", (Across::Percent(0.0), bottom + 22.0), "start", start);
    canvas.text("label quiet", (Across::Percent(100.0), bottom + 22.0), "end", end);
    if now > 20.0 && now < 80.0 {
        let at = (Across::Percent(now), bottom + 22.0);
        canvas.text("label strong", at, "middle", today);
    }
    let air = ((high - low) * 0.08 / 1.16).max(0.5);
    for value in [low + air, high - air] {
        let words = format!("{}{}", rounded(value), trend.unit);
        let down = TOP + PLOT - (value - low) / (high - low) * PLOT;
        canvas.line("grid", (Across::Percent(0.0), down), (Across::Percent(100.0), down));
        // Where the target lies, its own words stand.
        if trend.target.is_none_or(|target| (target - value).abs() >= air) {
            let at = (Across::Percent(100.0), down - 6.0);
            canvas.text("label quiet", at, "end", &words);
        }
    }
}

fn draw_forecast(
    canvas: &mut Canvas,
    trend: &Trend,
    x: &impl Fn(f64) -> f64,
    y: &impl Fn(f64) -> f64,
) {
    let keep = |value: f64| match trend.bounds {
        Some((least, most)) => value.max(least).min(most),
        None => value,
    };
    let bands = sliced(&trend.forecast);
    let last = bands.len().saturating_sub(2).max(1);
    for (place, pair) in bands.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        let corners = [
            (x(from.week), y(keep(from.high))),
            (x(to.week), y(keep(to.high))),
            (x(to.week), y(keep(to.low))),
            (x(from.week), y(keep(from.low))),
        ];
        if corners.iter().all(|(across, down)| across.is_finite() && down.is_finite()) {
            canvas.faded_polygon(
                "forecast",
                FADE.0 + (FADE.1 - FADE.0) * part(place, last),
                &corners,
            );
        }
    }
}

/// The forecast with points between its points.
fn sliced(forecast: &[Band]) -> Vec<Band> {
    let mut bands = Vec::new();
    for pair in forecast.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        bands.extend((0..SLICES).map(|slice| {
            let between = |from: f64, to: f64| from + (to - from) * part(slice, SLICES);
            Band {
                week: between(from.week, to.week),
                low: between(from.low, to.low),
                high: between(from.high, to.high),
            }
        }));
    }
    bands.extend(forecast.last());
    bands
}

#[expect(clippy::cast_precision_loss, reason = "slices are few hundred at most")]
fn part(place: usize, of: usize) -> f64 {
    place as f64 / of as f64
}

fn draw_target(canvas: &mut Canvas, trend: &Trend, y: &impl Fn(f64) -> f64) {
    let Some(target) = trend.target.filter(|value| value.is_finite()) else {
        return;
    };
    let down = TOP + y(target);
    canvas.line("target", (Across::Percent(0.0), down), (Across::Percent(100.0), down));
    let words = format!("target {}{}", rounded(target), trend.unit);
    canvas.text("label strong", (Across::Percent(100.0), down - 6.0), anchor(100.0), &words);
}

fn title(trend: &Trend) -> String {
    let target = trend
        .target
        .map(|value| format!(", target {}{}", rounded(value), trend.unit))
        .unwrap_or_default();
    match finite(&trend.readings).last() {
        Some((_, value)) => {
            format!("{}: last {}{}{target}", trend.name, rounded(value), trend.unit)
        }
        None => format!("{}: nothing read yet{target}", trend.name),
    }
}

fn description(trend: &Trend) -> String {
    let readings: Vec<String> = finite(&trend.readings)
        .map(|(week, value)| format!("week {} {}{}", rounded(week), rounded(value), trend.unit))
        .collect();
    let forecast = trend.forecast.last().map(|band| {
        format!(
            " If this goes on, between {} and {}{} at the end.",
            rounded(band.low),
            rounded(band.high),
            trend.unit
        )
    });
    format!("Readings: {}.{}", readings.join(", "), forecast.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Trend {
        Trend {
            name: "Share fixed in time".into(),
            unit: " %".into(),
            weeks: 13.0,
            now: 6.0,
            target: Some(100.0),
            readings: vec![(0.0, 70.0), (3.0, 73.5), (6.0, 91.5)],
            forecast: vec![
                Band { week: 6.0, low: 91.5, high: 91.5 },
                Band { week: 9.0, low: 85.0, high: 103.0 },
                Band { week: 13.0, low: 80.0, high: 115.0 },
            ],
            bounds: Some((0.0, 100.0)),
            ..Trend::default()
        }
    }

    #[test]
    fn a_trend_says_its_target_its_readings_and_its_forecast() {
        let picture = trend(&sample()).to_string();
        assert!(picture.contains("Share fixed in time: last 91.5 %, target 100 %"));
        assert!(picture.contains("week 3 73.5 %"));
        assert_eq!(picture.matches("<polygon").count(), 2 * SLICES);
        assert!(picture.contains(r#"fill-opacity="0.36""#), "{picture}");
        assert!(picture.contains(r#"fill-opacity="0.04""#), "{picture}");
    }

    #[test]
    fn no_reading_and_no_target_draws_nothing() {
        let empty = Trend { name: "Backlog".into(), weeks: 13.0, ..Trend::default() };
        assert!(trend(&empty).to_string().contains("Backlog: nothing read yet"));
    }

    #[test]
    fn the_same_values_draw_the_same_bytes() {
        assert_eq!(trend(&sample()), trend(&sample()));
    }
}
