//! Velocity: is the key result moving fast enough this week?
//!
//! 1 is exactly the pace that is needed from here to the target; below 0.5 is *behind*. A positive
//! velocity fades when nothing has been read for more than a week. Beside it stands the pace so
//! far, SPI(t): the earned schedule over the time spent. Sources: the CISO playbook, "Velocity";
//! Lipke, "Schedule is Different" (2003), for the earned schedule.

use super::{Figure, History, Line, Measure, Metric, Situation, Why, shown};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "velocity",
    title: "Velocity",
    question: "Is this key result moving fast enough this week?",
    reading: "1 is exactly the pace needed from here to the target; negative is the wrong way",
    unit: "",
    line: Some(Line::below(BEHIND_BELOW, "behind")),
    measure,
};

/// Below this the key result is behind.
pub const BEHIND_BELOW: f64 = 0.5;

/// The pace is taken over at least this many weeks (5 days), so that two readings on neighbouring
/// days do not make a week's verdict.
const SHORTEST_STRETCH: f64 = 5.0 / 7.0;
/// Readings age after this many weeks.
const FRESH_WEEKS: f64 = 1.0;
/// What a positive velocity loses with each further week.
const LOSS_PER_STALE_WEEK: f64 = 0.25;

/// Velocity at week `now`, from −2 to 2; `None` with fewer than two readings.
pub fn velocity(history: &History, now: f64) -> Option<f64> {
    Stretch::of(history).map(|stretch| stretch.velocity(history, now))
}

/// SPI(t): the share of the time spent that the way made so far would have taken on the straight
/// plan. 1 = as planned. `None` for promises to hold, for promises without a way, and at week 0.
pub fn pace_so_far(history: &History) -> Option<f64> {
    let way = history.line() - history.ground();
    let last = history.last();
    if history.course().holds() || way <= 0.0 || last.week <= 0.0 {
        return None;
    }
    let earned = (history.risen(last.value) - history.ground()) / way * history.length_weeks();
    Some(earned / last.week)
}

/// The last stretch of the way, on the scale on which more is better.
struct Stretch {
    /// `r`: the pace achieved, in units a week.
    pace: f64,
    /// `θ − z_j`: what was missing at the start of the stretch; negative = room to spare.
    gap: f64,
    /// Weeks left from the start of the stretch, at least one.
    weeks_left: f64,
}

impl Stretch {
    fn of(history: &History) -> Option<Stretch> {
        let points = history.risen_points();
        let last = *points.last()?;
        let earlier = &points[..points.len() - 1];
        let far_enough = |point: &&super::Point| last.week - point.week >= SHORTEST_STRETCH - 1e-9;
        let from = earlier.iter().rev().find(far_enough).or(earlier.first())?;
        Some(Stretch {
            pace: (last.value - from.value) / (last.week - from.week),
            gap: history.line() - from.value,
            weeks_left: (history.length_weeks() - from.week).max(1.0),
        })
    }

    /// The pace that would have been exactly enough; negative = the slip that could be afforded.
    fn needed(&self) -> f64 {
        self.gap / self.weeks_left
    }

    fn velocity(&self, history: &History, now: f64) -> f64 {
        let holds = history.course().holds();
        let raw = if self.gap > 0.0 {
            self.pace * self.weeks_left / self.gap
        } else if holds {
            let room = (-self.needed()).max(history.noise().variance.sqrt() / 4.0);
            (1.0 + self.pace / room).min(1.0)
        } else {
            1.0
        };
        let arrived = !holds && history.is_inside();
        let clipped = if arrived { raw.max(1.0) } else { raw }.clamp(-2.0, 2.0);
        if clipped > 0.0 { clipped * freshness(history, now) } else { clipped }
    }
}

fn freshness(history: &History, now: f64) -> f64 {
    let stale_weeks = (now - history.last().week - FRESH_WEEKS).max(0.0);
    (1.0 - LOSS_PER_STALE_WEEK * stale_weeks).max(0.0)
}

fn measure(situation: &Situation) -> Measure {
    let Some(history) = situation.history else {
        return Measure::none("there are no readings yet");
    };
    let Some(stretch) = Stretch::of(history) else {
        return Measure::none("one reading shows no pace yet; a second one will");
    };
    let value = stretch.velocity(history, situation.now_week);
    let sign = history.course().sign();
    let (achieved, needed) = (sign * stretch.pace, sign * stretch.needed());
    let mut figures = vec![
        Figure::new("pace achieved a week", achieved),
        Figure::new("pace needed a week", needed),
        Figure::new("weeks left from there", stretch.weeks_left),
    ];
    figures.extend(pace_so_far(history).map(|pace| Figure::new("pace so far, SPI(t)", pace)));
    let fresh = freshness(history, situation.now_week);
    if fresh < 1.0 {
        figures.push(Figure::new("freshness of the last reading", fresh));
    }
    let mut sentence = if stretch.gap > 0.0 {
        format!("moved {} a week where {} was needed", shown(achieved), shown(needed))
    } else {
        format!("on the right side of {}, moving {} a week", history.target(), shown(achieved))
    };
    if fresh < 1.0 {
        sentence.push_str("; the last reading is more than a week old");
    }
    Measure { value: Some(value), why: Why::from_history(history, sentence, figures) }
}
