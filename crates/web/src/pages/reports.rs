//! Reports over what is stored: the backlog in the first week.

use askama::Template;

use super::{Frame, Link, Moment};

/// `GET /reports/baseline`: "What is open, and how much of it is late?"
#[derive(Clone, Debug, Template)]
#[template(path = "reports/baseline.html")]
pub struct BaselinePage {
    pub frame: Frame,
    pub at: Moment,
    /// `1,204 open, 38 past SLA`
    pub total: String,
    /// By team, by service.
    pub tables: Vec<BacklogTable>,
}

/// One way of counting the backlog.
#[derive(Clone, Debug)]
pub struct BacklogTable {
    /// `By team`
    pub title: String,
    /// `Team`
    pub column: String,
    pub rows: Vec<BacklogRow>,
}

/// One service or team.
#[derive(Clone, Debug)]
pub struct BacklogRow {
    pub name: Link,
    /// Critical, high, medium and low.
    pub bands: Vec<BacklogCell>,
    pub total: BacklogCell,
}

/// How many are open, and how many of those are late.
#[derive(Clone, Debug)]
pub struct BacklogCell {
    pub band: String,
    pub open: String,
    /// `3 past`, or nothing.
    pub past: String,
}
