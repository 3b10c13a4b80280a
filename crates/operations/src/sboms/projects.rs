//! Projects: versions of services as tools know them that speak Dependency-Track's interface.
//!
//! A project's name says which service it belongs to and its version in which scope it is imported;
//! so neither changes. Findings are the service's: they outlive the project.

use domain::access::{Actor, Operation};
use domain::record::Event;
use domain::services::ServiceName;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::Session;
pub use store::findings::{InScope, ScopeTally, Scoped};
pub use store::sboms::projects::{Project, Selection};

use super::{Sbom, arrival, bytes, new_uuid};
use crate::door::found;
use crate::{App, Refusal};

/// The longest page of projects.
pub const PAGE_MAX: u32 = 1_000;
/// The longest page of a project's findings: clients of the interface may ask for all at once.
pub const FINDINGS_MAX: u32 = 20_000;
/// The longest name and version, in characters, as in the interface.
const NAME_LENGTH: usize = 255;
/// The longest description, in characters, as in the interface.
const DESCRIPTION_LENGTH: usize = 255;
/// The most tags of a project.
const TAGS: usize = 100;
/// How much of a long name is kept in the name of its service, in characters.
const BEGINNING: usize = 80;
/// What a project may be, in the interface's words.
const CLASSIFIERS: [&str; 13] = [
    "APPLICATION",
    "FRAMEWORK",
    "LIBRARY",
    "CONTAINER",
    "OPERATING_SYSTEM",
    "DEVICE",
    "FIRMWARE",
    "FILE",
    "PLATFORM",
    "DEVICE_DRIVER",
    "MACHINE_LEARNING_MODEL",
    "DATA",
    "CRYPTOGRAPHIC_ASSET",
];

/// A project as somebody asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub version: String,
    /// Empty for an application.
    pub classifier: String,
    pub description: Option<String>,
    pub parent: Option<String>,
    pub tags: Vec<String>,
    pub latest: bool,
    pub active: bool,
}

/// What is to change of a project; none = it stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    pub name: Option<String>,
    pub version: Option<String>,
    pub classifier: Option<String>,
    pub description: Option<String>,
    pub parent: Option<String>,
    pub tags: Option<Vec<String>>,
    pub latest: Option<bool>,
    pub active: Option<bool>,
}

/// The findings of a project, the worst first.
#[derive(Clone, Debug)]
pub struct Findings {
    pub project: Project,
    pub findings: Vec<InScope>,
    /// How many there are besides this page.
    pub total: u64,
}

/// One project by its id; anything but a UUID is no project's.
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<Project, Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    by_id(&mut view.session, id).await
}

async fn by_id(session: &mut Session, id: &str) -> Result<Project, Refusal> {
    let canonical = uuid(id).ok_or_else(|| Refusal::not_found("project", id))?;
    found(store::sboms::projects::one(session, &canonical).await, "project", id)
}

/// The project of that name and version.
pub async fn by_name(
    app: &App,
    actor: &Actor,
    name: &str,
    version: &str,
) -> Result<Project, Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    let project = store::sboms::projects::named(&mut view.session, name, version).await;
    found(project, "project", name)
}

/// The version of that name that is said to be the latest.
pub async fn latest(app: &App, actor: &Actor, name: &str) -> Result<Project, Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    found(store::sboms::projects::latest(&mut view.session, name).await, "project", name)
}

/// Projects by name and version, and how many there are in all; `limit` is taken as at most
/// [`PAGE_MAX`].
pub async fn list(
    app: &App,
    actor: &Actor,
    selection: &Selection,
    offset: u32,
    limit: u32,
) -> Result<(Vec<Project>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    let limit = limit.min(PAGE_MAX);
    Ok(store::sboms::projects::page(&mut view.session, selection, offset, limit).await?)
}

