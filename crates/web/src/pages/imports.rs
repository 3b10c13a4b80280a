//! Imports: what each report changed, and what waits for a person.
//!
//! The rule to remember: closing is never silent. A held import says how many it would
//! close, of how many, and nothing closes until somebody says so here.

use askama::Template;

use super::{Choice, Frame, Link, Meaning, Moment, Paging, Refusals, thousands};

/// `GET /imports`: "What did the scanners say?" with the upload form.
#[derive(Clone, Debug, Template)]
#[template(path = "imports/list.html")]
pub struct ImportsPage {
    pub frame: Frame,
    pub rows: Vec<ImportRow>,
    pub paging: Paging,
    /// `None` when the reader may not import.
    pub upload: Option<UploadForm>,
    pub refusals: Refusals,
}

/// Posts multipart `report`, `service` or `new_service`, `format`, `scope` to `/imports`.
#[derive(Clone, Debug)]
pub struct UploadForm {
    pub services: Vec<Choice>,
    /// Whether the reader may name a service that is not there yet.
    pub may_create: bool,
    /// The first is `recognise it by its content`, with an empty value.
    pub formats: Vec<Choice>,
    pub scope: String,
    /// `up to 256 MB, also gzip`
    pub limit: String,
}

/// One import in the list.
#[derive(Clone, Debug)]
pub struct ImportRow {
    pub href: String,
    /// `I-881`
    pub code: String,
    pub at: Moment,
    pub service: Link,
    /// `Trivy (JSON)`
    pub format: String,
    pub meaning: Meaning,
    /// `taken`, `held`, `refused`
    pub state: String,
    pub created: String,
    pub closed: String,
    pub reopened: String,
    pub unchanged: String,
    pub refused: String,
    pub by: String,
}

/// `GET /imports/{id}`: "What did it change?"
#[derive(Clone, Debug, Template)]
#[template(path = "imports/import.html")]
pub struct ImportPage {
    pub frame: Frame,
    pub code: String,
    pub meaning: Meaning,
    pub state: String,
    pub sentence: String,
    pub at: Moment,
    pub service: Link,
    pub format: String,
    pub scope: String,
    /// Tool and version: `Trivy 0.57`.
    pub tool: String,
    pub size: String,
    /// Hexadecimal SHA-256 of the bytes.
    pub digest: String,
    pub by: String,
    /// Created, closed, reopened, unchanged, refused: a name, a count, a link to the list.
    pub changes: Vec<Change>,
    pub held: Option<Held>,
    /// What was not taken, with its place and why; at most the first 200.
    pub refused: Vec<RefusedEntry>,
    /// What the reader of the format remarked.
    pub remarks: Vec<String>,
    /// The findings into whose ledgers it wrote; at most 500.
    pub deeds: Vec<DeedGroup>,
    /// Where the report is, as it came.
    pub report_href: String,
    /// Where `confirm=undo` is posted; `None` when the reader may not, or nothing is in force.
    pub undo_action: Option<String>,
    pub refusals: Refusals,
}

/// What was done to some findings.
#[derive(Clone, Debug)]
pub struct DeedGroup {
    /// `Created`, `Closed`
    pub name: String,
    pub findings: Vec<Link>,
}

/// One kind of change and how many.
#[derive(Clone, Debug)]
pub struct Change {
    pub name: String,
    pub count: String,
    /// Empty where there is nothing to list.
    pub href: String,
}

/// An import that would close too much at once.
#[derive(Clone, Debug)]
pub struct Held {
    pub would_close: u64,
    pub open: u64,
    /// Where `confirm=close` is posted to let them close; `None` when the reader may not.
    pub close_action: Option<String>,
    pub listed_href: String,
}

impl Held {
    /// How many would close, in groups of three.
    pub fn would_close_words(&self) -> String {
        thousands(self.would_close)
    }

    /// How many are open, in groups of three.
    pub fn open_words(&self) -> String {
        thousands(self.open)
    }
}

/// One entry of a report that was refused.
#[derive(Clone, Debug)]
pub struct RefusedEntry {
    /// `results[17].locations[0]`, `line 204`
    pub place: String,
    pub why: String,
}
