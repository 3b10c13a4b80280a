//! One report against what is known: what is new, what is gone, what came back.
//!
//! The one rule to remember: closing is never implied by a partial report. Absence closes only
//! within the same tool and scope, only when the report was read whole, and only what no other
//! tool or scope still sees; and when more than half of at least 20 open findings would vanish at
//! once, the whole import waits for a person, its new findings too, because a report that lost
//! half of its content is not to be trusted with the other half. The same report again gives an
//! empty plan. Nothing here is applied; the plan is saved whole or not at all.

use jiff::Timestamp;

use super::clock::{Clock, ClosedBy, LedgerRefused, Rules, State, apply, settled};
use super::custody::{Custody, Holder, Owned};
use super::ledger::{Entry, Event, Grounds, StopReason};
use super::{
    Assessment, Band, Identity, Incoming, Location, Package, ScoreSource, Severity, Standing,
    prevailing,
};

/// From so many open findings on, a report that loses more than half of them is held.
pub const HELD_FROM: usize = 20;

/// The import whose report is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name of the import, and the SHA-256 of its report: the grounds of a closing.
    pub import: String,
    pub digest: String,
    /// When the scan was made; entries of the ledger have this time.
    pub at: Timestamp,
    pub recorded_at: Timestamp,
    /// The latest `at` among earlier imports of this service, tool and scope.
    pub latest: Option<Timestamp>,
    /// The report was read whole and covers its scope, so that absence means something.
    pub complete: bool,
    /// What is less severe than this is not opened when it is new; what is known already is kept
    /// up as ever, because the report tells of it all the same. None = everything is opened.
    pub opens_from: Option<Severity>,
    /// A person said that what vanished is to be closed.
    pub force: bool,
    /// The report is a VEX document, and this person stands for it: it says what is no matter,
    /// whatever tools see. It sees nothing itself, and what it does not name means nothing.
    pub statement_of: Option<String>,
}

impl Import {
    /// Older than a report that was taken in already: it can tell of new things, but neither close
    /// nor change what the newer one told of.
    fn is_outdated(&self) -> bool {
        self.latest.is_some_and(|latest| self.at < latest)
    }

    /// What a closing by this report rests on.
    fn grounds(&self) -> Grounds {
        let Import { import, digest, .. } = self;
        match &self.statement_of {
            Some(person) => Grounds::Person {
                person: person.clone(),
                note: format!("VEX document of {import}, SHA-256 {digest}"),
            },
            None => Grounds::Import { import: import.clone(), digest: digest.clone() },
        }
    }

    fn entry(&self, at: Timestamp, event: Event) -> Entry {
        Entry { import: Some(self.import.clone()), ..Entry::new(at, self.recorded_at, event) }
    }

    /// Whether what is told becomes a finding where none is known. It is severe enough when either
    /// the tool's word or the band that its score gives is: nothing bad falls out by its label.
    fn opens(&self, told: &Incoming) -> bool {
        let Assessment { score, source, band } = told.assessment;
        let is_rated = source != ScoreSource::Label && score != Some(0.0);
        let is_severe = self.opens_from.is_none_or(|least| {
            let by_score = is_rated && band >= Band::of_label(least);
            by_score || told.observation.severity >= least
        });
        is_severe && told.observation.standing == Standing::Present
    }
}

/// What one tool, in one scope, last said of a finding: a row of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// Seen in the latest report of that tool and scope.
    pub present: bool,
    pub assessment: Assessment,
    /// [`Incoming::digest`] of what was told.
    pub digest: String,
    /// The first place, in one line.
    pub place: Option<String>,
    /// The version of the package.
    pub version: Option<String>,
}

