//! SBOMs: the list of them, one of them, its document.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use operations::sboms as operation;
use wire::problems::Problem as Document;
use wire::sboms::{Sbom, SbomProject, Sboms};

use super::caller::Caller;
use super::{BASE, Outcome};
use crate::problem::Problem;
use crate::rooms::Parameters;

/// SBOMs, newest first. Components are counted; matching them against advisories comes later.
#[utoipa::path(get, path = "/sboms", tag = "sboms", operation_id = "list_sboms",
    params(
        ("service" = Option<String>, Query),
        ("after" = Option<String>, Query, description = "where a page goes on, from `next`"),
        ("limit" = Option<u32>, Query, description = "1 to 199, 100 if not said"),
    ),
    responses((status = 200, body = Sboms), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Sboms> {
    let limit = parameters.limit()?.min(operation::PAGE_MAX - 1);
    let (service, after) = (parameters.get("service"), parameters.get("after"));
    let mut page = operation::list(&caller.app, &caller.actor, service, after, limit + 1).await?;
    let next = crate::places::next(&mut page, limit, |last| last.id.clone());
    let path = format!("{BASE}/sboms");
    let next = next.map(|next| parameters.with(&path, "after", &next));
    Ok(Json(Sboms { sboms: page.into_iter().map(told).collect(), next }))
}

/// One SBOM.
#[utoipa::path(get, path = "/sboms/{id}", tag = "sboms", operation_id = "read_sbom",
    params(("id" = String, Path, description = "`B-3`")),
    responses((status = 200, body = Sbom), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<Sbom> {
    Ok(Json(told(operation::one(&caller.app, &caller.actor, &id).await?)))
}

/// The document of an SBOM, as it came.
#[utoipa::path(get, path = "/sboms/{id}/document", tag = "sboms",
    operation_id = "read_sbom_document",
    params(("id" = String, Path, description = "`B-3`")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.cyclonedx+json"),
        (status = 200, body = Vec<u8>, content_type = "application/vnd.cyclonedx+xml"),
        (status = "default", body = Document, content_type = "application/problem+json")))]
pub(super) async fn document(caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (sbom, bytes) = operation::document(&caller.app, &caller.actor, &id).await?;
    Ok(crate::rooms::sboms::saved(&sbom, bytes))
}

fn told(sbom: operation::Sbom) -> Sbom {
    Sbom {
        document: format!("{BASE}/sboms/{}/document", sbom.id),
        id: sbom.id,
        service: sbom.service,
        project: SbomProject {
            id: sbom.project,
            name: sbom.project_name,
            version: sbom.project_version,
        },
        format: sbom.format,
        syntax: sbom.syntax,
        components: sbom.components,
        digest: sbom.digest,
        size: sbom.size,
        at: sbom.at.to_string(),
        by: sbom.actor,
        last_at: sbom.last_at.to_string(),
        import: sbom.import,
    }
}
