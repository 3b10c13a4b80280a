//! Lists by limit and offset, with the addresses of the pages beside this one.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, OriginalUri, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use operations::dojo::Window;
use serde_json::{Value, json};

use super::refused::Refused;
use crate::server::Server;

/// Rows of a page unless the client wants another number, and the most it gets.
const ROWS: u32 = 25;
const ROWS_MOST: u32 = 1_000;

/// What a client asks of a list.
pub(super) struct Listing {
    pub(super) window: Window,
    /// The last of each name.
    parameters: BTreeMap<String, String>,
    /// All of them in their order, without those of the window.
    others: Vec<(String, String)>,
    /// Where the list is, for programs elsewhere.
    address: String,
}

impl FromRequestParts<Server> for Listing {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Listing, Refused> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, server).await;
        let Query(pairs) = pairs.map_err(|why| Refused::unreadable(why.body_text()))?;
        let parameters: BTreeMap<String, String> = pairs.iter().cloned().collect();
        let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<u32>().ok());
        let limit = number("limit").filter(|limit| *limit > 0).unwrap_or(ROWS).min(ROWS_MOST);
        let window = Window { limit, offset: number("offset").unwrap_or(0) };
        let others = pairs.into_iter().filter(|(name, _)| name != "limit" && name != "offset");
        let others = others.collect();
        let path = parts
            .extensions
            .get::<OriginalUri>()
            .map_or_else(|| parts.uri.path().to_owned(), |OriginalUri(uri)| uri.path().to_owned());
        let address = format!("{}{path}", origin(&parts.headers, server.app.address()));
        Ok(Listing { window, parameters, others, address })
    }
}

impl Listing {
    /// The parameter `name`, unless it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refused> {
        let refused = || Refused::field(name, "Enter a number.");
        self.get(name).map(|text| text.parse().map_err(|_| refused())).transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            // A filter that says neither filters nothing.
            _ => None,
        }
    }

    /// The members of a list with commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let members = self.get(name).unwrap_or_default().split(',').map(str::trim);
        members.filter(|member| !member.is_empty()).map(str::to_owned).collect()
    }

    /// The page's body, of a list with `count` rows in all.
    pub(super) fn body(&self, results: Vec<Value>, count: u64) -> Value {
        let Window { limit, offset } = self.window;
        let after = u64::from(offset) + u64::from(limit);
        let next = (after < count).then(|| self.at(after));
        let previous = (offset > 0).then(|| self.at(u64::from(offset.saturating_sub(limit))));
        json!({ "count": count, "next": next, "previous": previous, "results": results })
    }

    fn at(&self, offset: u64) -> String {
        let limit = self.window.limit;
        let mut query = vec![format!("limit={limit}")];
        if offset > 0 {
            query.push(format!("offset={offset}"));
        }
        let encoded = crate::rooms::encoded;
        let others = self.others.iter();
        query.extend(others.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))));
        format!("{}?{}", self.address, query.join("&"))
    }
}

/// How the client reached us: what the proxy before us says, else what it asked for itself.
fn origin(headers: &HeaderMap, configured: &str) -> String {
    let said = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        value.split(',').next().map(str::trim).filter(|value| !value.is_empty())
    };
    let host = said("x-forwarded-host").or_else(|| said(header::HOST.as_str()));
    let Some(host) = host.filter(|host| is_host(host)) else { return configured.to_owned() };
    let scheme = said("x-forwarded-proto").filter(|scheme| matches!(*scheme, "http" | "https"));
    let scheme = scheme.unwrap_or_else(|| match configured.split_once("://") {
        Some((scheme, authority)) if authority == host => scheme,
        _ => "http",
    });
    format!("{scheme}://{host}")
}

fn is_host(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expected: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a value"));
        }
        assert_eq!(origin(&map, "https://watchbell.example"), expected);
    }

    #[test]
    fn the_next_page_is_where_the_client_reached_this_one() {
        check(&[], "https://watchbell.example");
        check(&[("host", "127.0.0.1:8080")], "http://127.0.0.1:8080");
        check(&[("host", "watchbell.example")], "https://watchbell.example");
        check(&[("host", "dojo.example"), ("x-forwarded-proto", "https")], "https://dojo.example");
        let behind = [
            ("host", "10.0.0.1:8080"),
            ("x-forwarded-host", "dojo.example, inner"),
            ("x-forwarded-proto", "https, http"),
        ];
        check(&behind, "https://dojo.example");
        check(&[("host", "evil/@x")], "https://watchbell.example");
    }
}
