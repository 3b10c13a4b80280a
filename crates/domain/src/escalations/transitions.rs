//! The transitions: each consumes the escalation and returns the new one with what it caused.
//!
//! What the world does (time passing, a channel accepting, a fix merged, facts clearing) is never
//! refused and may be said twice; what a person asks for may be refused.

use jiff::Timestamp;

use super::{
    Acknowledgement, Commitment, Escalation, Event, Level, Notice, NoticeKind, Outcome, Raise,
    Refusal, Resolution, State, after, told,
};

impl Escalation {
    /// Raises level 1, and level 2 with it when the SLA was already past at detection.
    pub fn raise(raise: Raise, now: Timestamp) -> Outcome {
        let breached = raise.sla_due.is_some_and(|due| due < now);
        let escalation = Escalation {
            id: raise.id,
            cause_key: raise.cause_key,
            first_to: raise.first_to,
            policy: raise.policy,
            raised_at: now,
            sla_due: raise.sla_due,
            level: if breached { Level::L2 } else { Level::L1 },
            state: State::Telling { since: now },
            acknowledged: None,
            commitments: Vec::new(),
            merged_at: None,
        };
        let mut events = vec![Event::Raised { at: now, level: Level::L1 }];
        let mut notices = escalation.notices(Level::L1);
        if breached {
            events.push(Event::Climbed { at: now, from: Level::L1, to: Level::L2 });
            notices.extend(escalation.notices(Level::L2));
        }
        Outcome { escalation, events, notices }
    }

    /// Lets time pass until `now`: climbs at most one level. Safe at any time and any number of
    /// times; nothing happens before [`Escalation::due`].
    pub fn advance(self, now: Timestamp) -> Outcome {
        if self.due().is_none_or(|due| now < due) {
            return Outcome::unchanged(self);
        }
        match self.state {
            State::Telling { since } => self.give_up_on_channels(since, now),
            State::Waiting { .. } => self.climb(Vec::new(), now),
            State::Committed { heard_at, until } => self.break_commitment(heard_at, until, now),
            State::FixMerged { heard_at, .. } => {
                let ended = Event::PauseEnded { at: now };
                let waiting = self.into_state(State::Waiting { heard_at });
                match waiting.due() {
                    Some(due) if due <= now => waiting.climb(vec![ended], now),
                    _ => Outcome { escalation: waiting, events: vec![ended], notices: Vec::new() },
                }
            }
            State::Unheard { .. } | State::Resolved { .. } => Outcome::unchanged(self),
        }
    }

    /// A channel accepted a notice of `level`: the level's window starts. Said again, or about a
    /// level below, it changes nothing.
    pub fn accepted(self, level: Level, at: Timestamp) -> Result<Outcome, Refusal> {
        if level > self.level {
            return Err(Refusal::NotThatFar { id: self.id, level, found: self.level });
        }
        if level < self.level {
            return Ok(Outcome::unchanged(self));
        }
        Ok(self.heard(at))
    }

    /// Somebody has seen it. The clock goes on; who acts on a notice has heard it, though.
    pub fn acknowledge(self, by: &str, at: Timestamp) -> Result<Outcome, Refusal> {
        if self.is_resolved() {
            return Err(Refusal::Resolved(self.id));
        }
        let mut outcome = self.heard(at);
        outcome.events.push(Event::Acknowledged { at, by: by.to_owned() });
        outcome.escalation.acknowledged = Some(Acknowledgement { by: by.to_owned(), at });
        Ok(outcome)
    }

    /// Promises a date: the clock pauses until `until`, and the next level follows at once when the
    /// promise is broken. Once per level, at most 48 h past the end of the level's window.
    pub fn commit(self, by: &str, until: Timestamp, at: Timestamp) -> Result<Outcome, Refusal> {
        if self.is_resolved() {
            return Err(Refusal::Resolved(self.id));
        }
        if until <= at {
            return Err(Refusal::InThePast { until });
        }
        if let Some(earlier) = self.commitments.iter().find(|one| one.level == self.level) {
            let Commitment { by, until, level, .. } = earlier.clone();
            return Err(Refusal::AlreadyCommitted { by, until, level });
        }
        let heard_at = self.heard_at().unwrap_or(at);
        let latest = self.latest_commitment(at);
        if until > latest {
            return Err(Refusal::TooLate { until, latest });
        }
        let mut outcome = self.heard(at);
        outcome.events.push(Event::Committed { at, by: by.to_owned(), until });
        let escalation = &mut outcome.escalation;
        let level = escalation.level;
        escalation.commitments.push(Commitment { level, by: by.to_owned(), until, at });
        // A merged fix already pauses until the SLA date: the longer pause counts.
        let merged_until = match escalation.state {
            State::FixMerged { until, .. } => Some(until),
            _ => None,
        };
        if merged_until.is_none_or(|merged| merged < until) {
            escalation.state = State::Committed { heard_at, until };
        }
        Ok(outcome)
    }

