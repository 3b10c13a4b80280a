//! The handlers of the pages, a file a room.
//!
//! The rule to remember: parse, call one operation, fill the view. A handler knows addresses and
//! words, never a rule; what must be decided was decided by the operation.

mod access;
mod breaches;
mod clocks;
mod custody;
mod display;
pub(crate) mod escalations;
mod exceptions;
pub(crate) mod findings;
pub(crate) mod imports;
mod key_results;
mod ledgers;
mod notices;
mod objectives;
mod people;
mod reports;
mod rituals;
pub(crate) mod sboms;
pub(crate) mod scorecards;
mod services;
mod today;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use operations::Refusal;

use crate::pages::Refusals;
use crate::pages::forms::Refused;
use crate::problem::Problem;
use crate::server::Server;

/// Rows of a list at a time: one screen and a bit.
const ROWS: u32 = 50;

pub(crate) fn routes(server: &Server) -> Router<Server> {
    Router::new()
        .merge(access::routes())
        .merge(breaches::routes())
        .merge(custody::routes())
        .merge(display::routes())
        .merge(escalations::routes())
        .merge(exceptions::routes())
        .merge(findings::routes())
        .merge(imports::routes(server))
        .merge(key_results::routes())
        .merge(notices::routes())
        .merge(objectives::routes())
        .merge(people::routes())
        .merge(reports::routes())
        .merge(rituals::routes())
        .merge(services::routes())
        .merge(sboms::routes())
        .merge(today::routes())
}

/// The parameters of an address; the last of a name counts.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Those of an address without any.
    pub(crate) fn none() -> Parameters {
        Parameters(BTreeMap::new())
    }

    /// The parameter `name`, unless it is absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The parameter `name`, or nothing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// A parameter that is `true` or `false`; absent it is `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.text(name) {
            "" | "false" => Ok(false),
            "true" => Ok(true),
            other => Err(Problem::invalid(format!("{name}: `{other}` is not true or false"))),
        }
    }

    /// How many rows the caller wants of a list.
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        let Some(text) = self.get("limit") else { return Ok(crate::api::ROWS) };
        let limit = text.parse().ok().filter(|limit| (1..=200).contains(limit));
        limit.ok_or_else(|| Problem::invalid(format!("limit: `{text}` is not between 1 and 200")))
    }

    /// These but the parameter `name`.
    pub(crate) fn without(&self, name: &str) -> Parameters {
        let mut others = self.0.clone();
        others.remove(name);
        Parameters(others)
    }

    /// The address of `path` with these parameters but `name`, which becomes `value`.
    pub(crate) fn with(&self, path: &str, name: &str, value: &str) -> String {
        let mut pairs: BTreeMap<&str, &str> =
            self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.insert(name, value);
        address(path, pairs)
    }
}

/// `path` with `pairs` as its query; empty values are left out.
pub(crate) fn address<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let query: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Text as it stands in an address: all but RFC 3986's unreserved characters as `%XX`.
pub(crate) fn encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                safe.push(char::from(byte));
            }
            other => safe.push_str(&format!("%{other:02X}")),
        }
    }
    safe
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &S) -> Result<Parameters, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, server).await;
        let Query(pairs) = pairs.map_err(|why| {
            Problem::new(StatusCode::BAD_REQUEST, format!("the address cannot be read: {why}"))
        })?;
        Ok(Parameters(pairs.into_iter().collect()))
    }
}

/// The refusals of a form, if the refusal is about what was typed: `field: message` each.
fn refusals(refusal: Refusal, default: &str) -> Result<Refusals, Problem> {
    let lines = match refusal {
        Refusal::Invalid(lines) => lines,
        Refusal::TooMany { .. } | Refusal::Conflict(_) | Refusal::TooLarge { .. } => {
            vec![refusal.to_string()]
        }
        other => return Err(other.into()),
    };
    let refused = |line: String| match line.split_once(": ") {
        Some((field, message)) if is_field(field) => {
            Refused { field: field.to_owned(), message: message.to_owned() }
        }
        _ => Refused { field: default.to_owned(), message: line },
    };
    Ok(Refusals(lines.into_iter().map(refused).collect()))
}

fn is_field(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_it_is_given() {
        let pairs = [("text", "a&b=c d"), ("band", ""), ("service", "core/api")];
        assert_eq!(address("/findings", pairs), "/findings?text=a%26b%3Dc%20d&service=core%2Fapi");
        assert_eq!(address("/findings", []), "/findings");
    }

    #[test]
    fn a_refusal_stands_at_the_field_it_names() {
        let lines = vec!["until: too late".to_owned(), "nothing: of a field".to_owned()];
        let refusals = refusals(Refusal::Invalid(lines), "until").expect("about the form");
        assert_eq!(refusals.0[0].field, "until");
        assert_eq!(refusals.0[0].message, "too late");
    }
}
