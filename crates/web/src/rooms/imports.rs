//! Imports: what the scanners said, the upload, and what waits for a person.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::access::{Operation, Relation, may};
use operations::findings;
use operations::imports::{self, Deed, Import, ImportRequest, ImportState};

use super::clocks::service_link;
use super::{Parameters, ROWS, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::imports::{
    Change, DeedGroup, Held, ImportPage, ImportRow, ImportsPage, RefusedEntry, UploadForm,
};
use crate::pages::{Choice, Link, Meaning, Paging, Refusals, Room, exact, thousands};
use crate::posted::{Posted, came_from_here, same_session};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

/// What a form adds to the report it carries, in bytes.
const FORM_AROUND: usize = 64 * 1024;

pub(super) fn routes(server: &Server) -> Router<Server> {
    let limit = server.settings.upload_limit.saturating_add(FORM_AROUND);
    Router::new()
        .route("/imports", get(list).post(upload).layer(DefaultBodyLimit::max(limit)))
        .route("/imports/{id}", get(one))
        .route("/imports/{id}/closing", post(close))
        .route("/imports/{id}/report", get(report))
        .route("/imports/{id}/undoing", post(undo))
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    page(&imports_page(&visit, &parameters, "", Refusals::none()).await?)
}

async fn imports_page(
    visit: &Visit,
    parameters: &Parameters,
    scope: &str,
    refusals: Refusals,
) -> Result<ImportsPage, Problem> {
    let (app, actor) = (&visit.app, &visit.actor);
    let (service, before) = (parameters.get("service"), parameters.get("before"));
    let state = parameters.get("state").and_then(ImportState::from_word);
    let mut listed = imports::list(app, actor, (service, state), before, ROWS + 1).await?;
    let next = crate::places::next(&mut listed, ROWS, |last| last.id.clone());
    let upload = match may(actor, Operation::ImportReport, Relation::Foreign) {
        true => Some(upload_form(visit, service.unwrap_or_default(), scope).await?),
        false => None,
    };
    Ok(ImportsPage {
        frame: visit.frame(Room::Imports),
        rows: listed.iter().map(|import| row(visit, import)).collect(),
        paging: Paging {
            previous: before.map(|_| parameters.with("/imports", "before", "")),
            next: next.map(|next| parameters.with("/imports", "before", &next)),
            words: format!("{} on this page, newest first", listed.len()),
        },
        upload,
        refusals,
    })
}

async fn upload_form(visit: &Visit, service: &str, scope: &str) -> Result<UploadForm, Problem> {
    let services = findings::services(&visit.app, &visit.actor).await?;
    let names: Vec<(&str, &str)> = [("", "choose")]
        .into_iter()
        .chain(services.iter().map(|service| (service.name.as_str(), service.name.as_str())))
        .collect();
    let formats: Vec<(&str, &str)> =
        [("", "recognise it by its content")].into_iter().chain(imports::formats()).collect();
    let limit = visit.server.settings.upload_limit / (1024 * 1024);
    Ok(UploadForm {
        services: Choice::list(&names, service),
        may_create: may(&visit.actor, Operation::CreateService, Relation::Foreign),
        formats: Choice::list(&formats, ""),
        scope: scope.to_owned(),
        limit: format!("up to {limit} MB, also gzip"),
    })
}

fn row(visit: &Visit, import: &Import) -> ImportRow {
    let (meaning, state) = state(import);
    let counts = &import.counts;
    ImportRow {
        href: format!("/imports/{}", encoded(&import.id)),
        code: import.id.clone(),
        at: visit.moment(import.at),
        service: service_link(&import.service),
        format: title_of(&import.format),
        meaning,
        state: state.to_owned(),
        created: thousands(counts.created),
        closed: thousands(counts.closed),
        reopened: thousands(counts.reopened),
        unchanged: thousands(counts.unchanged),
        refused: thousands(counts.refused),
        by: visit.name_of(&import.actor),
    }
}

fn state(import: &Import) -> (Meaning, &'static str) {
    match import.state {
        ImportState::Applied => (Meaning::Holding, "taken"),
        ImportState::Held => (Meaning::Bending, "held"),
        ImportState::Released => (Meaning::Holding, "let through"),
        ImportState::Undone => (Meaning::Plain, "undone"),
    }
}

fn title_of(format: &str) -> String {
    let title = imports::formats().find(|(name, _)| *name == format).map(|(_, title)| title);
    title.unwrap_or(format).to_owned()
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    page(&import_page(&visit, &id, Refusals::none()).await?)
}

async fn import_page(visit: &Visit, id: &str, refusals: Refusals) -> Result<ImportPage, Problem> {
    let import = imports::one(&visit.app, &visit.actor, id).await?;
    let deeds = imports::deeds(&visit.app, &visit.actor, id).await?;
    let (meaning, state) = state(&import);
    let counts = &import.counts;
    let change = |name: &str, count: u64| Change {
        name: name.to_owned(),
        count: thousands(count),
        href: String::new(),
    };
    let may_close = may(&visit.actor, Operation::ForceImport, Relation::Foreign);
    let held = import.vanished.filter(|_| import.state == ImportState::Held);
    let held = held.map(|(would_close, open)| Held {
        would_close,
        open,
        close_action: may_close.then(|| format!("/imports/{}/closing", encoded(id))),
        listed_href: super::address("/findings", [("service", import.service.as_str())]),
    });
    let version = import.tool_version.as_deref().unwrap_or_default();
    let is_in_force = matches!(import.state, ImportState::Applied | ImportState::Released);
    let may_undo = may(&visit.actor, Operation::UndoImport, Relation::Foreign);
    Ok(ImportPage {
        frame: visit.frame(Room::Imports),
        code: import.id.clone(),
        meaning,
        state: format!("Report {state}"),
        sentence: sentence(visit, &import),
        at: visit.moment(import.at),
        service: service_link(&import.service),
        format: title_of(&import.format),
        scope: import.stream.scope.clone(),
        tool: format!("{} {version}", import.stream.tool).trim().to_owned(),
        size: format!("{} bytes", thousands(import.size)),
        digest: import.digest.clone(),
        by: visit.name_of(&import.actor),
        changes: vec![
            change("Created", counts.created),
            change("Closed", counts.closed),
            change("Reopened", counts.reopened),
            change("Re-banded", counts.rebanded),
            change("Unchanged", counts.unchanged + counts.refreshed + counts.seen),
            change("Refused", counts.refused),
        ],
        held,
        refused: import
            .refusals
            .iter()
            .map(|(place, why)| RefusedEntry { place: place.clone(), why: why.clone() })
            .collect(),
        remarks: import.remarks.clone(),
        deeds: groups(&deeds),
        report_href: format!("/imports/{}/report", encoded(id)),
        undo_action: (is_in_force && may_undo).then(|| format!("/imports/{}/undoing", encoded(id))),
        refusals,
    })
}

/// The findings it created, closed, reopened and re-banded, each a link.
fn groups(deeds: &[Deed]) -> Vec<DeedGroup> {
    let kinds = [
        ("started", "Created"),
        ("stopped", "Closed"),
        ("reopened", "Reopened"),
        ("rebanded", "Re-banded"),
    ];
    let group = |(event, name): (&str, &str)| {
        let of_kind = deeds.iter().filter(|deed| deed.event == event);
        let links: Vec<Link> = of_kind
            .map(|deed| Link::new(format!("/findings/{}", encoded(&deed.finding)), &deed.finding))
            .collect();
        (!links.is_empty()).then(|| DeedGroup { name: name.to_owned(), findings: links })
    };
    kinds.into_iter().filter_map(group).collect()
}

/// The report as it came.
async fn report(visit: Visit, Path(id): Path<String>) -> Answer {
    let (import, bytes) = imports::report(&visit.app, &visit.actor, &id).await?;
    download(&import, bytes)
}

/// The bytes of a report as a file to be saved; nothing of it is shown by a browser.
pub(crate) fn download(import: &Import, bytes: Option<Vec<u8>>) -> Result<Response, Problem> {
    let gone = || {
        let why = format!("the report of {} is not kept any more", import.id);
        Problem::new(StatusCode::GONE, why)
    };
    let name = format!("attachment; filename=\"{}-{}\"", import.id, import.format);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes.ok_or_else(gone)?).into_response())
}

