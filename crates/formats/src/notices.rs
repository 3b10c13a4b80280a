//! Notices as the documents that channels take.
//!
//! Mail is plain text and needs no document. Slack takes JSON with text in its own markup
//! ("mrkdwn"): what a scanner or a person wrote must arrive as text, so its control characters are
//! escaped and nothing in it can mention a channel. Only web addresses become links.

use domain::notices::Parcel;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The longest text of a header block, in characters (Slack, "Header block").
const HEADER_LIMIT: usize = 150;
/// The longest text of a section block, in characters (Slack, "Section block").
const SECTION_LIMIT: usize = 3_000;
/// How much of a body is sent, in characters: Slack refuses messages whose blocks together have
/// more than about 13,000, and escaping makes text longer.
const BODY_LIMIT: usize = 9_000;
/// How much is escaped at once: even if each character became `&amp;` it fits in a section.
const PIECE: usize = 500;
/// Ends a body that was cut.
const CUT: &str = "\n… (cut here; Watchbell has the rest)";

/// The document for one of Slack's incoming webhooks: the subject as header and as the text of
/// pop-ups, the body as sections. The first block's `block_id` is derived from the parcel's key,
/// so that a repeated delivery can be recognised.
pub fn slack(parcel: &Parcel) -> String {
    let digest = Sha256::digest(parcel.key.as_bytes());
    let id: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut blocks = vec![json!({
        "type": "header",
        "block_id": format!("watchbell-{id}"),
        "text": {"type": "plain_text", "text": cut(&parcel.subject, HEADER_LIMIT), "emoji": false},
    })];
    blocks.extend(sections(&parcel.body).into_iter().map(section));
    json!({"text": escaped(&cut(&parcel.subject, HEADER_LIMIT)), "blocks": blocks}).to_string()
}

/// `verbatim` keeps Slack from making mentions of words like `@channel`.
fn section(text: String) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}

/// At most `limit` characters of `text`, with an ellipsis when there were more.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// The body in Slack's markup, in parts of at most [`SECTION_LIMIT`] characters; a line is divided
/// only when it is very long.
fn sections(body: &str) -> Vec<String> {
    let mut kept: String = body.trim_end().chars().take(BODY_LIMIT).collect();
    if kept.len() < body.trim_end().len() {
        kept.push_str(CUT);
    }
    let mut parts = vec![String::new()];
    let mut length = 0;
    for line in kept.split_inclusive('\n') {
        let characters: Vec<char> = line.chars().collect();
        for piece in characters.chunks(PIECE) {
            let markup = markup(&piece.iter().collect::<String>());
            let more = markup.chars().count();
            if length + more > SECTION_LIMIT {
                parts.push(String::new());
                length = 0;
            }
            length += more;
            if let Some(part) = parts.last_mut() {
                part.push_str(&markup);
            }
        }
    }
    // Slack refuses a section without text.
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Text as markup: escaped, and web addresses as links.
fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let space = &word[bare.len()..];
        let address = bare.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        let is_link = address.starts_with("https://") || address.starts_with("http://");
        // `|` would divide a link's address from its label.
        if is_link && !address.contains('|') {
            let after = &bare[address.len()..];
            out.push_str(&format!("<{}>{}{space}", escaped(address), escaped(after)));
        } else {
            out.push_str(&escaped(word));
        }
    }
    out
}

/// Slack's three control characters (Slack, "Formatting text", "Escaping text").
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use domain::notices::Channel;

    use super::*;

    fn message(subject: &str, body: &str) -> Value {
        let parcel = Parcel {
            key: "escalation/E-1/L1/ann/slack".into(),
            channel: Channel::Slack,
            address: "security".into(),
            subject: subject.into(),
            body: body.into(),
            notices: vec![],
        };
        serde_json::from_str(&slack(&parcel)).expect("JSON")
    }

    fn section_texts(message: &Value) -> Vec<&str> {
        let blocks = message["blocks"].as_array().expect("blocks");
        blocks[1..].iter().map(|block| block["text"]["text"].as_str().expect("text")).collect()
    }

    #[test]
    fn what_others_wrote_cannot_mention_a_channel_or_hide_a_link() {
        let message = message("<!channel> & co", "<https://evil.example|our wiki> @channel");
        assert_eq!(message["text"], "&lt;!channel&gt; &amp; co");
        assert_eq!(message["blocks"][0]["text"]["text"], "<!channel> & co");
        assert_eq!(section_texts(&message), ["&lt;https://evil.example|our wiki&gt; @channel"]);
        assert_eq!(message["blocks"][1]["text"]["verbatim"], true);
    }

    #[test]
    fn web_addresses_become_links_without_the_full_stop_after_them() {
        let message = message("s", "See https://bell.example/e/E-1?a=1&b=2.\nNow");
        let expected = "See <https://bell.example/e/E-1?a=1&amp;b=2>.\nNow";
        assert_eq!(section_texts(&message), [expected]);
    }

    #[test]
    fn a_body_of_any_size_stays_within_slacks_limits() {
        for body in ["&".repeat(100_000), "ü\n".repeat(50_000), "http://x ".repeat(9_000)] {
            let message = message(&"§".repeat(1_000), &body);
            let header = message["blocks"][0]["text"]["text"].as_str().expect("text");
            assert_eq!(header.chars().count(), HEADER_LIMIT);
            let texts = section_texts(&message);
            assert!(texts.len() < 50);
            assert!(texts.iter().all(|text| text.chars().count() <= SECTION_LIMIT));
            assert!(texts.last().expect("a section").contains("cut here"));
        }
    }

    #[test]
    fn a_message_without_body_has_no_empty_section() {
        assert_eq!(section_texts(&message("s", " \n")), Vec::<&str>::new());
    }

    #[test]
    fn the_same_parcel_has_the_same_block_id() {
        assert_eq!(
            message("a", "x")["blocks"][0]["block_id"],
            message("b", "")["blocks"][0]["block_id"]
        );
    }
}
