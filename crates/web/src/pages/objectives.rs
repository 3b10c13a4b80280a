//! Objectives: the list, and one with its key results, metrics and drivers.
//!
//! The rule to remember: a metric is never shown without its why, and health is always
//! shown as said, with who said it and when.

use askama::Template;

use super::drawing::Odds;
use super::{Figure, Frame, Link, Meaning, Moment};

/// `GET /objectives`: "Will they land?"
#[derive(Clone, Debug, Template)]
#[template(path = "objectives/list.html")]
pub struct ObjectivesPage {
    pub frame: Frame,
    /// `Week 6 of 13, Q3`
    pub period: String,
    pub objectives: Vec<ObjectiveRow>,
}

/// An objective, or a key result, as one row: title, five metrics, odds, health.
#[derive(Clone, Debug)]
pub struct ObjectiveRow {
    /// `O1`
    pub code: String,
    pub title: String,
    pub href: String,
    /// Who answers for it.
    pub owner: String,
    /// Where a number was made: `current 83.5 % of 100 %`; empty for an objective.
    pub standing: String,
    pub velocity: Figure,
    pub momentum: Figure,
    pub alignment: Figure,
    pub risk: Figure,
    /// With their range, drawn as a bar.
    pub odds: Odds,
    pub health: Option<Health>,
}

/// What the owner said, as said.
#[derive(Clone, Debug)]
pub struct Health {
    pub meaning: Meaning,
    /// `On track`, `Needs attention`, `At risk`
    pub words: String,
    pub by: String,
    pub at: Moment,
}

/// `GET /objectives/{id}`: "Will it land?"
#[derive(Clone, Debug, Template)]
#[template(path = "objectives/objective.html")]
pub struct ObjectivePage {
    pub frame: Frame,
    pub code: String,
    pub title: String,
    pub period: String,
    pub owner: String,
    /// `41 % probability of …; the largest risk is …`
    pub sentence: String,
    pub meaning: Meaning,
    /// When it counts as landed: `the weighted mean of its key results reaches 70 %`.
    pub rule: String,
    pub odds: Odds,
    pub health: Option<Health>,
    pub key_results: Vec<ObjectiveRow>,
    pub metrics: Vec<MetricWhy>,
    pub drivers: Vec<Driver>,
}

/// One metric with its why.
#[derive(Clone, Debug)]
pub struct MetricWhy {
    /// `Velocity`
    pub name: String,
    /// `Is it moving fast enough this week?`
    pub question: String,
    pub figure: Figure,
    /// The figure in a sentence: `You gained 1.7 points a week; 1.2 are needed from here.`
    pub because: String,
    /// The threshold in words: `Below 0.5 is behind.`
    pub threshold: String,
    /// What the number was made of; `None` where the sentence is all there is.
    pub evidence: Option<Evidence>,
}

/// The table behind a number.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub caption: String,
    pub columns: Vec<Column>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// One column of a table behind a number.
#[derive(Clone, Debug)]
pub struct Column {
    /// With its unit: `gained, points a week`.
    pub heading: String,
    pub align: Align,
}

/// Words stand left, numbers right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Words,
    Numbers,
}

impl Align {
    /// The class of the column's cells.
    pub fn class(self) -> &'static str {
        match self {
            Align::Words => "words",
            Align::Numbers => "number",
        }
    }
}

/// What would move the odds most, were it certain.
#[derive(Clone, Debug)]
pub struct Driver {
    pub what: Link,
    /// Where the move is: `Engineering`.
    pub place: String,
    /// Points the odds would gain: `+18`.
    pub points: String,
}

impl Evidence {
    /// The rows, each cell with the class of its column.
    pub fn lines(&self) -> Vec<Vec<(&'static str, &str)>> {
        let classes = self.columns.iter().map(|column| column.align.class());
        self.rows
            .iter()
            .map(|row| classes.clone().zip(row.iter().map(String::as_str)).collect())
            .collect()
    }
}
