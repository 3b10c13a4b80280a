//! Escalations: a matter climbs level by level until facts end it.
//!
//! The rules to remember: acknowledging never stops the clock, only a commitment or a merged fix
//! pauses it; a level's window starts when the notice of the level before was *accepted by a
//! channel*, so that after an outage a chain climbs at most one level; and resolution is a fact,
//! never a button. [`Escalation::due`] says when the watch must call [`Escalation::advance`] next.
//! Deliberately absent: levels 4 and 5, which belong to a scope and a quarter rather than to one
//! matter. Source: the CISO playbook, "Escalation design"; the execution spec, part 4.

mod directory;
mod parts;
mod roles;
mod transitions;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

pub use parts::{Parts, PartsError};
pub use roles::{Addressee, Directory, Matter, Person, Role, Team, addressees, resolve};

/// A level of the chain. Levels 4 and 5 will join here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Auto-nudge: those who hold the matter.
    L1,
    /// Peer flag: VP Engineering and CISO see it.
    L2,
    /// CTO review: a prepared question, and a date to commit to.
    L3,
}

impl Level {
    /// Every level, the first first.
    pub const ALL: [Level; 3] = [Level::L1, Level::L2, Level::L3];

    /// 1, 2, 3.
    pub fn number(self) -> u8 {
        match self {
            Level::L1 => 1,
            Level::L2 => 2,
            Level::L3 => 3,
        }
    }

    /// The level of a number.
    pub fn from_number(number: u8) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.number() == number)
    }

    /// What the playbook calls it.
    pub fn title(self) -> &'static str {
        match self {
            Level::L1 => "Auto-nudge",
            Level::L2 => "Peer flag",
            Level::L3 => "CTO review",
        }
    }

    /// The level above; `None` at the top.
    pub fn next(self) -> Option<Level> {
        Level::from_number(self.number() + 1)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "L{}", self.number())
    }
}

/// The hours of the chain, frozen into each escalation when it is raised: a change of policy is
/// offered to what runs, never imposed. Hours elapse in UTC, weekends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From level 1 to level 2, unless the SLA date comes first.
    pub to_l2: SignedDuration,
    /// From the SLA date (without one, from level 2) to level 3.
    pub to_l3: SignedDuration,
    /// How far past the end of a level's window a commitment may lie.
    pub commitment_reach: SignedDuration,
    /// How long a notice may go without any channel accepting it (ours; the sources only say that
    /// such a matter must be visible).
    pub unheard_after: SignedDuration,
}

impl Default for Policy {
    /// 48 hours everywhere, from the playbook's 48-hour clock; one hour to be heard.
    fn default() -> Policy {
        Policy {
            to_l2: SignedDuration::from_hours(48),
            to_l3: SignedDuration::from_hours(48),
            commitment_reach: SignedDuration::from_hours(48),
            unheard_after: SignedDuration::from_hours(1),
        }
    }
}

/// Where an escalation stands. Each variant carries what is true in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The notices of the level are on their way; no channel accepted one yet.
    Telling { since: Timestamp },
    /// No channel accepted any notice within the limit: nobody could be told. Never green.
    Unheard { since: Timestamp, noticed_at: Timestamp },
    /// The level's window runs.
    Waiting { heard_at: Timestamp },
    /// Paused by a promise until a date.
    Committed { heard_at: Timestamp, until: Timestamp },
    /// Paused by a merged fix until the SLA date.
    FixMerged { heard_at: Timestamp, until: Timestamp },
    /// Ended by a fact.
    Resolved { at: Timestamp, by: Resolution },
}

impl State {
    /// The word used in the API and in SQL.
    pub fn word(&self) -> &'static str {
        match self {
            State::Telling { .. } => "telling",
            State::Unheard { .. } => "unheard",
            State::Waiting { .. } => "waiting",
            State::Committed { .. } => "committed",
            State::FixMerged { .. } => "fix_merged",
            State::Resolved { .. } => "resolved",
        }
    }
}

/// The fact that ended an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// The trigger's facts are gone.
    FactsCleared,
    /// A later scan, or a statement, shows that the fix works.
    RemediationVerified,
    /// An exception with an end was granted; when it ends, the trigger fires anew.
    ExceptionGranted,
}

impl Resolution {
    /// Every resolution.
    pub const ALL: [Resolution; 3] =
        [Resolution::FactsCleared, Resolution::RemediationVerified, Resolution::ExceptionGranted];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Resolution::FactsCleared => "facts_cleared",
            Resolution::RemediationVerified => "remediation_verified",
            Resolution::ExceptionGranted => "exception_granted",
        }
    }

    /// The resolution that a word stands for.
    pub fn from_word(word: &str) -> Option<Resolution> {
        Resolution::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A promise of a date, once per level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub level: Level,
    pub by: String,
    pub until: Timestamp,
    pub at: Timestamp,
}

