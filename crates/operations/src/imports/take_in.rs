//! The one transaction of an import.

use std::sync::Arc;

use domain::access::{Actor, Operation};
use domain::findings::{
    self, Assessment, Changed, Clock, Created, Custody, Finding, Incoming, Known, Meant, Plan,
    Severity, reconcile,
};
use domain::people::Organisation;
use domain::record::Event;
use domain::services::{Component, Ownership};
use jiff::Timestamp;
use store::findings::{Addition, Advance, Stored, Stream};
use store::imports::{Bytes, Counts, Import, ImportState, name_of};
use store::{StoreError, counters};

use super::prepare::Prepared;
use crate::door::{Change, found};
use crate::findings::{adopt, damaged, write};
use crate::policy::SlaRules;
use crate::sboms::Arrival;
use crate::{App, Refusal, exploited, objectives, ownership, triggers};

/// Findings saved at a time: what a row of values needs is held for so many of them only.
const CHUNK: usize = 1_000;

/// What is to be taken in.
pub(crate) struct Job {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) service: String,
    pub(crate) scope: String,
    pub(crate) at: Timestamp,
    /// Absence closes nothing.
    pub(crate) partial: bool,
    pub(crate) opens_from: Option<Severity>,
    pub(crate) turn: Turn,
    /// What the report came with; none where it is only a report.
    pub(crate) arrival: Option<Arrival>,
}

/// Whether the report comes for the first time.
pub(crate) enum Turn {
    First {
        create_service: bool,
        force: bool,
    },
    /// It was held, and a person lets it through.
    Release(Box<Import>),
}

impl Job {
    fn stream(&self) -> Stream {
        let report = &self.prepared.report;
        let tool = report.tool.clone().unwrap_or_else(|| report.format.to_owned());
        // What a document states is told apart from what the same tool sees.
        let tool = if self.is_statement() { format!("VEX ({tool})") } else { tool };
        Stream { tool, scope: self.scope.clone() }
    }

    fn is_statement(&self) -> bool {
        self.arrival.as_ref().is_some_and(Arrival::is_statement)
    }

    fn is_forced(&self) -> bool {
        matches!(self.turn, Turn::Release(_) | Turn::First { force: true, .. })
    }
}

pub(super) async fn take_in(app: &App, actor: &Actor, job: &Job) -> Result<Import, Refusal> {
    let mut change = begin(app, actor, job).await?;
    let now = change.instant();
    let owner = take_turn(&mut change, job, now).await?;
    let organisation = Arc::clone(&change.organisation);
    let ownership =
        ownership::of_service(&mut change.transaction, &organisation, (&job.service, owner))
            .await?;
    let stream = job.stream();
    let id = match &job.turn {
        Turn::Release(held) => held.id.clone(),
        Turn::First { .. } => name_of(counters::take(&mut change.transaction, "imports", 1).await?),
    };
    let report = &job.prepared.report;
    let import = findings::Import {
        import: id.clone(),
        digest: report.digest.clone(),
        at: job.at,
        recorded_at: now,
        latest: store::imports::latest(&mut change.transaction, &job.service, &stream).await?,
        complete: report.whole && !job.partial && !job.is_statement(),
        opens_from: job.opens_from,
        force: job.is_forced(),
        statement_of: job.is_statement().then(|| actor.name().to_owned()),
    };
    learn(&mut change, job).await?;
    let mut known = store::findings::known(&mut change.transaction, &job.service, &stream).await?;
    if job.is_statement() {
        only_elsewhere(&mut change, job, &mut known).await?;
    }
    let (before, known): (Vec<Before>, Vec<Known>) = known.into_iter().map(split).unzip();
    let plan = compare(
        import,
        Arc::clone(&job.prepared),
        (known, job.service.clone(), ownership),
        organisation,
    )
    .await?;
    let mut save = Save { change, job, stream, before };
    save.created(&plan).await?;
    save.changed(&plan).await?;
    save.finish(id, &plan, now).await
}

async fn begin(app: &App, actor: &Actor, job: &Job) -> Result<Change, Refusal> {
    match job.turn {
        Turn::Release(_) => app.change(actor, Operation::ForceImport).await,
        Turn::First { force, .. } => {
            let change = app.change(actor, Operation::ImportReport).await?;
            if force {
                change.also(Operation::ForceImport)?;
            }
            Ok(change)
        }
    }
}

