//! What rings within the next hours, as marks on a line of time.

use super::canvas::{Across, Canvas, Svg, anchor};
use crate::pages::words::Meaning;

/// Room for a mark above the line, and for the words below it.
const ABOVE: f64 = 22.0;
const BELOW: u32 = 26;
/// Marks nearer to one another than this share are lifted above one another.
const APART: f64 = 8.0;
const ROWS: usize = 3;
const ROW_HEIGHT: f64 = 22.0;

/// One thing that rings.
#[derive(Clone, Debug, PartialEq)]
pub struct Bell {
    /// Hours from now.
    pub hours: f64,
    pub words: String,
    pub meaning: Meaning,
}

/// Draws `bells` in order, numbered from 1 as in the list beside the picture; `labels` are the
/// words below the line with their hours (`(0.0, "now")`, `(14.3, "Tue 00:00")`).
pub fn line_of_time(hours: f64, bells: &[Bell], labels: &[(f64, String)]) -> Svg {
    // Half a mark stays free on either side.
    let share = |hour: f64| 3.0 + (hour / hours).clamp(0.0, 1.0) * 94.0;
    let marks = placed(bells, &share);
    let rows = marks.iter().map(|mark| mark.row + 1).max().unwrap_or(0);
    let base = ABOVE + lift(rows);
    let mut canvas = Canvas::stretching("line-of-time", height(rows));
    canvas.line("axis", (Across::Percent(0.0), base), (Across::Percent(100.0), base));
    for (hour, words) in labels.iter().filter(|(hour, _)| hour.is_finite()) {
        let at = Across::Percent(share(*hour));
        canvas.line("tick", (at, base), (at, base + 6.0));
        canvas.text("label quiet", (at, base + 20.0), anchor(share(*hour)), words);
    }
    for mark in &marks {
        let x = Across::Percent(mark.share);
        canvas.line("stem", (x, mark.height(base)), (x, base));
    }
    for mark in &marks {
        draw_mark(&mut canvas, mark, base);
    }
    let listed: Vec<&str> = bells.iter().map(|bell| bell.words.as_str()).collect();
    canvas.finish(&title(hours, bells.len()), &listed.join("; "))
}

fn title(hours: f64, count: usize) -> String {
    match count {
        0 => format!("Nothing rings within {hours:.0} hours"),
        1 => format!("1 thing rings within {hours:.0} hours"),
        many => format!("{many} things ring within {hours:.0} hours"),
    }
}

/// A bell with its place: its number, its share of the line, its row above it.
struct Mark {
    number: usize,
    share: f64,
    row: usize,
    meaning: Meaning,
}

impl Mark {
    /// How far down its centre stands.
    fn height(&self, base: f64) -> f64 {
        base - 12.0 - lift(self.row)
    }
}

/// Gives each bell the lowest row where it covers no other.
fn placed(bells: &[Bell], share: &impl Fn(f64) -> f64) -> Vec<Mark> {
    let mut ends = [f64::MIN; ROWS];
    let mut marks = Vec::new();
    for (place, bell) in bells.iter().enumerate().filter(|(_, bell)| bell.hours.is_finite()) {
        let at = share(bell.hours);
        let row = ends.iter().position(|end| at - end >= APART).unwrap_or(ROWS - 1);
        ends[row] = at;
        marks.push(Mark { number: place + 1, share: at, row, meaning: bell.meaning });
    }
    marks
}

#[expect(clippy::cast_precision_loss, reason = "a row is at most 3")]
fn lift(rows: usize) -> f64 {
    rows as f64 * ROW_HEIGHT
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a height is between 48 and 114 pixels"
)]
fn height(rows: usize) -> u32 {
    (ABOVE + lift(rows)) as u32 + BELOW
}

fn draw_mark(canvas: &mut Canvas, mark: &Mark, base: f64) {
    let (x, y) = (Across::Percent(mark.share), mark.height(base));
    canvas.circle(&format!("bell {}", mark.meaning.class()), (x, y), 10.0);
    canvas.text("label number", (x, y + 5.0), "middle", &mark.number.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bell(hours: f64) -> Bell {
        Bell { hours, words: format!("at {hours}"), meaning: Meaning::Bending }
    }

    #[test]
    fn bells_that_ring_together_do_not_cover_one_another() {
        let picture = line_of_time(48.0, &[bell(5.0), bell(5.5), bell(40.0)], &[]).to_string();
        assert!(picture.contains("3 things ring within 48 hours"));
        assert!(picture.contains(r#"cy="54""#) && picture.contains(r#"cy="32""#), "{picture}");
    }

    #[test]
    fn a_quiet_time_says_so() {
        let picture = line_of_time(48.0, &[], &[(0.0, "now".into())]).to_string();
        assert!(picture.contains("Nothing rings within 48 hours"));
    }
}
