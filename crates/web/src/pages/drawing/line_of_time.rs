//! What rings within the next hours, as marks on a line of time.

use super::canvas::{Across, Canvas, Svg, anchor};
use crate::pages::words::Meaning;

const HEIGHT: u32 = 92;
const BASE: f64 = 66.0;
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
    let mut canvas = Canvas::stretching("line-of-time", HEIGHT);
    // Half a mark stays free on either side.
    let share = |hour: f64| 3.0 + (hour / hours).clamp(0.0, 1.0) * 94.0;
    canvas.line(
        "axis",
        (Across::Percent(0.0), BASE),
        (Across::Percent(100.0), BASE),
    );
    for (hour, words) in labels.iter().filter(|(hour, _)| hour.is_finite()) {
        let at = Across::Percent(share(*hour));
        canvas.line("tick", (at, BASE), (at, BASE + 6.0));
        canvas.text(
            "label quiet",
            (at, BASE + 20.0),
            anchor(share(*hour)),
            words,
        );
    }
    let mut ends = [f64::MIN; ROWS];
    for (place, bell) in bells
        .iter()
        .enumerate()
        .filter(|(_, bell)| bell.hours.is_finite())
    {
        let at = share(bell.hours);
        let free = ends.iter().position(|end| at - end >= APART);
        let row = free.unwrap_or(ROWS - 1);
        ends[row] = at;
        draw_bell(&mut canvas, (at, row), place + 1, bell.meaning);
    }
    let listed: Vec<&str> = bells.iter().map(|bell| bell.words.as_str()).collect();
    let title = match bells.len() {
        0 => format!("Nothing rings within {hours:.0} hours"),
        1 => format!("1 thing rings within {hours:.0} hours"),
        many => format!("{many} things ring within {hours:.0} hours"),
    };
    canvas.finish(&title, &listed.join("; "))
}

#[expect(clippy::cast_precision_loss, reason = "a row is below 3")]
fn draw_bell(canvas: &mut Canvas, (at, row): (f64, usize), number: usize, meaning: Meaning) {
    let y = BASE - 12.0 - row as f64 * ROW_HEIGHT;
    let x = Across::Percent(at);
    canvas.line("stem", (x, y), (x, BASE));
    canvas.circle(&format!("bell {}", meaning.class()), (x, y), 10.0);
    canvas.text("label number", (x, y + 5.0), "middle", &number.to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bell(hours: f64) -> Bell {
        Bell {
            hours,
            words: format!("at {hours}"),
            meaning: Meaning::Bending,
        }
    }

    #[test]
    fn bells_that_ring_together_do_not_cover_one_another() {
        let picture = line_of_time(48.0, &[bell(5.0), bell(5.5), bell(40.0)], &[]).to_string();
        assert!(picture.contains("3 things ring within 48 hours"));
        assert!(
            picture.contains(r#"cy="54""#) && picture.contains(r#"cy="32""#),
            "{picture}"
        );
    }

    #[test]
    fn a_quiet_time_says_so() {
        let picture = line_of_time(48.0, &[], &[(0.0, "now".into())]).to_string();
        assert!(picture.contains("Nothing rings within 48 hours"));
    }
}
