//! Mail by SMTP: plain text, one recipient, a Message-ID that names the parcel.
//!
//! A repeated delivery has the same Message-ID, by which mail systems recognise it.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use operations::ports::{Parcel, Undelivered};

use crate::{MailServer, Security};

/// How long one command of the conversation may take.
const COMMAND: Duration = Duration::from_secs(15);
/// The longest subject, in characters; more is cut.
const SUBJECT: usize = 200;

/// One mail server.
pub(crate) struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    pub(crate) fn new(server: MailServer) -> Result<Mailer, String> {
        let from: Mailbox = server.from.parse().map_err(|_| {
            format!("email.from: `{}` is no sender; write `Name <a@b.example>`", server.from)
        })?;
        let refused = |error: Error| format!("email.host: cannot use `{}`: {error}", server.host);
        let mut builder = match server.security {
            Security::None => {
                AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
            }
            Security::StartTls => {
                AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&server.host)
                    .map_err(refused)?
            }
            Security::Tls => {
                AsyncSmtpTransport::<Tokio1Executor>::relay(&server.host).map_err(refused)?
            }
        };
        if let Some(port) = server.port {
            builder = builder.port(port);
        }
        if let Some((user, password)) = server.login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Mailer { server: builder.timeout(Some(COMMAND)).build(), from })
    }

    pub(crate) async fn send(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let message = self.message(parcel)?;
        self.server.send(message).await.map(|_| ()).map_err(|error| undelivered(&error))
    }

    fn message(&self, parcel: &Parcel) -> Result<Message, Undelivered> {
        let never = |why: String| Undelivered::Never(why);
        let to: Mailbox = parcel
            .address
            .parse()
            .map_err(|_| never(format!("`{}` is no mail address", parcel.address)))?;
        let subject = parcel.subject.replace(|c: char| c.is_control(), " ");
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject.chars().take(SUBJECT).collect::<String>())
            .message_id(Some(message_id(&parcel.key, self.from.email.domain())))
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(parcel.body.clone())
            .map_err(|error| never(format!("the message cannot be written: {error}")))
    }
}

/// Tells mail systems not to answer with absence notes (RFC 3834, 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// `<escalation/E-42/L2/mara=2Elind/email@example.org>`: letters, digits, `-`, `_` and `/` as they
/// are, every other byte as `=XX`, so that two keys never have one identifier (RFC 5322, 3.6.4).
fn message_id(key: &str, domain: &str) -> String {
    let mut left = String::with_capacity(key.len());
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/') {
            left.push(char::from(byte));
        } else {
            left.push_str(&format!("={byte:02X}"));
        }
    }
    format!("<{left}@{domain}>")
}

/// 5xx will not change by repeating, except that the server did not accept *our* login or security:
/// that is repaired here while the message waits.
fn undelivered(error: &Error) -> Undelivered {
    let code = error.status().map(|code| code.to_string());
    let is_ours = code.as_deref().is_some_and(|code| code.starts_with("53"));
    let why = match &code {
        Some(code) => format!("the mail server answered {code}: {error}"),
        None => format!("the mail server cannot be used: {error}"),
    };
    if error.is_permanent() && !is_ours { Undelivered::Never(why) } else { Undelivered::Later(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_never_have_one_message_id() {
        let one = message_id("escalation/E-42/L2/mara.lind/email", "example.org");
        assert_eq!(one, "<escalation/E-42/L2/mara=2Elind/email@example.org>");
        assert_ne!(message_id("a.b", "x"), message_id("a=2Eb", "x"));
    }

    #[test]
    fn a_sender_that_is_none_is_refused_by_name() {
        let server = MailServer {
            host: "localhost".into(),
            port: None,
            security: Security::None,
            login: None,
            from: "nobody".into(),
        };
        let refused = Mailer::new(server).err().expect("refused");
        assert!(refused.starts_with("email.from: `nobody`"), "{refused}");
    }
}
