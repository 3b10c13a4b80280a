//! SBOMs: what each version of a service is said to consist of, as it was uploaded.

use askama::Template;

use super::{Frame, Link, Moment, Paging};

/// `GET /sboms`: "What is in our services?"
#[derive(Clone, Debug, Template)]
#[template(path = "sboms/list.html")]
pub struct SbomsPage {
    pub frame: Frame,
    /// Where only one service's are shown: its name, and where all are.
    pub service: Option<Link>,
    pub rows: Vec<SbomRow>,
    pub paging: Paging,
}

/// One SBOM in the list.
#[derive(Clone, Debug)]
pub struct SbomRow {
    /// `B-3`
    pub code: String,
    /// Where the document can be saved from.
    pub document_href: String,
    pub service: Link,
    /// The version it is of; empty where that was not said.
    pub version: String,
    /// `CycloneDX 1.6, JSON`
    pub format: String,
    pub components: String,
    pub first: Moment,
    pub last: Moment,
    /// The import that took it in last.
    pub import: Link,
    pub by: String,
    /// Hexadecimal SHA-256 of the bytes.
    pub digest: String,
}
