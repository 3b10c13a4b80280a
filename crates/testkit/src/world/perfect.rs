//! The same year in a perfect world, and what must be the same in both.
//!
//! Faults may delay what the watch notices, so that a finding that is closed in time is never
//! warned of; they may not change what became of it. The rule to remember: what people and
//! pipelines did decides the ledgers, the check-ins, the records and what is missed; the post and
//! the dying nodes decide only when somebody heard it.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Actor;
use domain::findings::{Entry, Event, State};
use domain::objectives::{ReadingSource, Values};
use jiff::{SignedDuration, Timestamp};
use operations::{findings, imports, objectives, organisations, rituals};
use store::escalations::Shown;
use store::objectives::Which;

use super::{TICKS_TO_REST, World};
use crate::script::{Deed, Done};

/// Rows of a page; more than a year makes.
const PAGE: u32 = 100_000;
/// Both worlds are compared a day later, when every value of the day before is read.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_hours(26);

impl World {
    /// Lives what took effect here once more in the perfect world `pure`, and compares.
    ///
    /// # Errors
    ///
    /// The first thing that faults changed and may not.
    pub async fn compare(&mut self, mut pure: World) -> Result<(), String> {
        pure.faults = false;
        pure.office.be_perfect();
        for done in self.script.deeds() {
            pure.relive(done).await?;
        }
        let end = self.latest.max(self.now()).saturating_add(SETTLED_AFTER);
        let end = end.map_err(|error| error.to_string())?;
        self.settle(end).await?;
        pure.settle(end).await?;
        let (lived, perfect) = (self.ledgers().await?, pure.ledgers().await?);
        same("the ledgers", &lived.entries, &perfect.entries)?;
        same("what was said and read", &self.said().await?, &pure.said().await?)?;
        same("the rituals", &self.records().await?, &pure.records().await?)?;
        self.compare_firings(&pure, &lived.merged).await
    }

    async fn relive(&mut self, done: &Done) -> Result<(), String> {
        self.set(done.latest);
        self.watch_once().await?;
        self.set(done.at);
        let (app, operator) = (self.nodes.app(0), &Actor::Operator);
        let outcome = match &done.deed {
            Deed::Import(request) => {
                imports::import(&app, operator, request.clone()).await.map(|_| ())
            }
            Deed::FixMerged { actor, finding } => {
                findings::fix_merged(&app, actor, finding, "change 7").await.map(|_| ())
            }
            Deed::CheckIn { actor, key_result, input } => {
                objectives::check_in(&app, actor, key_result, input.clone()).await.map(|_| ())
            }
            Deed::Hold { actor, ritual, on } => {
                rituals::record(&app, actor, ritual, Some(*on), "").await.map(|_| ())
            }
            Deed::Playbook => {
                objectives::load_playbook(&app, operator, "ciso", None).await.map(|_| ())
            }
            Deed::Apply { text } => organisations::apply(&app, operator, text).await.map(|_| ()),
        };
        let (at, deed) = (done.at, &done.deed);
        outcome.map_err(|refusal| format!("a perfect world declined {deed:?} at {at}: {refusal}"))
    }

    fn set(&self, at: Timestamp) {
        self.clock.move_by(at.duration_since(self.now()));
    }

    /// Lets the watch look until nothing is left to do at `at`.
    async fn settle(&mut self, at: Timestamp) -> Result<(), String> {
        self.set(at);
        for _ in 0..TICKS_TO_REST {
            if self.watch_once().await? {
                return Ok(());
            }
        }
        Err(format!("{TICKS_TO_REST} ticks did not come to rest at {at}"))
    }

    /// What became of every finding, without when it was written down, who held it at a breach and
    /// whether it was warned of: those depend on when the watch looked.
    async fn ledgers(&self) -> Result<Ledgers, String> {
        let mut session = self.session().await?;
        let filter = findings::Filter { states: findings::States::All, ..Default::default() };
        let sort = findings::Sort::Newest;
        let listed = store::findings::list(&mut session, &filter, sort, None, PAGE).await;
        let mut ledgers = Ledgers::default();
        for finding in self.read(listed)?.0 {
            let number = store::findings::number_of(&finding.id).unwrap_or_default();
            let ledger = self.read(store::findings::ledger(&mut session, number).await)?;
            if finding.clock.state == State::FixMerged {
                ledgers.merged.insert(finding.id.clone());
            }
            let told = ledger.iter().filter(|entry| entry.event != Event::Warned).map(told);
            ledgers.entries.insert(format!("{} {}", finding.id, finding.service), told.collect());
        }
        Ok(ledgers)
    }

