//! An import undone: what each finding of its service comes to without it.
//!
//! What the import wrote into ledgers is void, and the rest is read again; what its report said is
//! replaced by what the report before it had said. The rule to remember: no clock is invented. What
//! the ledger without the import comes to holds, or the undoing is refused by the finding's name;
//! and what nobody sees any more does not stay open.

use jiff::Timestamp;

use super::clock::{Clock, LedgerRefused, Rules, apply, replay, settled};
use super::ledger::{Entry, Event, Grounds, StopReason};
use super::reconcile::{Known, Sighting, sighting};
use super::{Assessment, Incoming, prevailing};

/// An import that is undone.
#[derive(Clone, Copy, Debug)]
pub struct Undoing<'a> {
    /// `I-7`
    pub import: &'a str,
    /// Who undoes it.
    pub person: &'a str,
    pub now: Timestamp,
    /// The report of the same tool and scope that holds again; none = there was none.
    pub before: Option<Before<'a>>,
}

/// The report that holds again.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// In order of identity.
    pub incoming: &'a [Incoming],
    /// It was read whole and covered its scope, so that absence meant something.
    pub complete: bool,
}

/// What becomes of one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Undone {
    pub finding: String,
    /// To be added to its ledger; may be empty.
    pub entries: Vec<Entry>,
    /// After the entries.
    pub clock: Clock,
    pub assessment: Assessment,
    /// What this tool and scope say again; none = what they said is removed.
    pub sighting: Option<Sighting>,
    /// The place in the report before, whose description is taken over again.
    pub describe: Option<usize>,
}

impl Undoing<'_> {
    /// What becomes of `known`; none where nothing does. `ledger` is its whole ledger, or empty
    /// where the import wrote nothing into it.
    ///
    /// # Errors
    ///
    /// A ledger that cannot be read without the import's entries.
    pub fn outcome(
        &self,
        known: &Known,
        ledger: &[Entry],
        rules: &Rules,
    ) -> Result<Option<Undone>, LedgerRefused> {
        let wrote = ledger.iter().any(|entry| self.wrote(entry));
        if known.sighting.is_none() && !wrote {
            return Ok(None);
        }
        let mut writer =
            Writer { undoing: self, known, rules, clock: known.clock, entries: vec![] };
        if wrote {
            writer.take_back(ledger)?;
        }
        let is_begun_here = ledger.first().is_some_and(|entry| self.wrote(entry));
        let told = self.told(known);
        let sighting = match told {
            Some((_, told)) => Some(sighting(told)),
            None => self.unseen(known, is_begun_here, writer.clock.state.is_closed()),
        };
        let here = sighting.as_ref().filter(|seen| seen.present).map(|seen| seen.assessment);
        let seen = prevailing(known.elsewhere.into_iter().chain(here));
        let assessment = seen.unwrap_or(known.assessment);
        let was_seen = known.sighting.as_ref().is_some_and(|before| before.present);
        match seen {
            Some(assessment) => writer.reband(assessment)?,
            None if was_seen || wrote => writer.stop(is_begun_here)?,
            None => {}
        }
        let Writer { clock, entries, .. } = writer;
        let is_same_sight = sighting == known.sighting;
        if entries.is_empty() && is_same_sight && assessment == known.assessment {
            return Ok(None);
        }
        let describe = told.filter(|_| !is_same_sight).map(|(place, _)| place);
        let finding = known.finding.clone();
        Ok(Some(Undone { finding, entries, clock, assessment, sighting, describe }))
    }

    fn wrote(&self, entry: &Entry) -> bool {
        entry.import.as_deref() == Some(self.import)
    }

    /// What the report before says of it, where this tool and scope have spoken of it at all.
    fn told(&self, known: &Known) -> Option<(usize, &Incoming)> {
        known.sighting.as_ref()?;
        let incoming = self.before?.incoming;
        let place = incoming.binary_search_by(|told| told.identity.cmp(&known.identity)).ok()?;
        Some((place, &incoming[place]))
    }

    /// The report before does not have it. A report of a part does not tell what is gone: what is
    /// open stays in sight then, until a whole report settles it.
    fn unseen(&self, known: &Known, is_begun_here: bool, is_closed: bool) -> Option<Sighting> {
        let before = self.before.filter(|_| !is_begun_here)?;
        let sighting = known.sighting.clone()?;
        Some(Sighting { present: !before.complete && !is_closed, ..sighting })
    }
}

/// Adds to the ledger of one finding.
struct Writer<'a> {
    undoing: &'a Undoing<'a>,
    known: &'a Known,
    rules: &'a Rules<'a>,
    clock: Clock,
    entries: Vec<Entry>,
}

impl Writer<'_> {
    fn at(&self) -> Timestamp {
        self.undoing.now.max(self.clock.last_at)
    }

    /// Makes void what the import wrote, and reads the ledger again.
    fn take_back(&mut self, ledger: &[Entry]) -> Result<(), LedgerRefused> {
        let undone = Event::ImportUndone { import: self.undoing.import.to_owned() };
        let undone = Entry::new(self.at(), self.undoing.now, undone);
        let whole: Vec<Entry> = ledger.iter().cloned().chain([undone.clone()]).collect();
        self.clock = replay(&whole, self.rules)?;
        self.entries.push(undone);
        Ok(())
    }

    /// Adds an event; before it the breach, where one has come and nobody has noted it.
    fn write(&mut self, event: Event) -> Result<(), LedgerRefused> {
        let (at, now) = (self.at(), self.undoing.now);
        let (clock, owed) = settled(self.clock, &self.known.custody, at, self.rules)?;
        self.entries.extend(owed.into_iter().map(|entry| Entry { recorded_at: now, ..entry }));
        let entry = Entry::new(at, now, event);
        self.clock = apply(Some(clock), &entry, self.rules)?;
        self.entries.push(entry);
        Ok(())
    }

    fn reband(&mut self, assessment: Assessment) -> Result<(), LedgerRefused> {
        let Assessment { band, score, .. } = assessment;
        if self.clock.state.is_closed() || band == self.clock.band {
            return Ok(());
        }
        self.write(Event::Rebanded { band, score })
    }

    /// Nobody sees it any more: withdrawn where only this import had begun it, else fixed as the
    /// other tools had said.
    fn stop(&mut self, is_begun_here: bool) -> Result<(), LedgerRefused> {
        if self.clock.state.is_closed() {
            return Ok(());
        }
        let (person, import) = (self.undoing.person.to_owned(), self.undoing.import);
        let note = format!("{import} was undone, and nothing else sees it");
        let grounds = Grounds::Person { person, note };
        let reason = if is_begun_here { StopReason::Withdrawn } else { StopReason::VerifiedFixed };
        self.write(Event::Stopped { reason, grounds })
    }
}
