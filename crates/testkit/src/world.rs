//! A simulated year of a small organisation: what people, scanners, clocks and failures do to the
//! real product. One seed decides everything.

mod deeds;
mod perfect;

use std::sync::Arc;

use domain::access::{Actor, Scope};
use domain::people::{Organisation, PersonId};
use jiff::{SignedDuration, Timestamp};
use operations::duties::tick;
use operations::imports::{ImportOutcome, ImportRequest};
use operations::ports::Clock;
use operations::{App, Refusal, imports, organisations};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Database, Session, Settings, StoreError};

use crate::checkers::{Checkers, Depth, Picture, nothing_is_due, picture};
use crate::nodes::{NODES, Nodes, SetClock};
use crate::post::Office;
use crate::scanners::Scanner;
use crate::script::{Deed, Script};
use crate::story::Story;

/// The first morning: a Monday, 09:00 in Copenhagen.
const FIRST: &str = "2026-03-02T08:00:00Z";
/// The example organisation of the manual, which has twelve people and three services.
const ORGANISATION: &str = include_str!("../../../docs/examples/organisation.toml");
/// Two more services, one of which nobody declares: the first import creates it.
const SERVICES: [&str; 5] = ["core-api", "ledger", "build-farm", "payouts", "backoffice"];
const PAYOUTS: &str =
    "\n[[services]]\nname = \"payouts\"\nowner = \"platform\"\ntier = 2\nproduction = false\n";
/// The example's rituals and its audit are for the next fiscal year; here they begin at once.
const NEARER: [(&str, &str); 3] = [
    ("starts = 2027-02-01", "starts = 2026-03-02"),
    ("begins = 2027-10-04", "begins = 2026-05-18"),
    ("ends = 2027-10-15", "ends = 2026-05-29"),
];
/// On this day the organisation is applied anew with another SLA matrix.
const POLICY_DAY: u32 = 20;
/// How many statements an operation that dies gets to run at most.
const LONGEST_LIFE: u64 = 70;
/// How many ticks must bring everything to rest once nothing fails any more.
const TICKS_TO_REST: usize = 12;
/// How many earlier reports are kept to be sent again.
const REPORTS_KEPT: usize = 20;

/// What came of one operation on a node.
#[derive(Debug)]
enum Came<T> {
    Done(T),
    /// The product declined, with its reason.
    Declined,
    /// The node died in it and was started again.
    Interrupted,
}

/// Everything there is in one simulated year.
pub struct World {
    pub story: Story,
    pub checkers: Checkers,
    pub nodes: Nodes,
    pub office: Arc<Office>,
    chance: ChaCha8Rng,
    clock: Arc<SetClock>,
    database: Database,
    organisation: Organisation,
    /// The organisation as text, without who owns what.
    text: String,
    scanners: Vec<Scanner>,
    sent: Vec<ImportRequest>,
    /// What took effect so far.
    pub script: Script,
    /// The latest instant that the clock showed.
    latest: Timestamp,
    faults: bool,
    _directory: tempfile::TempDir,
}

impl World {
    /// A new company on an empty SQLite database.
    ///
    /// # Errors
    ///
    /// What went wrong before anything could.
    pub async fn new(seed: u64) -> Result<World, String> {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = directory.path().join("watchbell.db").to_string_lossy().into_owned();
        World::at(&path, directory, seed).await
    }

    /// A new company on a new database of the PostgreSQL server at `server`.
    ///
    /// # Errors
    ///
    /// What went wrong before anything could.
    pub async fn on_postgresql(server: &str, seed: u64) -> Result<World, String> {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        let address = crate::fresh_postgres(server, directory.path()).await;
        World::at(&address, directory, seed).await
    }

