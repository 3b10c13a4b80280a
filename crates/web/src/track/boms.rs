//! BOMs and VEX documents in, tokens, and the BOM of a project back.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use operations::sboms::{self, Kind, projects};
use wire::track::{Processing, Token};

use super::answers::{Answer, Refused};
use super::key::Key;
use super::submission;
use crate::rooms::Parameters;
use crate::server::Server;

pub(super) async fn bom(State(server): State<Server>, key: Key, request: Request) -> Answer {
    take(&server, &key, Kind::Sbom, request).await
}

pub(super) async fn vex(State(server): State<Server>, key: Key, request: Request) -> Answer {
    take(&server, &key, Kind::Vex, request).await
}

async fn take(server: &Server, key: &Key, kind: Kind, request: Request) -> Answer {
    let headers = request.headers().clone();
    let upload = submission::read(server, kind, &headers, request).await?;
    let title = match kind {
        Kind::Sbom => "The uploaded BOM is invalid",
        Kind::Vex => "The uploaded VEX is invalid",
    };
    let taken = sboms::upload(&key.app, &key.actor, upload).await;
    let taken = taken.map_err(|refused| Refused::of_upload(refused, title))?;
    let project_uuid = Some(taken.project);
    Ok(Json(Token { token: taken.token, project_uuid }).into_response())
}

/// Everything was done before its token was given away, so nothing is ever being processed. A
/// token that was never given is answered the same, as in the interface.
pub(super) async fn token(_: Key, Path(uuid): Path<String>) -> Answer {
    sboms::is_uuid(&uuid)
        .then(|| Json(Processing { processing: false }).into_response())
        .ok_or_else(|| Refused::field("uuid", "must be a UUID", Some(&uuid)))
}

/// The document that last came for a project, as it came. It is not written anew: another syntax
/// than its own is refused, and `variant` makes no difference.
pub(super) async fn export(key: Key, Path(uuid): Path<String>, parameters: Parameters) -> Answer {
    let format = parameters.text("format").to_ascii_lowercase();
    let refused = Refused::Text(StatusCode::BAD_REQUEST, "Invalid BOM format specified.");
    if !matches!(format.as_str(), "" | "json" | "xml") {
        return Err(refused);
    }
    match projects::document(&key.app, &key.actor, &uuid).await? {
        (_, Some((sbom, _))) if !format.is_empty() && format != sbom.syntax => Err(refused),
        (_, Some((sbom, bytes))) => {
            let is_packed = bytes.starts_with(&[0x1f, 0x8b]);
            let mut response = crate::rooms::sboms::saved(&sbom, bytes);
            if is_packed {
                let gzip = HeaderValue::from_static("gzip");
                response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
            }
            Ok(response)
        }
        (_, None) => {
            Err(Refused::Text(StatusCode::NOT_FOUND, "No BOM was uploaded for this project yet."))
        }
    }
}
