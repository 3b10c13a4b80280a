//! Imports: what the scanners said, the upload, and what waits for a person.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use domain::access::{Operation, Relation, may};
use operations::findings;
use operations::imports::{self, Import, ImportRequest, ImportState};

use super::clocks::service_link;
use super::{Parameters, ROWS, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::imports::{
    Change, Held, ImportPage, ImportRow, ImportsPage, RefusedEntry, UploadForm,
};
use crate::pages::{Choice, Meaning, Paging, Refusals, Room, thousands};
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
    }
}

fn title_of(format: &str) -> String {
    let title = imports::formats().find(|(name, _)| *name == format).map(|(_, title)| title);
    title.unwrap_or(format).to_owned()
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    let import = imports::one(&visit.app, &visit.actor, &id).await?;
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
        close_action: may_close.then(|| format!("/imports/{}/closing", encoded(&id))),
        listed_href: super::address("/findings", [("service", import.service.as_str())]),
    });
    let version = import.tool_version.as_deref().unwrap_or_default();
    page(&ImportPage {
        frame: visit.frame(Room::Imports),
        code: import.id.clone(),
        meaning,
        state: format!("Report {state}"),
        sentence: sentence(&visit, &import),
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
    })
}

fn sentence(visit: &Visit, import: &Import) -> String {
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
