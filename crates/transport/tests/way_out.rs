//! The way out against a real SMTP server (Python's aiosmtpd) and a stand-in for Slack that speaks
//! its documented answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use operations::ports::{Channel, Parcel, Post, Undelivered};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use transport::{Channels, MailServer, Security, Transport};

/// Prints its port, then each message as one line of JSON; refuses `gone@` for good and `busy@`
/// for now.
const SERVER: &str = r#"
import json, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

class Box:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        if address.startswith("busy@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode("utf-8", "replace")
        print(json.dumps({"to": envelope.rcpt_tos, "text": text}), flush=True)
        return "250 OK"

controller = Controller(Box(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
sys.stdin.read()
"#;

struct MailBox {
    process: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    port: u16,
}

impl MailBox {
    /// `None` when Python or aiosmtpd is not at hand, which is said loudly.
    fn open() -> Option<MailBox> {
        let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = probe.local_addr().expect("an address").port();
        drop(probe);
        let mut command = Command::new("python3");
        command.arg("-c").arg(SERVER).arg(port.to_string());
        if let Some(packages) = std::env::var_os("WATCHBELL_PYTHON_PACKAGES") {
            command.env("PYTHONPATH", packages);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().ok()?;
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        match lines.next() {
            Some(Ok(line)) if line == "ready" => Some(MailBox { process, lines, port }),
            _ => {
                process.wait().expect("its end");
                None
            }
        }
    }

    fn next(&mut self) -> serde_json::Value {
        let line = self.lines.next().expect("a message").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for MailBox {
    fn drop(&mut self) {
        // It ends when its input does; if not, it is ended.
        if self.process.kill().is_ok() {
            self.process.wait().expect("its end");
        }
    }
}

fn parcel(channel: Channel, address: &str) -> Parcel {
    Parcel {
        key: "escalation/E-42/L2/mara.lind/email".into(),
        channel,
        address: address.into(),
        subject: "CVE-2026-1234 in core-api: 2 days left – and no date".into(),
        body: "Béla holds it.\n\nhttps://watchbell.example/escalations/E-42\n".into(),
        notices: vec!["escalation/E-42/L2/mara.lind/email".into()],
    }
}

fn mail(port: u16) -> Transport {
    let email = MailServer {
        host: "127.0.0.1".into(),
        port: Some(port),
        security: Security::None,
        login: None,
        from: "Watchbell <bell@tidewater.example>".into(),
    };
    Transport::new(Channels { email: Some(email), ..Channels::default() }).expect("a transport")
}

#[tokio::test]
async fn mail_arrives_with_an_identifier_that_a_repetition_keeps() {
    let Some(mut inbox) = MailBox::open() else {
        eprintln!("SMTP SERVER ABSENT: python3 with aiosmtpd is needed; mail was not tested");
        return;
    };
    let transport = mail(inbox.port);
    let mut identifiers = Vec::new();
    for _ in 0..2 {
        transport.deliver(&parcel(Channel::Email, "mara@tidewater.example")).await.expect("taken");
        let message = inbox.next();
        assert_eq!(message["to"][0], "mara@tidewater.example");
        let text = message["text"].as_str().expect("text").to_owned();
        assert!(text.contains("From: Watchbell <bell@tidewater.example>"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("https://watchbell.example/escalations/E-42"), "{text}");
        let identifier = text.lines().find(|line| line.starts_with("Message-ID:"));
        identifiers.push(identifier.expect("an identifier").trim().to_owned());
    }
    let expected = "Message-ID: <escalation/E-42/L2/mara=2Elind/email@tidewater.example>";
    assert_eq!(identifiers, [expected, expected]);
    let gone = transport.deliver(&parcel(Channel::Email, "gone@tidewater.example")).await;
    assert!(matches!(&gone, Err(Undelivered::Never(why)) if why.contains("550")), "{gone:?}");
    let busy = transport.deliver(&parcel(Channel::Email, "busy@tidewater.example")).await;
    assert!(matches!(&busy, Err(Undelivered::Later(why)) if why.contains("451")), "{busy:?}");
    let nowhere = transport.deliver(&parcel(Channel::Email, "no address")).await;
    assert!(matches!(nowhere, Err(Undelivered::Never(_))));
}

#[tokio::test]
async fn a_mail_server_that_is_away_may_come_back() {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = probe.local_addr().expect("an address").port();
    drop(probe);
    let away = mail(port).deliver(&parcel(Channel::Email, "mara@tidewater.example")).await;
    assert!(matches!(away, Err(Undelivered::Later(_))), "{away:?}");
}

#[tokio::test]
async fn what_is_not_configured_says_how_to() {
    let transport = Transport::new(Channels::default()).expect("a transport");
    let mail = transport.deliver(&parcel(Channel::Email, "mara@tidewater.example")).await;
    let why = "no mail server is configured; set [email] in watchbell.toml";
    assert_eq!(mail, Err(Undelivered::Never(why.into())));
    let slack = transport.deliver(&parcel(Channel::Slack, "security-leads")).await;
    assert!(
        matches!(slack, Err(Undelivered::Never(why)) if why.contains("[slack.security-leads]"))
    );
}

/// Answers one request with `answer` and gives back the request.
async fn stand_in(answer: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut request = Vec::new();
        let mut buffer = [0_u8; 4096];
        loop {
            let count = stream.read(&mut buffer).await.expect("a request");
            request.extend_from_slice(&buffer[..count]);
            let text = String::from_utf8_lossy(&request).to_string();
            let length = text.lines().find_map(|line| {
                line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
            });
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
            if count == 0 || (length.is_some() && body >= length) {
                break;
            }
        }
        stream.write_all(answer.as_bytes()).await.expect("an answer");
        String::from_utf8_lossy(&request).to_string()
    });
    (port, served)
}

fn slack(port: u16, allowed: &[&str]) -> Transport {
    let address = format!("http://127.0.0.1:{port}/services/T000/B000/geheim");
    Transport::new(Channels {
        slack: BTreeMap::from([("leads".to_owned(), address)]),
        allow_private_hosts: allowed.iter().map(|host| (*host).to_owned()).collect::<BTreeSet<_>>(),
        ..Channels::default()
    })
    .expect("a transport")
}

#[tokio::test]
async fn slack_gets_text_and_blocks_as_it_documents_them() {
    let (port, served) = stand_in("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let parcel = parcel(Channel::Slack, "leads");
    slack(port, &["127.0.0.1"]).deliver(&parcel).await.expect("taken");
    let request = served.await.expect("a request");
    assert!(request.starts_with("POST /services/T000/B000/geheim HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("content-type: application/json\r\n"), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["text"], parcel.subject);
    assert_eq!(body["blocks"][0]["type"], "header");
    assert_eq!(body["blocks"][1]["text"]["text"], parcel.body.trim());
}

#[tokio::test]
async fn slacks_refusals_are_told_apart_and_never_show_the_address() {
    let cases = [
        ("HTTP/1.1 400 Bad Request\r\ncontent-length: 15\r\n\r\ninvalid_payload", false),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 10\r\n\r\nno_service", false),
        ("HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n", true),
        ("HTTP/1.1 500 Oops\r\ncontent-length: 12\r\n\r\nrollup_error", true),
        ("HTTP/1.1 302 Found\r\nlocation: http://10.0.0.1/\r\ncontent-length: 0\r\n\r\n", false),
        ("gibberish\r\n\r\n", true),
    ];
    for (answer, may_work_later) in cases {
        let (port, served) = stand_in(answer).await;
        let outcome = slack(port, &["127.0.0.1"]).deliver(&parcel(Channel::Slack, "leads")).await;
        served.await.expect("a request");
        let (why, is_later) = match outcome {
            Err(Undelivered::Later(why)) => (why, true),
            Err(Undelivered::Never(why)) => (why, false),
            Ok(()) => panic!("{answer} was taken"),
        };
        assert_eq!(is_later, may_work_later, "{answer}: {why}");
        assert!(!why.contains("geheim"), "{why}");
    }
}

#[tokio::test]
async fn a_webhook_into_a_private_network_is_not_called() {
    let outcome = slack(9, &[]).deliver(&parcel(Channel::Slack, "leads")).await;
    assert!(matches!(&outcome, Err(Undelivered::Never(why)) if why.contains("private network")));
    let named = Transport::new(Channels {
        slack: BTreeMap::from([("leads".to_owned(), "http://localhost:9/geheim".to_owned())]),
        ..Channels::default()
    });
    let outcome = named.expect("a transport").deliver(&parcel(Channel::Slack, "leads")).await;
    let Err(Undelivered::Later(why)) = outcome else { panic!("{outcome:?}") };
    assert!(why.contains("no public address") && !why.contains("geheim"), "{why}");
}
