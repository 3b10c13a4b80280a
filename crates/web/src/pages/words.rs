//! The small words of every page: meanings with their marks, links, figures, paging.
//!
//! The rule to remember: a colour never stands alone. A [`Meaning`] always comes with a
//! shape, and the template always puts a word beside it.

use std::fmt;

use askama::filters::HtmlSafe;

/// The four things a colour may mean, and the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Meaning {
    /// As promised: teal, a disc.
    Holding,
    /// Still to be turned: amber, a triangle.
    Bending,
    /// Past what was promised: red, a square.
    Broken,
    /// For few eyes: violet, a lock.
    Private,
    /// Nothing to judge: no colour, a ring.
    #[default]
    Plain,
}

impl Meaning {
    /// The class that carries colour in the stylesheet.
    pub fn class(self) -> &'static str {
        match self {
            Meaning::Holding => "holding",
            Meaning::Bending => "bending",
            Meaning::Broken => "broken",
            Meaning::Private => "private",
            Meaning::Plain => "plain",
        }
    }

    /// Whether it says anything: all but [`Meaning::Plain`].
    pub fn is_judged(self) -> bool {
        self != Meaning::Plain
    }

    /// The shape, as inline SVG hidden from readers of the words beside it.
    pub fn mark(self) -> Mark {
        Mark(self)
    }
}

/// A meaning's shape; writes markup.
#[derive(Clone, Copy, Debug)]
pub struct Mark(Meaning);

impl HtmlSafe for Mark {}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match self.0 {
            Meaning::Holding => r#"<circle cx="6" cy="6" r="4.5"/>"#,
            Meaning::Bending => r#"<path d="M6 1l5.5 10H.5z"/>"#,
            Meaning::Broken => r#"<path d="M1.5 1.5h9v9h-9z"/>"#,
            Meaning::Private => concat!(
                r#"<path fill-rule="evenodd" d="M2 5h1.2V3.8a2.8 2.8 0 0 1 5.6 0V5H10v6.5H2z"#,
                r#"M4.8 5h2.4V3.8a1.2 1.2 0 0 0-2.4 0z"/>"#,
            ),
            Meaning::Plain => concat!(
                r#"<path fill-rule="evenodd" d="M6 2a4 4 0 1 0 0 8 4 4 0 1 0 0-8z"#,
                r#"m0 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 1 1 0-5z"/>"#,
            ),
        };
        let class = self.0.class();
        write!(f, r#"<svg class="mark {class}" viewBox="0 0 12 12" width="12" height="12" "#)?;
        write!(f, r#"aria-hidden="true">{shape}</svg>"#)
    }
}

/// An address and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub text: String,
}

impl Link {
    /// A link to `href` that reads `text`.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Link {
        Link { href: href.into(), text: text.into() }
    }
}

/// One number on a page: its digits, what it means, and its last 13 weeks.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// What is read, with its unit where the header has none: `0.62`, `54`, `–`.
    pub value: String,
    /// Whether it stands well.
    pub meaning: Meaning,
    /// The word beside the mark: `behind`, `decaying`; empty when nothing is to be said.
    pub words: String,
    /// One value a week, oldest first; a gap where nothing was known.
    pub history: Vec<Option<f64>>,
    /// The threshold under (or over) which it is bad, drawn as a hairline.
    pub threshold: Option<f64>,
}

impl Figure {
    /// The last weeks as a sparkline; `name` is what is drawn.
    pub fn sparkline(&self, name: &str) -> super::drawing::Svg {
        super::drawing::sparkline(name, &self.history, self.threshold, self.meaning)
    }
}

/// Where a list goes on, by keyset: links, never page numbers.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// Back to the first page; a keyset knows no page before.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// `51 to 100 of 1,204`, or as much of it as is known.
    pub words: String,
}

/// Digits in groups of three: `1,204`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Text as it may stand inside markup or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

/// The 64-bit FNV-1a hash as hexadecimal digits, computed while compiling.
pub(crate) const fn fnv1a_hex(bytes: &[u8]) -> [u8; 16] {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    let mut digits = [0; 16];
    let mut place = 0;
    while place < 16 {
        digits[place] = b"0123456789abcdef"[((hash >> (60 - 4 * place)) & 15) as usize];
        place += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_204), "1,204");
        assert_eq!(thousands(1_000_000), "1,000,000");
    }

    #[test]
    fn every_meaning_has_a_shape_of_its_own() {
        use Meaning::{Bending, Broken, Holding, Plain, Private};
        let marks: std::collections::BTreeSet<String> = [Holding, Bending, Broken, Private, Plain]
            .map(|meaning| meaning.mark().to_string().split_once("hidden").unwrap().1.to_owned())
            .into();
        assert_eq!(marks.len(), 5);
    }

    #[test]
    fn the_hash_is_the_published_fnv1a() {
        assert_eq!(&fnv1a_hex(b""), b"cbf29ce484222325");
        assert_eq!(&fnv1a_hex(b"foobar"), b"85944171f73967e8");
    }
}
