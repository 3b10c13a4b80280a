//! The way out against real ends: an SMTP server that others wrote (aiosmtpd, run by Python), and
//! a stand-in for Slack that follows its wire format, because the real one cannot be had.

#[path = "transport/inbox.rs"]
mod inbox;
#[path = "transport/webhook.rs"]
mod webhook;

use std::collections::BTreeMap;

use operations::ports::{Channel, Parcel, Post, Undelivered};
use transport::{BadSettings, EmailSettings, Secret, SecretUrl, Security, Settings, Transport};

use inbox::Inbox;
use webhook::Webhook;

fn parcel(channel: Channel, address: &str) -> Parcel {
    Parcel {
        key: "escalation/E-42/L2/jörg.müller/email".into(),
        channel,
        address: address.into(),
        subject: "E-42 braucht eine Zusage — größer als gestern".into(),
        body: "Grüße,\n\nüberfällig seit 3 Tagen: <b>Ölpumpe</b> & Co\n.\nEnde\n".into(),
        notices: vec!["escalation/E-42/L2/jörg.müller/email".into()],
    }
}

fn email(port: u16, security: Security) -> EmailSettings {
    EmailSettings {
        host: "127.0.0.1".into(),
        port: Some(port),
        security,
        user: None,
        password: None,
        from: "Watchbell <bell@example.org>".into(),
    }
}

fn mail(email: EmailSettings) -> Transport {
    built(Settings { email: Some(email), ..Settings::default() })
}

fn slack(url: &str, allow: &[&str]) -> Settings {
    Settings {
        email: None,
        slack: BTreeMap::from([("security".to_owned(), SecretUrl::new(url.to_owned()))]),
        allow_private_hosts: allow.iter().map(|host| (*host).to_owned()).collect(),
    }
}

fn built(settings: Settings) -> Transport {
    match Transport::new(settings) {
        Ok(transport) => transport,
        Err(bad) => panic!("{bad}"),
    }
}

fn refused(settings: Settings) -> String {
    Transport::new(settings).err().expect("these settings are refused").to_string()
}

fn later(outcome: Result<(), Undelivered>) -> String {
    match outcome {
        Err(Undelivered::Later(told)) => told,
        other => panic!("not put off: {other:?}"),
    }
}

fn never(outcome: Result<(), Undelivered>) -> String {
    match outcome {
        Err(Undelivered::Never(told)) => told,
        other => panic!("not given up: {other:?}"),
    }
}

/// A port of this machine at which nobody answers.
fn dead_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test]
async fn a_mail_arrives_whole_and_twice_the_same() {
    let Some(mut inbox) = Inbox::open().await else { return };
    let transport = mail(email(inbox.port, Security::None));
    let parcel = parcel(Channel::Email, "mara.lind@example.org");
    assert_eq!(transport.deliver(&parcel).await, Ok(()));
    let first = inbox.next().await;
    assert_eq!(first["from"], "bell@example.org");
    assert_eq!(first["to"][0], "mara.lind@example.org");
    assert_eq!(first["type"], "text/plain");
    assert_eq!(first["body"], parcel.body);
    assert_eq!(first["headers"]["subject"], parcel.subject);
    assert_eq!(first["headers"]["from"], "Watchbell <bell@example.org>");
    assert_eq!(first["headers"]["x-watchbell-key"], parcel.key);
    assert_eq!(first["headers"]["auto-submitted"], "auto-generated");
    let id = first["headers"]["message-id"].as_str().expect("a Message-ID").to_owned();
    assert!(id.starts_with('<') && id.ends_with("@example.org>") && id.is_ascii(), "{id}");

    assert_eq!(transport.deliver(&parcel).await, Ok(()));
    assert_eq!(inbox.next().await["headers"]["message-id"], id);
    let other = Parcel { key: "escalation/E-42/L3/mara.lind/email".into(), ..parcel };
    assert_eq!(transport.deliver(&other).await, Ok(()));
    assert_ne!(inbox.next().await["headers"]["message-id"], id);
}