/// A finding with all its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub id: String,
    pub service: String,
    pub identity: Identity,
    pub title: String,
    pub ids: Vec<String>,
    pub cwes: Vec<u32>,
    pub vector: Option<String>,
    pub package: Option<Package>,
    pub places: Vec<Location>,
    pub rule: Option<String>,
    pub description: Option<String>,
    /// What prevails among those who see it; its band is the clock's.
    pub assessment: Assessment,
    pub clock: Clock,
    /// Who holds it; no team = the unassigned queue.
    pub custody: Custody,
    /// The rule that gave it to its team.
    pub owner_rule: Option<String>,
}

impl Finding {
    /// A finding just created from a report.
    pub fn created(
        id: impl Into<String>,
        service: impl Into<String>,
        incoming: &Incoming,
        clock: Clock,
    ) -> Finding {
        let mut finding = Finding {
            id: id.into(),
            service: service.into(),
            identity: incoming.identity.clone(),
            title: String::new(),
            ids: Vec::new(),
            cwes: Vec::new(),
            vector: None,
            package: None,
            places: Vec::new(),
            rule: None,
            description: None,
            assessment: incoming.assessment,
            clock,
            custody: Custody::default(),
            owner_rule: None,
        };
        finding.describe(incoming);
        finding
    }

    /// Takes over what a report tells of it; the clock and the assessment are not touched.
    pub fn describe(&mut self, incoming: &Incoming) {
        let told = &incoming.observation;
        self.title.clone_from(&told.title);
        self.ids.clone_from(&told.ids);
        self.cwes.clone_from(&told.cwes);
        self.vector.clone_from(&told.vector);
        self.package.clone_from(&told.package);
        self.places.clone_from(&incoming.places);
        self.rule.clone_from(&told.rule);
        self.description.clone_from(&told.description);
    }
}

/// What must be known of a finding to compare it with a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub finding: String,
    pub identity: Identity,
    pub clock: Clock,
    pub assessment: Assessment,
    pub custody: Custody,
    /// What this tool said of it in this scope before.
    pub sighting: Option<Sighting>,
    /// What prevails among all other tools and scopes that see it now; none = no other sees it.
    pub elsewhere: Option<Assessment>,
}

/// What one report changes. Created and changed findings are in order of identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// When given, the import waits for a person and nothing else is in the plan.
    pub held: Option<Held>,
    pub created: Vec<Created>,
    pub changed: Vec<Changed>,
    pub counts: Counts,
}

/// Why an import waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Open findings of this tool and scope that the report does not have.
    pub vanished: usize,
    /// All open findings of this tool and scope.
    pub open: usize,
}

/// How many findings of the report, or of those it lost, met which fate; each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub created: usize,
    pub reopened: usize,
    pub rebanded: usize,
    pub refreshed: usize,
    /// Another tool or scope sees it, or one of several does not any more.
    pub seen: usize,
    pub closed: usize,
    pub unchanged: usize,
    /// Not known and, as the report itself says, not present, or less severe than was asked for:
    /// there is nothing to open.
    pub passed_over: usize,
}

/// A finding to create.
#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    /// Its place among the incoming.
    pub incoming: usize,
    pub entries: Vec<Entry>,
    pub clock: Clock,
    pub sighting: Sighting,
    /// Who gets it.
    pub owned: Owned,
}

/// What happened to a known finding; the first that fits, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Closed,
    Reopened,
    Rebanded,
    /// What is told of it changed: a version, a text, a line, a score within its band.
    Refreshed,
    /// Only who sees it changed.
    Seen,
}

impl Change {
    /// The word used in the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Change::Closed => "closed",
            Change::Reopened => "reopened",
            Change::Rebanded => "rebanded",
            Change::Refreshed => "refreshed",
            Change::Seen => "seen",
        }
    }
}

/// A known finding to save.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub finding: String,
    pub change: Change,
    /// The place among the incoming whose description is to be taken over; none = it stays.
    pub describe: Option<usize>,
    /// To be added to the ledger; may be empty.
    pub entries: Vec<Entry>,
    /// After the entries.
    pub clock: Clock,
    pub assessment: Assessment,
    /// What this tool and scope say now.
    pub sighting: Sighting,
}

