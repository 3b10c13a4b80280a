//! Projects: looked up, listed, created, changed, deleted.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use operations::Refusal;
use operations::sboms::projects::{self as operation, Draft, PAGE_MAX, Patch, Project, Selection};
use serde::Deserialize;
use wire::track::{self, Named, Reference, Version};

use super::answers::{Answer, Refused, listed};
use super::key::Key;
use crate::problem::Problem;
use crate::rooms::Parameters;

/// Versions told with a project.
const VERSIONS: u32 = 500;

/// A project as clients send it; what is not read here is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Sent {
    uuid: Option<String>,
    name: Option<String>,
    version: Option<String>,
    classifier: Option<String>,
    description: Option<String>,
    parent: Option<SentParent>,
    tags: Option<Vec<SentTag>>,
    is_latest: Option<bool>,
    active: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct SentParent {
    uuid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SentTag {
    name: String,
}

impl Sent {
    fn read(body: &Bytes) -> Result<Sent, Refused> {
        serde_json::from_slice(body)
            .map_err(|why| Refused::Ours(Problem::new(StatusCode::BAD_REQUEST, why.to_string())))
    }

    fn draft(self) -> Draft {
        Draft {
            name: self.name.unwrap_or_default(),
            version: self.version.unwrap_or_default(),
            classifier: self.classifier.unwrap_or_default(),
            description: self.description,
            parent: self.parent.and_then(|parent| parent.uuid),
            tags: names(self.tags.unwrap_or_default()),
            latest: self.is_latest.unwrap_or_default(),
            active: self.active.unwrap_or(true),
        }
    }

    fn patch(self) -> Patch {
        Patch {
            name: self.name,
            version: self.version,
            classifier: self.classifier,
            description: self.description,
            parent: self.parent.and_then(|parent| parent.uuid),
            tags: self.tags.map(names),
            latest: self.is_latest,
            active: self.active,
        }
    }
}

fn names(tags: Vec<SentTag>) -> Vec<String> {
    tags.into_iter().map(|tag| tag.name).collect()
}

/// How a page of the interface is cut: by number and size, or by offset and limit; all of it, up to
/// `most`, where nothing is said.
pub(super) fn cut(parameters: &Parameters, most: u32) -> (u32, u32) {
    let number = |name: &str| parameters.get(name).and_then(|text| text.parse::<u32>().ok());
    if let Some(size) = number("pageSize") {
        let size = size.clamp(1, most);
        let page = number("pageNumber").unwrap_or(1).max(1);
        return ((page - 1).saturating_mul(size), size);
    }
    let limit = number("limit").unwrap_or(most).clamp(1, most);
    (number("offset").unwrap_or(0), limit)
}

pub(super) async fn list(key: Key, parameters: Parameters) -> Answer {
    let selection = Selection {
        name: parameters.get("name").map(str::to_owned),
        tag: None,
        ..flags(&parameters)
    };
    page(&key, &parameters, selection).await
}

pub(super) async fn by_tag(key: Key, Path(tag): Path<String>, parameters: Parameters) -> Answer {
    let tag = Some(tag.trim().to_lowercase());
    page(&key, &parameters, Selection { tag, ..flags(&parameters) }).await
}

fn flags(parameters: &Parameters) -> Selection {
    let is_set = |name: &str| parameters.text(name).eq_ignore_ascii_case("true");
    Selection {
        active: is_set("excludeInactive"),
        root: is_set("onlyRoot"),
        ..Selection::default()
    }
}

async fn page(key: &Key, parameters: &Parameters, selection: Selection) -> Answer {
    let (offset, limit) = cut(parameters, PAGE_MAX);
    let listing = operation::list(&key.app, &key.actor, &selection, offset, limit).await?;
    let (projects, total) = listing;
    let told: Vec<track::Project> =
        projects.into_iter().map(|project| told(project, None)).collect();
    Ok(listed(&told, total))
}

pub(super) async fn lookup(key: Key, parameters: Parameters) -> Answer {
    let (name, version) = (parameters.text("name"), parameters.text("version"));
    let project = operation::by_name(&key.app, &key.actor, name, version).await?;
    with_versions(&key, project).await
}

pub(super) async fn latest(key: Key, Path(name): Path<String>) -> Answer {
    let project = operation::latest(&key.app, &key.actor, &name).await?;
    with_versions(&key, project).await
}

pub(super) async fn one(key: Key, Path(uuid): Path<String>) -> Answer {
    let project = operation::one(&key.app, &key.actor, &uuid).await?;
    with_versions(&key, project).await
}

async fn with_versions(key: &Key, project: Project) -> Answer {
    let same = Selection { name: Some(project.name.clone()), ..Selection::default() };
    let (versions, _) = operation::list(&key.app, &key.actor, &same, 0, VERSIONS).await?;
    let versions = versions.into_iter().map(|version| Version {
        uuid: version.id,
        version: Some(version.version).filter(|version| !version.is_empty()),
        active: version.active,
        is_latest: version.latest,
    });
    Ok(Json(told(project, Some(versions.collect()))).into_response())
}

pub(super) async fn create(key: Key, body: Bytes) -> Answer {
    let draft = Sent::read(&body)?.draft();
    let made = operation::create(&key.app, &key.actor, draft).await;
    let project = made.map_err(|refusal| match refusal {
        Refusal::Conflict(_) => Refused::Text(
            StatusCode::CONFLICT,
            "A project with the specified name and version already exists.",
        ),
        Refusal::NotFound { .. } => {
            Refused::Text(StatusCode::NOT_FOUND, "The parent project could not be found.")
        }
        other => Refused::from(other),
    })?;
    Ok((StatusCode::CREATED, Json(told(project, None))).into_response())
}

/// The whole project, named by its id in the body.
pub(super) async fn update(key: Key, body: Bytes) -> Answer {
    let sent = Sent::read(&body)?;
    let uuid = sent.uuid.clone().ok_or_else(|| Refused::field("uuid", "may not be null", None))?;
    let project = operation::change(&key.app, &key.actor, &uuid, sent.patch()).await?;
    Ok(Json(told(project, None)).into_response())
}

/// Only what is sent changes. Where nothing does, the answer is the same: generated clients know
/// no 304.
pub(super) async fn change(key: Key, Path(uuid): Path<String>, body: Bytes) -> Answer {
    let patch = Sent::read(&body)?.patch();
    let project = operation::change(&key.app, &key.actor, &uuid, patch).await?;
    Ok(Json(told(project, None)).into_response())
}

pub(super) async fn delete(key: Key, Path(uuid): Path<String>) -> Answer {
    match operation::delete(&key.app, &key.actor, &uuid).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        // The one place where clients read a document about what is not there.
        Err(Refusal::NotFound { .. }) => Err(Refused::Problem(track::Problem {
            status: 404,
            title: "Resource does not exist".to_owned(),
            detail: "The project could not be found.".to_owned(),
            errors: Vec::new(),
        })),
        Err(other) => Err(other.into()),
    }
}

fn told(project: Project, versions: Option<Vec<Version>>) -> track::Project {
    let (last_bom_import, last_bom_import_format) =
        project.last_sbom.map(|(at, format)| (at.as_millisecond(), format)).unzip();
    track::Project {
        name: project.name,
        description: project.description,
        version: Some(project.version).filter(|version| !version.is_empty()),
        classifier: project.classifier,
        uuid: project.id,
        parent: project.parent.map(|uuid| Reference { uuid }),
        tags: project.tags.into_iter().map(|name| Named { name }).collect(),
        last_bom_import,
        last_bom_import_format,
        active: project.active,
        is_latest: project.latest,
        has_children: project.has_children,
        versions,
    }
}
