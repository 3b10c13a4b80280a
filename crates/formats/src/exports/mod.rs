//! Findings out of the house: CSV, JSON, SARIF 2.1.0, OpenVEX 0.2.0 and CycloneDX 1.5 VEX.
//!
//! Pure functions from a list to a document. The rule to remember: what goes out can come in again,
//! here too, with as many findings as were written; what a format has no words for is left out and
//! counted, never bent. The time is an argument.

mod csv;
mod cyclonedx;
mod json;
mod openvex;
mod sarif;

#[cfg(test)]
mod tests;

use domain::findings::{Assessment, Clock, Location, Package, State};
use jiff::Timestamp;

/// How the documents call their author.
const PRODUCT: &str = "Watchbell";

/// What is told of one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// `F-17`
    pub id: String,
    pub service: String,
    pub title: String,
    /// Identifiers of the weakness, the main one first.
    pub ids: Vec<String>,
    pub package: Option<Package>,
    /// The first place.
    pub place: Option<Location>,
    pub rule: Option<String>,
    pub assessment: Assessment,
    pub clock: Clock,
    /// The team's id; none = the unassigned queue.
    pub holder: Option<String>,
}

/// A format that findings are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
    Sarif,
    OpenVex,
    CycloneDxVex,
}

/// A document, and how many findings stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub text: String,
    pub written: usize,
    /// The format has no words for these: VEX needs an identifier, SARIF takes everything.
    pub left_out: usize,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] =
        [Format::Csv, Format::Json, Format::Sarif, Format::OpenVex, Format::CycloneDxVex];

    /// The word on the command line and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::OpenVex => "openvex",
            Format::CycloneDxVex => "cyclonedx-vex",
        }
    }

    /// The format a word stands for.
    pub fn from_word(word: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.word() == word)
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Json => "JSON",
            Format::Sarif => "SARIF",
            Format::OpenVex => "OpenVEX",
            Format::CycloneDxVex => "CycloneDX VEX",
        }
    }

    /// The media type it is served as.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json | Format::OpenVex => "application/json",
            Format::Sarif => "application/sarif+json",
            Format::CycloneDxVex => "application/vnd.cyclonedx+json",
        }
    }

    /// The name a browser saves it under.
    pub fn file_name(self) -> &'static str {
        match self {
            Format::Csv => "findings.csv",
            Format::Json => "findings.json",
            Format::Sarif => "findings.sarif.json",
            Format::OpenVex => "findings.openvex.json",
            Format::CycloneDxVex => "findings.cdx.json",
        }
    }

    /// Writes `findings` as they stand at `now`; `is_all` is false where the caller left some off.
    pub fn write(self, findings: &[Exported], now: Timestamp, is_all: bool) -> Document {
        match self {
            Format::Csv => all(findings, csv::write(findings)),
            Format::Json => all(findings, json::write(findings, now, is_all)),
            Format::Sarif => all(findings, sarif::write(findings, now, is_all)),
            Format::OpenVex => openvex::write(findings, now),
            Format::CycloneDxVex => cyclonedx::write(findings, now),
        }
    }
}

fn all(findings: &[Exported], text: String) -> Document {
    Document { text, written: findings.len(), left_out: 0 }
}

impl Exported {
    /// What names the weakness: an identifier, else the rule, else nothing but the title.
    fn weakness(&self) -> &str {
        self.ids.first().or(self.rule.as_ref()).unwrap_or(&self.title)
    }

    /// Whether VEX has words for it: it names a weakness, and it is not told by another finding or
    /// taken back.
    fn is_statement(&self) -> bool {
        !self.ids.is_empty() && !matches!(self.clock.state, State::Merged | State::Withdrawn)
    }

    /// Why nothing must be done, in a sentence; none where something must.
    fn why_not(&self) -> Option<&'static str> {
        match self.clock.state {
            State::FalsePositive => Some("Judged to be a false positive."),
            State::NotAffected => Some("Judged not to affect this service."),
            State::Open
            | State::FixMerged
            | State::Fixed
            | State::Accepted
            | State::Merged
            | State::Withdrawn => None,
        }
    }

    /// What is being done, in a sentence.
    fn action(&self) -> String {
        let due = self.clock.due_at.map(|due| format!("due {due}"));
        let due = due.unwrap_or_else(|| "its band has no deadline".to_owned());
        match self.clock.state {
            State::FixMerged => format!("A fix is merged and waits for a scan; {due}."),
            State::Accepted => "Accepted for a time by an exception.".to_owned(),
            _ => format!("To be fixed; {due}."),
        }
    }
}

/// Of a package: its URL where it is known, else a generic one made of name and version.
fn purl(package: &Package) -> String {
    if let Some(purl) = &package.purl {
        return purl.clone();
    }
    let version = package.version.as_deref();
    let version = version.map(|version| format!("@{}", encoded(version))).unwrap_or_default();
    format!("pkg:generic/{}{version}", encoded(&package.name))
}

/// Text as part of an address: all but RFC 3986's unreserved characters as `%XX`.
fn encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                safe.push(char::from(byte));
            }
            other => safe.push_str(&format!("%{other:02X}")),
        }
    }
    safe
}

/// Values of texts and numbers always encode.
fn text(document: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
