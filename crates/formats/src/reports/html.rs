//! Plain text from the little HTML that scanners of web pages write into their descriptions.
//!
//! Nothing is interpreted but what such text is made of: tags are taken out (blocks and breaks end
//! a line, the entries of a list begin with a hyphen) and the most common entities are resolved.

/// Elements after which a new line begins.
const BLOCKS: [&str; 13] =
    ["p", "br", "div", "li", "ul", "ol", "tr", "table", "pre", "h1", "h2", "h3", "h4"];
/// Longest text between `<` and `>` that is taken for a tag.
const TAG: usize = 512;
/// Entities as they stand in such texts.
const ENTITIES: [(&str, &str); 7] = [
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// The text without markup; lines keep their order, empty ones at the ends are gone.
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = match tag(&rest[at..]) {
            Some((name, length)) => {
                if BLOCKS.contains(&name.as_str()) && !text.ends_with(['\n', '-']) {
                    text.push('\n');
                }
                if name == "li" && rest[at + 1..].starts_with(['l', 'L']) {
                    text.push_str("- ");
                }
                &rest[at + length..]
            }
            None => {
                text.push('<');
                &rest[at + 1..]
            }
        };
    }
    text.push_str(rest);
    if text.contains('&') {
        for (entity, letter) in ENTITIES {
            text = text.replace(entity, letter);
        }
    }
    tidy(&text)
}

/// The name of the tag that the text begins with, in lower case, and its length.
fn tag(text: &str) -> Option<(String, usize)> {
    let window = &text[..text.floor_char_boundary(TAG)];
    let end = window.find('>')?;
    let inside = window[1..end].trim_start_matches('/');
    let length = inside.find(|letter: char| !letter.is_ascii_alphanumeric());
    let name = &inside[..length.unwrap_or(inside.len())];
    let named = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let plain = !window[1..end].contains('<');
    (named && plain).then(|| (name.to_ascii_lowercase(), end + 1))
}

/// Without blanks at the ends of lines, with at most one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0_u32;
    for line in text.trim().lines() {
        let line = line.trim_end();
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_lines() {
        assert_eq!(plain_text("<p>One.</p><p>Two &amp; &lt;b&gt;.</p>"), "One.\nTwo & <b>.");
        assert_eq!(plain_text("a<UL><LI>b</LI><LI>c</LI></UL>"), "a\n- b\n- c");
        assert_eq!(plain_text("  plain\n\n\n\nlines  "), "plain\n\nlines");
    }

    #[test]
    fn what_is_no_tag_stays() {
        assert_eq!(plain_text("1 < 2 and PHP < 7.3 > 7.2"), "1 < 2 and PHP < 7.3 > 7.2");
        assert_eq!(plain_text("<"), "<");
        assert_eq!(plain_text(&"<é".repeat(1000)).len(), 3000);
    }
}