/// Compares one report with what is known.
///
/// `incoming` comes from [`super::fold`] (in order of identity); `known` in any order, each once:
/// the service's findings whose identity is among the incoming, and those that this tool and scope
/// had present. `owned` says who gets what is new. Takes n·log n steps.
///
/// # Errors
///
/// Only when a known clock contradicts its own ledger, for example after damage to the store.
pub fn reconcile(
    import: &Import,
    incoming: &[Incoming],
    known: impl IntoIterator<Item = Known>,
    owned: &dyn Fn(&Incoming) -> Owned,
    rules: &Rules,
) -> Result<Plan, LedgerRefused> {
    let mut known: Vec<Known> = known.into_iter().collect();
    known.sort_by(|left, right| left.identity.cmp(&right.identity));
    let places: Vec<Option<usize>> = known.iter().map(|known| place_of(known, incoming)).collect();
    if let Some(held) = held(import, &known, &places) {
        return Ok(Plan { held: Some(held), ..Plan::default() });
    }
    let mut plan = Plan::default();
    let mut is_known = vec![false; incoming.len()];
    for (known, place) in known.into_iter().zip(places) {
        if let Some(place) = place {
            is_known[place] = true;
        }
        let told = place.map(|place| (place, &incoming[place]));
        let compared = Comparison { import, rules, known }.outcome(told)?;
        plan.add(compared, place);
    }
    for (place, told) in incoming.iter().enumerate().filter(|&(place, _)| !is_known[place]) {
        if import.opens(told) && import.statement_of.is_none() {
            plan.created.push(create(import, (place, told), owned(told), rules)?);
            plan.counts.created += 1;
        } else {
            plan.counts.passed_over += 1;
        }
    }
    Ok(plan)
}

impl Plan {
    fn add(&mut self, changed: Option<Changed>, place: Option<usize>) {
        let Some(changed) = changed else {
            // What neither this report nor the one before it had is none of its business.
            self.counts.unchanged += usize::from(place.is_some());
            return;
        };
        let count = match changed.change {
            Change::Closed => &mut self.counts.closed,
            Change::Reopened => &mut self.counts.reopened,
            Change::Rebanded => &mut self.counts.rebanded,
            Change::Refreshed => &mut self.counts.refreshed,
            Change::Seen => &mut self.counts.seen,
        };
        *count += 1;
        self.changed.push(changed);
    }
}

fn place_of(known: &Known, incoming: &[Incoming]) -> Option<usize> {
    incoming.binary_search_by(|told| told.identity.cmp(&known.identity)).ok()
}

fn held(import: &Import, known: &[Known], places: &[Option<usize>]) -> Option<Held> {
    if !import.complete || import.force || import.is_outdated() {
        return None;
    }
    let is_open = |known: &Known| {
        known.clock.state.is_running() && known.sighting.as_ref().is_some_and(|seen| seen.present)
    };
    let here = known.iter().zip(places).filter(|(known, _)| is_open(known));
    let (open, vanished) = here.fold((0, 0), |(open, vanished), (_, place)| {
        (open + 1, vanished + usize::from(place.is_none()))
    });
    (open >= HELD_FROM && vanished * 2 > open).then_some(Held { vanished, open })
}

fn create(
    import: &Import,
    (place, told): (usize, &Incoming),
    owned: Owned,
    rules: &Rules,
) -> Result<Created, LedgerRefused> {
    let Assessment { band, score, .. } = told.assessment;
    let event = Event::Started { band, score, holder: owned.team.clone().map(Holder::Team) };
    let started = import.entry(import.at, event);
    let clock = apply(None, &started, rules)?;
    let sighting = sighting(told);
    Ok(Created { incoming: place, entries: vec![started], clock, sighting, owned })
}

