//! What one tool said about one thing, once: the value every report reader produces.
//!
//! An observation is not a finding. Findings live on a clock and survive re-imports; observations
//! are evidence that hangs below them. Readers fill in what the report says and leave the rest
//! empty: no guessing here, the rules about missing scores and labels are in `severity`.

use std::fmt;

/// A severity word as tools use it, from worst to harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The word used in the API, in SQL and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }

    /// The severity a word of ours stands for; foreign words are mapped by the readers.
    pub fn from_word(word: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.word() == word)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// A software package as a report names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Package {
    pub name: String,
    pub version: Option<String>,
    /// The first version said to be free of the weakness; several are joined with `, `.
    pub fixed: Option<String>,
    /// The package URL, canonical where the report gives one.
    pub purl: Option<String>,
}

/// Where in code, configuration or on the network something was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    pub path: Option<String>,
    /// 1-based.
    pub line: Option<u32>,
    pub url: Option<String>,
}

/// What the report itself says about the state of the thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Reported as present; the default.
    #[default]
    Present,
    /// The report says it is fixed, resolved or mitigated.
    Fixed,
    /// Suppressed or audited as a false positive in the tool.
    FalsePositive,
    /// A VEX statement says that the product is not affected.
    NotAffected,
}

/// One reported thing. All text is data, never markup.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    pub title: String,
    /// The tool's own word, mapped to ours; the band of the clock is decided by score.
    pub severity: Severity,
    /// A base score 0.0–10.0 as the report states it, without a vector.
    pub score: Option<f64>,
    /// A CVSS vector as the report states it; the best version where it has several.
    pub vector: Option<String>,
    /// CVE, GHSA, OSV and vendor identifiers, the main one first, each once.
    pub ids: Vec<String>,
    /// CWE numbers, the main one first.
    pub cwes: Vec<u32>,
    pub package: Option<Package>,
    pub location: Option<Location>,
    /// The rule or check of the tool that spoke.
    pub rule: Option<String>,
    /// An identity that the report itself gives to this one thing and keeps when lines move.
    pub fingerprint: Option<String>,
    /// The source text at the location, used to recognise code that moved.
    pub snippet: Option<String>,
    pub standing: Standing,
    /// Longer text: what it is and what to do.
    pub description: Option<String>,
}

impl Observation {
    /// An observation with nothing but what every report has.
    pub fn new(title: impl Into<String>, severity: Severity) -> Observation {
        Observation {
            title: title.into(),
            severity,
            score: None,
            vector: None,
            ids: Vec::new(),
            cwes: Vec::new(),
            package: None,
            location: None,
            rule: None,
            fingerprint: None,
            snippet: None,
            standing: Standing::Present,
            description: None,
        }
    }
}
