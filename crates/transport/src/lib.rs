//! The way out: mail by SMTP and Slack's incoming webhooks.
//!
//! One mail client, one HTTP client, each with limits and timeouts shorter than the outbox's lease.
//! The rule to remember: a channel that may work later and one that never will are told apart,
//! because the first is tried again for three days and the second is a person's turn now. Secrets
//! (passwords, webhook addresses) never appear in an error.

mod email;
mod guard;
mod webhook;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use operations::ports::{Channel, Delivery, Parcel, Post, Undelivered};

/// How long one delivery may take: the outbox's lease is 120 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the connection to the mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: a mail server on the same machine or network.
    None,
    /// Begins in the clear and must become secure before anything is said.
    StartTls,
    /// Secure from the first byte.
    Tls,
}

impl Security {
    /// The value of a word of the configuration file.
    pub fn from_word(word: &str) -> Option<Security> {
        match word {
            "none" => Some(Security::None),
            "starttls" => Some(Security::StartTls),
            "tls" => Some(Security::Tls),
            _ => None,
        }
    }
}

/// The mail server and the sender.
#[derive(Clone)]
pub struct MailServer {
    pub host: String,
    /// `None` = 25, 587 or 465, as the security asks.
    pub port: Option<u16>,
    pub security: Security,
    /// User and password.
    pub login: Option<(String, String)>,
    /// `Watchbell <bell@example.org>`.
    pub from: String,
}

/// What is configured; what is not, fails with a word on how to.
#[derive(Clone, Default)]
pub struct Channels {
    pub email: Option<MailServer>,
    /// Addresses of Slack's incoming webhooks by name: secrets.
    pub slack: BTreeMap<String, String>,
    /// Hosts in private networks that webhooks may go to.
    pub allow_private_hosts: BTreeSet<String>,
}

/// Gives parcels to their channels.
pub struct Transport {
    email: Option<email::Mailer>,
    webhooks: webhook::Webhooks,
}

impl Transport {
    /// # Errors
    ///
    /// What is wrong with the configuration, for the person who wrote it.
    pub fn new(channels: Channels) -> Result<Transport, String> {
        let email = channels.email.map(email::Mailer::new).transpose()?;
        let webhooks = webhook::Webhooks::new(channels.slack, channels.allow_private_hosts)?;
        Ok(Transport { email, webhooks })
    }

    async fn give(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        match (parcel.channel, &self.email) {
            (Channel::Email, Some(mailer)) => mailer.send(parcel).await,
            (Channel::Email, None) => {
                let why = "no mail server is configured; set [email] in watchbell.toml";
                Err(Undelivered::Never(why.to_owned()))
            }
            (Channel::Slack, _) => self.webhooks.send(parcel).await,
        }
    }
}

impl Post for Transport {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async move {
            let given = tokio::time::timeout(PATIENCE, self.give(parcel)).await;
            given.unwrap_or_else(|_| {
                let seconds = PATIENCE.as_secs();
                Err(Undelivered::Later(format!("no answer within {seconds} s")))
            })
        })
    }
}