pub(super) fn sighting(told: &Incoming) -> Sighting {
    Sighting {
        present: told.observation.standing == Standing::Present,
        assessment: told.assessment,
        digest: told.digest.clone(),
        place: told.place(),
        version: told.version().map(str::to_owned),
    }
}

/// One known finding beside what the report says, or does not say, of it.
struct Comparison<'a> {
    import: &'a Import,
    rules: &'a Rules<'a>,
    known: Known,
}

impl<'a> Comparison<'a> {
    /// What changes; none where nothing does.
    fn outcome(self, told: Option<(usize, &Incoming)>) -> Result<Option<Changed>, LedgerRefused> {
        if self.import.is_outdated() {
            return Ok(None);
        }
        match told {
            None => self.absent(),
            Some((place, told)) => match stop_reason(told.observation.standing) {
                None if self.import.statement_of.is_some() => self.retracted(told),
                None => self.present(place, told),
                Some(reason) => self.settled(told, reason),
            },
        }
    }

    /// The report does not have it.
    fn absent(self) -> Result<Option<Changed>, LedgerRefused> {
        let here = self.known.sighting.clone().filter(|seen| seen.present);
        let Some(here) = here.filter(|_| self.import.complete) else {
            return Ok(None);
        };
        self.gone(Sighting { present: false, ..here }, StopReason::VerifiedFixed).map(Some)
    }

    /// The report has it and says that it is over; that counts from a partial report too.
    fn settled(
        self,
        told: &Incoming,
        reason: StopReason,
    ) -> Result<Option<Changed>, LedgerRefused> {
        let sighting = sighting(told);
        let is_news = self.known.sighting.as_ref().is_some_and(|before| *before != sighting);
        let would_stop = !self.known.clock.state.is_closed() && self.known.elsewhere.is_none();
        if is_news || would_stop { self.gone(sighting, reason).map(Some) } else { Ok(None) }
    }

    /// This tool and scope do not see it any more; `sighting` says so.
    fn gone(self, sighting: Sighting, reason: StopReason) -> Result<Changed, LedgerRefused> {
        let assessment = self.known.elsewhere.unwrap_or(self.known.assessment);
        let is_open = !self.known.clock.state.is_closed();
        let closes = is_open && self.known.elsewhere.is_none();
        let mut writer = self.writer();
        if closes {
            let grounds = writer.import.grounds();
            writer.write(Event::Stopped { reason, grounds })?;
        } else if is_open {
            writer.reband(assessment)?;
        }
        let change = match (closes, writer.entries.is_empty()) {
            (true, _) => Change::Closed,
            (false, false) => Change::Rebanded,
            (false, true) if assessment != writer.known.assessment => Change::Refreshed,
            (false, true) => Change::Seen,
        };
        Ok(writer.changed(change, None, assessment, sighting))
    }

    /// A VEX document says that it is a matter; that is news only where one said that it is none.
    fn retracted(self, told: &Incoming) -> Result<Option<Changed>, LedgerRefused> {
        let Clock { state, closed_by, .. } = self.known.clock;
        let set_aside = matches!(state, State::FalsePositive | State::NotAffected)
            && closed_by == Some(ClosedBy::Person);
        if !set_aside || self.known.sighting.is_none() {
            return Ok(None);
        }
        let assessment = self.known.assessment;
        let mut writer = self.writer();
        writer.write(Event::Reopened)?;
        let sighting = Sighting { present: false, ..sighting(told) };
        Ok(Some(writer.changed(Change::Reopened, None, assessment, sighting)))
    }

