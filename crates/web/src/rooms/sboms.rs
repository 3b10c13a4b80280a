//! SBOMs: the list of what was uploaded, and each document to be saved.

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use operations::sboms::{self, Sbom};

use super::clocks::service_link;
use super::{Parameters, ROWS, encoded};
use crate::answer::{Answer, page};
use crate::pages::sboms::{SbomRow, SbomsPage};
use crate::pages::{Link, Paging, Room, thousands};
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/sboms", get(list)).route("/sboms/{id}/document", get(document))
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let (service, before) = (parameters.get("service"), parameters.get("before"));
    let (app, actor) = (&visit.app, &visit.actor);
    let mut listed = sboms::list(app, actor, service, before, ROWS + 1).await?;
    let next = crate::places::next(&mut listed, ROWS, |last| last.id.clone());
    page(&SbomsPage {
        frame: visit.frame(Room::Services),
        service: service.map(service_link),
        rows: listed.iter().map(|sbom| row(&visit, sbom)).collect(),
        paging: Paging {
            previous: before.map(|_| parameters.with("/sboms", "before", "")),
            next: next.map(|next| parameters.with("/sboms", "before", &next)),
            words: format!("{} on this page, newest first", listed.len()),
        },
    })
}

fn row(visit: &Visit, sbom: &Sbom) -> SbomRow {
    SbomRow {
        code: sbom.id.clone(),
        document_href: format!("/sboms/{}/document", encoded(&sbom.id)),
        service: service_link(&sbom.service),
        version: sbom.project_version.clone(),
        format: format!("{}, {}", sbom.format, sbom.syntax.to_uppercase()),
        components: thousands(sbom.components),
        first: visit.moment(sbom.at),
        last: visit.moment(sbom.last_at),
        import: Link::new(format!("/imports/{}", encoded(&sbom.import)), &sbom.import),
        by: visit.name_of(&sbom.actor),
        digest: sbom.digest.clone(),
    }
}

async fn document(visit: Visit, Path(id): Path<String>) -> Answer {
    let (sbom, bytes) = sboms::document(&visit.app, &visit.actor, &id).await?;
    Ok(saved(&sbom, bytes))
}

/// A document to be saved by whoever asked; never shown as a page.
pub(crate) fn saved(sbom: &Sbom, bytes: Vec<u8>) -> Response {
    let kind = match sbom.syntax.as_str() {
        "xml" => "application/vnd.cyclonedx+xml",
        _ => "application/vnd.cyclonedx+json",
    };
    // What came compressed is given back as it came.
    let packed = if bytes.starts_with(&[0x1f, 0x8b]) { ".gz" } else { "" };
    let name = format!("attachment; filename=\"{}.cdx.{}{packed}\"", sbom.id, sbom.syntax);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, bytes).into_response()
}
