//! What an installation sets for the way out, checked before anything is sent.

use std::collections::BTreeMap;

use thiserror::Error;

/// Where messages go and how. Has no `Debug`: most of it is secret.
#[derive(Default)]
pub struct Settings {
    pub email: Option<EmailSettings>,
    /// Slack's incoming webhooks by the name that the organisation file uses.
    pub slack: BTreeMap<String, SecretUrl>,
    /// Names or addresses of hosts that webhooks may reach although they are in a private network.
    pub allow_private_hosts: Vec<String>,
}

/// The mail server through which notices leave. It is not guarded: most are in private networks.
pub struct EmailSettings {
    pub host: String,
    /// By default the port of the kind of security: 465, 587, 25.
    pub port: Option<u16>,
    pub security: Security,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// The sender, e.g. `Watchbell <bell@example.org>`.
    pub from: String,
}

/// How the connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Plain at first, then TLS or nothing is sent (RFC 3207).
    #[default]
    StartTls,
    None,
}

impl Security {
    /// From the word in the configuration: `tls`, `starttls` or `none`.
    pub fn from_word(word: &str) -> Result<Security, BadSettings> {
        match word {
            "tls" => Ok(Security::Tls),
            "starttls" => Ok(Security::StartTls),
            "none" => Ok(Security::None),
            other => Err(BadSettings::Security { found: other.to_owned() }),
        }
    }

    /// The port that servers listen on by convention.
    pub fn port(self) -> u16 {
        match self {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        }
    }
}

/// A password. It has no `Debug` and no `Display`, so no log line can show it.
pub struct Secret(String);

impl Secret {
    pub fn new(secret: String) -> Secret {
        Secret(secret)
    }

    pub(crate) fn reveal(self) -> String {
        self.0
    }
}

/// A web address that is a secret: whoever knows it can post.
pub struct SecretUrl(String);

impl SecretUrl {
    pub fn new(url: String) -> SecretUrl {
        SecretUrl(url)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why settings cannot be used; each names the key in `watchbell.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadSettings {
    #[error("email.host is empty; name the mail server, e.g. `mail.example.org`")]
    NoHost,
    #[error("email.host `{found}` cannot be used: {why}; give a host name without port or scheme")]
    Host { found: String, why: String },
    #[error("email.security is `{found}`; it can be `tls`, `starttls` or `none`")]
    Security { found: String },
    #[error("email.from is `{found}`: {why}; write it as `Watchbell <bell@example.org>`")]
    From { found: String, why: String },
    #[error("email.user is set without email.password; set both or neither")]
    UserAlone,
    #[error("email.password is set without email.user; set both or neither")]
    PasswordAlone,
    #[error(
        "email.password would cross the network unencrypted, because email.security is `none`; \
         use `starttls` or `tls`"
    )]
    ClearPassword,
    #[error("slack.{name}.url is no web address: {why}; copy it whole from Slack")]
    Url { name: String, why: String },
    #[error(
        "slack.{name}.url begins with `{found}`; only https is allowed, and http for hosts listed \
         in allow_private_hosts"
    )]
    Scheme { name: String, found: String },
    #[error(
        "slack.{name}.url leads to {address} in a private network; list that address in \
         allow_private_hosts if it is meant"
    )]
    Private { name: String, address: String },
    #[error("slack: no HTTP client: {0}")]
    Client(String),
}
