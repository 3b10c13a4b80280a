//! Rituals: what is held again and again, and the audits ahead.

use askama::Template;

use super::{Choice, Frame, Meaning, Moment, Refusals};

/// `GET /rituals`: "What is held again and again?"
#[derive(Clone, Debug, Template)]
#[template(path = "rituals/list.html")]
pub struct RitualsPage {
    pub frame: Frame,
    pub meaning: Meaning,
    /// `Two of three are as they should be; the backlog review was skipped.`
    pub sentence: String,
    pub rows: Vec<RitualRow>,
    pub audits: Vec<AuditRow>,
    /// The rituals that the reader may record; empty = none, and no form.
    pub choices: Vec<Choice>,
    /// The day in the form, as typed: `2026-11-23`.
    pub on: String,
    pub words: String,
    /// Today, for the example of an empty page.
    pub today: String,
    pub refusals: Refusals,
}

/// One ritual.
#[derive(Clone, Debug)]
pub struct RitualRow {
    pub id: String,
    pub name: String,
    pub owner: String,
    /// `week`, `month` or `quarter`
    pub period: String,
    pub meaning: Meaning,
    /// `held on Wed 5 Aug`, `missed 3 times in a row`
    pub state: String,
    pub due: Option<Moment>,
    /// Who said what last.
    pub last: String,
}

/// One audit window.
#[derive(Clone, Debug)]
pub struct AuditRow {
    pub name: String,
    pub begins: String,
    pub ends: String,
    pub owner: String,
    /// `O2-KR1, O2-KR2; every service in production`
    pub looks_at: String,
}
