//! A message as Slack's incoming webhooks take it.
//!
//! Source: Slack's documentation, "Sending messages using incoming webhooks", "Block Kit"
//! (header block: 150 characters of plain text; section block: 3,000 characters; 50 blocks) and
//! "Formatting text for app surfaces" (`&`, `<` and `>` are escaped, nothing else).

use serde_json::json;

/// The longest header, in characters.
const HEADER: usize = 150;
/// The longest text of one section, in characters; escaping can make it up to five times longer, so
/// that parts are measured after it.
const SECTION: usize = 3_000;
/// Sections of one message: Slack allows 50 blocks, one of which is the header.
const SECTIONS: usize = 49;

/// The body of the request: `subject` as header and as the text of the notification, `body` as
/// sections in which nothing is markup.
pub fn message(subject: &str, body: &str) -> Vec<u8> {
    let header = json!({
        "type": "header",
        "text": { "type": "plain_text", "text": cut(subject, HEADER), "emoji": false }
    });
    let sections = parts(body).into_iter().take(SECTIONS).map(|part| {
        json!({
            "type": "section",
            "text": { "type": "mrkdwn", "text": part, "verbatim": true }
        })
    });
    let blocks: Vec<serde_json::Value> = std::iter::once(header).chain(sections).collect();
    json!({ "text": escaped(subject), "blocks": blocks }).to_string().into_bytes()
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

/// Escaped lines gathered into parts that fit a section.
fn parts(body: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut length = 0;
    for piece in body.trim().split_inclusive('\n').flat_map(pieces) {
        let added = piece.chars().count();
        if length + added > SECTION {
            parts.push(std::mem::take(&mut part));
            length = 0;
        }
        part.push_str(&piece);
        length += added;
    }
    parts.push(part);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// A line, escaped, in pieces of at most a section.
fn pieces(line: &str) -> Vec<String> {
    let characters: Vec<char> = line.chars().collect();
    let short = characters.chunks(SECTION / 5);
    short.map(|chunk| escaped(&chunk.iter().collect::<String>())).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(subject: &str, body: &str) -> serde_json::Value {
        serde_json::from_slice(&message(subject, body)).expect("JSON")
    }

    #[test]
    fn what_a_report_says_is_never_markup() {
        let message = read("<!channel> & more", "see <https://evil.example|our page>\n");
        assert_eq!(message["text"], "&lt;!channel&gt; &amp; more");
        assert_eq!(message["blocks"][0]["text"]["text"], "<!channel> & more");
        let section = &message["blocks"][1]["text"];
        assert_eq!(section["text"], "see &lt;https://evil.example|our page&gt;");
    }

    #[test]
    fn long_texts_stay_within_slacks_limits() {
        let message = read(&"s".repeat(400), &"&".repeat(200_000));
        let blocks = message["blocks"].as_array().expect("blocks");
        assert_eq!(blocks.len(), 50);
        assert_eq!(blocks[0]["text"]["text"].as_str().map(|text| text.chars().count()), Some(150));
        let longest = blocks[1..].iter().filter_map(|block| block["text"]["text"].as_str());
        assert!(longest.map(|text| text.chars().count()).max() <= Some(SECTION));
    }
}
