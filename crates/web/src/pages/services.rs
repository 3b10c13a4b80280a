//! Services: who owns each and what is open in it.

use askama::Template;

use super::findings::{BandCount, Fact, FindingRow};
use super::{Frame, Link, Meaning, Moment, Paging};

/// `GET /services`: "Who owns what, and what is open in it?"
#[derive(Clone, Debug, Template)]
#[template(path = "services/list.html")]
pub struct ServicesPage {
    pub frame: Frame,
    pub rows: Vec<ServiceRow>,
    pub paging: Paging,
}

/// One service in the list.
#[derive(Clone, Debug)]
pub struct ServiceRow {
    pub href: String,
    pub name: String,
    /// The owning team, or `unowned`.
    pub team: String,
    /// `1`
    pub tier: String,
    /// `production` or `not production`
    pub stage: String,
    pub critical: String,
    pub high: String,
    pub medium: String,
    pub past: String,
    pub meaning: Meaning,
    /// `in time`, `2 past SLA`, `never scanned`
    pub state: String,
    pub scanned: Option<Moment>,
}

/// `GET /services/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "services/service.html")]
pub struct ServicePage {
    pub frame: Frame,
    pub name: String,
    pub meaning: Meaning,
    pub state: String,
    pub sentence: String,
    /// Owner, tier, repository, stage, last scan.
    pub facts: Vec<Fact>,
    pub counts: Vec<BandCount>,
    /// The first by deadline; the rest is behind `findings_href`.
    pub next_due: Vec<FindingRow>,
    pub findings_href: String,
    pub imports_href: String,
    pub sboms_href: String,
    /// How many different ones there are, and when one last came: `3, the last 2 days ago`.
    pub sboms: String,
    pub team: Option<Link>,
}