/// Waits for the service's turn; answers its owner.
async fn take_turn(
    change: &mut Change,
    job: &Job,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let may_create = matches!(job.turn, Turn::First { create_service: true, .. });
    if may_create && store::services::one(&mut change.transaction, &job.service).await?.is_none() {
        change.also(Operation::CreateService)?;
        store::services::create(&mut change.transaction, &job.service, now).await?;
        change.event(Event::new("services", "created", &job.service, "by an import"));
    }
    found(
        store::services::lock(&mut change.transaction, &job.service).await,
        "service",
        &job.service,
    )
}

/// Keeps what the report tells of names, and lets this service's findings follow at once; the watch
/// looks for them in the others.
async fn learn(change: &mut Change, job: &Job) -> Result<(), Refusal> {
    let learned = &job.prepared.learned;
    store::findings::aliases::learn(&mut change.transaction, learned).await?;
    let one = |(alias, meant): &'_ (String, Meant)| match meant {
        Meant::One(canonical) => Some((alias.clone(), canonical.clone())),
        Meant::Several => None,
    };
    let news: Vec<(String, String)> = learned.iter().filter_map(one).collect();
    let news: Vec<(&str, &str)> =
        news.iter().map(|(alias, canonical)| (alias.as_str(), canonical.as_str())).collect();
    adopt(change, &news, Some(&job.service)).await?;
    Ok(())
}

/// What saving a known finding again needs.
struct Before {
    number: i64,
    version: i64,
    entries: i64,
    clock: Clock,
    assessment: Assessment,
    custody: Custody,
}

fn split(stored: Stored<Known>) -> (Before, Known) {
    let Stored { number, version, entries, value, .. } = stored;
    let Known { clock, assessment, .. } = value;
    let custody = value.custody.clone();
    (Before { number, version, entries, clock, assessment, custody }, value)
}

/// What is stated of a scope stands against every tool in it: only other scopes still count.
async fn only_elsewhere(
    change: &mut Change,
    job: &Job,
    known: &mut [Stored<Known>],
) -> Result<(), Refusal> {
    let (service, scope) = (&job.service, &job.scope);
    let outside = store::findings::seen_outside(&mut change.transaction, service, scope).await?;
    for known in known.iter_mut().filter(|known| !outside.contains(&known.number)) {
        known.value.elsewhere = None;
    }
    Ok(())
}

/// Compares on a thread where it keeps nobody waiting.
async fn compare(
    import: findings::Import,
    prepared: Arc<Prepared>,
    (known, service, ownership): (Vec<Known>, String, Ownership),
    organisation: Arc<Organisation>,
) -> Result<Plan, Refusal> {
    let id = import.import.clone();
    let sla = SlaRules::of(&organisation)?;
    let owned = move |incoming: &Incoming| {
        let package = incoming.observation.package.as_ref();
        let package = package.map(|package| package.name.as_str());
        ownership.of(&Component { service: &service, package, places: &incoming.places })
    };
    let work = tokio::task::spawn_blocking(move || {
        reconcile(&import, &prepared.incoming, known, &owned, &sla.rules())
    });
    let why = "the comparison failed; nothing was kept";
    let plan = work.await.map_err(|_| StoreError::Unavailable { why: why.into() })?;
    plan.map_err(|refused| damaged(&id, &refused))
}

/// A plan being saved.
struct Save<'a> {
    change: Change,
    job: &'a Job,
    stream: Stream,
    /// In order of number.
    before: Vec<Before>,
}

