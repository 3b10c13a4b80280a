//! When a page cannot be shown: what happened, where, and what to do.
//!
//! The rule to remember: nobody is blamed, and unknown and forbidden read alike where
//! existence itself is secret; the caller then uses [`ProblemPage::not_found`].

use askama::Template;

use super::{Frame, Link};

/// Any refusal as a page.
#[derive(Clone, Debug, Template)]
#[template(path = "problems/problem.html")]
pub struct ProblemPage {
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// `There is no such page`
    pub title: String,
    /// What was refused and what was found.
    pub what: String,
    /// Where: a path, a field, a line.
    pub place: String,
    /// What to do next, as sentences.
    pub todo: Vec<String>,
    pub links: Vec<Link>,
    /// What to quote when asking for help; empty when there is nothing to look up.
    pub reference: String,
}

impl ProblemPage {
    fn new(frame: Frame, status: u16, title: &str, what: String) -> ProblemPage {
        let place = frame.here.clone();
        ProblemPage {
            frame,
            status,
            title: title.to_owned(),
            what,
            place,
            todo: Vec::new(),
            links: vec![Link::new("/", "Go to today")],
            reference: String::new(),
        }
    }

    /// 403: the reader is known and may not.
    pub fn forbidden(frame: Frame, what: impl Into<String>) -> ProblemPage {
        ProblemPage {
            todo: vec!["Ask an administrator for the role it needs.".to_owned()],
            ..Self::new(frame, 403, "You may not do this", what.into())
        }
    }

    /// 404: unknown, or not for this reader.
    pub fn not_found(frame: Frame) -> ProblemPage {
        let what = "Nothing is kept at this address, or it is not for you to see.".to_owned();
        ProblemPage {
            todo: vec![
                "Check the address for a missing letter.".to_owned(),
                "Search for what you were looking for.".to_owned(),
            ],
            links: vec![Link::new("/", "Go to today"), Link::new("/findings", "Search findings")],
            ..Self::new(frame, 404, "There is no such page", what)
        }
    }

    /// 409: somebody changed it in between.
    pub fn conflict(frame: Frame, what: impl Into<String>) -> ProblemPage {
        let again = Link::new(frame.here.clone(), "Read it as it is now");
        ProblemPage {
            todo: vec![
                "Read it as it is now, then decide again. Nothing of yours was saved.".into(),
            ],
            links: vec![again],
            ..Self::new(frame, 409, "It has changed since you read it", what.into())
        }
    }

    /// 422: what was sent cannot be taken.
    pub fn unprocessable(frame: Frame, what: impl Into<String>, hint: &str) -> ProblemPage {
        ProblemPage {
            todo: vec![hint.to_owned()],
            ..Self::new(frame, 422, "This could not be taken", what.into())
        }
    }

    /// 500: our fault; `reference` finds it in the log.
    pub fn failed(frame: Frame, reference: impl Into<String>) -> ProblemPage {
        let what = "Something failed on our side. Nothing was half-saved.".to_owned();
        ProblemPage {
            todo: vec![
                "Try again in a minute.".to_owned(),
                "If it happens again, send the reference below to whoever runs Watchbell.".into(),
            ],
            reference: reference.into(),
            ..Self::new(frame, 500, "This page could not be made", what)
        }
    }
}

/// `GET /help/keyboard`: the keys, as a real page.
#[derive(Clone, Debug, Template)]
#[template(path = "problems/keyboard.html")]
pub struct KeyboardPage {
    pub frame: Frame,
}
