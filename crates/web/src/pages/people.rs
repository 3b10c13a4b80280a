//! People: who is who, and who can be told.

use askama::Template;

use super::{Frame, Meaning, Paging};

/// `GET /people`: "Who can be told?"
#[derive(Clone, Debug, Template)]
#[template(path = "people/list.html")]
pub struct PeoplePage {
    pub frame: Frame,
    pub sentence: String,
    pub rows: Vec<PersonRow>,
    pub paging: Paging,
}

/// One person.
#[derive(Clone, Debug)]
pub struct PersonRow {
    pub name: String,
    pub email: String,
    pub team: String,
    /// `VP Engineering`, or empty.
    pub role: String,
    pub manager: String,
    pub zone: String,
    pub meaning: Meaning,
    /// `by email and Slack`, `nobody could be told`
    pub reach: String,
}