    /// The report has it.
    fn present(self, place: usize, told: &Incoming) -> Result<Option<Changed>, LedgerRefused> {
        let reopens = match self.returns() {
            Return::Open | Return::Stays => false,
            Return::Reopens => true,
            Return::SeenBefore => return Ok(None),
        };
        let sighting = sighting(told);
        let first_sight = self.known.sighting.as_ref().is_none_or(|before| !before.present);
        let is_same = self.known.sighting.as_ref() == Some(&sighting);
        let others = self.known.elsewhere;
        let describe = !is_same && (others.is_none() || !first_sight);
        let assessment =
            prevailing(others.into_iter().chain([told.assessment])).unwrap_or(told.assessment);
        let is_other_score = assessment != self.known.assessment;
        if is_same && !reopens && !is_other_score {
            return Ok(None);
        }
        let mut writer = self.writer();
        if reopens {
            writer.write(Event::Reopened)?;
        }
        writer.reband(assessment)?;
        let change = match (reopens, writer.entries.is_empty()) {
            (true, _) => Change::Reopened,
            (false, false) => Change::Rebanded,
            (false, true) if describe || is_other_score => Change::Refreshed,
            (false, true) => Change::Seen,
        };
        Ok(Some(writer.changed(change, describe.then_some(place), assessment, sighting)))
    }

    fn writer(self) -> Writer<'a> {
        let Comparison { import, rules, known } = self;
        Writer { import, rules, clock: known.clock, known, entries: Vec::new() }
    }

    /// What it means that a finding in its state is seen.
    fn returns(&self) -> Return {
        let clock = &self.known.clock;
        match (clock.state, clock.closed_by) {
            (State::Open | State::FixMerged, _) => Return::Open,
            (State::Accepted | State::Merged, _) => Return::Stays,
            (State::Withdrawn, _) => Return::Reopens,
            (State::FalsePositive | State::NotAffected, Some(ClosedBy::Person)) => Return::Stays,
            (State::Fixed | State::FalsePositive | State::NotAffected, _) => {
                let was_before = clock.closed_at.is_some_and(|closed| self.import.at < closed);
                if was_before { Return::SeenBefore } else { Return::Reopens }
            }
        }
    }
}

/// What a sighting means for a finding in its state.
enum Return {
    /// It is open anyway.
    Open,
    /// A person's judgement stands against any report.
    Stays,
    Reopens,
    /// The scan was made before the finding was closed.
    SeenBefore,
}

fn stop_reason(standing: Standing) -> Option<StopReason> {
    match standing {
        Standing::Present => None,
        Standing::Fixed => Some(StopReason::VerifiedFixed),
        Standing::FalsePositive => Some(StopReason::FalsePositive),
        Standing::NotAffected => Some(StopReason::NotAffected),
    }
}

/// Adds to the ledger of one known finding.
struct Writer<'a> {
    import: &'a Import,
    rules: &'a Rules<'a>,
    known: Known,
    clock: Clock,
    entries: Vec<Entry>,
}

impl Writer<'_> {
    /// Adds an event at the time of the scan, or at that of the last entry where this is later;
    /// before it the breach, where one has come and nobody has noted it.
    fn write(&mut self, event: Event) -> Result<(), LedgerRefused> {
        let at = self.import.at.max(self.clock.last_at);
        let recorded_at = self.import.recorded_at;
        let (clock, owed) = settled(self.clock, &self.known.custody, at, self.rules)?;
        self.entries.extend(owed.into_iter().map(|entry| Entry { recorded_at, ..entry }));
        let entry = self.import.entry(at, event);
        self.clock = apply(Some(clock), &entry, self.rules)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Moves an open clock to the band of `assessment`.
    fn reband(&mut self, assessment: Assessment) -> Result<(), LedgerRefused> {
        let Assessment { band, score, .. } = assessment;
        if self.clock.state.is_closed() || band == self.clock.band {
            return Ok(());
        }
        self.write(Event::Rebanded { band, score })
    }

    fn changed(
        self,
        change: Change,
        describe: Option<usize>,
        assessment: Assessment,
        sighting: Sighting,
    ) -> Changed {
        let Writer { known, clock, entries, .. } = self;
        Changed { finding: known.finding, change, describe, entries, clock, assessment, sighting }
    }
}

#[cfg(test)]
#[path = "reconcile_tests.rs"]
mod tests;
