//! What a client sent: fields of a form, of JSON, or of a form with a file.
//!
//! Fields that nobody asks for are ignored. A field that is empty is as one that is absent: clients
//! send all they have.

use std::fmt::Display;

use axum::extract::multipart::MultipartError;
use axum::extract::{Form, FromRequest, Json, Multipart, Request};
use axum::http::{StatusCode, header};
use jiff::civil::{Date, DateTime};
use serde_json::Value;

use super::refused::Refused;
use crate::server::Server;

/// Fields read of one request, and the bytes of one that is no file.
const FIELDS: usize = 500;
const FIELD_BYTES: usize = 64 * 1024;
/// Words for yes and no in forms.
const YES: [&str; 5] = ["true", "t", "yes", "on", "1"];
const NO: [&str; 5] = ["false", "f", "no", "off", "0"];

/// A request's fields in their order; `None` = it says explicitly that there is nothing.
#[derive(Debug, Default)]
pub(super) struct Sent {
    fields: Vec<(String, Option<String>)>,
    pub(super) file: Option<Vec<u8>>,
}

impl Sent {
    /// The last field of that name, unless it is absent or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().rev().find(|(found, _)| found == name);
        found?.1.as_deref().map(str::trim).filter(|value| !value.is_empty())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Refused> {
        self.get(name).ok_or_else(|| match self.has(name) {
            true => Refused::field(name, "This field may not be blank."),
            false => Refused::required(name),
        })
    }

    /// Whether the field was sent, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(found, _)| found == name)
    }

    /// A field to change: none = it was not sent, `Some(None)` = it is to be taken away.
    pub(super) fn edit(&self, name: &str) -> Option<Option<String>> {
        self.has(name).then(|| self.owned(name))
    }

    /// Every member of a list, sent by repeating the field or with commas.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        if !self.has(name) {
            return None;
        }
        let values = self.fields.iter().filter(|(found, _)| found == name);
        let members = values.filter_map(|(_, value)| value.as_deref());
        Some(members.flat_map(|value| value.split(',')).map(str::to_owned).collect())
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refused> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let word = text.to_ascii_lowercase();
        match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
            (true, _) => Ok(Some(true)),
            (_, true) => Ok(Some(false)),
            _ => Err(Refused::field(name, "Must be a valid boolean.")),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refused> {
        let why = "A valid integer is required.";
        let number = self.get(name).map(|text| text.parse().map_err(|_| Refused::field(name, why)));
        number.transpose()
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<Date>, Refused> {
        let why = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
        let date = self.get(name).map(|text| day(text).ok_or_else(|| Refused::field(name, why)));
        date.transpose()
    }

    /// A day with or without a time of day.
    pub(super) fn time(&self, name: &str) -> Result<Option<DateTime>, Refused> {
        let why = "Datetime has wrong format. Use one of these formats instead: \
            YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
        let time = self.get(name).map(|text| {
            let plain: Option<DateTime> = text.trim_end_matches('Z').parse().ok();
            let plain = plain.or_else(|| {
                let at: jiff::Timestamp = text.parse().ok()?;
                Some(jiff::tz::TimeZone::UTC.to_datetime(at))
            });
            plain.ok_or_else(|| Refused::field(name, why))
        });
        time.transpose()
    }

    fn push(&mut self, name: &str, value: Option<String>) -> Result<(), Refused> {
        if self.fields.len() >= FIELDS {
            return Err(Refused::unreadable(format!("more than {FIELDS} fields")));
        }
        self.fields.push((name.to_owned(), value));
        Ok(())
    }

    fn take(&mut self, name: &str, value: &Value) -> Result<(), Refused> {
        match value {
            Value::Null => self.push(name, None),
            Value::String(text) => self.push(name, Some(text.clone())),
            Value::Bool(_) | Value::Number(_) => self.push(name, Some(value.to_string())),
            Value::Array(members) if members.is_empty() => self.push(name, None),
            Value::Array(members) => members.iter().try_for_each(|member| match member {
                Value::Array(_) | Value::Object(_) => Ok(()),
                plain => self.take(name, plain),
            }),
            Value::Object(_) => Ok(()),
        }
    }
}

fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|_| text.len() == 10)
}

impl FromRequest<Server> for Sent {
    type Rejection = Refused;

    async fn from_request(request: Request, server: &Server) -> Result<Sent, Refused> {
        let kind = kind(&request);
        match kind.as_str() {
            "multipart/form-data" => {
                let SentFile(sent) = SentFile::from_request(request, server).await?;
                Ok(sent)
            }
            "application/json" => {
                let body = Json::<Value>::from_request(request, server).await;
                let Json(body) = body.map_err(|why| unparsed("JSON", why.body_text()))?;
                let Value::Object(members) = body else {
                    return Err(Refused::whole("Invalid data. Expected a dictionary."));
                };
                let mut sent = Sent::default();
                members.iter().try_for_each(|(name, value)| sent.take(name, value))?;
                Ok(sent)
            }
            "application/x-www-form-urlencoded" => {
                let form = Form::<Vec<(String, String)>>::from_request(request, server).await;
                let Form(pairs) = form.map_err(|why| unparsed("Form", why.body_text()))?;
                let mut sent = Sent::default();
                pairs.into_iter().try_for_each(|(name, value)| sent.push(&name, Some(value)))?;
                Ok(sent)
            }
            "" => Ok(Sent::default()),
            other => Err(Refused::unsupported(other)),
        }
    }
}

/// The media type of a request, without its parameters.
fn kind(request: &Request) -> String {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

fn unparsed(what: &str, why: impl Display) -> Refused {
    Refused::unreadable(format!("{what} parse error - {why}"))
}

/// A form with a file, and nothing else.
pub(super) struct SentFile(pub(super) Sent);

impl FromRequest<Server> for SentFile {
    type Rejection = Refused;

    async fn from_request(request: Request, server: &Server) -> Result<SentFile, Refused> {
        let kind = kind(&request);
        if kind != "multipart/form-data" {
            return Err(Refused::unsupported(&kind));
        }
        let limit = server.settings.upload_limit;
        let multipart = Multipart::from_request(request, server).await;
        let mut multipart = multipart.map_err(|why| unparsed("Multipart", why.body_text()))?;
        let mut sent = Sent::default();
        while let Some(mut field) = next(&mut multipart, limit).await? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = name == "file";
            let most = if is_file { limit } else { FIELD_BYTES };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|why| broken(&why, limit))? {
                if bytes.len() + chunk.len() > most {
                    return Err(match is_file {
                        true => Refused::too_large(limit),
                        false => Refused::field(&name, format!("longer than {most} bytes")),
                    });
                }
                bytes.extend_from_slice(&chunk);
            }
            if is_file {
                sent.file = Some(bytes);
            } else {
                sent.push(&name, Some(String::from_utf8_lossy(&bytes).into_owned()))?;
            }
        }
        Ok(SentFile(sent))
    }
}

async fn next(
    multipart: &mut Multipart,
    limit: usize,
) -> Result<Option<axum::extract::multipart::Field<'_>>, Refused> {
    multipart.next_field().await.map_err(|why| broken(&why, limit))
}

fn broken(why: &MultipartError, limit: usize) -> Refused {
    match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refused::too_large(limit),
        _ => unparsed("Multipart", why.body_text()),
    }
}
