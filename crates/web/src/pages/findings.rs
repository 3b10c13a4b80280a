//! Findings: what is open and until when; and one finding with its clock.
//!
//! The rule to remember: filters are in the address, lists go on by keyset, and what came
//! from a report is text. A finding's state is a word with a mark, its deadline relative
//! and exact together.

use askama::Template;

use super::custody::CustodyForms;
use super::drawing::{SlaLine, Svg, sla_line};
use super::{Choice, Frame, Link, Meaning, Moment, Paging, Refusals, thousands};

/// `GET /findings`: "What is open, and until when?"
#[derive(Clone, Debug, Template)]
#[template(path = "findings/list.html")]
pub struct FindingsPage {
    pub frame: Frame,
    /// Open findings by band, worst first.
    pub counts: Vec<BandCount>,
    pub filters: Filters,
    /// How many are listed: `1,204 findings`, `more than 10,000 findings`.
    pub total: String,
    pub rows: Vec<FindingRow>,
    pub paging: Paging,
    /// The same list as a file, a link a format.
    pub exports: Vec<Link>,
    /// Why `rows` is empty, when it is.
    pub emptiness: Emptiness,
}

/// Why a list of findings is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Emptiness {
    /// Nothing was imported yet: the page teaches the first import.
    NothingImported,
    /// Nothing matches the filters.
    #[default]
    NothingMatches,
    /// No filter is set and nothing is open: good news.
    AllClear,
}

impl Emptiness {
    /// Whether the page teaches the first import instead of showing a list.
    pub fn is_nothing_imported(self) -> bool {
        self == Emptiness::NothingImported
    }
}

/// One band of the table on top.
#[derive(Clone, Debug)]
pub struct BandCount {
    /// `Critical`
    pub band: String,
    /// `14 days`, or `no SLA`
    pub window: String,
    pub in_time: u64,
    pub in_time_href: String,
    pub past: u64,
    pub past_href: String,
}

impl BandCount {
    /// Both together.
    pub fn total(&self) -> String {
        thousands(self.in_time + self.past)
    }

    /// In time, in groups of three.
    pub fn in_time_words(&self) -> String {
        thousands(self.in_time)
    }

    /// Past SLA, in groups of three.
    pub fn past_words(&self) -> String {
        thousands(self.past)
    }
}

/// The filters as they are set; their names are those in the address.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// `service`
    pub services: Vec<Choice>,
    /// `band`
    pub bands: Vec<Choice>,
    /// `state`
    pub states: Vec<Choice>,
    /// `team`
    pub teams: Vec<Choice>,
    /// `due_before`, a civil date.
    pub due_before: String,
    /// `text`: a CVE, a package, words of the title.
    pub text: String,
    /// `sort`: `deadline`, `severity`, `newest`.
    pub sorts: Vec<Choice>,
    /// Which are set, in words, for a phone and for print: `core-api, critical`; or empty.
    pub words: String,
}

/// One finding in a list.
#[derive(Clone, Debug)]
pub struct FindingRow {
    pub href: String,
    /// `CVE-2026-31337`, or the rule.
    pub identity: String,
    pub title: String,
    /// `openssl 3.0.2`, or a path and line.
    pub place: String,
    pub service: Link,
    /// `Critical`
    pub band: String,
    /// `9.4`, or `–` when unscored.
    pub score: String,
    /// How the clock stands.
    pub meaning: Meaning,
    /// `open`, `fix merged`, `past SLA`
    pub state: String,
    /// `None` where the band has no SLA.
    pub due: Option<Moment>,
    /// Who holds it: a team, or `unassigned`.
    pub holder: String,
}

/// `GET /findings/{id}`: "Who holds it, and until when?"
#[derive(Clone, Debug, Template)]
#[template(path = "findings/finding.html")]
pub struct FindingPage {
    pub frame: Frame,
    /// `F-1042`
    pub code: String,
    pub title: String,
    pub service: Link,
    pub meaning: Meaning,
    /// `Open, due in 14 h 19 min`
    pub state: String,
    /// Whose move it is and by when, in a sentence.
    pub sentence: String,
    /// `None` where no clock runs.
    pub sla: Option<SlaLine>,
    pub owner: Owner,
    /// Each holder's share of the time, in order.
    pub held: Vec<HolderShare>,
    pub score: Score,
    /// `openssl`, `3.0.2`, fixed in …; or where in the code.
    pub facts: Vec<Fact>,
    /// CVE, GHSA, CWE …; an empty `href` is text only.
    pub ids: Vec<Link>,
    /// What the tool wrote; text, in paragraphs.
    pub description: Vec<String>,
    /// Oldest first.
    pub ledger: Vec<LedgerRow>,
    pub sightings: Vec<Sighting>,
    pub escalation: Option<Link>,
    pub fix_merged: Option<FixMergedForm>,
    pub false_positive: Option<FalsePositiveForm>,
    pub custody: CustodyForms,
    pub refusals: Refusals,
}

impl FindingPage {
    /// The clock's life as a line.
    pub fn line(&self) -> Option<Svg> {
        self.sla.as_ref().map(sla_line)
    }
}

/// Who owns a finding, by which rule.
#[derive(Clone, Debug, Default)]
pub struct Owner {
    /// `None`: the unassigned queue.
    pub team: Option<Link>,
    /// `component rule src/tls/**`, `owning team of core-api`
    pub rule: String,
    pub people: Vec<Holder>,
}

/// A person of the owning team.
#[derive(Clone, Debug)]
pub struct Holder {
    pub name: String,
    /// `engineer`, `manager`
    pub role: String,
}

/// A holder's share of the clock.
#[derive(Clone, Debug)]
pub struct HolderShare {
    pub holder: String,
    /// `12 d 4 h`
    pub time: String,
    /// `86 %`
    pub share: String,
}

/// The score and where it came from.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// `Critical`
    pub band: String,
    /// `9.4`, or `unscored`
    pub value: String,
    /// `CVSS 4.0 base score, from the vector reported by Trivy`
    pub source: String,
    pub vector: String,
}

/// A name and its value.
#[derive(Clone, Debug)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

impl Fact {
    /// `name`: `value`.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Fact {
        Fact { name: name.into(), value: value.into() }
    }
}

/// One line of the ledger.
#[derive(Clone, Debug)]
pub struct LedgerRow {
    pub at: Moment,
    pub meaning: Meaning,
    /// `started`, `handed over`, `breached`
    pub event: String,
    pub detail: String,
    /// What the deadline was afterwards; empty when unchanged.
    pub deadline: String,
    pub by: String,
}

/// One tool's sightings.
#[derive(Clone, Debug)]
pub struct Sighting {
    pub tool: String,
    pub place: String,
    /// `sees it`, `no longer sees it`
    pub state: String,
    pub meaning: Meaning,
    /// When a report of it last looked.
    pub last: Option<Moment>,
}

/// Posts `merge_request` (an address) to `action`.
#[derive(Clone, Debug)]
pub struct FixMergedForm {
    pub action: String,
    pub merge_request: String,
}

/// Posts `reason` to `action`.
#[derive(Clone, Debug)]
pub struct FalsePositiveForm {
    pub action: String,
    pub reason: String,
}
