//! Who or what something is booked to, as one stacked bar with words on it.

use super::canvas::{Across, Canvas, Svg, rounded};

const HEIGHT: u32 = 28;
const LETTER: f64 = 7.5;
const NARROWEST: f64 = 320.0;

/// One part of the bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Portion {
    pub words: String,
    /// In any unit, the same for all; nothing below zero is drawn.
    pub amount: f64,
}

/// Draws the portions in their order, as shares of their sum; `name` says what is shared out.
pub fn attribution_bar(name: &str, portions: &[Portion]) -> Svg {
    let drawn: Vec<&Portion> = portions
        .iter()
        .filter(|portion| portion.amount.is_finite() && portion.amount > 0.0)
        .collect();
    let total: f64 = drawn.iter().map(|portion| portion.amount).sum();
    let mut canvas = Canvas::stretching("attribution", HEIGHT);
    let mut from = 0.0;
    let mut said = Vec::new();
    for (place, portion) in drawn.iter().enumerate() {
        let share = portion.amount / total * 100.0;
        let shade = format!("shade-{}", place % 4 + 1);
        canvas.rect(&shade, (Across::Percent(from), 0.0), (Across::Percent(share), 28.0));
        if fits(&portion.words, share) {
            let middle = Across::Percent(from + share / 2.0);
            canvas.text(&format!("label {shade}"), (middle, 19.0), "middle", &portion.words);
        }
        said.push(format!("{} {} %", portion.words, rounded(share.round())));
        from += share;
    }
    canvas.finish(name, &said.join(", "))
}

#[expect(clippy::cast_precision_loss, reason = "a label's length is far below 2^52")]
fn fits(words: &str, share: f64) -> bool {
    words.chars().count() as f64 * LETTER + 12.0 < share / 100.0 * NARROWEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_shares_of_their_sum() {
        let portions = [
            Portion { words: "Engineering".into(), amount: 4.0 },
            Portion { words: "Vendor".into(), amount: 1.0 },
            Portion { words: "nobody".into(), amount: 0.0 },
        ];
        let picture = attribution_bar("Five breaches", &portions).to_string();
        assert!(picture.contains("<desc>Engineering 80 %, Vendor 20 %</desc>"), "{picture}");
        assert!(picture.contains(r#"x="80%""#) && picture.contains(r#"width="20%""#));
        assert!(!picture.contains("nobody"));
    }
}
