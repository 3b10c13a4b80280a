//! Reading from a DefectDojo that an administrator named: pages of its API, one after another.
//!
//! One client: two minutes a page, no redirects, no proxy, 64 MB of answer, every address through
//! the guard. The token goes to the address that was named and nowhere else: of what a page calls
//! its next only path and query are followed.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use thiserror::Error;

use crate::guard::{Guard, Guarded};
use crate::settings::Secret;
use crate::{causes, one_line};

/// How long one page may take: the other side counts and joins for large ones.
const PATIENCE: Duration = Duration::from_secs(120);
/// How much of one page is read, in bytes: 250 findings of 250 kB.
const PAGE_LIMIT: usize = 64 * 1024 * 1024;

/// Whether a host in a private network may be reached, and one without TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateAddresses {
    Allowed,
    Refused,
}

/// Why a page was not read.
#[derive(Debug, Error)]
pub enum Unreached {
    #[error("`{url}` cannot be used: {why}")]
    Address { url: String, why: String },
    #[error(
        "{host} leads to {address} in a private network; add --allow-private-address if it is \
         meant"
    )]
    Private { host: String, address: String },
    #[error("{path}: {why}")]
    Failed { path: String, why: String },
    #[error("{path}: answered {status}{said}")]
    Refused { path: String, status: u16, said: String },
    #[error("{path}: the answer is larger than {PAGE_LIMIT} bytes")]
    TooLarge { path: String },
}

/// The API of one DefectDojo.
pub struct Dojo {
    client: Client,
    base: Url,
    authorization: HeaderValue,
}

impl Dojo {
    /// Checks address and token; connects nowhere yet.
    pub fn new(url: &str, token: Secret, private: PrivateAddresses) -> Result<Dojo, Unreached> {
        let refused =
            |why: &dyn ToString| Unreached::Address { url: url.to_owned(), why: why.to_string() };
        let named = Url::parse(url).map_err(|why| refused(&why))?;
        let host = named.host_str().ok_or_else(|| refused(&"it names no host"))?.to_owned();
        let allowed = match private {
            PrivateAddresses::Allowed => vec![host.clone()],
            PrivateAddresses::Refused => Vec::new(),
        };
        let guard = Guard::new(allowed);
        if let Some(address) = guard.refuses(&named) {
            return Err(Unreached::Private { host, address: address.to_string() });
        }
        match (named.scheme(), private) {
            ("https", _) | ("http", PrivateAddresses::Allowed) => {}
            ("http", PrivateAddresses::Refused) => {
                return Err(refused(&"a token is not sent without TLS; write https://"));
            }
            _ => return Err(refused(&"it must begin with https://")),
        }
        let path = named.path().trim_end_matches('/').trim_end_matches("/api/v2").to_owned();
        let base = named.join(&format!("{path}/api/v2/")).map_err(|why| refused(&why))?;
        let mut authorization = HeaderValue::from_str(&format!("Token {}", token.reveal()))
            .map_err(|_| refused(&"the token has characters that no header takes"))?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .user_agent(concat!("watchbell/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(guard))
            .build()
            .map_err(|error| refused(&causes(&error)))?;
        Ok(Dojo { client, base, authorization })
    }

    /// The answer to `products/?limit=250` and the like.
    pub async fn list(&self, path: &str) -> Result<Vec<u8>, Unreached> {
        let url = self
            .base
            .join(path)
            .map_err(|why| Unreached::Address { url: path.to_owned(), why: why.to_string() })?;
        self.read(url).await
    }

    /// The page that another page calls its next.
    pub async fn next(&self, address: &str) -> Result<Vec<u8>, Unreached> {
        let refused = |why: &dyn ToString| Unreached::Address {
            url: address.to_owned(),
            why: why.to_string(),
        };
        let named = Url::parse(address).map_err(|why| refused(&why))?;
        if !named.path().starts_with(self.base.path()) {
            return Err(refused(&"the next page is outside of the API"));
        }
        let mut url = self.base.clone();
        url.set_path(named.path());
        url.set_query(named.query());
        self.read(url).await
    }

    async fn read(&self, url: Url) -> Result<Vec<u8>, Unreached> {
        let path =
            format!("{}{}", url.path(), url.query().map_or(String::new(), |it| format!("?{it}")));
        let failed = |error: reqwest::Error| unanswered(&path, error);
        let request = self
            .client
            .get(url)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let mut answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > PAGE_LIMIT {
                return Err(Unreached::TooLarge { path });
            }
            bytes.extend_from_slice(&chunk);
        }
        if status == StatusCode::OK {
            return Ok(bytes);
        }
        let said = one_line(&String::from_utf8_lossy(&bytes));
        let said = if said.is_empty() { said } else { format!(": {said}") };
        Err(Unreached::Refused { path, status: status.as_u16(), said })
    }
}

fn unanswered(path: &str, error: reqwest::Error) -> Unreached {
    let error = error.without_url();
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(guarded) = inner.downcast_ref::<Guarded>() {
            return Unreached::Private {
                host: guarded.host().to_owned(),
                address: guarded.address().to_string(),
            };
        }
        cause = inner.source();
    }
    Unreached::Failed { path: path.to_owned(), why: causes(&error) }
}
