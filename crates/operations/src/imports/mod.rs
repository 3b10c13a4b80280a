//! Reports in: read, compared with what is known, and saved whole or not at all.
//!
//! The report is read before any transaction opens, off the threads that answer requests. Then one
//! transaction takes the service's turn, loads what is known, lets the domain compare and saves.
//! The same report again leaves only its own record.

mod prepare;
mod take_in;
mod undo;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::{Actor, Operation};
use domain::findings::{Aliases, Observation, Severity};
use domain::people::nearest;
use domain::services::ServiceName;
use formats::reports::{Limits, ReadReport};
use jiff::{SignedDuration, Timestamp};
use store::StoreError;

pub use store::imports::{Counts, Import, ImportState};

use crate::door::found;
use crate::sboms::Arrival;
use crate::{App, Refusal};
pub(crate) use prepare::Prepared;
pub(crate) use prepare::packed;
pub(crate) use prepare::unpacked;
use prepare::whole;
use take_in::take_in;
pub(crate) use take_in::{Job, Turn};
pub use undo::{Deed, deeds, report, undo};

/// The longest page of the list of imports.
pub const PAGE_MAX: u32 = 200;
/// The longest name of a scope, in characters: a branch or an image fits.
pub(crate) const SCOPE_LENGTH: usize = 300;
/// How far ahead the clock of a pipeline may be; beyond, its time is a mistake.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// How often an import begins again when somebody else changed a finding in between.
const ATTEMPTS: usize = 3;

/// A report to take in.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    pub bytes: Vec<u8>,
    pub service: String,
    /// Create the service when there is none of this name; nobody owns it then.
    pub create_service: bool,
    /// The name of the format; recognised by content where none is given.
    pub format: Option<String>,
    /// A branch, image or environment: absence closes only within it.
    pub scope: Option<String>,
    /// When the scan was made; now where nothing is said.
    pub at: Option<Timestamp>,
    /// What vanished is to be closed, however much it is.
    pub force: bool,
    /// Absence closes nothing, as if the report had looked at a part only.
    pub partial: bool,
    /// What is less severe is not opened; what is known already is kept up all the same.
    pub opens_from: Option<Severity>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOutcome {
    /// `I-3`.
    pub import: String,
    pub service: String,
    pub scope: String,
    pub format: String,
    pub tool: String,
    pub tool_version: Option<String>,
    pub counts: Counts,
    /// It waits for a person, and nothing was changed: so many of so many open findings of this
    /// tool and scope would vanish.
    pub held: Option<(u64, u64)>,
    pub remarks: Vec<String>,
    /// The first items that could not be used: place and reason.
    pub refusals: Vec<(String, String)>,
}

impl From<Import> for ImportOutcome {
    fn from(import: Import) -> ImportOutcome {
        let is_held = import.state == ImportState::Held;
        ImportOutcome {
            import: import.id,
            service: import.service,
            scope: import.stream.scope,
            format: import.format,
            tool: import.stream.tool,
            tool_version: import.tool_version,
            counts: import.counts,
            held: import.vanished.filter(|_| is_held),
            remarks: import.remarks,
            refusals: import.refusals,
        }
    }
}

/// Reads a report and keeps nothing: what `watchbell read` shows. Needs no database.
pub fn read(bytes: &[u8], format: Option<&str>) -> Result<(ReadReport, Vec<Observation>), Refusal> {
    read_as(bytes, format.as_slice())
}

fn read_as(bytes: &[u8], formats: &[&str]) -> Result<(ReadReport, Vec<Observation>), Refusal> {
    let mut observations = Vec::new();
    let mut sink = |observation| observations.push(observation);
    let report = formats::reports::read_as(bytes, formats, &Limits::default(), &mut sink)
        .map_err(|unreadable| Refusal::invalid(unreadable.to_string()))?;
    Ok((report, observations))
}

/// The formats that are read: the name an import keeps, and the name shown to people.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    formats::reports::catalogue().iter().map(|report| (report.name, report.title))
}

/// Takes a report in. The same report again changes nothing but adds its own record; one in which
/// most open findings are missing waits for a person, unless it is forced.
pub async fn import(
    app: &App,
    actor: &Actor,
    request: ImportRequest,
) -> Result<ImportOutcome, Refusal> {
    import_for(app, actor, request, None).await.map(ImportOutcome::from)
}

/// Takes a report in, and in the same transaction what came with it for a project.
pub(crate) async fn import_for(
    app: &App,
    actor: &Actor,
    request: ImportRequest,
    arrival: Option<Arrival>,
) -> Result<Import, Refusal> {
    let mut view = app.view(actor, Operation::ImportReport).await?;
    let service = service_name(&request.service)?;
    let is_known = store::services::one(&mut view.session, service.as_str()).await?.is_some();
    if !is_known && !request.create_service {
        return Err(unknown_service(&mut view.session, service.as_str()).await?);
    }
    let at = time_of_scan(request.at, view.now)?;
    let scope = scope(request.scope)?;
    drop(view);
    let prepared = read_aside(app, request.bytes, request.format.into_iter().collect()).await?;
    let job = Job {
        prepared,
        service: service.as_str().to_owned(),
        scope,
        at,
        partial: request.partial,
        opens_from: request.opens_from,
        turn: Turn::First { create_service: request.create_service, force: request.force },
        arrival,
    };
    repeat(app, actor, &job).await
}

