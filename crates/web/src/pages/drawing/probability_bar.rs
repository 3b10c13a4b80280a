//! A probability as a small bar, with its uncertainty as a lighter stretch.

use super::canvas::{Across, Canvas, Svg};
use crate::pages::words::Meaning;

const WIDTH: u32 = 104;
const HEIGHT: u32 = 16;

/// A chance in per cent with the range it may lie in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Odds {
    /// The chance that it lands, 1–99 %; `None` when there is not enough history.
    pub percent: Option<u8>,
    /// Where the chance may lie: lowest and highest, in per cent.
    pub range: Option<(u8, u8)>,
    /// Whether that is good.
    pub meaning: Meaning,
    /// What is said beside it: `uncalibrated`, `not enough history`.
    pub note: String,
}

impl Odds {
    /// The bar of these odds.
    pub fn bar(&self) -> Svg {
        probability_bar(self)
    }

    /// The odds in words: `41 %, between 28 and 55 %`.
    pub fn words(&self) -> String {
        match (self.percent, self.range) {
            (Some(percent), Some((low, high))) => {
                format!("{percent} %, between {low} and {high} %")
            }
            (Some(percent), None) => format!("{percent} %"),
            (None, _) => "not enough history".to_owned(),
        }
    }
}

/// Draws the odds from 0 to 100 %, with the half marked on the track.
pub fn probability_bar(odds: &Odds) -> Svg {
    let mut canvas = Canvas::fixed("probability", WIDTH, HEIGHT);
    let px = |percent: u8| Across::Pixels(2.0 + f64::from(percent.min(100)));
    let width = |from: u8, to: u8| Across::Pixels(f64::from(to.min(100).saturating_sub(from)));
    canvas.rect("track", (px(0), 6.0), (width(0, 100), 4.0));
    if let Some(percent) = odds.percent {
        let class = odds.meaning.class();
        if let Some((low, high)) = odds.range {
            canvas.rect(&format!("range {class}"), (px(low), 3.0), (width(low, high), 10.0));
        }
        canvas.rect(&format!("fill {class}"), (px(0), 6.0), (width(0, percent), 4.0));
        let at = 2.0 + f64::from(percent.min(100));
        canvas.rect(
            &format!("fill {class}"),
            (Across::Pixels(at - 1.5), 1.0),
            (Across::Pixels(3.0), 14.0),
        );
    }
    canvas.line("half", (px(50), 12.0), (px(50), 16.0));
    canvas.finish(&format!("Success probability: {}", odds.words()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_are_told_with_their_range() {
        let odds = Odds {
            percent: Some(41),
            range: Some((28, 55)),
            meaning: Meaning::Bending,
            note: String::new(),
        };
        let picture = odds.bar().to_string();
        assert!(picture.contains("Success probability: 41 %, between 28 and 55 %"));
        assert_eq!(picture.matches("bending").count(), 3);
    }

    #[test]
    fn too_little_history_draws_only_the_track() {
        let picture = Odds::default().bar().to_string();
        assert!(picture.contains("not enough history"));
        assert!(!picture.contains("fill"));
    }
}