    async fn at(address: &str, directory: tempfile::TempDir, seed: u64) -> Result<World, String> {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let start: Timestamp = FIRST.parse().map_err(|error| format!("{error}"))?;
        let clock = Arc::new(SetClock::new(start));
        let settings = Settings { careless: true, ..Settings::default() };
        let database = Database::open(address, settings, start).await;
        let database = database.map_err(|error| error.to_string())?;
        let office = Arc::new(Office::new(seed, clock.clone()));
        let nodes = Nodes::new(database.clone(), clock.clone(), office.clone());
        let text = format!("{ORGANISATION}{PAYOUTS}");
        let text = NEARER.iter().fold(text, |text, (far, near)| text.replace(far, near));
        let organisation = formats::organisation::read(&text).map_err(|_| "the organisation")?;
        let scanners = scanners(&mut chance);
        let applied = organisations::apply(&nodes.app(0), &Actor::Operator, &text).await;
        applied.map_err(|refusal| refusal.to_string())?;
        Ok(World {
            story: Story::default(),
            checkers: Checkers::default(),
            nodes,
            office,
            chance,
            clock,
            database,
            organisation,
            text,
            scanners,
            sent: Vec::new(),
            script: Script::default(),
            latest: start,
            faults: true,
            _directory: directory,
        })
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Whether a running clock stands under the second SLA matrix.
    pub async fn has_another_policy(&self) -> bool {
        let first = self.organisation.sla.first().map(|matrix| matrix.effective_from);
        let Ok(mut session) = self.session().await else { return false };
        let filter = operations::findings::Filter {
            states: operations::findings::States::All,
            ..Default::default()
        };
        let sort = operations::findings::Sort::Newest;
        let listed = store::findings::list(&mut session, &filter, sort, None, 500).await;
        listed.is_ok_and(|(page, _)| page.iter().any(|it| Some(it.clock.policy) != first))
    }

    /// A connection that never fails.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn session(&self) -> Result<Session, String> {
        self.database.read().await.map_err(|error| error.to_string())
    }

    /// The database without any faults: for checks, and for damage in the tests of the checks.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Lives through so many days, then lets everything come to rest.
    ///
    /// # Errors
    ///
    /// The first thing that must not be.
    pub async fn live(&mut self, days: u32) -> Result<(), String> {
        for day in 0..days {
            self.day(day).await?;
        }
        self.rest().await
    }

    async fn day(&mut self, day: u32) -> Result<(), String> {
        if day.is_multiple_of(30) {
            self.playbook().await?;
        }
        if day >= POLICY_DAY && self.organisation.sla.len() == 1 {
            self.change_policy().await?;
        }
        for _ in 0..self.chance.random_range(3..7_u32) {
            let minutes = self.chance.random_range(20..420_i64);
            self.clock.move_by(SignedDuration::from_secs(minutes * 60 + 7));
            match self.chance.random_range(0..100_u32) {
                0..44 => self.watch().await?,
                44..66 => self.scan().await?,
                66..70 => self.scan_again().await?,
                70..78 => self.merge_a_fix().await?,
                78..86 => self.check_in().await?,
                86..92 => self.promise().await?,
                92..94 => self.hold().await?,
                94..96 => self.misfortune(),
                96..97 => self.reorganise().await?,
                _ => self.set_clock_back(),
            }
            self.look(Depth::Changes).await?;
        }
        self.watch().await?;
        self.look(if day.is_multiple_of(5) { Depth::All } else { Depth::Changes }).await
    }

    /// Nothing fails any more: a few ticks must leave nothing due.
    async fn rest(&mut self) -> Result<(), String> {
        self.tell("from here on nothing fails");
        self.faults = false;
        self.office.be_perfect();
        // Longer than the longest wait between two attempts.
        self.clock.move_by(SignedDuration::from_hours(7));
        for _ in 0..TICKS_TO_REST {
            if self.watch_once().await? {
                self.look(Depth::All).await?;
                return self.no_notice_waits().await;
            }
        }
        Err(format!("{TICKS_TO_REST} ticks without failures did not come to rest"))
    }

    async fn no_notice_waits(&self) -> Result<(), String> {
        let mut session = self.session().await?;
        let queued = Some(domain::notices::NoticeState::Queued);
        let queued = store::notices::page(&mut session, queued, None, 1).await;
        match queued.map_err(|error| error.to_string())?.first() {
            Some(queued) => Err(format!("{} was never delivered", queued.notice.key)),
            None => Ok(()),
        }
    }

    /// Runs every checker.
    ///
    /// # Errors
    ///
    /// The first thing that must not be.
    pub async fn look(&mut self, depth: Depth) -> Result<(), String> {
        self.latest = self.latest.max(self.now());
        let (lines, violations) = self.office.news();
        for line in lines {
            self.tell(&line);
        }
        if let Some(violation) = violations.into_iter().next() {
            return Err(violation);
        }
        let mut session = self.session().await?;
        let (office, organisation) = (self.office.clone(), self.organisation.clone());
        self.checkers.look(&mut session, &office, &organisation, depth).await
    }

