//! The sheet all pictures are drawn on: a few shapes, escaped words, rounded numbers.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

use crate::pages::words::escaped;

/// A finished picture; writes markup that was made here from escaped parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg(String);

impl HtmlSafe for Svg {}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A length across a picture: pixels of a fixed picture, or a share of a stretching one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Across {
    Pixels(f64),
    Percent(f64),
}

impl fmt::Display for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Across::Pixels(length) => f.write_str(&rounded(*length)),
            Across::Percent(share) => write!(f, "{}%", rounded(*share)),
        }
    }
}

/// A number to one decimal, without a trailing zero or a minus before zero.
pub(super) fn rounded(number: f64) -> String {
    let tenths = (number * 10.0).round() / 10.0;
    let text = format!("{tenths:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// Where words stand relative to their point, so that they stay inside the picture.
pub(super) fn anchor(share: f64) -> &'static str {
    if share < 30.0 {
        "start"
    } else if share > 70.0 {
        "end"
    } else {
        "middle"
    }
}

fn coordinates(points: &[(f64, f64)]) -> String {
    let list: Vec<String> =
        points.iter().map(|(x, y)| format!("{},{}", rounded(*x), rounded(*y))).collect();
    list.join(" ")
}

/// A picture being drawn.
pub(super) struct Canvas {
    opening: String,
    body: String,
}

impl Canvas {
    /// A picture of a fixed size in pixels.
    pub(super) fn fixed(class: &str, width: u32, height: u32) -> Canvas {
        let opening = format!(
            r#"<svg class="drawing {class}" role="img" {} width="{width}" height="{height}">"#,
            format_args!(r#"viewBox="0 0 {width} {height}""#),
        );
        Canvas { opening, body: String::new() }
    }

    /// A picture as wide as its column and `height` pixels high.
    pub(super) fn stretching(class: &str, height: u32) -> Canvas {
        let opening = format!(
            r#"<svg class="drawing stretching {class}" width="100%" height="{height}" role="img">"#
        );
        Canvas { opening, body: String::new() }
    }

    pub(super) fn line(&mut self, class: &str, from: (Across, f64), to: (Across, f64)) {
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            from.0,
            rounded(from.1),
            to.0,
            rounded(to.1),
        );
    }

    pub(super) fn rect(&mut self, class: &str, corner: (Across, f64), size: (Across, f64)) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            corner.0,
            rounded(corner.1),
            size.0,
            rounded(size.1),
        );
    }

    pub(super) fn circle(&mut self, class: &str, centre: (Across, f64), radius: f64) {
        let _ = write!(
            self.body,
            r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#,
            centre.0,
            rounded(centre.1),
            rounded(radius),
        );
    }

    /// Words at a point; `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, class: &str, at: (Across, f64), anchor: &str, words: &str) {
        let _ = write!(
            self.body,
            r#"<text class="{class}" x="{}" y="{}" text-anchor="{anchor}">{}</text>"#,
            at.0,
            rounded(at.1),
            escaped(words),
        );
    }

    /// Connected points.
    pub(super) fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let list = coordinates(points);
        let _ = write!(self.body, r#"<polyline class="{class}" points="{list}"/>"#);
    }

    /// A closed area that lets through what is behind it; `opacity` is 0 to 1.
    pub(super) fn faded_polygon(&mut self, class: &str, opacity: f64, points: &[(f64, f64)]) {
        let list = coordinates(points);
        let _ = write!(
            self.body,
            r#"<polygon class="{class}" fill-opacity="{opacity:.2}" points="{list}"/>"#,
        );
    }

    /// Begins an inner sheet of 1000 × `height` units that stretches across only.
    pub(super) fn begin_stretched(&mut self, top: f64, height: f64) {
        let (y, height) = (rounded(top), rounded(height));
        let _ = write!(self.body, r#"<svg x="0" y="{y}" width="100%" height="{height}" "#);
        let _ = write!(self.body, r#"viewBox="0 0 1000 {height}" preserveAspectRatio="none">"#);
    }

    pub(super) fn end_stretched(&mut self) {
        self.body.push_str("</svg>");
    }

    /// The finished picture, with what it shows said in words.
    pub(super) fn finish(self, title: &str, description: &str) -> Svg {
        let mut picture = self.opening;
        let _ = write!(picture, "<title>{}</title>", escaped(title));
        if !description.is_empty() {
            let _ = write!(picture, "<desc>{}</desc>", escaped(description));
        }
        picture.push_str(&self.body);
        picture.push_str("</svg>");
        Svg(picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_one_decimal_at_most() {
        assert_eq!(rounded(12.34), "12.3");
        assert_eq!(rounded(12.0), "12");
        assert_eq!(rounded(-0.01), "0");
        assert_eq!(rounded(-1.26), "-1.3");
    }

    #[test]
    fn words_in_a_picture_are_text() {
        let mut canvas = Canvas::fixed("x", 1, 1);
        canvas.text("label", (Across::Pixels(0.0), 0.0), "start", "</text><script>");
        let picture = canvas.finish("<b>", "\"").to_string();
        assert!(!picture.contains("<script>") && !picture.contains("<b>"), "{picture}");
    }
}
