//! Rust source with what is not code blanked out, for checks that count lines and braces.
//!
//! A scan of a few states, not a parser: strings, characters and comments become spaces, every
//! line stays where it is.

/// `source` with the insides of strings, characters and comments replaced by spaces.
pub fn plain(source: &str) -> String {
    let characters: Vec<char> = source.chars().collect();
    let mut plain = String::with_capacity(source.len());
    let mut at = 0;
    while at < characters.len() {
        let end = opaque_until(&characters, at);
        match end {
            Some(end) => {
                let blanked = characters[at..end].iter();
                plain.extend(blanked.map(|c| if *c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
            None => {
                plain.push(characters[at]);
                at += 1;
            }
        }
    }
    plain
}

/// Where the comment, string or character that begins at `at` ends; `None` if none begins there.
fn opaque_until(characters: &[char], at: usize) -> Option<usize> {
    let rest = &characters[at..];
    let after_word = at > 0 && (characters[at - 1].is_alphanumeric() || characters[at - 1] == '_');
    match rest {
        ['/', '/', ..] => Some(at + line_length(rest)),
        ['/', '*', ..] => Some(at + block_comment_length(rest)),
        ['r', '"' | '#', ..] if !after_word => raw_length(&rest[1..]).map(|length| at + 1 + length),
        ['b', 'r', '"' | '#', ..] if !after_word => {
            raw_length(&rest[2..]).map(|length| at + 2 + length)
        }
        ['"', ..] => Some(at + quoted_length(rest, '"')),
        // A quote that is not a lifetime: '\n' or 'x'.
        ['\'', '\\', ..] => Some(at + quoted_length(rest, '\'')),
        ['\'', _, '\'', ..] => Some(at + 3),
        _ => None,
    }
}

fn line_length(rest: &[char]) -> usize {
    rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())
}

fn block_comment_length(rest: &[char]) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn quoted_length(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of `##"…"##`; `None` when it is no raw string but a raw identifier.
fn raw_length(rest: &[char]) -> Option<usize> {
    let fences = rest.iter().take_while(|c| **c == '#').count();
    if rest.get(fences) != Some(&'"') {
        return None;
    }
    let mut at = fences + 1;
    while at < rest.len() {
        let closes = rest[at] == '"' && rest[at + 1..].iter().take(fences).all(|c| *c == '#');
        if closes && rest.len() > at + fences {
            return Some(at + 1 + fences);
        }
        at += 1;
    }
    Some(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_characters_and_comments_do_not_count() {
        let source = "a { \"{\" '{' '\\'' /* { /* } */ */ b\"}\" r#\"{\"}\"# } // {\nb";
        let plain = plain(source);
        assert_eq!(plain.matches('{').count(), 1, "{plain}");
        assert_eq!(plain.matches('}').count(), 1, "{plain}");
        assert_eq!(plain.lines().count(), source.lines().count());
        assert_eq!(plain.chars().count(), source.chars().count());
    }

    #[test]
    fn a_lifetime_is_no_character() {
        assert_eq!(plain("fn a<'d>(x: &'d str) {}"), "fn a<'d>(x: &'d str) {}");
    }

    #[test]
    fn what_never_closes_runs_to_the_end() {
        for open in ["\"a{", "/* {", "r#\"{", "'\\"] {
            assert!(!plain(open).contains('{'), "{open}");
        }
    }
}