    /// The latest date that a commitment made at `at` may name.
    pub fn latest_commitment(&self, at: Timestamp) -> Timestamp {
        let end = self.window_end(self.level, self.heard_at().unwrap_or(at));
        after(end, self.policy.commitment_reach)
    }

    /// A fix was merged: the clock pauses until the SLA date. After that date it pauses nothing.
    pub fn fix_merged(self, at: Timestamp) -> Outcome {
        if self.is_resolved() || self.merged_at.is_some() {
            return Outcome::unchanged(self);
        }
        let mut escalation = Escalation { merged_at: Some(at), ..self };
        escalation.pause_for_fix(at);
        Outcome { escalation, events: vec![Event::FixMerged { at }], notices: Vec::new() }
    }

    /// The SLA date moved (another score, the KEV list, a reopening): what is due follows. A level
    /// that was raised stays raised.
    pub fn sla_moved(self, to: Option<Timestamp>, at: Timestamp) -> Outcome {
        if self.is_resolved() || self.sla_due == to {
            return Outcome::unchanged(self);
        }
        let from = self.sla_due;
        let mut escalation = Escalation { sla_due: to, ..self };
        if let State::FixMerged { heard_at, .. } = escalation.state {
            escalation.state = State::Waiting { heard_at };
        }
        escalation.pause_for_fix(at);
        let events = vec![Event::SlaMoved { at, from, to }];
        Outcome { escalation, events, notices: Vec::new() }
    }

    /// A fact ended it: everybody who was told hears so. Said again it changes nothing.
    pub fn resolve(self, by: Resolution, at: Timestamp) -> Outcome {
        if self.is_resolved() {
            return Outcome::unchanged(self);
        }
        let level = self.level;
        let notice = |role| Notice { level, role, kind: NoticeKind::StandDown };
        let notices = told(&self).into_iter().map(notice).collect();
        let escalation = self.into_state(State::Resolved { at, by });
        Outcome { escalation, events: vec![Event::Resolved { at, by }], notices }
    }

    fn into_state(self, state: State) -> Escalation {
        Escalation { state, ..self }
    }

    /// When the present level was heard; `None` while it is not.
    fn heard_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Waiting { heard_at }
            | State::Committed { heard_at, .. }
            | State::FixMerged { heard_at, .. } => Some(heard_at),
            State::Telling { .. } | State::Unheard { .. } | State::Resolved { .. } => None,
        }
    }

    fn heard(self, at: Timestamp) -> Outcome {
        let since = match self.state {
            State::Telling { since } | State::Unheard { since, .. } => since,
            _ => return Outcome::unchanged(self),
        };
        let level = self.level;
        // A channel's clock may lie; nothing is heard before it was sent.
        let heard_at = at.max(since);
        let mut escalation = self.into_state(State::Waiting { heard_at });
        escalation.pause_for_fix(heard_at);
        let events = vec![Event::Heard { at: heard_at, level }];
        Outcome { escalation, events, notices: Vec::new() }
    }

    /// Pauses a running window, or a shorter promise, when a fix is merged and the SLA date is
    /// still to come.
    fn pause_for_fix(&mut self, now: Timestamp) {
        let (Some(_), Some(until)) = (self.merged_at, self.sla_due) else {
            return;
        };
        if until <= now {
            return;
        }
        match self.state {
            State::Waiting { heard_at } => self.state = State::FixMerged { heard_at, until },
            State::Committed { heard_at, until: promised } if promised < until => {
                self.state = State::FixMerged { heard_at, until };
            }
            _ => {}
        }
    }

    fn give_up_on_channels(self, since: Timestamp, now: Timestamp) -> Outcome {
        let level = self.level;
        let escalation = self.into_state(State::Unheard { since, noticed_at: now });
        let events = vec![Event::NobodyCouldBeTold { at: now, level }];
        Outcome { escalation, events, notices: Vec::new() }
    }

    fn break_commitment(self, heard_at: Timestamp, until: Timestamp, now: Timestamp) -> Outcome {
        let by = self.commitments.last().map(|one| one.by.clone()).unwrap_or_default();
        let broken = Event::CommitmentBroken { at: now, by, until };
        self.into_state(State::Waiting { heard_at }).climb(vec![broken], now)
    }

    /// One level up; at the top nobody is left on this chain, and the window simply goes on.
    fn climb(self, mut events: Vec<Event>, now: Timestamp) -> Outcome {
        let from = self.level;
        let Some(to) = from.next() else {
            return Outcome { escalation: self, events, notices: Vec::new() };
        };
        let state = State::Telling { since: now };
        let escalation = Escalation { level: to, state, ..self };
        events.push(Event::Climbed { at: now, from, to });
        let notices = escalation.notices(to);
        Outcome { escalation, events, notices }
    }
}
