//! Answers kept for idempotency keys: a client that asks twice is answered twice, and acts once.
//!
//! A key belongs to the actor who used it. The same key with another request is refused, because
//! one of the two would otherwise be lost in silence. Keys are forgotten after [`KEPT_FOR`].

use domain::access::{Actor, Operation};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
pub use store::access::Answer;

use crate::{App, Refusal};

/// How long an answer is kept: longer than any client retries.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(48);
/// The longest key, in characters.
const KEY_LENGTH: usize = 200;

/// What identifies a request: its method and address, and its body.
pub fn request_digest(words: &str, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update((words.len() as u64).to_be_bytes());
    digest.update(words.as_bytes());
    digest.update(body);
    hex::encode(digest.finalize())
}

/// The answer that `actor` was given before under `key`, if any.
pub async fn before(
    app: &App,
    actor: &Actor,
    key: &str,
    request: &str,
) -> Result<Option<Answer>, Refusal> {
    if key.is_empty() || key.chars().count() > KEY_LENGTH {
        let length = format!("Idempotency-Key: take 1 to {KEY_LENGTH} characters");
        return Err(Refusal::invalid(length));
    }
    let mut view = app.view(&Actor::Visitor, Operation::SignIn).await?;
    let answer = store::access::answer(&mut view.session, actor.name(), key).await?;
    if answer.as_ref().is_some_and(|answer| answer.request != request) {
        return Err(Refusal::invalid(format!(
            "Idempotency-Key: `{key}` was used for another request; take a new key for a new one"
        )));
    }
    Ok(answer)
}

/// Keeps the answer given to `actor` under `key`.
pub async fn keep(app: &App, actor: &Actor, key: &str, answer: &Answer) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    let now = change.now;
    store::access::keep_answer(&mut change.transaction, actor.name(), key, answer, now).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_address_is_not_mistaken_for_the_body() {
        assert_ne!(request_digest("POST /a", b"b"), request_digest("POST /", b"ab"));
    }
}
