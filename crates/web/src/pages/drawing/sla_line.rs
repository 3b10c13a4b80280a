//! The whole life of a clock as one line: opened, warning, now, due, with who held it.

use super::canvas::{Across, Canvas, Svg, anchor};
use crate::pages::words::Meaning;

const HEIGHT: u32 = 104;
const BAR_TOP: f64 = 42.0;
const BAR_HEIGHT: f64 = 20.0;
const BAR_BOTTOM: f64 = BAR_TOP + BAR_HEIGHT;
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
    let reached = line.stopped.unwrap_or(line.now);
    let title = format!("{}. {}. {}.", line.opened_words, line.now_words, line.due_words);
    let life = Life { end: line.due.max(reached) };
    if !line.due.is_finite() || !reached.is_finite() || life.end <= 0.0 {
        return canvas.finish(&title, "");
    }
    life.bar(&mut canvas, "life", (0.0, life.end));
    draw_holdings(&mut canvas, line, &life);
    draw_warning(&mut canvas, line, &life);
    if reached > line.due {
        life.strip(&mut canvas, "broken", (line.due, reached));
    }
    draw_due(&mut canvas, line, &life);
    let at = life.at(reached);
    canvas.line("now", (at, 18.0), (at, BAR_BOTTOM + 4.0));
    let class = format!("label strong {}", line.meaning.class());
    canvas.text(&class, (at, 14.0), anchor(life.share(reached)), &line.now_words);
    canvas.finish(&title, &holders_in_words(line))
}

/// The scale: from the start to the due mark, or to now when that is later.
struct Life {
    end: f64,
}

impl Life {
    /// Hours since the start as a share of the whole, in per cent.
    fn share(&self, hours: f64) -> f64 {
        (hours / self.end * 100.0).clamp(0.0, 100.0)
    }

    fn at(&self, hours: f64) -> Across {
        Across::Percent(self.share(hours))
    }

    fn width(&self, (from, until): (f64, f64)) -> Across {
        Across::Percent((self.share(until) - self.share(from)).max(0.0))
    }

    fn bar(&self, canvas: &mut Canvas, class: &str, hours: (f64, f64)) {
        canvas.rect(class, (self.at(hours.0), BAR_TOP), (self.width(hours), BAR_HEIGHT));
    }

    /// A thin strip below the bar, in the colour of a meaning.
    fn strip(&self, canvas: &mut Canvas, class: &str, hours: (f64, f64)) {
        canvas.rect(class, (self.at(hours.0), BAR_BOTTOM), (self.width(hours), 4.0));
    }
}

fn draw_warning(canvas: &mut Canvas, line: &SlaLine, life: &Life) {
    let Some(warning) = line.warning.filter(|hours| *hours < line.due) else {
        return;
    };
    let at = life.at(warning);
    life.strip(canvas, "bending", (warning, line.due));
    canvas.line("tick", (at, BAR_TOP - 4.0), (at, BAR_BOTTOM));
    let anchor = anchor(life.share(warning));
    canvas.text("label quiet", (at, BAR_TOP - 8.0), anchor, &line.warning_words);
}

fn draw_due(canvas: &mut Canvas, line: &SlaLine, life: &Life) {
    let at = life.at(line.due);
    canvas.line("due", (at, BAR_TOP - 4.0), (at, BAR_BOTTOM + 10.0));
    canvas.text("label quiet", (life.at(0.0), 82.0), "start", &line.opened_words);
    let anchor = anchor(life.share(line.due));
    canvas.text("label strong", (at, 100.0), anchor, &line.due_words);
}

fn draw_holdings(canvas: &mut Canvas, line: &SlaLine, life: &Life) {
    let known = line.holdings.iter().filter(|each| each.from.is_finite() && each.until.is_finite());
    for (place, holding) in known.enumerate() {
        let shade = if place.is_multiple_of(2) { "held" } else { "held other" };
        life.bar(canvas, shade, (holding.from, holding.until));
        let (from, until) = (life.share(holding.from), life.share(holding.until));
        if letters(&holding.holder) * LETTER + 12.0 < (until - from) / 100.0 * NARROWEST {
            let middle = (Across::Percent(f64::midpoint(from, until)), BAR_TOP + 15.0);
            canvas.text("label holder", middle, "middle", &holding.holder);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a name's length is far below 2^52")]
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
            holdings: vec![Holding { holder: "Core API".into(), from: 0.0, until: 300.0 }],
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
        assert!(picture.contains("Held by Core API from day 0 to day 12"), "{picture}");
        assert!(picture.contains(r#"<line class="due" x1="100%""#));
        assert!(!picture.contains("class=\"broken\""));
    }

    #[test]
    fn past_due_the_rest_is_marked() {
        let picture = sla_line(&SlaLine { now: 400.0, ..life() }).to_string();
        assert!(picture.contains("class=\"broken\""));
        assert!(picture.contains(r#"<line class="due" x1="84%""#), "{picture}");
    }

    #[test]
    fn a_life_without_length_draws_no_bar() {
        let picture = sla_line(&SlaLine { now: f64::NAN, due: 0.0, ..life() }).to_string();
        assert!(!picture.contains("<rect"), "{picture}");
    }
}
