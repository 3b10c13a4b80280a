//! Breaches: whose clocks ran out, and why.

use askama::Template;

use super::{Choice, Frame, Meaning, Moment};

/// `GET /reports/breaches`: "Where do clocks run out, and why?"
#[derive(Clone, Debug, Template)]
#[template(path = "reports/breaches.html")]
pub struct BreachesPage {
    pub frame: Frame,
    pub meaning: Meaning,
    /// `12 clocks ran out in FY27-Q4; most of their time was with Engineering.`
    pub sentence: String,
    /// `quarter`
    pub choices: Vec<Choice>,
    /// The newest first.
    pub quarters: Vec<BreachQuarter>,
    pub csv_href: String,
    pub json_href: String,
}

/// One quarter.
#[derive(Clone, Debug)]
pub struct BreachQuarter {
    /// `FY27-Q4`
    pub label: String,
    pub counts: Vec<BreachCount>,
    pub breaches: String,
    pub corrected: String,
    pub time: Vec<FunctionTime>,
    /// `41 d 6 h`
    pub whole: String,
    /// The last ones, newest first.
    pub rows: Vec<BreachRow>,
    /// `12 more are in the CSV`; empty when all are shown.
    pub more: String,
}

/// One function and cause.
#[derive(Clone, Debug)]
pub struct BreachCount {
    pub function: String,
    pub cause: String,
    pub breaches: String,
    pub corrected: String,
}

/// A function's share of the time.
#[derive(Clone, Debug)]
pub struct FunctionTime {
    pub function: String,
    /// `12 d 4 h`
    pub held: String,
    /// `86 %`
    pub share: String,
}

/// One breach.
#[derive(Clone, Debug)]
pub struct BreachRow {
    pub href: String,
    pub finding: String,
    pub title: String,
    pub service: String,
    pub at: Moment,
    pub holder: String,
    pub cause: String,
    /// `the rule said: nobody owned it`; empty when nobody judged otherwise.
    pub frozen: String,
    /// `Payments 12 d 4 h, Acme (vendor) 2 d`
    pub shares: String,
}
