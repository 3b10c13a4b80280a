//! Why a report could not be read, and where.
//!
//! An [`Unreadable`] refuses the document as a whole: nothing of it may be kept. A single unusable
//! item inside a good document is a [`Refusal`] instead, and the rest is read.

use std::fmt;

/// A place in a document, for a person with an editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where in the structure, such as `runs[0].results[17]`; empty for the document itself.
    pub path: String,
    /// 1-based.
    pub line: u64,
    /// 1-based, in bytes.
    pub column: u64,
}

impl Place {
    /// The place of a byte offset in `document`.
    pub fn at(document: &str, offset: usize, path: &str) -> Place {
        let before = &document.as_bytes()[..offset.min(document.len())];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        Place { path: path.to_owned(), line, column: (before.len() - start) as u64 + 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(out, "line {}, column {}", self.line, self.column),
            path => write!(out, "{path} (line {}, column {})", self.line, self.column),
        }
    }
}

/// One item of a good report that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The item, such as `runs[0].results[17] (line 40, column 9)` or `line 12`.
    pub place: String,
    pub reason: String,
}

/// Why a whole document was refused. Nothing of it may be kept.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the report is empty")]
    Empty,
    #[error("the report has {found} bytes, more than the {limit} that are taken; split the scan")]
    TooLarge { found: u64, limit: u64 },
    #[error(
        "the compressed report expands to more than {limit} bytes{}; it was not read further",
        if *.ratio { " for its size" } else { "" }
    )]
    Expands { limit: u64, ratio: bool },
    #[error("the gzip data is damaged or cut off after {expanded} expanded bytes: {reason}")]
    DamagedGzip { expanded: u64, reason: String },
    #[error("the report is {found}, which is not read here; {hint}")]
    OtherContainer { found: &'static str, hint: &'static str },
    #[error("byte {offset} is not {encoding} text; save the report as UTF-8")]
    Encoding { offset: usize, encoding: &'static str },
    #[error("{place}: {what}{}", looks_like(.resembles))]
    Malformed { place: Place, what: String, resembles: Option<&'static str> },
    #[error("{place}: more than {limit} levels of nesting")]
    TooDeep { place: Place, limit: u32 },
    #[error("{place}: more than {limit} {what}; split the scan")]
    TooMuch { place: Place, what: &'static str, limit: u64 },
    #[error("{place}: a document type declaration (DTD) is not accepted; export without it")]
    Doctype { place: Place },
    #[error("this is {found}, and no known report looks like it; name one with --format: {known}")]
    Unrecognised { found: String, known: String },
    #[error("there is no report format named {name:?}; known are: {known}")]
    UnknownName { name: String, known: String },
    #[error("{place}: {what}{}", hint_of(.hint))]
    Shape { place: String, what: String, hint: Option<String> },
    #[error("the report has more than {limit} findings; split the scan")]
    TooMany { limit: u64 },
    #[error(
        "the findings of the report come to more than {limit} bytes, repeated texts counted each \
         time; split the scan"
    )]
    TooWordy { limit: u64 },
}

fn looks_like(resembles: &Option<&'static str>) -> String {
    resembles.map(|name| format!(" (the beginning looks like {name})")).unwrap_or_default()
}

fn hint_of(hint: &Option<String>) -> String {
    hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default()
}
