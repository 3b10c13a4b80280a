//! Mail by SMTP: plain text, one recipient, one connection per message.
//!
//! The `Message-ID` is derived from the parcel's key, so that a repeated delivery is the same
//! message to whoever looks. A refusal of the recipient or the message is final; a refusal of *us*
//! (sign-in) is not, because somebody will correct the password.

use std::net::IpAddr;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use operations::ports::{Parcel, Undelivered};
use sha2::{Digest, Sha256};

use crate::settings::{BadSettings, EmailSettings, Security};
use crate::{causes, one_line};

/// How long one delivery may take, from name lookup to the server's word.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest subject, in characters; longer ones are cut.
const SUBJECT_LIMIT: usize = 200;
/// Where the parcel's key can be read.
const KEY_HEADER: HeaderName = HeaderName::new_from_ascii_str("X-Watchbell-Key");
/// Keeps out-of-office answers away (RFC 3834).
const AUTO_HEADER: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// Answers that refuse our sign-in or ask for one (RFC 4954), not the message.
const SIGN_IN_REFUSED: [u16; 5] = [530, 534, 535, 538, 454];

/// A mail server and the sender.
pub struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    pub fn new(settings: EmailSettings) -> Result<Mail, BadSettings> {
        let EmailSettings { host, port, security, user, password, from } = settings;
        let sender = from
            .parse::<Mailbox>()
            .map_err(|error| BadSettings::From { found: from.clone(), why: error.to_string() })?;
        let mut server = connection(&host, security)?
            .port(port.unwrap_or(security.port()))
            .timeout(Some(PATIENCE));
        match (user, password) {
            (Some(_), Some(_)) if security == Security::None && !is_this_machine(&host) => {
                return Err(BadSettings::ClearPassword);
            }
            (Some(user), Some(password)) => {
                server = server.credentials(Credentials::new(user, password.reveal()));
            }
            (Some(_), None) => return Err(BadSettings::UserAlone),
            (None, Some(_)) => return Err(BadSettings::PasswordAlone),
            (None, None) => {}
        }
        Ok(Mail { server: server.build(), from: sender })
    }

    /// Delivers to the mail server; it then answers for the message.
    pub async fn deliver(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let message = self.message(parcel)?;
        match tokio::time::timeout(PATIENCE, self.server.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(undelivered(&error)),
            Err(_) => {
                let seconds = PATIENCE.as_secs();
                Err(Undelivered::Later(format!("the mail server took more than {seconds} s")))
            }
        }
    }

    fn message(&self, parcel: &Parcel) -> Result<Message, Undelivered> {
        let address = &parcel.address;
        let to = address.parse::<Mailbox>().map_err(|error| {
            let address = one_line(address);
            Undelivered::Never(format!("`{address}` is no mail address: {error}"))
        })?;
        let key = HeaderValue::new(KEY_HEADER, one_word(&parcel.key));
        let auto = HeaderValue::new(AUTO_HEADER, "auto-generated".into());
        Message::builder()
            .message_id(Some(self.message_id(&parcel.key, &to)))
            .from(self.from.clone())
            .to(to)
            .subject(subject(&parcel.subject))
            .raw_header(key)
            .raw_header(auto)
            .header(ContentType::TEXT_PLAIN)
            // The end of the last line is added on the way out.
            .body(parcel.body.trim_end().to_owned())
            .map_err(|error| Undelivered::Never(format!("no mail can be made: {error}")))
    }

    /// The same for the same parcel; differs between installations with different senders. The key
    /// itself is not in it: it may hold what an identifier must not.
    fn message_id(&self, key: &str, to: &Mailbox) -> String {
        let named = format!("{key}\n{}\n{}", self.from.email, to.email);
        let digest = hex::encode(&Sha256::digest(named.as_bytes())[..16]);
        let domain = self.from.email.domain();
        // RFC 5322, 3.6.4: ASCII; a domain in other letters lends its name to no identifier.
        let domain = if domain.is_ascii() { domain } else { "watchbell.invalid" };
        format!("<{digest}@{domain}>")
    }
}

fn connection(host: &str, security: Security) -> Result<AsyncSmtpTransportBuilder, BadSettings> {
    if host.is_empty() {
        return Err(BadSettings::NoHost);
    }
    let bad = |why: String| BadSettings::Host { found: host.to_owned(), why };
    let is_address = host.parse::<IpAddr>().is_ok();
    if !is_address && host.contains([':', '/', '@', ' ']) {
        return Err(bad("a host name has no `:`, `/`, `@` or space".into()));
    }
    type Server = AsyncSmtpTransport<Tokio1Executor>;
    match security {
        Security::Tls => Server::relay(host).map_err(|error| bad(causes(&error))),
        Security::StartTls => Server::starttls_relay(host).map_err(|error| bad(causes(&error))),
        Security::None => Ok(Server::builder_dangerous(host)),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// One line of at most [`SUBJECT_LIMIT`] characters.
fn subject(text: &str) -> String {
    let plain = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(SUBJECT_LIMIT).collect()
}

/// The key without what would end a header line.
fn one_word(key: &str) -> String {
    key.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}

fn undelivered(error: &Error) -> Undelivered {
    let told = causes(error);
    match error.status().map(u16::from) {
        Some(code) if SIGN_IN_REFUSED.contains(&code) => Undelivered::Later(format!(
            "the mail server refuses the sign-in: {told}; check email.user and email.password"
        )),
        Some(_) if error.is_permanent() => {
            Undelivered::Never(format!("the mail server refuses the message: {told}"))
        }
        Some(_) => Undelivered::Later(format!("the mail server asks to wait: {told}")),
        None => Undelivered::Later(format!("the mail server cannot be used: {told}")),
    }
}
