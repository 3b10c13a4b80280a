//! What must hold after every step of a simulated year.
//!
//! A checker reads what is stored through the store's own functions, recomputes what can be
//! recomputed, and remembers what may never be taken back. The rule to remember: cheap checks run
//! after every step, ledgers are replayed when their finding's version moved and all of them when
//! [`Depth::All`] is asked for.

use std::collections::{BTreeMap, BTreeSet};

use domain::escalations::{Level, State};
use domain::findings::{Band, Clock, Known, Rules, Timeliness, replay};
use domain::notices::NoticeState;
use domain::people::Organisation;
use domain::policy::{BandDays, SlaMatrices, SlaMatrix};
use jiff::Timestamp;
use store::escalations::Shown;
use store::findings::{Stored, Stream, name_of};
use store::{Session, StoreError};

use crate::post::Office;

/// Rows of a page; more than a year makes.
const PAGE: u32 = 100_000;

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What changed since the last look.
    Changes,
    /// Everything.
    All,
}

/// What must be the same before an interrupted operation and after it, unless it happened whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Version and entries of each finding.
    findings: BTreeMap<i64, (i64, i64)>,
    /// The name of the newest import.
    pub newest_import: Option<String>,
}

/// Remembers what was seen, so that nothing is taken back unseen.
#[derive(Default)]
pub struct Checkers {
    versions: BTreeMap<i64, i64>,
    /// The number of the finding's clock, and when it was breached.
    breaches: BTreeMap<i64, (u32, Timestamp)>,
    /// Version and level.
    escalations: BTreeMap<String, (i64, Level)>,
    /// Notices that were accepted or failed.
    settled: BTreeSet<String>,
    /// How many looks there were.
    pub looks: u64,
}

/// Why a check failed, or could not be made.
fn unread(error: StoreError) -> String {
    format!("a checker could not read: {error}")
}

impl Checkers {
    /// Looks at what is stored.
    ///
    /// # Errors
    ///
    /// The first thing that must not be.
    pub async fn look(
        &mut self,
        session: &mut Session,
        office: &Office,
        organisation: &Organisation,
        depth: Depth,
    ) -> Result<(), String> {
        self.looks += 1;
        let findings = all_findings(session).await?;
        self.ledgers(session, organisation, &findings, depth).await?;
        identities(&findings)?;
        tallies(session, &findings).await?;
        self.notices(session, office, depth).await?;
        self.escalations(session, depth).await
    }

    async fn ledgers(
        &mut self,
        session: &mut Session,
        organisation: &Organisation,
        findings: &[(String, Stored<Known>)],
        depth: Depth,
    ) -> Result<(), String> {
        let policies = matrices(organisation)?;
        let rules = Rules { policies: &policies, zone: &organisation.zone };
        for (_, stored) in findings {
            let number = stored.number;
            let before = self.versions.insert(number, stored.version);
            if before.is_some_and(|before| before > stored.version) {
                return Err(format!("{}: its version went back", name_of(number)));
            }
            self.breach(number, &stored.value.clock)?;
            if before == Some(stored.version) && depth == Depth::Changes {
                continue;
            }
            let ledger = store::findings::ledger(session, number).await.map_err(unread)?;
            if ledger.len() as i64 != stored.entries {
                let (kept, counted) = (ledger.len(), stored.entries);
                return Err(format!("{}: {kept} entries, counted {counted}", name_of(number)));
            }
            let clock = replay(&ledger, &rules)
                .map_err(|refused| format!("{}: its ledger: {refused}", name_of(number)))?;
            if clock != stored.value.clock {
                let stored = &stored.value.clock;
                let name = name_of(number);
                return Err(format!("{name}: stored {stored:?}, its ledger comes to {clock:?}"));
            }
        }
        Ok(())
    }

    /// A breach stays as long as its clock.
    fn breach(&mut self, number: i64, clock: &Clock) -> Result<(), String> {
        let known = self.breaches.get(&number).filter(|(nth, _)| *nth == clock.recurrence);
        if let Some((_, at)) = known
            && clock.breached_at != Some(*at)
        {
            let (name, now) = (name_of(number), clock.breached_at);
            return Err(format!("{name}: was breached at {at}, is now {now:?}"));
        }
        if let Some(at) = clock.breached_at {
            self.breaches.insert(number, (clock.recurrence, at));
        }
        Ok(())
    }

