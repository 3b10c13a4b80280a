//! Bills of materials: uploaded for a version of a service, kept whole, listed, given back.
//!
//! What a CycloneDX document tells of vulnerabilities is imported in the same transaction, in the
//! scope of the version; a VEX document states what of that is no matter. The components are
//! counted and not matched against advisories yet.

mod arrival;
pub mod projects;
mod upload;

use domain::access::{Actor, Operation};
use store::StoreError;

pub(crate) use arrival::Arrival;
pub use store::sboms::Sbom;
pub use upload::{Kind, Parent, Target, Upload, UploadRefused, Uploaded, upload};

use crate::door::found;
use crate::{App, Refusal, imports};

/// The longest page of the list of SBOMs.
pub const PAGE_MAX: u32 = 200;

/// A page of SBOMs, the newest first, before the one named `before`.
pub async fn list(
    app: &App,
    actor: &Actor,
    service: Option<&str>,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<Sbom>, Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    let limit = limit.clamp(1, PAGE_MAX);
    Ok(store::sboms::list(&mut view.session, service, before, limit).await?)
}

/// One SBOM by its id (`B-3`).
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<Sbom, Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    found(store::sboms::one(&mut view.session, id).await, "SBOM", id)
}

/// One SBOM with its bytes as they came.
pub async fn document(app: &App, actor: &Actor, id: &str) -> Result<(Sbom, Vec<u8>), Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    let sbom = found(store::sboms::one(&mut view.session, id).await, "SBOM", id)?;
    let bytes = bytes(&mut view.session, &sbom).await?;
    Ok((sbom, bytes))
}

async fn bytes(session: &mut store::Session, sbom: &Sbom) -> Result<Vec<u8>, Refusal> {
    let bytes = store::imports::report(session, &sbom.digest).await?;
    imports::unpacked(bytes.ok_or_else(|| StoreError::unreadable(&sbom.id, "its bytes are gone"))?)
}

/// When an SBOM last came for a service, and how many different ones there are.
pub async fn of_service(
    app: &App,
    actor: &Actor,
    service: &str,
) -> Result<(Option<jiff::Timestamp>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadSboms).await?;
    Ok(store::sboms::of_service(&mut view.session, service).await?)
}

/// A random UUID of version 4 (RFC 9562), in lower case.
fn new_uuid(app: &App) -> String {
    let mut bytes = [0_u8; 16];
    app.chance.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

#[cfg(test)]
mod tests;
