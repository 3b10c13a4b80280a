//! A document as clients send it: JSON with base64 in it, or a form with the document as a part.
//!
//! Both are taken with PUT and with POST. A part may lack a file name and say any content type, a
//! truth may be a word, and unknown fields are passed over.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use operations::sboms::{Kind, Parent, Target, Upload};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::answers::Refused;
use crate::problem::Problem;
use crate::server::Server;

/// The most characters of base64 that the interface takes in JSON.
const BASE64_LIMIT: usize = 20_000_000;
/// What stands around a document, in bytes: names, tags, boundaries.
pub(super) const AROUND: usize = 64 * 1024;
/// The longest text field of a form, in bytes.
const FIELD_LIMIT: usize = 32 * 1024;

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The fields of an upload, whatever they came in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Fields<'a> {
    project: Option<String>,
    project_name: Option<String>,
    project_version: Option<String>,
    auto_create: Option<Truth>,
    #[serde(rename = "parentUUID")]
    parent_uuid: Option<String>,
    parent_name: Option<String>,
    parent_version: Option<String>,
    project_tags: Option<Vec<Tag>>,
    #[serde(alias = "isLatestProjectVersion")]
    is_latest: Option<Truth>,
    is_active: Option<Truth>,
    #[serde(borrow)]
    bom: Option<Cow<'a, str>>,
    #[serde(borrow)]
    vex: Option<Cow<'a, str>>,
}

/// `{"name": "team-a"}`, or the name alone.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Tag {
    Named { name: String },
    Name(String),
}

/// `true`, or a word for it.
#[derive(Clone, Copy, Debug)]
struct Truth(bool);

impl Truth {
    fn of(word: &str) -> Option<Truth> {
        match word.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "on" | "yes" => Some(Truth(true)),
            "false" | "0" | "off" | "no" => Some(Truth(false)),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Truth, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Said {
            Truth(bool),
            Word(String),
        }
        match Said::deserialize(from)? {
            Said::Truth(truth) => Ok(Truth(truth)),
            Said::Word(word) => Truth::of(&word)
                .ok_or_else(|| Error::custom(format!("`{word}` is not true or false"))),
        }
    }
}

/// Reads an upload of a document of `kind`.
pub(super) async fn read(
    server: &Server,
    kind: Kind,
    headers: &HeaderMap,
    request: Request,
) -> Result<Upload, Refused> {
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = content.is_some_and(|content| {
        content.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
    });
    if is_form {
        let form = Multipart::from_request(request, server).await;
        let form = form.map_err(|why| unreadable(why.body_text()))?;
        of_form(kind, form).await
    } else {
        of_json(kind, request.into_body()).await
    }
}

async fn of_json(kind: Kind, body: Body) -> Result<Upload, Refused> {
    let body = axum::body::to_bytes(body, BASE64_LIMIT + AROUND).await.map_err(|_| {
        let why = "the body is larger than the 20,000,000 characters of base64 that are taken in \
                   JSON; send the document as a form (multipart/form-data), which may be larger";
        too_large(why)
    })?;
    let fields: Fields<'_> =
        serde_json::from_slice(&body).map_err(|why| unreadable(why.to_string()))?;
    let name = word(kind);
    let sent = match kind {
        Kind::Sbom => fields.bom.as_ref(),
        Kind::Vex => fields.vex.as_ref(),
    };
    let Some(sent) = sent else {
        return Err(Refused::field(name, "may not be null", None));
    };
    let decoded = match sent.contains(|letter: char| letter.is_ascii_whitespace()) {
        true => BASE64.decode(sent.split_ascii_whitespace().collect::<String>()),
        false => BASE64.decode(sent.as_bytes()),
    };
    let bytes = decoded.map_err(|why| unreadable(format!("{name} is no base64: {why}")))?;
    Ok(fields.upload(kind, bytes))
}

async fn of_form(kind: Kind, mut form: Multipart) -> Result<Upload, Refused> {
    let mut fields = Fields::default();
    let mut bytes = None;
    while let Some(part) =
        form.next_field().await.map_err(|why| told(why.status(), why.body_text()))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let content = part.bytes().await.map_err(|why| told(why.status(), why.body_text()))?;
        if name == word(kind) {
            // Of several parts the first that holds anything.
            bytes = bytes.filter(|bytes: &Vec<u8>| !bytes.is_empty()).or(Some(content.into()));
            continue;
        }
        if content.len() > FIELD_LIMIT {
            return Err(too_large("a field of the form is longer than 32 kB"));
        }
        fields.set(&name, &String::from_utf8_lossy(&content))?;
    }
    let Some(bytes) = bytes else {
        return Err(Refused::field(word(kind), "may not be null", None));
    };
    Ok(fields.upload(kind, bytes))
}

/// What the document is called in the request.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Sbom => "bom",
        Kind::Vex => "vex",
    }
}

impl Fields<'_> {
    fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let text = || Some(value.to_owned());
        let truth = || {
            let refused = || Refused::field(name, "must be true or false", Some(value));
            Truth::of(value).map(Some).ok_or_else(refused)
        };
        match name {
            "project" => self.project = text(),
            "projectName" => self.project_name = text(),
            "projectVersion" => self.project_version = text(),
            "parentUUID" => self.parent_uuid = text(),
            "parentName" => self.parent_name = text(),
            "parentVersion" => self.parent_version = text(),
            "autoCreate" => self.auto_create = truth()?,
            "isLatest" | "isLatestProjectVersion" => self.is_latest = truth()?,
            "isActive" => self.is_active = truth()?,
            "projectTags" => {
                let tags = value.split(',').map(|tag| Tag::Name(tag.to_owned()));
                self.project_tags = Some(tags.collect());
            }
            _ => {}
        }
        Ok(())
    }

    fn upload(self, kind: Kind, bytes: Vec<u8>) -> Upload {
        let tags = self.project_tags.filter(|tags| !tags.is_empty());
        Upload {
            kind,
            bytes,
            target: Target {
                id: said(self.project),
                name: said(self.project_name),
                version: said(self.project_version),
            },
            create: kind == Kind::Sbom && self.auto_create.is_some_and(|truth| truth.0),
            parent: Parent {
                id: said(self.parent_uuid),
                name: said(self.parent_name),
                version: said(self.parent_version),
            },
            tags: tags.map(|tags| tags.into_iter().map(Tag::into_name).collect()),
            latest: self.is_latest.map(|truth| truth.0),
            active: self.is_active.map(|truth| truth.0),
        }
    }
}

impl Tag {
    fn into_name(self) -> String {
        match self {
            Tag::Named { name } | Tag::Name(name) => name,
        }
    }
}

/// Text without blanks around it; none where nothing is left.
fn said(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn unreadable(why: impl Into<String>) -> Refused {
    Refused::Ours(Problem::new(StatusCode::BAD_REQUEST, why))
}

fn too_large(why: &str) -> Refused {
    Refused::Ours(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, why))
}

fn told(status: StatusCode, why: String) -> Refused {
    Refused::Ours(Problem::new(status, why))
}
