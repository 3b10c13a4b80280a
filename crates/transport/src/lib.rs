//! The way out: one SMTP client and one HTTP client, behind the port [`Post`].
//!
//! Everything here has a time limit shorter than the outbox's lease and a limit on what is read,
//! and gives the parcel's key to the channel, so that a repeated delivery can be recognised.
//! What will never work is told apart from what may work later; nothing is retried here, that is
//! the outbox's business. The addresses of webhooks are secret and appear in no error.

mod dojo;
mod guard;
mod mail;
mod settings;
mod slack;

use std::error::Error;

use operations::ports::{Channel, Delivery, Parcel, Post, Undelivered};

pub use dojo::{Dojo, PrivateAddresses, Unreached};
pub use settings::{BadSettings, EmailSettings, Secret, SecretUrl, Security, Settings};

/// How much of a stranger's answer or an error is kept, in characters.
const WORD_LIMIT: usize = 300;

/// Delivers parcels by mail and to Slack, as configured.
pub struct Transport {
    mail: Option<mail::Mail>,
    slack: slack::Slack,
}

impl Transport {
    /// Checks the settings; connects nowhere yet.
    pub fn new(settings: Settings) -> Result<Transport, BadSettings> {
        let Settings { email, slack, allow_private_hosts } = settings;
        let mail = email.map(mail::Mail::new).transpose()?;
        let guard = guard::Guard::new(allow_private_hosts);
        Ok(Transport { mail, slack: slack::Slack::new(slack, guard)? })
    }

    async fn take(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        match (parcel.channel, &self.mail) {
            (Channel::Email, Some(mail)) => mail.deliver(parcel).await,
            (Channel::Email, None) => Err(Undelivered::Never(
                "no mail server is configured; set [email] in watchbell.toml".into(),
            )),
            (Channel::Slack, _) => self.slack.deliver(parcel).await,
        }
    }
}

impl Post for Transport {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(self.take(parcel))
    }
}

/// An error with its causes in one line.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    one_line(&text)
}

/// What a stranger said, fit for a log and a table: one line, no control characters, not long.
fn one_line(text: &str) -> String {
    let plain = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(WORD_LIMIT).collect()
}
