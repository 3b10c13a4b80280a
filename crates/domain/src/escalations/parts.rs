//! An escalation taken apart for storage, and put together again with every check.
//!
//! Columns hold words, numbers and instants; nothing here knows SQL. A row that contradicts itself
//! is refused with what was found, rather than read as something it is not.

use jiff::{SignedDuration, Timestamp};

use super::{Acknowledgement, Commitment, Escalation, Level, Policy, Resolution, Role, State};

/// An escalation in plain parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    pub id: String,
    pub cause_key: String,
    /// Role words.
    pub first_to: Vec<String>,
    /// 1 to 3.
    pub level: u8,
    /// A word of [`State::word`].
    pub state: String,
    pub raised_at: Timestamp,
    pub sla_due: Option<Timestamp>,
    /// When the present level's notices went out (`telling`, `unheard`).
    pub since: Option<Timestamp>,
    /// When it was noticed that nobody could be told (`unheard`).
    pub noticed_at: Option<Timestamp>,
    /// When the present level was heard (`waiting`, `committed`, `fix_merged`).
    pub heard_at: Option<Timestamp>,
    /// Until when it is paused (`committed`, `fix_merged`).
    pub paused_until: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    /// A word of [`Resolution::word`].
    pub resolution: Option<String>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_at: Option<Timestamp>,
    pub merged_at: Option<Timestamp>,
    /// At most one per level: level, by, until, at.
    pub commitments: Vec<(u8, String, Timestamp, Timestamp)>,
    /// Seconds of the frozen policy, in the order of its fields.
    pub policy_seconds: [i64; 4],
}

/// Why parts do not make an escalation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    #[error("escalation {id}: `{found}` is not a {what}; the row was written by something else")]
    UnknownWord { id: String, what: &'static str, found: String },
    #[error("escalation {id} is {state} but has no {what}; the row is incomplete")]
    Missing { id: String, state: String, what: &'static str },
}

impl Escalation {
    /// Takes the escalation apart.
    pub fn into_parts(self) -> Parts {
        let (mut since, mut noticed_at, mut heard_at, mut paused_until) = (None, None, None, None);
        let (mut resolved_at, mut resolution) = (None, None);
        match self.state {
            State::Telling { since: from } => since = Some(from),
            State::Unheard { since: from, noticed_at: at } => {
                (since, noticed_at) = (Some(from), Some(at));
            }
            State::Waiting { heard_at: at } => heard_at = Some(at),
            State::Committed { heard_at: at, until } | State::FixMerged { heard_at: at, until } => {
                (heard_at, paused_until) = (Some(at), Some(until));
            }
            State::Resolved { at, by } => {
                (resolved_at, resolution) = (Some(at), Some(by.word().to_owned()));
            }
        }
        let (acknowledged_by, acknowledged_at) =
            self.acknowledged.map(|seen| (seen.by, seen.at)).unzip();
        let commitments = self.commitments.into_iter();
        let seconds = [
            self.policy.to_l2,
            self.policy.to_l3,
            self.policy.commitment_reach,
            self.policy.unheard_after,
        ];
        Parts {
            id: self.id,
            cause_key: self.cause_key,
            first_to: self.first_to.iter().map(|role| role.word().to_owned()).collect(),
            level: self.level.number(),
            state: self.state.word().to_owned(),
            raised_at: self.raised_at,
            sla_due: self.sla_due,
            since,
            noticed_at,
            heard_at,
            paused_until,
            resolved_at,
            resolution,
            acknowledged_by,
            acknowledged_at,
            merged_at: self.merged_at,
            commitments: commitments
                .map(|one| (one.level.number(), one.by, one.until, one.at))
                .collect(),
            policy_seconds: seconds.map(|duration| duration.as_secs()),
        }
    }

    /// Puts an escalation together again.
    pub fn from_parts(parts: Parts) -> Result<Escalation, PartsError> {
        let state = parts.read_state()?;
        let level = parts.read_level(parts.level)?;
        let first_to = parts
            .first_to
            .iter()
            .map(|word| Role::from_word(word).ok_or_else(|| parts.unknown("role", word.clone())));
        let first_to = first_to.collect::<Result<_, _>>()?;
        let mut commitments = Vec::with_capacity(parts.commitments.len());
        for (level, by, until, at) in &parts.commitments {
            let level = parts.read_level(*level)?;
            commitments.push(Commitment { level, by: by.clone(), until: *until, at: *at });
        }
        let [to_l2, to_l3, commitment_reach, unheard_after] =
            parts.policy_seconds.map(SignedDuration::from_secs);
        let acknowledged = parts.acknowledged_by.zip(parts.acknowledged_at);
        Ok(Escalation {
            id: parts.id,
            cause_key: parts.cause_key,
            first_to,
            policy: Policy { to_l2, to_l3, commitment_reach, unheard_after },
            raised_at: parts.raised_at,
            sla_due: parts.sla_due,
            level,
            state,
            acknowledged: acknowledged.map(|(by, at)| Acknowledgement { by, at }),
            commitments,
            merged_at: parts.merged_at,
        })
    }
}

impl Parts {
    fn read_state(&self) -> Result<State, PartsError> {
        let since = || self.need(self.since, "since");
        let heard_at = || self.need(self.heard_at, "heard_at");
        let until = || self.need(self.paused_until, "paused_until");
        Ok(match self.state.as_str() {
            "telling" => State::Telling { since: since()? },
            "unheard" => {
                let noticed_at = self.need(self.noticed_at, "noticed_at")?;
                State::Unheard { since: since()?, noticed_at }
            }
            "waiting" => State::Waiting { heard_at: heard_at()? },
            "committed" => State::Committed { heard_at: heard_at()?, until: until()? },
            "fix_merged" => State::FixMerged { heard_at: heard_at()?, until: until()? },
            "resolved" => {
                let word = self.resolution.clone().unwrap_or_default();
                let by = Resolution::from_word(&word);
                let by = by.ok_or_else(|| self.unknown("resolution", word))?;
                State::Resolved { at: self.need(self.resolved_at, "resolved_at")?, by }
            }
            other => return Err(self.unknown("state", other.to_owned())),
        })
    }

    fn read_level(&self, number: u8) -> Result<Level, PartsError> {
        Level::from_number(number).ok_or_else(|| self.unknown("level", number.to_string()))
    }

    fn need(&self, at: Option<Timestamp>, what: &'static str) -> Result<Timestamp, PartsError> {
        let (id, state) = (self.id.clone(), self.state.clone());
        at.ok_or(PartsError::Missing { id, state, what })
    }

    fn unknown(&self, what: &'static str, found: String) -> PartsError {
        PartsError::UnknownWord { id: self.id.clone(), what, found }
    }
}