async fn undo(Path(id): Path<String>, Posted { visit, fields }: Posted) -> Answer {
    if fields.text("confirm") != "undo" {
        return Err(Problem::invalid("confirm: send `undo` to take the import back"));
    }
    match imports::undo(&visit.app, &visit.actor, &id).await {
        Ok(_) => Ok(done(&visit.server, Told::Undone, &format!("/imports/{}", encoded(&id)))),
        Err(refusal) => {
            let status = Problem::from(&refusal).status;
            let refusals = refusals(refusal, "confirm")?;
            page_with(status, &import_page(&visit, &id, refusals).await?)
        }
    }
}

fn sentence(visit: &Visit, import: &Import) -> String {
    if let Some((at, by)) = &import.undone {
        let (at, by) = (exact(visit.now, *at, &visit.zone), visit.name_of(by));
        return format!("{by} took it back {at}; it counts for nothing.");
    }
    if let Some((_, by)) = &import.released {
        return format!("{} let it close what it no longer has.", visit.name_of(by));
    }
    match (import.state, import.counts.refused) {
        (ImportState::Held, _) => {
            "Nothing was changed; somebody must say whether the missing ones are closed.".to_owned()
        }
        (_, 0) => "Everything in it was understood.".to_owned(),
        (_, 1) => "One entry was refused; the rest counts.".to_owned(),
        (_, refused) => format!("{} entries were refused; the rest counts.", thousands(refused)),
    }
}

