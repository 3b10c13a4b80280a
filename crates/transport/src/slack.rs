//! Slack's incoming webhooks over HTTPS.
//!
//! One client: ten seconds, no redirects, no proxy, 64 kB of answer, every address through the
//! guard. Slack answers a refusal with one word (`no_service`, `invalid_payload`), which is passed
//! on. The address of a webhook is its password; errors are stripped of it.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use operations::ports::{Parcel, Undelivered};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use crate::guard::{Guard, Guarded};
use crate::settings::{BadSettings, SecretUrl};
use crate::{causes, one_line};

/// How long one delivery may take, from name lookup to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read, in bytes: Slack's are one word.
const ANSWER_LIMIT: usize = 64 * 1024;

/// The configured webhooks and the client that reaches them.
pub struct Slack {
    client: Client,
    webhooks: BTreeMap<String, Url>,
}

impl Slack {
    pub fn new(webhooks: BTreeMap<String, SecretUrl>, guard: Guard) -> Result<Slack, BadSettings> {
        let checked = webhooks.into_iter().map(|(name, url)| {
            let url = check(&name, &url, &guard)?;
            Ok((name, url))
        });
        let webhooks = checked.collect::<Result<_, BadSettings>>()?;
        let client = Client::builder()
            .user_agent(concat!("watchbell/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .redirect(Policy::none())
            // A proxy would look names up by itself, behind the guard's back.
            .no_proxy()
            // Notices are rare: a connection kept for the next would be dead by then.
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(guard))
            .build()
            .map_err(|error| BadSettings::Client(causes(&error)))?;
        Ok(Slack { client, webhooks })
    }

    /// Posts to the webhook that the parcel's address names.
    pub async fn deliver(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let name = &parcel.address;
        let Some(url) = self.webhooks.get(name) else {
            return Err(Undelivered::Never(format!(
                "no Slack webhook is called `{name}`; set [slack.{name}] in watchbell.toml"
            )));
        };
        let request = self
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))
            .body(formats::notices::slack(parcel));
        let answer = request.send().await.map_err(unsent)?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        Err(refused(status, &word(answer).await))
    }
}

/// A webhook's address as it will be used. The address of a public host is checked again at each
/// delivery, when its name is looked up.
fn check(name: &str, url: &SecretUrl, guard: &Guard) -> Result<Url, BadSettings> {
    let name = || name.to_owned();
    let url = Url::parse(url.as_str())
        .map_err(|error| BadSettings::Url { name: name(), why: error.to_string() })?;
    let Some(host) = url.host_str() else {
        return Err(BadSettings::Url { name: name(), why: "it names no host".into() });
    };
    if let Some(address) = guard.refuses(&url) {
        return Err(BadSettings::Private { name: name(), address: address.to_string() });
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if guard.allows(host) => Ok(url),
        other => Err(BadSettings::Scheme { name: name(), found: other.to_owned() }),
    }
}

/// A request that got no answer.
fn unsent(error: reqwest::Error) -> Undelivered {
    let error = error.without_url();
    if let Some(guarded) = guarded(&error) {
        return Undelivered::Never(guarded.to_string());
    }
    if error.is_timeout() {
        let seconds = PATIENCE.as_secs();
        return Undelivered::Later(format!("Slack took more than {seconds} s"));
    }
    Undelivered::Later(format!("Slack cannot be reached: {}", causes(&error)))
}

fn guarded(error: &reqwest::Error) -> Option<&Guarded> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(guarded) = error.downcast_ref::<Guarded>() {
            return Some(guarded);
        }
        cause = error.source();
    }
    None
}

/// What Slack says in the body of a refusal. As much as came is enough.
async fn word(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER_LIMIT - bytes.len())]);
        if bytes.len() >= ANSWER_LIMIT {
            break;
        }
    }
    one_line(&String::from_utf8_lossy(&bytes))
}

/// A request that was answered, but not with success. A redirect may be a gateway's passing mood,
/// so it is tried again, but never followed.
fn refused(status: StatusCode, word: &str) -> Undelivered {
    let said = if word.is_empty() { "no word".to_owned() } else { format!("`{word}`") };
    let code = status.as_u16();
    let told = format!("Slack answers {code} with {said}");
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Undelivered::Later(told),
        _ if status.is_client_error() => Undelivered::Never(told),
        _ if status.is_redirection() => {
            Undelivered::Later(format!("{told}; redirects are not followed"))
        }
        _ => Undelivered::Later(told),
    }
}
