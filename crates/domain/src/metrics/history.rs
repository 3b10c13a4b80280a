//! The common ground of the metrics: a key result's readings, and what is derived from them once.
//!
//! The rule to remember: every metric works on `z = g·y`, which rises when things get better, and
//! on weeks since the start of the key result, at any spacing. The noise per root week is estimated
//! from the readings and shrunk towards what the planned way would produce, so that one reading
//! already gives an honest (wide) forecast. Source: the execution spec, part 1, "Common ground".

use super::MetricsError;

/// Readings kept for the metrics of one key result: one a day for a year and a bit. Older ones are
/// left out, because the trend's cost grows with the square of the readings.
pub const MOST_READINGS: usize = 400;

/// The way a numeric key result is meant to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Course {
    IncreaseTo,
    DecreaseTo,
    StayAbove,
    StayBelow,
}

impl Course {
    /// Every course, growth first.
    pub const ALL: [Course; 4] =
        [Course::IncreaseTo, Course::DecreaseTo, Course::StayAbove, Course::StayBelow];

    /// The word used in the API, in SQL and in files of histories.
    pub fn word(self) -> &'static str {
        match self {
            Course::IncreaseTo => "increase_to",
            Course::DecreaseTo => "decrease_to",
            Course::StayAbove => "stay_above",
            Course::StayBelow => "stay_below",
        }
    }

    /// The course that a word stands for.
    pub fn from_word(word: &str) -> Option<Course> {
        Course::ALL.into_iter().find(|course| course.word() == word)
    }

    /// Whether the promise is to hold a line rather than to reach one.
    pub fn holds(self) -> bool {
        matches!(self, Course::StayAbove | Course::StayBelow)
    }

    /// `+1` where more is better, `-1` where less is.
    pub fn sign(self) -> f64 {
        match self {
            Course::IncreaseTo | Course::StayAbove => 1.0,
            Course::DecreaseTo | Course::StayBelow => -1.0,
        }
    }
}

/// One reading as the metrics see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Weeks since the start of the key result.
    pub week: f64,
    /// In the key result's own unit.
    pub value: f64,
}

/// A key result's readings with its promise, checked: finite numbers, times that strictly rise.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    course: Course,
    start_value: f64,
    target: f64,
    length_weeks: f64,
    points: Vec<Point>,
}

impl History {
    /// Takes a promise and its readings, earliest first. Of two readings at the same instant the
    /// later one in the list counts, as a correction. `length_weeks` is the length of the period.
    pub fn new(
        course: Course,
        start_value: f64,
        target: f64,
        length_weeks: f64,
        readings: &[Point],
    ) -> Result<History, MetricsError> {
        if !(length_weeks.is_finite() && length_weeks > 0.0) {
            return Err(MetricsError::NoLength(length_weeks));
        }
        for number in [start_value, target] {
            if !number.is_finite() {
                return Err(MetricsError::NotANumber(number));
            }
        }
        let points = in_order(readings)?;
        Ok(History { course, start_value, target, length_weeks, points })
    }

    pub fn course(&self) -> Course {
        self.course
    }

    pub fn start_value(&self) -> f64 {
        self.start_value
    }

    pub fn target(&self) -> f64 {
        self.target
    }

    /// The length of the period in weeks.
    pub fn length_weeks(&self) -> f64 {
        self.length_weeks
    }

    /// The readings used, earliest first; at least one.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The last reading.
    pub fn last(&self) -> Point {
        self.points[self.points.len() - 1]
    }

    /// The same promise before its last reading; `None` with one reading.
    pub fn before_last(&self) -> Option<History> {
        let earlier = self.points.len() - 1;
        (earlier > 0).then(|| History { points: self.points[..earlier].to_vec(), ..self.clone() })
    }

    /// The same promise with the readings up to and including `week`; `None` without any.
    pub fn until(&self, week: f64) -> Option<History> {
        let known = self.points.partition_point(|point| point.week <= week);
        (known > 0).then(|| History { points: self.points[..known].to_vec(), ..self.clone() })
    }

    /// Whether `value` is at least as good as `limit`.
    pub fn is_as_good_as(&self, value: f64, limit: f64) -> bool {
        self.risen(value) >= self.risen(limit)
    }

    /// Whether the last reading keeps the promise.
    pub fn is_inside(&self) -> bool {
        self.risen(self.last().value) >= self.line()
    }

    /// `z = g·y`: a value on the scale on which more is better.
    pub(super) fn risen(&self, value: f64) -> f64 {
        self.course.sign() * value
    }

    /// `θ = g·T`: the target on that scale.
    pub(super) fn line(&self) -> f64 {
        self.risen(self.target)
    }

    /// `g·y0`: the start value on that scale.
    pub(super) fn ground(&self) -> f64 {
        self.risen(self.start_value)
    }

    /// `(t, z)` of every reading.
    pub(super) fn risen_points(&self) -> Vec<Point> {
        let risen = |point: &Point| Point { week: point.week, value: self.risen(point.value) };
        self.points.iter().map(risen).collect()
    }

    /// `R`: the way to go, `|T − y0|`; a promise without a way has 5 % of its target, and a promise
    /// to stay at zero has one unit, so that the noise is never nothing.
    pub fn way(&self) -> f64 {
        let way = (self.target - self.start_value).abs();
        match (way > 0.0, self.target.abs() > 0.0) {
            (true, _) => way,
            (false, true) => 0.05 * self.target.abs(),
            (false, false) => 1.0,
        }
    }

    /// The noise of one root week, and how many degrees of freedom stand behind it.
    pub(super) fn noise(&self) -> Noise {
        let expected = self.way() / self.length_weeks.sqrt();
        let points = &self.points;
        let (first, last) = (points[0], self.last());
        if points.len() == 1 {
            return Noise { variance: expected * expected, freedom: PRIOR_FREEDOM };
        }
        let slope = (last.value - first.value) / (last.week - first.week);
        let squares: f64 = points
            .windows(2)
            .map(|pair| {
                let weeks = pair[1].week - pair[0].week;
                let miss = pair[1].value - pair[0].value - slope * weeks;
                miss * miss / weeks
            })
            .sum();
        let freedom = PRIOR_FREEDOM + (points.len() - 2) as f64;
        let variance = (PRIOR_FREEDOM * expected * expected + squares) / freedom;
        Noise { variance, freedom }
    }
}

/// `ν0`: how many readings the expectation from the planned way is worth.
const PRIOR_FREEDOM: f64 = 2.0;

/// The noise of a history per root week.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Noise {
    /// `s²`, in squared units per week.
    pub variance: f64,
    /// `df`, the degrees of freedom of the forecast's t distribution.
    pub freedom: f64,
}

fn in_order(readings: &[Point]) -> Result<Vec<Point>, MetricsError> {
    let mut points: Vec<Point> = Vec::with_capacity(readings.len());
    for &point in readings {
        if !point.week.is_finite() || !point.value.is_finite() {
            return Err(MetricsError::NotANumber(point.value));
        }
        match points.last_mut() {
            Some(last) if point.week == last.week => *last = point,
            Some(last) if point.week < last.week => {
                return Err(MetricsError::OutOfOrder { before: last.week, after: point.week });
            }
            _ => points.push(point),
        }
    }
    if points.is_empty() {
        return Err(MetricsError::NoReadings);
    }
    Ok(points.split_off(points.len().saturating_sub(MOST_READINGS)))
}