#[tokio::test]
async fn a_subject_cannot_add_a_header() {
    let Some(mut inbox) = Inbox::open().await else { return };
    let transport = mail(email(inbox.port, Security::None));
    let mut parcel = parcel(Channel::Email, "mara.lind@example.org");
    parcel.subject = "Hello\r\nBcc: everybody@example.org".into();
    parcel.key = "a\r\nX-Other: b".into();
    assert_eq!(transport.deliver(&parcel).await, Ok(()));
    let taken = inbox.next().await;
    assert_eq!(taken["to"].as_array().map(Vec::len), Some(1));
    assert_eq!(taken["headers"]["bcc"], serde_json::Value::Null);
    assert_eq!(taken["headers"]["x-other"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_a_busy_server_is_not() {
    let Some(inbox) = Inbox::open().await else { return };
    let transport = mail(email(inbox.port, Security::None));
    let told = never(transport.deliver(&parcel(Channel::Email, "refused@example.org")).await);
    assert!(told.contains("550") && told.contains("no such mailbox here"), "{told}");
    let told = later(transport.deliver(&parcel(Channel::Email, "busy@example.org")).await);
    assert!(told.contains("451") && told.contains("greylisted"), "{told}");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_tried_again_once_corrected() {
    let Some(mut inbox) = Inbox::open().await else { return };
    let sign_in = |password: &str| EmailSettings {
        user: Some("bell".into()),
        password: Some(Secret::new(password.into())),
        ..email(inbox.port, Security::None)
    };
    let (wrong, right) = (mail(sign_in("dong")), mail(sign_in("ding")));
    let parcel = parcel(Channel::Email, "mara.lind@example.org");
    let told = later(wrong.deliver(&parcel).await);
    assert!(told.contains("email.password") && !told.contains("dong"), "{told}");
    assert_eq!(right.deliver(&parcel).await, Ok(()));
    assert_eq!(inbox.next().await["login"], "bell");
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_when_starttls_is_asked_for() {
    let Some(inbox) = Inbox::open().await else { return };
    let transport = mail(email(inbox.port, Security::StartTls));
    let told = later(transport.deliver(&parcel(Channel::Email, "mara.lind@example.org")).await);
    assert!(told.to_lowercase().contains("starttls"), "{told}");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_later() {
    let transport = mail(email(dead_port(), Security::None));
    let told = later(transport.deliver(&parcel(Channel::Email, "mara.lind@example.org")).await);
    assert!(told.contains("refused"), "{told}");
}

#[tokio::test]
async fn what_is_no_mail_address_is_given_up() {
    let transport = mail(email(dead_port(), Security::None));
    let told = never(transport.deliver(&parcel(Channel::Email, "mara lind")).await);
    assert!(told.contains("`mara lind` is no mail address"), "{told}");
}

#[tokio::test]
async fn without_configuration_nothing_is_tried() {
    let transport = built(Settings::default());
    let told = never(transport.deliver(&parcel(Channel::Email, "mara.lind@example.org")).await);
    assert_eq!(told, "no mail server is configured; set [email] in watchbell.toml");
    let told = never(transport.deliver(&parcel(Channel::Slack, "security")).await);
    assert!(told.contains("[slack.security]"), "{told}");
}

#[test]
fn bad_mail_settings_are_refused_by_the_name_of_their_key() {
    let with = |change: fn(&mut EmailSettings)| {
        let mut email = email(25, Security::None);
        change(&mut email);
        refused(Settings { email: Some(email), ..Settings::default() })
    };
    for (told, key) in [
        (with(|it| it.from = "bell".into()), "email.from is `bell`"),
        (with(|it| it.host = String::new()), "email.host is empty"),
        (with(|it| it.host = "smtp://mail".into()), "email.host `smtp://mail`"),
        (with(|it| it.user = Some("bell".into())), "email.user is set without"),
        (with(|it| it.password = Some(Secret::new("x".into()))), "email.password is set without"),
    ] {
        assert!(told.starts_with(key), "{told}");
    }
    let clear = with(|it| {
        it.host = "mail.example.org".into();
        it.user = Some("bell".into());
        it.password = Some(Secret::new("geheim".into()));
    });
    assert!(clear.contains("unencrypted") && !clear.contains("geheim"), "{clear}");
    let bad = BadSettings::Security { found: "ssl".into() };
    assert_eq!(Security::from_word("ssl"), Err(bad));
}

#[test]
fn bad_slack_settings_are_refused_without_telling_the_secret() {
    for (url, key) in [
        ("hooks/geheim", "slack.security.url is no web address"),
        ("http://hooks.example/geheim", "slack.security.url begins with `http`"),
        ("ftp://hooks.example/geheim", "slack.security.url begins with `ftp`"),
        ("https://127.0.0.1/geheim", "slack.security.url leads to 127.0.0.1"),
        ("https://[::ffff:10.0.0.1]/geheim", "slack.security.url leads to ::ffff:10.0.0.1"),
    ] {
        let told = refused(slack(url, &[]));
        assert!(told.starts_with(key) && !told.contains("geheim"), "{told}");
    }
}

#[tokio::test]
async fn slack_takes_the_message_as_it_documents_it() {
    let webhook = Webhook::open().await;
    let transport = built(slack(&webhook.url("/ok"), &["127.0.0.1"]));
    let parcel = parcel(Channel::Slack, "security");
    assert_eq!(transport.deliver(&parcel).await, Ok(()));
    let requests = webhook.requests();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert!(request.head.starts_with("POST /ok HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.head.to_lowercase().contains("content-type: application/json"));
    let message: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(message["text"], parcel.subject);
    assert_eq!(message["blocks"][0]["text"]["text"], parcel.subject);
    let body = message["blocks"][1]["text"]["text"].as_str().expect("a section");
    assert!(body.contains("&lt;b&gt;Ölpumpe&lt;/b&gt; &amp; Co"), "{body}");
}

#[tokio::test]
async fn slacks_refusals_are_final_and_told_in_its_own_word() {
    let webhook = Webhook::open().await;
    for (path, word) in [
        ("/invalid", "Slack answers 400 with `invalid_payload`"),
        ("/forbidden", "Slack answers 403 with `action_prohibited`"),
        ("/gone", "Slack answers 404 with `no_service`"),
    ] {
        let transport = built(slack(&webhook.url(path), &["127.0.0.1"]));
        assert_eq!(never(transport.deliver(&parcel(Channel::Slack, "security")).await), word);
    }
}

#[tokio::test]
async fn slack_busy_broken_or_away_is_tried_later() {
    let webhook = Webhook::open().await;
    let away = format!("http://127.0.0.1:{}/geheim", dead_port());
    for (url, word) in [
        (webhook.url("/busy"), "Slack answers 429 with `rate_limited`"),
        (webhook.url("/broken"), "Slack answers 500 with `rollup_error`"),
        (webhook.url("/hang-up"), "Slack cannot be reached"),
        (away, "Slack cannot be reached"),
    ] {
        let transport = built(slack(&url, &["127.0.0.1"]));
        let told = later(transport.deliver(&parcel(Channel::Slack, "security")).await);
        assert!(told.starts_with(word) && !told.contains("geheim"), "{told}");
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let (webhook, elsewhere) = (Webhook::open().await, Webhook::open().await);
    webhook.redirects_to(elsewhere.url("/ok"));
    let transport = built(slack(&webhook.url("/moved"), &["127.0.0.1"]));
    let told = later(transport.deliver(&parcel(Channel::Slack, "security")).await);
    assert!(told.contains("302") && told.contains("not followed"), "{told}");
    assert_eq!(webhook.requests().len(), 1);
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let webhook = Webhook::open().await;
    let transport = built(slack(&webhook.url("/flood"), &["127.0.0.1"]));
    let told = later(transport.deliver(&parcel(Channel::Slack, "security")).await);
    assert!(told.starts_with("Slack answers 503") && told.len() < 500, "{told}");
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_not_reached_unless_allowed() {
    let webhook = Webhook::open().await;
    let url = webhook.url("/ok").replace("127.0.0.1", "localhost");
    let guarded = built(slack(&url.replace("http://", "https://"), &[]));
    let told = never(guarded.deliver(&parcel(Channel::Slack, "security")).await);
    assert!(told.contains("localhost leads to") && told.contains("allow_private_hosts"), "{told}");
    assert_eq!(webhook.requests().len(), 0);
    let allowed = built(slack(&url, &["localhost"]));
    assert_eq!(allowed.deliver(&parcel(Channel::Slack, "security")).await, Ok(()));
    assert_eq!(webhook.requests().len(), 1);
}