/// Somebody has seen it. Stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub by: String,
    pub at: Timestamp,
}

/// What an escalation is raised with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raise {
    /// `E-42`.
    pub id: String,
    /// The firing's cause; the same cause is raised once.
    pub cause_key: String,
    /// Who hears level 1: the firing says.
    pub first_to: Vec<Role>,
    /// Until when the SLA is kept (the last second of the due day); `None` for matters without
    /// one.
    pub sla_due: Option<Timestamp>,
    pub policy: Policy,
}

/// One matter on its way up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    pub(super) id: String,
    pub(super) cause_key: String,
    pub(super) first_to: Vec<Role>,
    pub(super) policy: Policy,
    pub(super) raised_at: Timestamp,
    pub(super) sla_due: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) state: State,
    pub(super) acknowledged: Option<Acknowledgement>,
    pub(super) commitments: Vec<Commitment>,
    pub(super) merged_at: Option<Timestamp>,
}

/// What happened, in the past tense, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Raised {
        at: Timestamp,
        level: Level,
    },
    /// A channel accepted a notice of the level.
    Heard {
        at: Timestamp,
        level: Level,
    },
    /// No channel did within the limit.
    NobodyCouldBeTold {
        at: Timestamp,
        level: Level,
    },
    Acknowledged {
        at: Timestamp,
        by: String,
    },
    Committed {
        at: Timestamp,
        by: String,
        until: Timestamp,
    },
    CommitmentBroken {
        at: Timestamp,
        by: String,
        until: Timestamp,
    },
    FixMerged {
        at: Timestamp,
    },
    /// A fix was merged and not verified by the SLA date.
    PauseEnded {
        at: Timestamp,
    },
    SlaMoved {
        at: Timestamp,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    },
    Climbed {
        at: Timestamp,
        from: Level,
        to: Level,
    },
    Resolved {
        at: Timestamp,
        by: Resolution,
    },
}

impl Event {
    /// The word used in the record and in webhooks.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Raised { .. } => "raised",
            Event::Heard { .. } => "heard",
            Event::NobodyCouldBeTold { .. } => "nobody_could_be_told",
            Event::Acknowledged { .. } => "acknowledged",
            Event::Committed { .. } => "committed",
            Event::CommitmentBroken { .. } => "commitment_broken",
            Event::FixMerged { .. } => "fix_merged",
            Event::PauseEnded { .. } => "pause_ended",
            Event::SlaMoved { .. } => "sla_moved",
            Event::Climbed { .. } => "climbed",
            Event::Resolved { .. } => "resolved",
        }
    }
}

/// Something to tell a role; [`addressees`] finds the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub level: Level,
    pub role: Role,
    pub kind: NoticeKind,
}

/// What a notice is for, and how it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// A message at once.
    Nudge,
    /// On their pages, and one line in their digest.
    Flag,
    /// A prepared question to the VP Engineering, for the CTO.
    Question,
    /// It is over; to everybody who was told.
    StandDown,
}

/// The new state with what it caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub escalation: Escalation,
    pub events: Vec<Event>,
    pub notices: Vec<Notice>,
}

impl Outcome {
    fn unchanged(escalation: Escalation) -> Outcome {
        Outcome { escalation, events: Vec::new(), notices: Vec::new() }
    }

    /// Whether anything happened; an outcome without events need not be saved.
    pub fn changed(&self) -> bool {
        !self.events.is_empty()
    }
}

/// What an escalation refuses a person, with what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("escalation {0} is resolved; nothing is left to promise or to acknowledge")]
    Resolved(String),
    #[error("a commitment to {until} lies in the past; give a later date")]
    InThePast { until: Timestamp },
    #[error("a commitment to {until} is too late; this level allows {latest} at the latest")]
    TooLate { until: Timestamp, latest: Timestamp },
    #[error(
        "{by} already committed to {until} at level {level}; one commitment a level is allowed"
    )]
    AlreadyCommitted { by: String, until: Timestamp, level: Level },
    #[error("escalation {id} stands at level {found}; no notice of level {level} was sent")]
    NotThatFar { id: String, level: Level, found: Level },
}

impl Escalation {
    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn cause_key(&self) -> &str {
        &self.cause_key
    }