async fn close(Path(id): Path<String>, Posted { visit, fields }: Posted) -> Answer {
    if fields.text("confirm") != "close" {
        return Err(Problem::invalid(
            "confirm: send `close` to let the report close what it lacks",
        ));
    }
    imports::release_held(&visit.app, &visit.actor, &id).await?;
    Ok(done(&visit.server, Told::Closed, &format!("/imports/{}", encoded(&id))))
}

/// What the upload form carries.
#[derive(Default)]
struct Upload {
    csrf: String,
    report: Vec<u8>,
    service: String,
    new_service: String,
    format: String,
    scope: String,
}

async fn upload(
    State(server): State<Server>,
    headers: HeaderMap,
    visit: Visit,
    multipart: Multipart,
) -> Answer {
    came_from_here(&headers)?;
    let Upload { report, service, new_service, format, scope, .. } =
        read(&visit, server.settings.upload_limit, multipart).await?;
    let create_service = !new_service.is_empty();
    let request = ImportRequest {
        bytes: report,
        service: if create_service { new_service } else { service },
        create_service,
        format: Some(format).filter(|format| !format.is_empty()),
        scope: Some(scope.clone()).filter(|scope| !scope.is_empty()),
        ..ImportRequest::default()
    };
    match imports::import(&visit.app, &visit.actor, request).await {
        Ok(outcome) => Ok(taken(&server, &outcome)),
        Err(refusal) => {
            let refusals = refusals(refusal, "report")?;
            let view = imports_page(&visit, &Parameters::none(), &scope, refusals).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

fn taken(server: &Server, outcome: &imports::ImportOutcome) -> Response {
    let told = if outcome.held.is_some() { Told::ImportHeld } else { Told::ImportTaken };
    done(server, told, &format!("/imports/{}", encoded(&outcome.import)))
}

/// Reads the form's parts in their order; the token comes before the report, so that nothing large
/// is read for another site.
async fn read(visit: &Visit, limit: usize, mut multipart: Multipart) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    let unreadable = |why: axum::extract::multipart::MultipartError| {
        Problem::new(why.status(), format!("the upload cannot be read: {}", why.body_text()))
    };
    while let Some(mut field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "report" {
            same_session(visit, &upload.csrf)?;
            while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
                if upload.report.len() + chunk.len() > limit {
                    let why = format!("the report is larger than {limit} bytes");
                    return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, why));
                }
                upload.report.extend_from_slice(&chunk);
            }
            continue;
        }
        let text = field.text().await.map_err(unreadable)?.trim().to_owned();
        match name.as_str() {
            "csrf" => upload.csrf = text,
            "service" => upload.service = text,
            "new_service" => upload.new_service = text,
            "format" => upload.format = text,
            "scope" => upload.scope = text,
            _ => {}
        }
    }
    same_session(visit, &upload.csrf)?;
    Ok(upload)
}