    async fn notices(
        &mut self,
        session: &mut Session,
        office: &Office,
        depth: Depth,
    ) -> Result<(), String> {
        let wanted = (depth == Depth::Changes).then_some(NoticeState::Queued);
        let page = store::notices::page(session, wanted, None, PAGE).await.map_err(unread)?;
        let mut keys = BTreeSet::new();
        for queued in &page {
            let key = &queued.notice.key;
            if !keys.insert(key) {
                return Err(format!("{key} is in the outbox twice"));
            }
            match queued.state {
                NoticeState::Queued if queued.due_at.is_none() => {
                    return Err(format!("{key} is queued, but nobody will look at it again"));
                }
                NoticeState::Queued if self.settled.contains(key) => {
                    return Err(format!("{key} was settled and is queued again"));
                }
                NoticeState::Accepted if !office.has_reached(key) => {
                    return Err(format!("{key} is accepted, but it never reached its reader"));
                }
                NoticeState::Queued => {}
                NoticeState::Accepted | NoticeState::Failed => {
                    self.settled.insert(key.clone());
                }
            }
        }
        Ok(())
    }

    async fn escalations(&mut self, session: &mut Session, depth: Depth) -> Result<(), String> {
        let shown = if depth == Depth::All { Shown::All } else { Shown::Open };
        let page = store::escalations::page(session, shown, None, PAGE).await.map_err(unread)?;
        let due = store::escalations::due(session, Timestamp::MAX, PAGE).await.map_err(unread)?;
        let due: BTreeMap<String, Timestamp> = due.into_iter().collect();
        for stored in &page {
            let escalation = &stored.escalation;
            let (id, level) = (escalation.id(), escalation.level());
            let known = self.escalations.insert(id.to_owned(), (stored.version, level));
            if known.is_some_and(|(_, before)| before > level) {
                return Err(format!("{id} went down to {level}"));
            }
            if due.get(id).copied() != escalation.due() {
                let (kept, wanted) = (due.get(id), escalation.due());
                return Err(format!("{id}: due_at is {kept:?}, its state wants {wanted:?}"));
            }
            if known.is_some_and(|(version, _)| version == stored.version) {
                continue;
            }
            one_level_at_a_time(session, id).await?;
            waits_for_something(session, id, escalation.state(), level).await?;
        }
        Ok(())
    }
}

/// A matter is told to one level at a time; only the first two may hear it together.
async fn one_level_at_a_time(session: &mut Session, id: &str) -> Result<(), String> {
    let mut levels: BTreeMap<Timestamp, BTreeSet<u8>> = BTreeMap::new();
    for telling in store::escalations::told(session, id).await.map_err(unread)? {
        if telling.kind != "stand_down" {
            levels.entry(telling.at).or_default().insert(telling.level);
        }
    }
    let several = levels.iter().find(|(_, at)| at.len() > 1 && !at.iter().eq([&1, &2]));
    several.map_or(Ok(()), |(at, levels)| Err(format!("{id}: at {at} told levels {levels:?}")))
}

/// What is not over waits for a time, a message, a person at the last level, or the hourly look at
/// what nobody heard.
async fn waits_for_something(
    session: &mut Session,
    id: &str,
    state: &State,
    level: Level,
) -> Result<(), String> {
    let is_waiting = match state {
        State::Telling { .. } | State::Committed { .. } | State::FixMerged { .. } => true,
        State::Waiting { .. } => true,
        State::Resolved { .. } => true,
        State::Unheard { .. } => {
            let mark = store::triggers::mark_of(session, "unheard").await.map_err(unread)?;
            mark.is_some() || level.next().is_none()
        }
    };
    if is_waiting { Ok(()) } else { Err(format!("{id} is {} and waits for nothing", state.word())) }
}

