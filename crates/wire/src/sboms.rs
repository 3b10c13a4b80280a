//! Bills of materials as they are kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of SBOMs, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Sboms {
    pub sboms: Vec<Sbom>,
    /// The address of the next page; `null` on the last.
    pub next: Option<String>,
}

/// One bill of materials. Its components are counted; they are not matched against advisories yet.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Sbom {
    /// `B-3`
    pub id: String,
    pub service: String,
    /// The version of the service, as the tool that uploaded it calls it.
    pub project: SbomProject,
    /// `CycloneDX 1.6`
    pub format: String,
    /// `json` or `xml`
    pub syntax: String,
    pub components: u64,
    /// SHA-256 of the bytes as they came, hexadecimal.
    pub digest: String,
    /// In bytes.
    pub size: u64,
    /// When it came first.
    #[schema(format = DateTime)]
    pub at: String,
    pub by: String,
    /// When the same content last came.
    #[schema(format = DateTime)]
    pub last_at: String,
    /// The import of the last time: `I-3`.
    pub import: String,
    /// The address of the document itself.
    pub document: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SbomProject {
    /// A UUID.
    pub id: String,
    pub name: String,
    /// Empty where it has none.
    pub version: String,
}