impl Save<'_> {
    async fn created(&mut self, plan: &Plan) -> Result<(), Refusal> {
        let count = plan.created.len() as u64;
        if count == 0 {
            return Ok(());
        }
        let transaction = &mut self.change.transaction;
        let mut numbers = counters::take(transaction, "findings", count).await?..;
        let listed = store::exploited::due_days(transaction).await?;
        let sla = SlaRules::of(&self.change.organisation)?;
        for chunk in plan.created.chunks(CHUNK) {
            let mut additions: Vec<Addition> = chunk
                .iter()
                .zip(numbers.by_ref())
                .map(|(created, number)| addition(self.job, created, number))
                .collect();
            for addition in &mut additions {
                exploited::cap(addition, &listed, &sla.rules())?;
            }
            let transaction = &mut self.change.transaction;
            let watching = sla.watching();
            store::findings::create(transaction, &self.stream, &additions, &watching).await?;
        }
        Ok(())
    }

    async fn changed(&mut self, plan: &Plan) -> Result<(), Refusal> {
        let known = std::mem::take(&mut self.before);
        let changed = plan.changed.iter().map(|changed| Ok((before(&known, changed)?, changed)));
        let changed: Vec<(&Before, &Changed)> = changed.collect::<Result<_, StoreError>>()?;
        for chunk in changed.chunks(CHUNK) {
            self.save(chunk).await?;
        }
        // Only what was warned of or missed can have fired.
        let alarmed = changed.iter().filter(|(before, _)| {
            before.clock.warned_at.is_some() || before.clock.breached_at.is_some()
        });
        let alarmed: Vec<(String, Clock)> = alarmed
            .map(|(before, changed)| (store::findings::name_of(before.number), changed.clock))
            .collect();
        let ids: Vec<String> = alarmed.iter().map(|(id, _)| id.clone()).collect();
        triggers::look_at(&mut self.change, &ids).await?;
        write::follow(&mut self.change, &alarmed).await?;
        self.exploited(&changed).await
    }

    /// What was opened again or is told anew may have a name that is known to be exploited.
    async fn exploited(&mut self, changed: &[(&Before, &Changed)]) -> Result<(), Refusal> {
        let days = store::exploited::due_days(&mut self.change.transaction).await?;
        let incoming = &self.job.prepared.incoming;
        let is_listed = |place: usize| {
            let ids = incoming[place].observation.ids.iter().map(String::as_str);
            domain::exploited::listed(ids, &days).is_some()
        };
        let renewed = changed.iter().filter(|(_, changed)| {
            let is_reopened = changed.change == findings::Change::Reopened;
            !days.is_empty() && (is_reopened || changed.describe.is_some_and(is_listed))
        });
        let renewed: Vec<i64> = renewed.map(|(before, _)| before.number).collect();
        exploited::follow(&mut self.change, &renewed).await?;
        Ok(())
    }

    async fn save(&mut self, changed: &[(&Before, &Changed)]) -> Result<(), Refusal> {
        let advances: Vec<Advance<'_>> = changed
            .iter()
            .map(|(before, changed)| Advance {
                number: before.number,
                service: &self.job.service,
                version: before.version,
                entries_before: before.entries,
                entries: &changed.entries,
                before: before.clock,
                clock: changed.clock,
                assessed: before.assessment,
                assessment: changed.assessment,
                held: &before.custody,
                custody: &before.custody,
            })
            .collect();
        let incoming = &self.job.prepared.incoming;
        let described = changed.iter().filter_map(|(before, changed)| {
            changed.describe.map(|place| (before.number, &incoming[place]))
        });
        let sighted = changed.iter().map(|(before, changed)| (before.number, &changed.sighting));
        let sla = SlaRules::of(&self.change.organisation)?;
        let transaction = &mut self.change.transaction;
        store::findings::advance(transaction, &advances, &sla.watching()).await?;
        store::findings::describe(transaction, described).await?;
        store::findings::sight(transaction, &self.stream, sighted).await?;
        Ok(())
    }

    async fn finish(mut self, id: String, plan: &Plan, now: Timestamp) -> Result<Import, Refusal> {
        let counts = counts(plan, self.job.prepared.report.refused);
        let import = match &self.job.turn {
            Turn::Release(held) => {
                let actor = self.change.actor.name().to_owned();
                let transaction = &mut self.change.transaction;
                store::imports::release(transaction, &id, &counts, now, &actor).await?;
                let released = Some((now, actor));
                let state = ImportState::Released;
                Import { state, forced: true, counts, released, ..(**held).clone() }
            }
            Turn::First { .. } => self.record(id, plan, counts, now).await?,
        };
        let kind = match import.state {
            ImportState::Applied => "applied",
            ImportState::Held => "held",
            ImportState::Released => "released",
            ImportState::Undone => "undone",
        };
        if counts.created + counts.closed + counts.reopened + counts.rebanded > 0 {
            objectives::refresh_computed(&mut self.change).await?;
            store::exceptions::wake(&mut self.change.transaction, now).await?;
        }
        self.change.event(Event::new("imports", kind, &import.id, detail(&import)));
        if let Some(arrival) = &self.job.arrival {
            arrival.keep(&mut self.change, &import).await?;
        }
        self.change.commit().await?;
        Ok(import)
    }

    async fn record(
        &mut self,
        id: String,
        plan: &Plan,
        counts: Counts,
        now: Timestamp,
    ) -> Result<Import, Refusal> {
        let Prepared { report, bytes, .. } = &*self.job.prepared;
        let vanished = plan.held.map(|held| (held.vanished as u64, held.open as u64));
        let refusals = report.refusals.iter();
        let import = Import {
            id,
            service: self.job.service.clone(),
            format: report.format.to_owned(),
            stream: self.stream.clone(),
            tool_version: report.tool_version.clone(),
            digest: report.digest.clone(),
            size: report.bytes,
            at: self.job.at,
            recorded_at: now,
            actor: self.change.actor.name().to_owned(),
            state: if vanished.is_some() { ImportState::Held } else { ImportState::Applied },
            forced: self.job.is_forced(),
            partial: self.job.partial,
            opens_from: self.job.opens_from,
            counts,
            vanished,
            remarks: report.remarks.clone(),
            refusals: refusals.map(|it| (it.place.clone(), it.reason.clone())).collect(),
            released: None,
            undone: None,
        };
        let transaction = &mut self.change.transaction;
        keep(transaction, &import, bytes).await?;
        store::imports::insert(transaction, &import).await?;
        Ok(import)
    }
}