    /// Check-ins, typed readings and the last computed ones, of every quarter.
    async fn said(&self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let mut session = self.session().await?;
        let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for quarter in self.read(store::objectives::quarters(&mut session).await)? {
            let which = Which::Quarter(quarter);
            let key_results =
                self.read(store::objectives::key_results(&mut session, which).await)?;
            let check_ins =
                self.read(store::objectives::all_check_ins(&mut session, which).await)?;
            let readings = self.read(store::objectives::all_readings(&mut session, which).await)?;
            for key_result in key_results {
                let lines = said.entry(key_result.id.to_string()).or_default();
                let own = check_ins.get(&key_result.id).into_iter().flatten();
                lines.extend(own.map(|check_in| format!("{check_in:?}")));
                let read: Vec<_> = readings.get(&key_result.id).into_iter().flatten().collect();
                let typed = read.iter().filter(|one| one.source == ReadingSource::Typed);
                lines.extend(typed.map(|reading| format!("{reading:?}")));
                if key_result.values != Values::Typed {
                    lines.extend(read.last().map(|reading| format!("computed: {}", reading.value)));
                }
            }
        }
        Ok(said)
    }

    async fn records(&self) -> Result<BTreeMap<String, Vec<String>>, String> {
        let mut session = self.session().await?;
        let records = store::rituals::since(&mut session, jiff::civil::Date::constant(2020, 1, 1));
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in self.read(records.await)? {
            told.entry(record.ritual.to_string()).or_default().push(format!("{record:?}"));
        }
        Ok(told)
    }

    /// What fired here fired there; what stands is the same. A finding whose fix was merged before
    /// the watch saw its warning stands in one world only.
    async fn compare_firings(&self, pure: &World, merged: &BTreeSet<String>) -> Result<(), String> {
        let (lived, perfect) = (self.causes().await?, pure.causes().await?);
        let is_fact = |cause: &&String| {
            cause.starts_with("missed_cadence/") || cause.starts_with("dependency_sla_breach/F-")
        };
        if let Some(cause) = lived.keys().filter(is_fact).find(|it| !perfect.contains_key(*it)) {
            return Err(format!("{cause} fired, and in a perfect world nothing did"));
        }
        let is_merged =
            |cause: &&String| merged.iter().any(|id| cause.contains(&format!("/{id}/")));
        let standing = |causes: &BTreeMap<String, bool>| {
            let standing = causes.iter().filter(|(_, stands)| **stands).map(|(cause, _)| cause);
            let facts = standing.filter(is_fact).filter(|cause| !is_merged(cause));
            facts.cloned().collect::<Vec<String>>()
        };
        let one = |standing: Vec<String>| BTreeMap::from([("standing".to_owned(), standing)]);
        same("what stands", &one(standing(&lived)), &one(standing(&perfect)))
    }

    /// Every cause that ever fired, and whether it stands.
    async fn causes(&self) -> Result<BTreeMap<String, bool>, String> {
        let mut session = self.session().await?;
        let all = store::escalations::page(&mut session, Shown::All, None, PAGE).await;
        let mut causes = BTreeMap::new();
        for stored in self.read(all)? {
            let firing = self.read(store::triggers::one(&mut session, &stored.firing).await)?;
            let Some(firing) = firing else { continue };
            let stands = firing.cleared_at.is_none();
            *causes.entry(firing.firing.cause_key).or_insert(false) |= stands;
        }
        Ok(causes)
    }
}

#[derive(Default)]
struct Ledgers {
    entries: BTreeMap<String, Vec<String>>,
    /// Those with a merged fix that waits for its scan.
    merged: BTreeSet<String>,
}

fn told(entry: &Entry) -> String {
    match &entry.event {
        Event::Breached { .. } => format!("{} breached", entry.at),
        other => format!("{} {other:?}", entry.at),
    }
}

fn same(
    what: &str,
    lived: &BTreeMap<String, Vec<String>>,
    perfect: &BTreeMap<String, Vec<String>>,
) -> Result<(), String> {
    let names: BTreeSet<&String> = lived.keys().chain(perfect.keys()).collect();
    match names.into_iter().find(|name| lived.get(*name) != perfect.get(*name)) {
        None => Ok(()),
        Some(name) => Err(format!(
            "{what} of {name} differ: lived {:#?}, in a perfect world {:#?}",
            lived.get(name),
            perfect.get(name)
        )),
    }
}