    fn tell(&mut self, what: &str) {
        self.story.tell(self.clock.now(), what);
    }

    /// Remembers what the product took at this instant.
    fn took_effect(&mut self, deed: Deed) {
        self.latest = self.latest.max(self.now());
        self.script.add(self.now(), self.latest, deed);
    }

    /// The node that acts next; perhaps it will not live through it.
    fn node(&mut self) -> (usize, App) {
        let which = self.chance.random_range(0..NODES);
        let dies = self.faults && self.chance.random_bool(0.2);
        let life = dies.then(|| self.chance.random_range(0..LONGEST_LIFE));
        self.nodes.fuse(which).arm(life);
        (which, self.nodes.app(which))
    }

    /// Tells what came of an operation and starts the node again if it died.
    fn came<T>(
        &mut self,
        which: usize,
        what: &str,
        outcome: Result<T, Refusal>,
    ) -> Result<Came<T>, String> {
        let died = self.nodes.revive(which);
        match outcome {
            Ok(done) => {
                self.tell(&format!("node {which}: {what}"));
                Ok(Came::Done(done))
            }
            Err(Refusal::Store(StoreError::Interrupted)) if died => {
                self.tell(&format!("node {which} died: {what}"));
                Ok(Came::Interrupted)
            }
            Err(refusal @ Refusal::Store(_)) => Err(format!("{what}: {refusal}")),
            Err(refusal) => {
                self.tell(&format!("node {which} declined: {what}: {refusal}"));
                Ok(Came::Declined)
            }
        }
    }

    /// One to three ticks.
    async fn watch(&mut self) -> Result<(), String> {
        for _ in 0..self.chance.random_range(1..4_u32) {
            if self.watch_once().await? {
                break;
            }
        }
        Ok(())
    }

    /// A tick; answers whether it found nothing to do, and then nothing may be due.
    async fn watch_once(&mut self) -> Result<bool, String> {
        let (which, app) = self.node();
        let outcome = tick(&app, &Actor::Watch).await;
        let what = match &outcome {
            Ok(done) => {
                let busy = done.duties.iter().filter(|(_, done)| done.advanced > 0);
                let busy = busy.map(|(name, done)| format!("{name} {}", done.advanced));
                format!("tick [{}]", busy.collect::<Vec<_>>().join(", "))
            }
            Err(_) => "tick".to_owned(),
        };
        match self.came(which, &what, outcome)? {
            Came::Done(done) if done.is_quiet() => {
                let mut session = self.session().await?;
                nothing_is_due(&mut session, self.now()).await?;
                Ok(true)
            }
            Came::Done(_) | Came::Interrupted => Ok(false),
            Came::Declined => Err("a tick was declined".to_owned()),
        }
    }

    async fn scan(&mut self) -> Result<(), String> {
        let which = self.chance.random_range(0..self.scanners.len());
        self.scanners[which].change(&mut self.chance);
        let partial = self.chance.random_bool(0.1);
        let scanner = &self.scanners[which];
        let request = ImportRequest {
            bytes: scanner.report(partial),
            service: scanner.service.clone(),
            create_service: true,
            format: Some("generic_json".to_owned()),
            scope: scanner.scope.clone(),
            at: None,
            force: false,
            ..ImportRequest::default()
        };
        if self.sent.len() == REPORTS_KEPT {
            self.sent.remove(0);
        }
        let at = Some(self.now());
        self.sent.push(ImportRequest { at, ..request.clone() });
        self.take_in(request).await
    }

    /// A pipeline sends a report of some days ago once more, with the time of its scan.
    async fn scan_again(&mut self) -> Result<(), String> {
        if self.sent.is_empty() {
            return Ok(());
        }
        let which = self.chance.random_range(0..self.sent.len());
        let request = self.sent[which].clone();
        self.take_in(request).await
    }