    /// The highest level that was raised.
    pub fn level(&self) -> Level {
        self.level
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub fn raised_at(&self) -> Timestamp {
        self.raised_at
    }

    pub fn sla_due(&self) -> Option<Timestamp> {
        self.sla_due
    }

    pub fn acknowledged(&self) -> Option<&Acknowledgement> {
        self.acknowledged.as_ref()
    }

    /// Every commitment, the earliest first.
    pub fn commitments(&self) -> &[Commitment] {
        &self.commitments
    }

    /// Whether a fact has ended it.
    pub fn is_resolved(&self) -> bool {
        matches!(self.state, State::Resolved { .. })
    }

    /// Whether nobody could be told: the front page shows it as an error.
    pub fn is_unheard(&self) -> bool {
        matches!(self.state, State::Unheard { .. })
    }

    /// The instant at which [`Escalation::advance`] must be called next. `None` when resolved, when
    /// the highest level's window runs without a promise, and while nobody could be told (only an
    /// acceptance, a person or a fact moves it then).
    pub fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Telling { since } => Some(after(since, self.policy.unheard_after)),
            State::Waiting { heard_at } => self.next_level_at(heard_at),
            State::Committed { until, .. } | State::FixMerged { until, .. } => Some(until),
            State::Unheard { .. } | State::Resolved { .. } => None,
        }
    }

    /// Who hears `level`, and how.
    pub fn notices(&self, level: Level) -> Vec<Notice> {
        let notice = |kind| move |role| Notice { level, role, kind };
        match level {
            Level::L1 => self.first_to.iter().copied().map(notice(NoticeKind::Nudge)).collect(),
            Level::L2 => [Role::VpEngineering, Role::Ciso].map(notice(NoticeKind::Flag)).to_vec(),
            Level::L3 => vec![notice(NoticeKind::Question)(Role::Cto)],
        }
    }

    /// What happens if nothing happens: the levels still to come, each with its earliest instant,
    /// assuming that every notice is accepted at once and every promise is broken.
    pub fn outlook(&self) -> Vec<(Timestamp, Level)> {
        let mut steps = Vec::new();
        let mut level = self.level;
        let mut at = match self.state {
            State::Telling { since } | State::Unheard { since, .. } => {
                self.window_end(level, since)
            }
            State::Waiting { heard_at } => self.window_end(level, heard_at),
            State::Committed { until, .. } => until,
            State::FixMerged { heard_at, until } => self.window_end(level, heard_at).max(until),
            State::Resolved { .. } => return steps,
        };
        while let Some(next) = level.next() {
            steps.push((at, next));
            level = next;
            at = self.window_end(level, at);
        }
        steps
    }

    /// When the level above is due, from the instant at which this one was heard.
    fn next_level_at(&self, heard_at: Timestamp) -> Option<Timestamp> {
        self.level.next().map(|_| self.window_end(self.level, heard_at))
    }

    /// The end of a level's window: `L2 = max(L1, min(L1 + 48 h, SLA due))`,
    /// `L3 = max(L2, SLA due) + 48 h`, counted from the instants at which the notices were
    /// accepted. The top level has a window too, against which its commitment is measured.
    fn window_end(&self, level: Level, heard_at: Timestamp) -> Timestamp {
        match (level, self.sla_due) {
            (Level::L1, Some(sla)) => heard_at.max(after(heard_at, self.policy.to_l2).min(sla)),
            (Level::L1, None) => after(heard_at, self.policy.to_l2),
            (Level::L2, Some(sla)) => after(heard_at.max(sla), self.policy.to_l3),
            (Level::L2 | Level::L3, _) => after(heard_at, self.policy.to_l3),
        }
    }
}

/// The key that makes a notice happen in effect once, whatever is retried: it names the thing, not
/// the attempt. `escalation/E-42/L2/person-7/email`; a stand-down has a place of its own.
pub fn idempotency_key(escalation: &str, notice: &Notice, person: &str, channel: &str) -> String {
    match notice.kind {
        NoticeKind::StandDown => format!("escalation/{escalation}/resolved/{person}/{channel}"),
        _ => format!("escalation/{escalation}/{}/{person}/{channel}", notice.level),
    }
}

fn after(instant: Timestamp, duration: SignedDuration) -> Timestamp {
    instant.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

/// Every role that was told so far, once.
fn told(escalation: &Escalation) -> BTreeSet<Role> {
    let levels = Level::ALL.into_iter().filter(|level| *level <= escalation.level);
    levels.flat_map(|level| escalation.notices(level)).map(|notice| notice.role).collect()
}