/// The organisation's signed numbers, read here on their own.
fn matrices(organisation: &Organisation) -> Result<SlaMatrices, String> {
    let versions = organisation.sla.iter().map(|declared| SlaMatrix {
        effective_from: declared.effective_from,
        days: BandDays {
            critical: Some(declared.days.critical),
            high: Some(declared.days.high),
            medium: Some(declared.days.medium),
            low: declared.days.low,
        },
        signatories: Vec::new(),
    });
    SlaMatrices::new(versions.collect()).map_err(|refused| refused.to_string())
}

/// Every finding with its service.
async fn all_findings(session: &mut Session) -> Result<Vec<(String, Stored<Known>)>, String> {
    let nobody = Stream { tool: String::new(), scope: String::new() };
    let mut findings = Vec::new();
    for service in store::services::all(session).await.map_err(unread)? {
        let known = store::findings::known(session, &service.name, &nobody).await;
        let known = known.map_err(unread)?.into_iter();
        findings.extend(known.map(|stored| (service.name.clone(), stored)));
    }
    Ok(findings)
}

fn identities(findings: &[(String, Stored<Known>)]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (service, stored) in findings {
        if !seen.insert((service, stored.value.identity.as_str())) {
            let name = name_of(stored.number);
            return Err(format!("{name}: another finding in {service} has its identity"));
        }
    }
    Ok(())
}

async fn tallies(
    session: &mut Session,
    findings: &[(String, Stored<Known>)],
) -> Result<(), String> {
    let mut counted: BTreeMap<(String, Band, Timeliness), u64> = BTreeMap::new();
    for (service, stored) in findings {
        let clock = &stored.value.clock;
        if let Some(timeliness) = clock.timeliness() {
            *counted.entry((service.clone(), clock.band, timeliness)).or_default() += 1;
        }
    }
    let kept = store::findings::by_service(session).await.map_err(unread)?;
    let kept: BTreeMap<_, _> = kept
        .into_iter()
        .map(|(service, _, tally)| ((service, tally.band, tally.timeliness), tally.findings))
        .collect();
    if kept == counted {
        return Ok(());
    }
    Err(format!("the tallies are {kept:?}, a recount gives {counted:?}"))
}

/// What an interrupted operation is compared by.
///
/// # Errors
///
/// When it cannot be read.
pub async fn picture(session: &mut Session) -> Result<Picture, String> {
    let findings = all_findings(session).await?.into_iter();
    let findings = findings.map(|(_, stored)| (stored.number, (stored.version, stored.entries)));
    let findings = findings.collect();
    let newest = store::imports::page(session, None, None, None, 1).await.map_err(unread)?;
    let newest_import = newest.into_iter().next().map(|import| import.id);
    Ok(Picture { findings, newest_import })
}

impl Picture {
    /// Whether the findings stand as they did in `other`.
    pub fn has_the_findings_of(&self, other: &Picture) -> bool {
        self.findings == other.findings
    }
}

/// After a tick that found nothing to do, nothing may be due.
///
/// # Errors
///
/// The first thing that is.
pub async fn nothing_is_due(session: &mut Session, now: Timestamp) -> Result<(), String> {
    let late = |what: &str| Err(format!("after a quiet tick at {now} {what} is still due"));
    if let Some(stored) = store::findings::due(session, now, 1).await.map_err(unread)?.first() {
        return late(&name_of(stored.number));
    }
    if let Some((id, _)) = store::escalations::due(session, now, 1).await.map_err(unread)?.first() {
        return late(id);
    }
    if let Some((name, _)) =
        store::triggers::marks_due(session, now, 1).await.map_err(unread)?.first()
    {
        return late(name);
    }
    if let Some((id, _)) =
        store::objectives::to_read(session, now, 1).await.map_err(unread)?.first()
    {
        return late(id.as_str());
    }
    if let Some((id, _)) =
        store::objectives::to_remind(session, now, 1).await.map_err(unread)?.first()
    {
        return late(id.as_str());
    }
    let queued = Some(NoticeState::Queued);
    let queued = store::notices::page(session, queued, None, PAGE).await.map_err(unread)?;
    match queued.iter().find(|queued| queued.due_at.is_some_and(|at| at <= now)) {
        Some(queued) => late(&queued.notice.key),
        None => Ok(()),
    }
}