/// Lets a held import through: what vanished from it is closed.
pub async fn release_held(app: &App, actor: &Actor, id: &str) -> Result<ImportOutcome, Refusal> {
    let mut view = app.view(actor, Operation::ForceImport).await?;
    let held = found(store::imports::one(&mut view.session, id).await, "import", id)?;
    if held.state != ImportState::Held {
        return Err(Refusal::Conflict(format!("import {id} does not wait for anybody")));
    }
    let bytes = store::imports::report(&mut view.session, &held.digest).await?;
    let bytes = bytes.ok_or_else(|| StoreError::unreadable("report", "its bytes are gone"))?;
    drop(view);
    let prepared = read_aside(app, unpacked(bytes)?, vec![held.format.clone()]).await?;
    let job = Job {
        prepared,
        service: held.service.clone(),
        scope: held.stream.scope.clone(),
        at: held.at,
        partial: false,
        opens_from: held.opens_from,
        turn: Turn::Release(Box::new(held)),
        arrival: None,
    };
    repeat(app, actor, &job).await.map(ImportOutcome::from)
}

/// A page of imports, the newest first, before the import named `before`.
pub async fn list(
    app: &App,
    actor: &Actor,
    (service, state): (Option<&str>, Option<ImportState>),
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Import>, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let limit = limit.clamp(1, PAGE_MAX);
    Ok(store::imports::page(&mut view.session, service, state, before, limit).await?)
}

/// When the newest scan of each of `services` was made; those never scanned are left out.
pub async fn last_scans(
    app: &App,
    actor: &Actor,
    services: &[&str],
) -> Result<BTreeMap<String, Timestamp>, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    Ok(store::imports::last_scans(&mut view.session, services).await?)
}

/// One import by its id (`I-3`).
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<Import, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    found(store::imports::one(&mut view.session, id).await, "import", id)
}

/// Reads and folds on a thread where it keeps nobody waiting. The format is one of `formats`, or
/// any where none is named.
pub(crate) async fn read_aside(
    app: &App,
    bytes: Vec<u8>,
    formats: Vec<String>,
) -> Result<Arc<Prepared>, Refusal> {
    let failed = |_| {
        Refusal::invalid("the reader failed on this report; nothing was kept, please report it")
    };
    let reading = tokio::task::spawn_blocking(move || whole(bytes, &formats));
    let whole = reading.await.map_err(failed)??;
    let names = whole.names();
    let known = match names.is_empty() {
        true => Vec::new(),
        false => {
            let mut session = app.database().read().await?;
            store::findings::aliases::meant(&mut session, &names).await?
        }
    };
    let folding = tokio::task::spawn_blocking(move || whole.prepared(Aliases::kept(known)));
    Ok(Arc::new(folding.await.map_err(failed)?))
}

/// Begins again when somebody else changed one of the findings in between.
pub(crate) async fn repeat(app: &App, actor: &Actor, job: &Job) -> Result<Import, Refusal> {
    let mut outcome = take_in(app, actor, job).await;
    for _ in 1..ATTEMPTS {
        if !matches!(outcome, Err(Refusal::Conflict(_))) {
            break;
        }
        outcome = take_in(app, actor, job).await;
    }
    outcome
}

fn service_name(name: &str) -> Result<ServiceName, Refusal> {
    ServiceName::parse(name).map_err(|error| Refusal::invalid(format!("service: {error}")))
}

async fn unknown_service(session: &mut store::Session, name: &str) -> Result<Refusal, StoreError> {
    let services = store::services::all(session).await?;
    let names = services.iter().map(|service| service.name.as_str());
    let near = nearest(name, names).map(|near| format!("did you mean `{near}`? "));
    Ok(Refusal::invalid(format!(
        "there is no service `{name}`; {}use --create-service to create it without an owner",
        near.unwrap_or_default()
    )))
}

/// In whole microseconds, as it is kept.
fn time_of_scan(at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Refusal> {
    let at = at.unwrap_or(now);
    if at.duration_since(now) > AHEAD {
        return Err(Refusal::invalid(format!("at: {at} is in the future; it is {now} now")));
    }
    Ok(crate::door::kept(at.min(now)))
}

fn scope(scope: Option<String>) -> Result<String, Refusal> {
    let scope = scope.unwrap_or_default().trim().to_owned();
    if scope.chars().count() > SCOPE_LENGTH || scope.chars().any(char::is_control) {
        return Err(Refusal::invalid(format!(
            "scope: at most {SCOPE_LENGTH} characters, none of them a control character"
        )));
    }
    Ok(scope)
}

#[cfg(test)]
mod tests;
