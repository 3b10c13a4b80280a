//! One upload: which project it is for, what it is, and the import it becomes.
//!
//! The rule to remember: identifiers and names that are sent together must mean the same project,
//! which is asked before anything else is.

use domain::access::{Actor, Operation};
use formats::reports::Limits;
use formats::sboms::{CYCLONEDX, Outline, outline};
use jiff::Timestamp;
use store::sboms::projects::{self, Project};
use store::{Session, StoreError};
use thiserror::Error;

use super::projects::{Draft, named, tags, uuid};
use super::{Arrival, new_uuid};
use crate::imports::{ImportRequest, import_for};
use crate::{App, Refusal};

/// What kind of document was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What is in the product, perhaps with its vulnerabilities.
    Sbom,
    /// What is no matter of the vulnerabilities that are known (CycloneDX VEX).
    Vex,
}

/// Which project is meant: by its id, or by name and version, or by both, which must agree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub id: Option<String>,
    pub name: Option<String>,
    pub version: Option<String>,
}

/// Which project is to be the parent of one that is created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    pub id: Option<String>,
    pub name: Option<String>,
    pub version: Option<String>,
}

/// A document for a project.
#[derive(Clone, Debug)]
pub struct Upload {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub target: Target,
    /// Create the project when there is none, and its service too.
    pub create: bool,
    pub parent: Parent,
    /// None = they stay as they are.
    pub tags: Option<Vec<String>>,
    pub latest: Option<bool>,
    pub active: Option<bool>,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// A name for this upload, for clients that ask later whether it is done. It is done.
    pub token: String,
    /// The project's id.
    pub project: String,
    /// `I-3`
    pub import: String,
}

/// Why an upload was not taken. Nothing was kept.
#[derive(Debug, Error)]
pub enum UploadRefused {
    #[error("there is no such project; create it, or ask for that with the upload")]
    NoProject,
    #[error("there is no such project to be the parent")]
    NoParent,
    /// What was sent contradicts itself.
    #[error("{0}")]
    Contradiction(String),
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for UploadRefused {
    fn from(error: StoreError) -> UploadRefused {
        UploadRefused::Refused(error.into())
    }
}

/// What an upload wants of its project besides being there.
pub(crate) struct Wishes {
    tags: Option<Vec<String>>,
    latest: Option<bool>,
    active: Option<bool>,
}

impl Wishes {
    pub(super) fn applied(&self, project: Project) -> Project {
        Project {
            tags: self.tags.clone().unwrap_or(project.tags),
            latest: self.latest.unwrap_or(project.latest),
            active: self.active.unwrap_or(project.active),
            ..project
        }
    }
}

/// Takes a document in for a project. The same again adds its import to the record and changes
/// nothing else.
pub async fn upload(app: &App, actor: &Actor, upload: Upload) -> Result<Uploaded, UploadRefused> {
    let mut view = app.view(actor, Operation::ImportReport).await?;
    let known = target(&mut view.session, &upload.target).await?;
    let project = match known {
        Some(project) => project,
        None if upload.create && upload.target.name.is_some() => {
            let parent = parent(&mut view.session, &upload.parent).await?;
            new_project(app, &upload.target, parent)?
        }
        None => return Err(UploadRefused::NoProject),
    };
    drop(view);
    let outline = read_aside(upload.bytes.clone()).await?;
    let arrival = Arrival {
        project: project.clone(),
        wishes: Wishes {
            tags: upload.tags.map(tags).transpose()?,
            latest: upload.latest,
            active: upload.active,
        },
        outline: (upload.kind == Kind::Sbom).then_some(outline),
    };
    let request = ImportRequest {
        bytes: upload.bytes,
        service: project.service.clone(),
        create_service: upload.create,
        format: Some(CYCLONEDX.to_owned()),
        scope: Some(project.version.clone()),
        ..ImportRequest::default()
    };
    let import = import_for(app, actor, request, Some(arrival)).await?;
    let mut view = app.view(actor, Operation::ImportReport).await?;
    let kept = projects::named(&mut view.session, &project.name, &project.version).await?;
    let kept = kept.ok_or(UploadRefused::NoProject)?;
    Ok(Uploaded { token: new_uuid(app), project: kept.id, import: import.id })
}

/// The project that is meant, where there is one.
async fn target(session: &mut Session, target: &Target) -> Result<Option<Project>, UploadRefused> {
    let version = target.version.as_deref().unwrap_or_default();
    let Some(id) = &target.id else {
        let Some(name) = &target.name else {
            let why = "name the project: send `project`, or `projectName` and `projectVersion`";
            return Err(UploadRefused::Contradiction(why.to_owned()));
        };
        return Ok(projects::named(session, name, version).await?);
    };
    let id = uuid(id).ok_or(UploadRefused::NoProject)?;
    let project = projects::one(session, &id).await?.ok_or(UploadRefused::NoProject)?;
    // A version alone names nothing: clients send a default beside the id.
    let Some(name) = &target.name else { return Ok(Some(project)) };
    let other_version = target.version.as_ref().is_some_and(|sent| *sent != project.version);
    if *name != project.name || other_version {
        return Err(UploadRefused::Contradiction(format!(
            "project {id} is `{}` {}, and not `{name}` {version}; send one of them only",
            project.name, project.version
        )));
    }
    Ok(Some(project))
}

/// The id of the parent that was asked for.
async fn parent(session: &mut Session, parent: &Parent) -> Result<Option<String>, UploadRefused> {
    let found = match (&parent.id, &parent.name) {
        (None, None) => return Ok(None),
        (Some(id), name) => match uuid(id) {
            Some(id) => {
                let found = projects::one(session, &id).await?;
                found.filter(|found| name.as_ref().is_none_or(|name| found.name == *name))
            }
            None => None,
        },
        (None, Some(name)) => {
            let version = parent.version.as_deref().unwrap_or_default();
            projects::named(session, name, version).await?
        }
    };
    found.map(|found| Some(found.id)).ok_or(UploadRefused::NoParent)
}

fn new_project(
    app: &App,
    target: &Target,
    parent: Option<String>,
) -> Result<Project, UploadRefused> {
    let draft = Draft {
        name: target.name.clone().unwrap_or_default(),
        version: target.version.clone().unwrap_or_default(),
        active: true,
        ..Draft::default()
    };
    let project = named(app, draft, Timestamp::UNIX_EPOCH)?;
    Ok(Project { parent, ..project })
}

/// Reads the outline on a thread where it keeps nobody waiting.
async fn read_aside(bytes: Vec<u8>) -> Result<Outline, UploadRefused> {
    let work = tokio::task::spawn_blocking(move || outline(&bytes, &Limits::default()));
    let failed = |_| UploadRefused::Unreadable("the reader failed on this document".to_owned());
    let read = work.await.map_err(failed)?;
    read.map_err(|unreadable| UploadRefused::Unreadable(unreadable.to_string()))
}
