//! Slack's incoming webhooks.
//!
//! Whoever knows the address of a webhook can post, so that it never appears in an error. Slack
//! answers `200 ok`, or a status with a word such as `invalid_payload` or `no_service` (Slack's
//! documentation, "Sending messages using incoming webhooks", "Handling errors").

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use formats::channels::slack;
use operations::ports::{Parcel, Undelivered};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response, StatusCode, Url, redirect};

use crate::guard::Guard;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
/// How much of an answer is read: Slack's words are short.
const ANSWER: usize = 1_000;

/// The webhooks by name.
pub(crate) struct Webhooks {
    addresses: BTreeMap<String, Url>,
    client: Client,
    guard: Guard,
}

impl Webhooks {
    pub(crate) fn new(
        slack: BTreeMap<String, String>,
        allowed: BTreeSet<String>,
    ) -> Result<Webhooks, String> {
        let guard = Guard::new(allowed);
        let mut addresses = BTreeMap::new();
        for (name, address) in slack {
            let url = Url::parse(&address)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
            let url = url.ok_or_else(|| {
                format!("slack.{name}.url: not an address that begins with https://")
            })?;
            addresses.insert(name, url);
        }
        // A proxy would resolve names behind the guard's back; a redirect would leave it.
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(guard.clone())
            .user_agent(concat!("watchbell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("the HTTP client cannot be made: {error}"))?;
        Ok(Webhooks { addresses, client, guard })
    }

    pub(crate) async fn send(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let name = &parcel.address;
        let Some(url) = self.addresses.get(name) else {
            let why = format!(
                "no webhook `{name}` is configured; set [slack.{name}] with its url in watchbell.toml"
            );
            return Err(Undelivered::Never(why));
        };
        if !url.host_str().is_some_and(|host| self.guard.permits_host(host)) {
            let why = format!(
                "webhook `{name}` leads into a private network; allow_private_hosts may name its \
                 host"
            );
            return Err(Undelivered::Never(why));
        }
        let body = slack::message(&parcel.subject, &parcel.body);
        let request = self.client.post(url.clone()).header(CONTENT_TYPE, "application/json");
        match request.body(body).send().await {
            Ok(answer) => outcome(name, answer).await,
            Err(error) => {
                let error = error.without_url();
                Err(Undelivered::Later(format!("webhook `{name}`: {}", chain(&error))))
            }
        }
    }
}

async fn outcome(name: &str, answer: Response) -> Result<(), Undelivered> {
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let said = beginning(answer).await;
    let why = format!("webhook `{name}` answered {}: {said}", status.as_u16());
    let later = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    Err(if later { Undelivered::Later(why) } else { Undelivered::Never(why) })
}

/// The first line of an answer, as plain text.
async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER {
            break;
        }
    }
    bytes.truncate(ANSWER);
    let text = String::from_utf8_lossy(&bytes);
    text.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect()
}

/// An error with its causes: the outermost alone says little.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}