/// Creates a project, and its service where that is new.
pub async fn create(app: &App, actor: &Actor, draft: Draft) -> Result<Project, Refusal> {
    let mut change = app.change(actor, Operation::ChangeProject).await?;
    let now = change.instant();
    let project = named(app, draft, now)?;
    let session = &mut change.transaction;
    let (name, version) = (&project.name, &project.version);
    if store::sboms::projects::named(session, name, version).await?.is_some() {
        return Err(Refusal::Conflict(format!("there is a project `{name}` {version} already")));
    }
    if let Some(parent) = &project.parent {
        by_id(session, parent).await?;
    }
    if store::services::one(session, &project.service).await?.is_none() {
        change.also(Operation::CreateService)?;
        store::services::create(&mut change.transaction, &project.service, now).await?;
        let service = &project.service;
        change.event(Event::new("services", "created", service, "for a project"));
    }
    arrival::create(&mut change, &project).await?;
    change.commit().await?;
    Ok(project)
}

/// Changes what can change of a project; where nothing does, nothing is written.
pub async fn change(app: &App, actor: &Actor, id: &str, patch: Patch) -> Result<Project, Refusal> {
    let mut change = app.change(actor, Operation::ChangeProject).await?;
    let known = by_id(&mut change.transaction, id).await?;
    let same = |sent: &Option<String>, kept: &str| sent.as_ref().is_none_or(|sent| sent == kept);
    if !same(&patch.name, &known.name) || !same(&patch.version, &known.version) {
        return Err(Refusal::Conflict(format!(
            "project {id} is `{}` {}; its name and version say whose findings these are and do \
             not change, create another project",
            known.name, known.version
        )));
    }
    let parent = match patch.parent {
        Some(parent) => Some(by_id(&mut change.transaction, &parent).await?.id),
        None => known.parent.clone(),
    };
    if parent.as_deref() == Some(known.id.as_str()) {
        return Err(Refusal::invalid("parent: a project cannot be its own parent"));
    }
    let project = Project {
        classifier: patch.classifier.map_or(Ok(known.classifier.clone()), classifier)?,
        description: match patch.description {
            Some(text) => described(text)?,
            None => known.description.clone(),
        },
        parent,
        tags: patch.tags.map_or(Ok(known.tags.clone()), tags)?,
        latest: patch.latest.unwrap_or(known.latest),
        active: patch.active.unwrap_or(known.active),
        ..known.clone()
    };
    if project == known {
        return Ok(known);
    }
    store::sboms::projects::save(&mut change.transaction, &project).await?;
    change.event(Event::new("projects", "changed", &project.id, &project.name));
    change.commit().await?;
    Ok(project)
}

/// Forgets a project and its SBOMs. Its service and the findings of it stay, on their clocks.
pub async fn delete(app: &App, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let mut change = app.change(actor, Operation::DeleteProject).await?;
    let project = by_id(&mut change.transaction, id).await?;
    store::sboms::projects::delete(&mut change.transaction, &project.id).await?;
    let detail = format!("{} {}", project.name, project.version);
    change.event(Event::new("projects", "deleted", &project.id, detail));
    change.commit().await
}

/// What is open in a project; `limit` is taken as at most [`FINDINGS_MAX`].
pub async fn findings(
    app: &App,
    actor: &Actor,
    id: &str,
    which: Scoped,
    (offset, limit): (u32, u32),
) -> Result<Findings, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let project = by_id(&mut view.session, id).await?;
    let of = (project.service.as_str(), project.version.as_str());
    let limit = limit.min(FINDINGS_MAX);
    let page = store::findings::in_scope(&mut view.session, of, which, offset, limit).await?;
    let (findings, total) = page;
    Ok(Findings { project, findings, total })
}

/// A project's findings in figures, and its last SBOM.
pub async fn figures(
    app: &App,
    actor: &Actor,
    id: &str,
) -> Result<(Project, ScopeTally, Option<Sbom>), Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let project = by_id(&mut view.session, id).await?;
    let (service, scope) = (&project.service, &project.version);
    let tally = store::findings::tally_scope(&mut view.session, service, scope).await?;
    let sbom = store::sboms::newest(&mut view.session, &project.id).await?;
    Ok((project, tally, sbom))
}

