//! What the last action did, told once on the next page.
//!
//! A cookie carries one word of a fixed set across the redirect; no text of anybody travels.

use crate::pages::{Flash, Meaning};

/// What can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    SignedOut,
    CheckedIn,
    RitualRecorded,
    ExceptionRequested,
    ExceptionDecided,
    Committed,
    FixRecorded,
    HandedOver,
    Paused,
    Resumed,
    CauseJudged,
    ImportTaken,
    ImportUnchanged,
    ImportHeld,
    Closed,
    Undone,
    TokenRevoked,
}

impl Told {
    const ALL: [Told; 17] = [
        Told::SignedOut,
        Told::CheckedIn,
        Told::RitualRecorded,
        Told::ExceptionRequested,
        Told::ExceptionDecided,
        Told::Committed,
        Told::FixRecorded,
        Told::HandedOver,
        Told::Paused,
        Told::Resumed,
        Told::CauseJudged,
        Told::ImportTaken,
        Told::ImportUnchanged,
        Told::ImportHeld,
        Told::Closed,
        Told::Undone,
        Told::TokenRevoked,
    ];

    /// The word in the cookie.
    pub(crate) fn word(self) -> &'static str {
        self.parts().0
    }

    pub(crate) fn from_word(word: &str) -> Option<Told> {
        Told::ALL.into_iter().find(|told| told.word() == word)
    }

    /// How it reads.
    pub(crate) fn flash(self) -> Flash {
        let (_, meaning, text) = self.parts();
        Flash { meaning, text: text.to_owned(), link: None }
    }

    fn parts(self) -> (&'static str, Meaning, &'static str) {
        use Meaning::{Bending, Holding, Plain};
        match self {
            Told::SignedOut => ("signed-out", Plain, "You are signed out."),
            Told::CheckedIn => ("checked-in", Holding, "Your check-in is kept."),
            Told::RitualRecorded => ("ritual-recorded", Holding, "Your record is kept."),
            Told::ExceptionRequested => {
                ("exception-requested", Holding, "Asked for. Another person decides.")
            }
            Told::ExceptionDecided => ("exception-decided", Holding, "Your decision is kept."),
            Told::Committed => {
                ("committed", Holding, "Your date is kept. The climb pauses until it passes.")
            }
            Told::FixRecorded => (
                "fix-recorded",
                Holding,
                "The merged fix is recorded. A later scan closes the finding.",
            ),
            Told::HandedOver => {
                ("handed-over", Holding, "It is handed over. The hours from now on are theirs.")
            }
            Told::Paused => ("paused", Holding, "The clock stands still until that day is over."),
            Told::Resumed => ("resumed", Holding, "The clock goes on."),
            Told::CauseJudged => (
                "cause-judged",
                Holding,
                "Your judgement is kept. What was frozen stays in the ledger.",
            ),
            Told::ImportTaken => ("import-taken", Holding, "The report was taken."),
            Told::ImportUnchanged => {
                ("import-unchanged", Plain, "This report was taken before; nothing changed.")
            }
            Told::ImportHeld => (
                "import-held",
                Bending,
                "The report was taken. It would close more than half of what is open, so \
                 closing waits for you.",
            ),
            Told::Closed => ("closed", Holding, "What the report no longer has is closed."),
            Told::Undone => {
                ("undone", Holding, "The import is undone. Clocks are as if it had never come.")
            }
            Told::TokenRevoked => ("token-revoked", Holding, "The token acts for nobody now."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_and_no_other() {
        for told in Told::ALL {
            assert_eq!(Told::from_word(told.word()), Some(told));
        }
        assert_eq!(Told::from_word("<script>"), None);
    }
}
