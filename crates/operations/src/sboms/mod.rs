//! Bills of materials: uploaded for a version of a service, kept whole, listed, given back.
//!
//! What a CycloneDX document tells of vulnerabilities is imported in the same transaction, in the
//! scope of the version; a VEX document states what of that is no matter. The components are
//! counted and not matched against advisories yet.

mod arrival;
pub mod projects;
mod upload;

use domain::access::{Actor, Operation};
use sha2::{Digest, Sha256};
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

/// A name for something that was done, for clients that ask later whether it is.
pub fn new_token(app: &App) -> String {
    new_uuid(app)
}

/// Whether `text` is a UUID.
pub fn is_uuid(text: &str) -> bool {
    projects::uuid(text).is_some()
}

/// The same UUID for the same words, of version 8 (RFC 9562): a name for what has none of its own.
pub fn derived_uuid(words: &[&str]) -> String {
    let mut digest = Sha256::new();
    for word in words {
        digest.update((word.len() as u64).to_be_bytes());
        digest.update(word);
    }
    let digest = digest.finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid_text(bytes, 8)
}

/// A random UUID of version 4 (RFC 9562).
fn new_uuid(app: &App) -> String {
    let mut bytes = [0_u8; 16];
    app.chance.fill(&mut bytes);
    uuid_text(bytes, 4)
}

fn uuid_text(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

#[cfg(test)]
mod tests;