/// The SBOM that last came for a project, with its bytes; none where none has come.
pub async fn document(
    app: &App,
    actor: &Actor,
    id: &str,
) -> Result<(Project, Option<(Sbom, Vec<u8>)>), Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    let project = by_id(&mut view.session, id).await?;
    let Some(sbom) = store::sboms::newest(&mut view.session, &project.id).await? else {
        return Ok((project, None));
    };
    let bytes = bytes(&mut view.session, &sbom).await?;
    Ok((project, Some((sbom, bytes))))
}

/// A new project as `draft` asks for it, with the service that its name means.
pub(super) fn named(app: &App, draft: Draft, now: Timestamp) -> Result<Project, Refusal> {
    let name = words("name", &draft.name, NAME_LENGTH)?;
    if name.is_empty() {
        return Err(Refusal::invalid("name: a project has a name"));
    }
    Ok(Project {
        id: new_uuid(app),
        service: service_of(&name)?,
        version: words("version", &draft.version, NAME_LENGTH)?,
        classifier: classifier(draft.classifier)?,
        description: draft.description.map(described).transpose()?.flatten(),
        parent: draft.parent,
        latest: draft.latest,
        active: draft.active,
        created_at: now,
        tags: tags(draft.tags)?,
        has_children: false,
        last_sbom: None,
        name,
    })
}

/// The service of that name; of a name that is too long for one, its beginning and a digest.
fn service_of(name: &str) -> Result<String, Refusal> {
    if ServiceName::parse(name).is_ok() {
        return Ok(name.to_owned());
    }
    let beginning: String = name.chars().take(BEGINNING).collect();
    let digest = &hex::encode(Sha256::digest(name))[..8];
    let short = format!("{}~{digest}", beginning.trim_end());
    let service = ServiceName::parse(&short);
    service.map_err(|error| Refusal::invalid(format!("name: {error}")))?;
    Ok(short)
}

fn words(field: &str, text: &str, length: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > length || text.chars().any(char::is_control) {
        return Err(Refusal::invalid(format!(
            "{field}: at most {length} characters, none of them a control character"
        )));
    }
    Ok(text.to_owned())
}

fn described(text: String) -> Result<Option<String>, Refusal> {
    if text.chars().count() > DESCRIPTION_LENGTH {
        let why = format!("description: at most {DESCRIPTION_LENGTH} characters");
        return Err(Refusal::invalid(why));
    }
    Ok(Some(text).filter(|text| !text.trim().is_empty()))
}

fn classifier(word: String) -> Result<String, Refusal> {
    match word.as_str() {
        "" | "NONE" => Ok(CLASSIFIERS[0].to_owned()),
        known if CLASSIFIERS.contains(&known) => Ok(word),
        _ => Err(Refusal::invalid(format!("classifier: one of {}", CLASSIFIERS.join(", ")))),
    }
}

/// Tags as they are kept: in lower case, in order, each once.
pub(super) fn tags(tags: Vec<String>) -> Result<Vec<String>, Refusal> {
    let mut kept = Vec::with_capacity(tags.len());
    for tag in &tags {
        kept.push(words("tags", tag, NAME_LENGTH)?.to_lowercase());
    }
    kept.retain(|tag| !tag.is_empty());
    kept.sort();
    kept.dedup();
    if kept.len() > TAGS {
        return Err(Refusal::invalid(format!("tags: at most {TAGS}")));
    }
    Ok(kept)
}

/// A UUID in its canonical form: hyphens and lower case.
pub(super) fn uuid(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.trim().split('-').collect();
    let is_uuid = groups.len() == 5
        && groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_uuid.then(|| text.trim().to_ascii_lowercase())
}
