//! The front page: what breaks first, whose move it is, and what the reader owes.
//!
//! The rule to remember: it reads in 30 seconds, top to bottom: one sentence, the
//! objectives, what rings, what I owe, what was kept. Nothing on it is only decoration.

use askama::Template;

use super::drawing::{Bell, Svg, line_of_time};
use super::objectives::ObjectiveRow;
use super::{Choice, Frame, Meaning, Moment, thousands};

/// How far ahead the front page looks, in hours.
const AHEAD_HOURS: f64 = 48.0;

/// `GET /`: "What breaks first?"
#[derive(Clone, Debug, Template)]
#[template(path = "today/today.html")]
pub struct TodayPage {
    pub frame: Frame,
    /// `Monday 23 November 2026`
    pub day: String,
    /// `Week 6 of 13, Q3`
    pub period: String,
    /// The largest risk and whose move it is; `None` before there is an objective.
    pub risk: Option<LargestRisk>,
    /// Notices nobody could be sent; an error until somebody can.
    pub untold: Vec<Untold>,
    pub objectives: Vec<ObjectiveRow>,
    /// What rings within 48 hours, soonest first.
    pub rings: Vec<Ring>,
    /// Words below the line of time with their hours from now: the midnights.
    pub ring_labels: Vec<(f64, String)>,
    /// What the reader owes, soonest first.
    pub owed: Vec<Owed>,
    /// What was kept this week.
    pub kept: Vec<Kept>,
    /// Open findings without an owner.
    pub unassigned: u64,
}

impl TodayPage {
    /// The line of time above the list of what rings.
    pub fn line(&self) -> Svg {
        let bells: Vec<Bell> = self
            .rings
            .iter()
            .map(|ring| Bell {
                hours: ring.hours,
                words: format!("{}, {}", ring.what, ring.at.relative),
                meaning: ring.meaning,
            })
            .collect();
        line_of_time(AHEAD_HOURS, &bells, &self.ring_labels)
    }

    /// How many have no owner, in groups of three.
    pub fn unassigned_words(&self) -> String {
        thousands(self.unassigned)
    }
}

/// The one sentence of the page.
#[derive(Clone, Debug)]
pub struct LargestRisk {
    pub meaning: Meaning,
    /// `O1 lands with 41 %: two critical findings in core-api pass their date this week.`
    pub sentence: String,
    /// `It is Engineering's move: …`
    pub turn: String,
    /// Where the sentence comes from.
    pub href: String,
}

/// A notice that reached nobody.
#[derive(Clone, Debug)]
pub struct Untold {
    /// `Escalation E-42, level 2`
    pub what: String,
    /// Why, and what to do: `nobody holds the role VP Engineering; name someone in people`
    pub why: String,
    pub href: String,
}

/// One thing that rings within 48 hours.
#[derive(Clone, Debug)]
pub struct Ring {
    pub at: Moment,
    /// Hours from now, for its place on the line.
    pub hours: f64,
    pub what: String,
    /// Who will be told, or whose date it is.
    pub whom: String,
    pub meaning: Meaning,
    pub href: String,
}

/// One thing the reader owes, with the step that settles it.
#[derive(Clone, Debug)]
pub struct Owed {
    pub what: String,
    pub href: String,
    /// Why the reader owes it: `weekly check-in`, `level 1 of E-42`.
    pub why: String,
    pub due: Moment,
    pub meaning: Meaning,
    pub step: Step,
}

/// How something owed is settled in place.
#[derive(Clone, Debug)]
pub enum Step {
    /// Posts `value` and `health` to `action`.
    CheckIn { action: String, unit: String, last: String, healths: Vec<Choice> },
    /// Posts `until` (a civil date) to `action`; `latest` is the last date accepted.
    Commit {
        action: String,
        suggested: String,
        earliest: String,
        latest: String,
        /// `latest`, as read: `Thu 26 Nov`.
        latest_words: String,
    },
    /// Leads to the page where it is done.
    Visit { href: String, verb: String },
}

/// Good news of the week.
#[derive(Clone, Debug)]
pub struct Kept {
    pub what: String,
    pub href: String,
    pub by: String,
    pub at: Moment,
}
