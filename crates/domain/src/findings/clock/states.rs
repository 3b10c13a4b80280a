//! The states of a clock, as words.

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Open,
    /// A fix is merged and waits for a scan that verifies it; the deadline still runs.
    FixMerged,
    /// Verified by a later scan or a VEX statement.
    Fixed,
    FalsePositive,
    NotAffected,
    /// Under an exception: the clock stands still.
    Accepted,
    /// The same weakness as another finding under another name; that one's clock goes on.
    Merged,
    /// The import that told of it was undone, and nothing else sees it.
    Withdrawn,
}

impl State {
    /// Every state, in the order of a finding's life.
    pub const ALL: [State; 8] = [
        State::Open,
        State::FixMerged,
        State::Fixed,
        State::FalsePositive,
        State::NotAffected,
        State::Accepted,
        State::Merged,
        State::Withdrawn,
    ];

    /// The word used in the API and in SQL.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::FixMerged => "fix_merged",
            State::Fixed => "fixed",
            State::FalsePositive => "false_positive",
            State::NotAffected => "not_affected",
            State::Accepted => "accepted",
            State::Merged => "merged",
            State::Withdrawn => "withdrawn",
        }
    }

    /// The state a word stands for.
    pub fn from_word(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether somebody has to do something: time is used up unless the clock is paused.
    pub fn is_running(self) -> bool {
        matches!(self, State::Open | State::FixMerged)
    }

    /// Whether it is over, at least for now.
    pub fn is_closed(self) -> bool {
        !self.is_running() && self != State::Accepted
    }
}

/// How a running clock stands to its deadline, as far as somebody has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timeliness {
    InTime,
    PastDue,
    /// Its band has no deadline.
    NoDeadline,
}

impl Timeliness {
    /// Every value.
    pub const ALL: [Timeliness; 3] =
        [Timeliness::InTime, Timeliness::PastDue, Timeliness::NoDeadline];

    /// The word used in SQL.
    pub fn word(self) -> &'static str {
        match self {
            Timeliness::InTime => "in_time",
            Timeliness::PastDue => "past_due",
            Timeliness::NoDeadline => "no_deadline",
        }
    }

    /// The value a word stands for.
    pub fn from_word(word: &str) -> Option<Timeliness> {
        Timeliness::ALL.into_iter().find(|timeliness| timeliness.word() == word)
    }
}

/// Whose word closed a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    Report,
    Person,
}

impl ClosedBy {
    /// The word used in SQL.
    pub fn word(self) -> &'static str {
        match self {
            ClosedBy::Report => "report",
            ClosedBy::Person => "person",
        }
    }

    /// The value a word stands for.
    pub fn from_word(word: &str) -> Option<ClosedBy> {
        [ClosedBy::Report, ClosedBy::Person].into_iter().find(|by| by.word() == word)
    }
}
