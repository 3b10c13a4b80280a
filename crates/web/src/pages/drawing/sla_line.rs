//! The whole life of a clock as one line: opened, warning, now, due, with who held it.

use super::canvas::{Across, Canvas, Svg, anchor};
use crate::pages::words::Meaning;

const HEIGHT: u32 = 104;
const BAR_TOP: f64 = 42.0;
const BAR_HEIGHT: f64 = 20.0;
/// Pixels one letter needs, and the narrowest picture, to decide whether a name fits.
const LETTER: f64 = 7.5;
const NARROWEST: f64 = 320.0;

/// One stretch of the life, held by one team or vendor.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    pub holder: String,
    /// Hours since the clock started.
    pub from: f64,
    /// Hours since the clock started.
    pub until: f64,
}

/// A clock's life in hours since its start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlaLine {
    /// When it warns, for instance 12 × 24.
    pub warning: Option<f64>,
    pub now: f64,
    pub due: f64,
    /// When it stopped, if it has.
    pub stopped: Option<f64>,
    pub holdings: Vec<Holding>,
    /// Words below the start: `Opened Mon 9 Nov`.
    pub opened_words: String,
    /// Words above the warning: `Warns Sat 21 Nov`.
    pub warning_words: String,
    /// Words above now: `Now, 2 d left`.
    pub now_words: String,
    /// Words below the due mark: `Due Mon 23 Nov 23:59`.
    pub due_words: String,
    pub meaning: Meaning,
}

/// Draws the line. A life that is not a positive, finite length draws nothing but its words.
pub fn sla_line(line: &SlaLine) -> Svg {
    let mut canvas = Canvas::stretching("sla-line", HEIGHT);
    let end = line.due.max(line.stopped.unwrap_or(line.now));
    let title = format!(
        "{}. {}. {}.",
        line.opened_words, line.now_words, line.due_words
    );
    if !end.is_finite() || end <= 0.0 {
        return canvas.finish(&title, "");
    }
    let share = |hours: f64| (hours / end * 100.0).clamp(0.0, 100.0);
    let at = |hours: f64| Across::Percent(share(hours));
    let bar = |canvas: &mut Canvas, class: &str, from: f64, until: f64| {
        let width = Across::Percent(share(until) - share(from));
        canvas.rect(class, (at(from), BAR_TOP), (width, BAR_HEIGHT));
    };
    bar(&mut canvas, "life", 0.0, end);
    let reached = line.stopped.unwrap_or(line.now);
    draw_holdings(&mut canvas, line, end);
    if let Some(warning) = line.warning.filter(|hours| *hours < line.due) {
        let strip = Across::Percent(share(line.due) - share(warning));
        canvas.rect("bending", (at(warning), BAR_TOP + BAR_HEIGHT), (strip, 4.0));
        canvas.line(
            "tick",
            (at(warning), BAR_TOP - 4.0),
            (at(warning), BAR_TOP + BAR_HEIGHT),
        );
        canvas.text(
            "label quiet",
            (at(warning), BAR_TOP - 8.0),
            anchor(share(warning)),
            &line.warning_words,
        );
    }
    if reached > line.due {
        let strip = Across::Percent(share(reached) - share(line.due));
        canvas.rect("broken", (at(line.due), BAR_TOP + BAR_HEIGHT), (strip, 4.0));
    }
    canvas.line(
        "due",
        (at(line.due), BAR_TOP - 4.0),
        (at(line.due), BAR_TOP + BAR_HEIGHT + 10.0),
    );
    canvas.text("label quiet", (at(0.0), 82.0), "start", &line.opened_words);
    canvas.text(
        "label strong",
        (at(line.due), 100.0),
        anchor(share(line.due)),
        &line.due_words,
    );
    canvas.line(
        "now",
        (at(reached), 18.0),
        (at(reached), BAR_TOP + BAR_HEIGHT + 4.0),
    );
    let now_class = format!("label strong {}", line.meaning.class());
    canvas.text(
        &now_class,
        (at(reached), 14.0),
        anchor(share(reached)),
        &line.now_words,
    );
    canvas.finish(&title, &holders_in_words(line))
}

fn draw_holdings(canvas: &mut Canvas, line: &SlaLine, end: f64) {
    for (place, holding) in line.holdings.iter().enumerate() {
        let from = (holding.from / end * 100.0).clamp(0.0, 100.0);
        let width = (holding.until / end * 100.0).clamp(0.0, 100.0) - from;
        let shade = if place.is_multiple_of(2) {
            "held"
        } else {
            "held other"
        };
        canvas.rect(
            shade,
            (Across::Percent(from), BAR_TOP),
            (Across::Percent(width), BAR_HEIGHT),
        );
        if letters(&holding.holder) * LETTER + 12.0 < width / 100.0 * NARROWEST {
            let middle = Across::Percent(from + width / 2.0);
            canvas.text(
                "label holder",
                (middle, BAR_TOP + 15.0),
                "middle",
                &holding.holder,
            );
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a name's length is far below 2^52"
)]
fn letters(name: &str) -> f64 {
    name.chars().count() as f64
}

fn holders_in_words(line: &SlaLine) -> String {
    let held: Vec<String> = line
        .holdings
        .iter()
        .map(|holding| {
            format!(
                "{} from day {:.0} to day {:.0}",
                holding.holder,
                holding.from / 24.0,
                holding.until / 24.0
            )
        })
        .collect();
    if held.is_empty() {
        "Nobody has held it yet.".to_owned()
    } else {
        format!("Held by {}.", held.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life() -> SlaLine {
        SlaLine {
            warning: Some(288.0),
            now: 300.0,
            due: 336.0,
            holdings: vec![Holding {
                holder: "Core API".into(),
                from: 0.0,
                until: 300.0,
            }],
            opened_words: "Opened Mon 9 Nov".into(),
            now_words: "Now".into(),
            due_words: "Due Mon 23 Nov".into(),
            meaning: Meaning::Bending,
            ..SlaLine::default()
        }
    }

    #[test]
    fn the_due_day_is_a_mark_on_the_whole_life() {
        let picture = sla_line(&life()).to_string();
        assert!(
            picture.contains("Held by Core API from day 0 to day 12"),
            "{picture}"
        );
        assert!(picture.contains(r#"<line class="due" x1="100%""#));
        assert!(!picture.contains("class=\"broken\""));
    }

    #[test]
    fn past_due_the_rest_is_marked() {
        let picture = sla_line(&SlaLine {
            now: 400.0,
            ..life()
        })
        .to_string();
        assert!(picture.contains("class=\"broken\""));
        assert!(
            picture.contains(r#"<line class="due" x1="84%""#),
            "{picture}"
        );
    }

    #[test]
    fn a_life_without_length_draws_no_bar() {
        let picture = sla_line(&SlaLine {
            now: f64::NAN,
            due: 0.0,
            ..life()
        })
        .to_string();
        assert!(!picture.contains("<rect"), "{picture}");
    }
}