/// A finding that the report opened, as it is kept.
fn addition(job: &Job, created: &Created, number: u64) -> Addition {
    let incoming = &job.prepared.incoming[created.incoming];
    let id = format!("F-{number}");
    let mut finding = Finding::created(id, &job.service, incoming, created.clock);
    finding.custody.team.clone_from(&created.owned.team);
    finding.owner_rule.clone_from(&created.owned.rule);
    let (entries, sighting) = (created.entries.clone(), created.sighting.clone());
    Addition { finding, entries, sighting }
}

/// What is kept of a changed finding; `known` is in order of number.
fn before<'a>(known: &'a [Before], changed: &Changed) -> Result<&'a Before, StoreError> {
    let number = store::findings::number_of(&changed.finding);
    let place =
        number.and_then(|number| known.binary_search_by_key(&number, |before| before.number).ok());
    let place = place.ok_or_else(|| StoreError::unreadable("finding", &changed.finding))?;
    Ok(&known[place])
}

/// Keeps the bytes, where they are not kept yet.
async fn keep(
    session: &mut store::Session,
    import: &Import,
    bytes: &Bytes,
) -> Result<(), StoreError> {
    if store::imports::is_kept(session, &import.digest).await? {
        return Ok(());
    }
    store::imports::keep(session, &import.digest, import.size, bytes.clone()).await
}

fn counts(plan: &Plan, refused: u64) -> Counts {
    let counts = &plan.counts;
    Counts {
        created: counts.created as u64,
        closed: counts.closed as u64,
        reopened: counts.reopened as u64,
        rebanded: counts.rebanded as u64,
        refreshed: counts.refreshed as u64,
        seen: counts.seen as u64,
        unchanged: counts.unchanged as u64,
        passed_over: counts.passed_over as u64,
        refused,
    }
}

fn detail(import: &Import) -> String {
    let Import { service, format, counts, vanished, state, .. } = import;
    match (state, vanished) {
        (ImportState::Held, Some((lost, open))) => {
            format!("{format} into {service}: {lost} of {open} open findings would vanish")
        }
        _ => format!(
            "{format} into {service}: {} created, {} closed, {} reopened, {} unchanged",
            counts.created, counts.closed, counts.reopened, counts.unchanged
        ),
    }
}