    async fn take_in(&mut self, request: ImportRequest) -> Result<(), String> {
        let before = picture(&mut self.session().await?).await?;
        let request = ImportRequest { force: self.chance.random_bool(0.1), ..request };
        let deed = Deed::Import(request.clone());
        let (which, app) = self.node();
        let outcome = imports::import(&app, &Actor::Operator, request.clone()).await;
        let what = import_words(&request, &outcome);
        let came = self.came(which, &what, outcome)?;
        let after = picture(&mut self.session().await?).await?;
        match came {
            Came::Done(outcome) => {
                if after.newest_import.as_deref() != Some(&outcome.import) {
                    return Err(format!("{} was answered but is not there", outcome.import));
                }
                self.took_effect(deed);
                self.repeat(request, after).await
            }
            Came::Interrupted if before.newest_import == after.newest_import => {
                if after.has_the_findings_of(&before) {
                    return Ok(());
                }
                Err("an interrupted import changed findings without its record".to_owned())
            }
            Came::Interrupted => {
                self.took_effect(deed);
                self.repeat(request, after).await
            }
            Came::Declined => Ok(()),
        }
    }

    /// The same report again, at the same instant, changes nothing.
    async fn repeat(&mut self, request: ImportRequest, before: Picture) -> Result<(), String> {
        if self.chance.random_bool(0.5) {
            return Ok(());
        }
        let deed = Deed::Import(request.clone());
        let again = imports::import(&self.nodes.app(0), &Actor::Operator, request).await;
        self.took_effect(deed);
        let again = again.map_err(|refusal| format!("the same report again: {refusal}"))?;
        let after = picture(&mut self.session().await?).await?;
        if after.has_the_findings_of(&before) {
            return Ok(());
        }
        Err(format!("the same report again changed findings: {:?}", again.counts))
    }

    /// The nodes are all down for hours or days, or the provider of messages is.
    fn misfortune(&mut self) {
        let hours = self.chance.random_range(2..90_i64);
        if self.chance.random_bool(0.5) {
            self.clock.move_by(SignedDuration::from_hours(hours));
            self.tell(&format!("nothing ran for {hours} hours"));
        } else if let Ok(until) = self.now().saturating_add(SignedDuration::from_hours(hours)) {
            self.office.go_away_until(until);
            self.tell(&format!("the post goes away until {until}"));
        }
    }

    fn set_clock_back(&mut self) {
        let seconds = self.chance.random_range(1..900_i64);
        self.clock.move_by(SignedDuration::from_secs(-seconds));
        self.tell(&format!("the clock was set back {seconds} s"));
    }

    fn read<T>(&self, outcome: Result<T, StoreError>) -> Result<T, String> {
        outcome.map_err(|error| format!("a reading without faults failed: {error}"))
    }

    fn somebody(&mut self) -> Actor {
        let names = ["petra.novak", "luis.ortega", "noor.haddad", "bela.nemeth", "mara.lind"];
        let name = names[self.chance.random_range(0..names.len())];
        self.person(name).unwrap_or(Actor::Operator)
    }

    fn person(&self, name: &str) -> Result<Actor, String> {
        let id = PersonId::parse(name).map_err(|error| error.to_string())?;
        let access = self.organisation.people.get(&id).and_then(|person| person.access);
        let access = access.ok_or_else(|| format!("{name} has no account"))?;
        Ok(Actor::Person { id, access, scope: Scope::Everything })
    }
}

fn scanners(chance: &mut ChaCha8Rng) -> Vec<Scanner> {
    let mut scanners = Vec::new();
    for service in SERVICES {
        scanners.push(Scanner::new(service, None, "dependency-scan", chance));
    }
    scanners.push(Scanner::new("ledger", None, "code-scan", chance));
    scanners.push(Scanner::new("ledger", Some("release"), "dependency-scan", chance));
    scanners
}

fn import_words(request: &ImportRequest, outcome: &Result<ImportOutcome, Refusal>) -> String {
    let to = match &request.scope {
        Some(scope) => format!("{} ({scope})", request.service),
        None => request.service.clone(),
    };
    let forced = if request.force { " by force" } else { "" };
    match outcome {
        Ok(ImportOutcome { import, counts, held, .. }) => {
            let (created, closed, reopened) = (counts.created, counts.closed, counts.reopened);
            let held = held.map(|(lost, of)| format!(", held: {lost} of {of} would vanish"));
            let held = held.unwrap_or_default();
            format!("{import} into {to}{forced}: +{created} -{closed} again {reopened}{held}")
        }
        Err(_) => format!("an import into {to}{forced}"),
    }
}
