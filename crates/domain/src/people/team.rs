//! Teams: section → stage → group, each with a manager and members.

use std::collections::BTreeSet;

use super::{Channels, PersonId, TeamId};

/// A part of the organisation that can own services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub kind: TeamKind,
    /// The stage of a group, the section of a stage; a section has none.
    pub parent: Option<TeamId>,
    /// The engineering manager, who answers for what the team owns; when vacant, the parent's.
    pub manager: Option<PersonId>,
    pub product_manager: Option<PersonId>,
    pub members: BTreeSet<PersonId>,
    pub channels: Channels,
}

/// How large a part of the organisation a team is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TeamKind {
    Section,
    Stage,
    Group,
}

impl TeamKind {
    /// Every kind, largest first.
    pub const ALL: [TeamKind; 3] = [TeamKind::Section, TeamKind::Stage, TeamKind::Group];

    /// The word used in files, the API and SQL.
    pub fn word(self) -> &'static str {
        match self {
            TeamKind::Section => "section",
            TeamKind::Stage => "stage",
            TeamKind::Group => "group",
        }
    }

    pub fn from_word(word: &str) -> Option<TeamKind> {
        TeamKind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What a team of this kind must lie in (handbook, "Google Groups": section-stage-group).
    pub fn lies_in(self) -> Option<TeamKind> {
        match self {
            TeamKind::Section => None,
            TeamKind::Stage => Some(TeamKind::Section),
            TeamKind::Group => Some(TeamKind::Stage),
        }
    }
}
