//! Moving in from a DefectDojo, so that clocks go on: when each finding was found, when and how it
//! was closed, and the numbers by which pipelines know products, engagements and tests.
//!
//! A product moves whole or not at all, and again as often as one likes: what moved in before stays
//! as it is. A finding keeps the day it was found; a deadline that passed since then is missed.
//! What was called a false positive or out of scope there is a person's judgement here. A risk
//! acceptance is no closing: its finding is open, and the exception is to be asked for here. With
//! the first report of a test, its findings are recognised and belong to the report's tool.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Actor, Operation};
use domain::findings::{
    Aliases, Clock, Custody, Entry, Event, Finding, Grounds, Identity, Incoming, Observation,
    Sighting, Standing, StopReason, adopt, apply, breach_if_due, fold, identify, names as names_in,
};
use domain::record;
use formats::dojo as given;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use store::counters;
use store::dojo::{DojoTest, Engagement, Product, ProductType};
use store::findings::{Addition, Stream};
use store::imports::{Counts, Import, ImportState, name_of};

use super::context::Context;
use super::dojo_tests::{ENVIRONMENT, free_scope};
use super::{NAME_LENGTH, line, mark, products, prose, tags};
use crate::door::Change;
use crate::findings::damaged;
use crate::imports::{Prepared, packed};
use crate::policy::SlaRules;
use crate::{App, Refusal, objectives};

/// The tool that sees what was moved in, until a report of its own comes.
const TOOL: &str = "DefectDojo";
/// The name kept with the import; no format reads it again.
pub(crate) const FORMAT: &str = "defectdojo";

/// One product with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Moved {
    pub product_type: given::ProductType,
    pub product: given::Product,
    pub engagements: Vec<given::Engagement>,
    pub tests: Vec<given::Test>,
    pub findings: Vec<given::Finding>,
    /// The findings as they were answered: kept as the evidence.
    pub source: Vec<u8>,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedIn {
    pub product: String,
    pub service: String,
    /// Findings that are here now and were not before, open ones and closed ones.
    pub open: u64,
    pub closed: u64,
    /// Findings that were here already, or are the same as another.
    pub known: u64,
    /// Duplicates there; they are not moved.
    pub duplicates: u64,
    /// Open here, though their risk was accepted there.
    pub risk_accepted: u64,
    /// Things whose number was taken here, in words.
    pub renumbered: Vec<String>,
}

/// Moves one product in.
pub async fn move_in(app: &App, actor: &Actor, moved: Moved) -> Result<MovedIn, Refusal> {
    let mut change = app.change(actor, Operation::CreateService).await?;
    change.also(Operation::ImportReport)?;
    let mut done = MovedIn::default();
    let names = names(&mut change, &moved, &mut done).await?;
    let (product, mut tests) = names;
    done.product.clone_from(&product.name);
    done.service.clone_from(&product.service);
    let owner = store::services::lock(&mut change.transaction, &product.service).await?.flatten();
    let known = store::dojo::known_moved(&mut change.transaction, &product.service).await?;
    done.duplicates = moved.findings.iter().filter(|finding| finding.is_duplicate).count() as u64;
    let came: Vec<given::Finding> =
        moved.findings.into_iter().filter(|finding| !finding.is_duplicate).collect();
    if came.iter().all(|finding| known.contains_key(&finding.id)) {
        done.known = came.len() as u64;
        change.commit().await?;
        return Ok(done);
    }
    let woven = Woven { came, known, tests: &tests, now: change.instant(), owner };
    let kept = keep(&mut change, &product, woven, moved.source, &mut done).await?;
    for test in tests.values_mut().filter(|test| kept.contains(&test.scope) && !test.moved_in) {
        test.moved_in = true;
        test.save(&mut change.transaction).await?;
    }
    objectives::refresh_computed(&mut change).await?;
    let detail = format!("`{}`: {} open, {} closed", done.product, done.open, done.closed);
    change.event(record::Event::new("dojo", "moved_in", format!("product {}", product.id), detail));
    change.commit().await?;
    Ok(done)
}

/// Product type, product, engagements and tests, those that are not here yet under their numbers
/// there; answers the tests by their numbers there.
async fn names(
    change: &mut Change,
    moved: &Moved,
    done: &mut MovedIn,
) -> Result<(Product, BTreeMap<i64, DojoTest>), Refusal> {
    let product = product(change, moved, done).await?;
    let mut engagements = BTreeMap::new();
    for told in &moved.engagements {
        let kept = engagement(change, &product, told, done).await?;
        engagements.insert(told.id, kept);
    }
    let mut tests = BTreeMap::new();
    for told in &moved.tests {
        if let Some(engagement) = engagements.get(&told.engagement) {
            tests.insert(told.id, test(change, engagement, told, done).await?);
        }
    }
    Ok((product, tests))
}

async fn product(
    change: &mut Change,
    moved: &Moved,
    done: &mut MovedIn,
) -> Result<Product, Refusal> {
    let now = change.instant();
    let told = &moved.product_type;
    let name = line("product type", &told.name, NAME_LENGTH)?;
    let product_type = match ProductType::named(&mut change.transaction, &name).await? {
        Some(known) => known,
        None => {
            let is_free = ProductType::one(&mut change.transaction, told.id).await?.is_none();
            let id = done.number("product type", told.id, is_free);
            let description = prose("description", &told.description)?;
            let new = ProductType { id, name, description, created_at: now };
            ProductType::create(&mut change.transaction, new).await?
        }
    };
    let told = &moved.product;
    let name = line("product", &told.name, NAME_LENGTH)?;
    if let Some(known) = Product::named(&mut change.transaction, &name).await? {
        return Ok(known);
    }
    let service = products::service_of(change, &name, now).await?;
    let is_free = Product::one(&mut change.transaction, told.id).await?.is_none();
    let new = Product {
        id: done.number("product", told.id, is_free),
        name,
        description: prose("description", &told.description)?,
        product_type: product_type.id,
        service,
        tags: tags(&told.tags)?,
        created_at: now,
    };
    Ok(Product::create(&mut change.transaction, new).await?)
}

async fn engagement(
    change: &mut Change,
    product: &Product,
    told: &given::Engagement,
    done: &mut MovedIn,
) -> Result<Engagement, Refusal> {
    let now = change.instant();
    let name = line("engagement", &told.name, super::ENGAGEMENT_NAME_LENGTH)?;
    let same = Engagement::one(&mut change.transaction, told.id).await?;
    let is_free = same.is_none();
    if let Some(same) = same.filter(|same| same.product == product.id && same.name == name) {
        return Ok(same);
    }
    let today = now.to_zoned(change.organisation.zone.clone()).date();
    let text = |text: &Option<String>| mark("engagement", text.as_deref(), super::MARK_LENGTH);
    let new = Engagement {
        id: done.number("engagement", told.id, is_free),
        product: product.id,
        name,
        description: told.description.as_deref().map(|it| prose("description", it)).transpose()?,
        engagement_type: told.engagement_type.clone().unwrap_or_else(|| "CI/CD".to_owned()),
        status: told.status.clone().unwrap_or_else(|| "In Progress".to_owned()),
        target_start: told.target_start.unwrap_or(today),
        target_end: told.target_end.unwrap_or(today),
        version: text(&told.version)?,
        build_id: text(&told.build_id)?,
        commit_hash: text(&told.commit_hash)?,
        branch_tag: text(&told.branch_tag)?,
        source_code_management_uri: None,
        deduplication_on_engagement: false,
        tags: tags(&told.tags)?,
        created_at: now,
        updated_at: now,
    };
    Ok(Engagement::create(&mut change.transaction, new).await?)
}

async fn test(
    change: &mut Change,
    engagement: &Engagement,
    told: &given::Test,
    done: &mut MovedIn,
) -> Result<DojoTest, Refusal> {
    let now = change.instant();
    let session = &mut change.transaction;
    let scan_type = line("scan type", &told.scan_type, NAME_LENGTH)?;
    let same = DojoTest::one(session, told.id).await?;
    let is_free = same.is_none();
    let is_same = |same: &DojoTest| same.engagement == engagement.id && same.scan_type == scan_type;
    if let Some(same) = same.filter(is_same) {
        return Ok(same);
    }
    let title = mark("title", told.title.as_deref(), NAME_LENGTH)?;
    let scope = free_scope(session, engagement, title.as_deref().unwrap_or(&scan_type)).await?;
    let text = |text: &Option<String>| mark("test", text.as_deref(), super::MARK_LENGTH);
    let midnight = |date: jiff::civil::Date| date.to_datetime(jiff::civil::Time::midnight());
    let new = DojoTest {
        id: done.number("test", told.id, is_free),
        engagement: engagement.id,
        scan_type,
        scope,
        title,
        description: told.description.as_deref().map(|it| prose("description", it)).transpose()?,
        environment: ENVIRONMENT.to_owned(),
        target_start: midnight(engagement.target_start),
        target_end: midnight(engagement.target_end),
        version: text(&told.version)?,
        build_id: text(&told.build_id)?,
        commit_hash: text(&told.commit_hash)?,
        branch_tag: text(&told.branch_tag)?,
        tags: tags(&told.tags)?,
        moved_in: false,
        created_at: now,
        updated_at: now,
    };
    Ok(DojoTest::create(session, new).await?)
}

impl MovedIn {
    /// The number that a thing brings along, if it is free here; else 0, for the next.
    fn number(&mut self, what: &str, id: i64, is_free: bool) -> i64 {
        if is_free {
            return id;
        }
        self.renumbered.push(format!("{what} {id}"));
        0
    }

    /// Counts one finding that was not here before.
    fn count(&mut self, members: &[&given::Finding], is_open: bool) {
        self.open += u64::from(is_open);
        self.closed += u64::from(!is_open);
        self.known += members.len() as u64 - 1;
        let accepted = members.iter().any(|finding| finding.is_risk_accepted);
        self.risk_accepted += u64::from(accepted && is_open);
    }
}

/// Findings on their way in.
struct Woven<'a> {
    came: Vec<given::Finding>,
    /// Which are here already: the number there, the number here.
    known: BTreeMap<i64, i64>,
    /// By their numbers there.
    tests: &'a BTreeMap<i64, DojoTest>,
    now: Timestamp,
    owner: Option<String>,
}

/// Keeps what is not here yet; answers the scopes that see something of it.
async fn keep(
    change: &mut Change,
    product: &Product,
    woven: Woven<'_>,
    source: Vec<u8>,
    done: &mut MovedIn,
) -> Result<BTreeSet<String>, Refusal> {
    let id = name_of(counters::take(&mut change.transaction, "imports", 1).await?);
    let digest = hex::encode(Sha256::digest(&source));
    let groups = groups(change, &woven.came).await?;
    let stream = Stream { tool: TOOL.to_owned(), scope: String::new() };
    let here = store::findings::known(&mut change.transaction, &product.service, &stream).await?;
    let here: BTreeMap<Identity, i64> =
        here.into_iter().map(|stored| (stored.value.identity, stored.number)).collect();
    let count = groups.len() as u64;
    let mut next = counters::take(&mut change.transaction, "findings", count).await?;
    let sla = SlaRules::of(&change.organisation)?;
    let mut arrivals = Arrivals::default();
    for (told, members) in &groups {
        let members: Vec<&given::Finding> = members.iter().map(|&at| &woven.came[at]).collect();
        let before = members.iter().find_map(|finding| woven.known.get(&finding.id));
        let number = match before.or_else(|| here.get(&told.identity)) {
            Some(number) => {
                done.known += members.len() as u64;
                *number
            }
            None => {
                let past = Past { woven: &woven, members: &members, told };
                let evidence = (id.as_str(), digest.as_str());
                let (entries, clock) = past.entries(&sla, evidence, change.actor.name())?;
                let mut finding =
                    Finding::created(format!("F-{next}"), &product.service, told, clock);
                finding.custody = woven.custody();
                finding.owner_rule = woven.owner.as_ref().map(|_| "service".to_owned());
                done.count(&members, clock.state.is_running());
                arrivals.add(finding, entries, told, &members, woven.tests);
                next += 1;
                i64::try_from(next - 1).unwrap_or(i64::MAX)
            }
        };
        arrivals.numbers.extend(members.iter().map(|finding| (finding.id, number)));
    }
    let scopes = arrivals.save(change).await?;
    let evidence = Evidence { id, digest, source };
    evidence.keep(change, product, done).await?;
    Ok(scopes)
}

/// What was read, as the import that it is kept as.
struct Evidence {
    id: String,
    digest: String,
    source: Vec<u8>,
}

impl Evidence {
    async fn keep(
        self,
        change: &mut Change,
        product: &Product,
        done: &MovedIn,
    ) -> Result<(), Refusal> {
        let now = change.instant();
        let import = Import {
            id: self.id,
            service: product.service.clone(),
            format: FORMAT.to_owned(),
            stream: Stream { tool: TOOL.to_owned(), scope: String::new() },
            tool_version: None,
            digest: self.digest,
            size: self.source.len() as u64,
            at: now,
            recorded_at: now,
            actor: change.actor.name().to_owned(),
            state: ImportState::Applied,
            forced: false,
            partial: false,
            opens_from: None,
            counts: Counts { created: done.open + done.closed, ..Counts::default() },
            vanished: None,
            remarks: vec![format!("moved in from DefectDojo: {} closed there", done.closed)],
            refusals: Vec::new(),
            released: None,
            undone: None,
        };
        let (session, bytes) = (&mut change.transaction, packed(self.source)?);
        store::imports::keep(session, &import.digest, import.size, bytes).await?;
        Ok(store::imports::insert(session, &import).await?)
    }
}

/// What is one finding here, with the places of all that are it there.
async fn groups(
    change: &mut Change,
    came: &[given::Finding],
) -> Result<Vec<(Incoming, Vec<usize>)>, Refusal> {
    let observations: Vec<Observation> =
        came.iter().map(|finding| finding.observation.clone()).collect();
    let session = &mut change.transaction;
    let known = store::findings::aliases::meant(session, &names_in(&observations)).await?;
    let mut aliases = Aliases::kept(known);
    let learned = aliases.learn(&observations);
    store::findings::aliases::learn(session, &learned).await?;
    let canonical = |name: &str| aliases.canonical(name);
    let mut places = BTreeMap::<Identity, Vec<usize>>::new();
    for (place, identity) in identify(&observations, &canonical).into_iter().enumerate() {
        places.entry(identity).or_default().push(place);
    }
    let folded = fold(observations, &canonical).into_iter();
    let members = folded.map(|told| {
        let members = places.remove(&told.identity).unwrap_or_default();
        (told, members)
    });
    Ok(members.collect())
}

impl Woven<'_> {
    /// Who has what moves in.
    fn custody(&self) -> Custody {
        Custody { team: self.owner.clone(), ..Custody::default() }
    }
}

/// One finding's past.
struct Past<'a> {
    woven: &'a Woven<'a>,
    members: &'a [&'a given::Finding],
    told: &'a Incoming,
}

impl Past<'_> {
    /// Its entries, and the clock that they come to.
    fn entries(
        &self,
        sla: &SlaRules,
        (import, digest): (&str, &str),
        person: &str,
    ) -> Result<(Vec<Entry>, Clock), Refusal> {
        let recorded_at = self.woven.now;
        let (band, score) = (self.told.assessment.band, self.told.assessment.score);
        let at = self.found_at(sla)?;
        let custody = self.woven.custody();
        let event = Event::Started { band, score, holder: custody.holder() };
        let begins =
            Entry { import: Some(import.to_owned()), ..Entry::new(at, recorded_at, event) };
        let mut entries = vec![begins];
        let refused = |refused| damaged("a finding that moves in", &refused);
        let mut clock = apply(None, &entries[0], &sla.rules()).map_err(refused)?;
        let reason = match self.told.observation.standing {
            Standing::Present => return Ok((entries, clock)),
            Standing::Fixed => StopReason::VerifiedFixed,
            Standing::FalsePositive => StopReason::FalsePositive,
            Standing::NotAffected => StopReason::NotAffected,
        };
        let grounds = match reason {
            StopReason::VerifiedFixed => {
                Grounds::Import { import: import.to_owned(), digest: digest.to_owned() }
            }
            _ => Grounds::Person {
                person: person.to_owned(),
                note: format!("decided in DefectDojo, finding {}", self.members[0].id),
            },
        };
        let ends = self.members.iter().filter_map(|it| it.mitigated.or(it.changed)).max();
        let at = crate::door::kept(ends.unwrap_or(recorded_at).clamp(at, recorded_at.max(at)));
        let breach = breach_if_due(&clock, &custody, at);
        let breach = breach.map(|breach| Entry { recorded_at, ..breach });
        let stopped = Entry::new(at, recorded_at, Event::Stopped { reason, grounds });
        for entry in breach.into_iter().chain([stopped]) {
            clock = apply(Some(clock), &entry, &sla.rules()).map_err(refused)?;
            entries.push(entry);
        }
        Ok((entries, clock))
    }

    /// The beginning of the first day on which it was found, in the organisation's zone.
    fn found_at(&self, sla: &SlaRules) -> Result<Timestamp, Refusal> {
        let now = self.woven.now;
        let Some(day) = self.members.iter().filter_map(|finding| finding.date).min() else {
            return Ok(now);
        };
        let begins = day.to_zoned(sla.rules().zone.clone());
        let begins = begins.map_err(|why| Refusal::invalid(format!("date: {day}: {why}")))?;
        Ok(begins.timestamp().min(now))
    }
}

/// Findings to keep, by the scope that sees them first.
#[derive(Default)]
struct Arrivals {
    additions: BTreeMap<String, Vec<Addition>>,
    /// What further scopes see: the finding's number, and what is seen.
    sightings: BTreeMap<String, Vec<(i64, Sighting)>>,
    /// The number there, the number here.
    numbers: Vec<(i64, i64)>,
}

impl Arrivals {
    fn add(
        &mut self,
        finding: Finding,
        entries: Vec<Entry>,
        told: &Incoming,
        members: &[&given::Finding],
        tests: &BTreeMap<i64, DojoTest>,
    ) {
        let mut seen = BTreeMap::<String, bool>::new();
        for member in members {
            let scope = tests.get(&member.test).map(|test| test.scope.clone()).unwrap_or_default();
            let present = member.observation.standing == Standing::Present;
            *seen.entry(scope).or_default() |= present;
        }
        let sighting = |present: bool| Sighting {
            present,
            assessment: told.assessment,
            digest: told.digest.clone(),
            place: told.place(),
            version: told.version().map(str::to_owned),
        };
        let number = store::findings::number_of(&finding.id).unwrap_or_default();
        let mut seen = seen.into_iter();
        let (scope, present) = seen.next().unwrap_or_default();
        let addition = Addition { finding, entries, sighting: sighting(present) };
        self.additions.entry(scope).or_default().push(addition);
        for (scope, present) in seen {
            self.sightings.entry(scope).or_default().push((number, sighting(present)));
        }
    }

    async fn save(self, change: &mut Change) -> Result<BTreeSet<String>, Refusal> {
        let sla = SlaRules::of(&change.organisation)?;
        let session = &mut change.transaction;
        let stream = |scope: &String| Stream { tool: TOOL.to_owned(), scope: scope.clone() };
        let scopes = self.additions.keys().chain(self.sightings.keys()).cloned().collect();
        for (scope, additions) in &self.additions {
            store::findings::create(session, &stream(scope), additions, &sla.watching()).await?;
        }
        for (scope, sightings) in &self.sightings {
            let sightings = sightings.iter().map(|(number, sighting)| (*number, sighting));
            store::findings::sight(session, &stream(scope), sightings).await?;
        }
        store::dojo::remember_moved(session, &self.numbers).await?;
        Ok(scopes)
    }
}

/// Gives what was moved in for a test to the tool of its first report: each finding is recognised
/// in the report where it can only be one thing there, so that its clock goes on.
pub(super) async fn taken_over(
    app: &App,
    actor: &Actor,
    mut context: Context,
    (scope, prepared): (&str, &Prepared),
) -> Result<Context, Refusal> {
    if !context.test.moved_in {
        return Ok(context);
    }
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let service = &context.product.service;
    store::services::lock(&mut change.transaction, service).await?;
    let from = Stream { tool: TOOL.to_owned(), scope: context.test.scope.clone() };
    let moved = store::dojo::moved_in(&mut change.transaction, service, &from).await?;
    let taken: Vec<(&Finding, Identity)> = adopt(&moved, &prepared.incoming)
        .into_iter()
        .map(|(place, identity)| (&moved[place], identity))
        .collect();
    store::dojo::take_identities(&mut change.transaction, &taken).await?;
    if scope == context.test.scope {
        let report = &prepared.report;
        let tool = report.tool.as_deref().unwrap_or(report.format);
        store::dojo::hand_over(&mut change.transaction, service, &from, tool).await?;
        context.test.moved_in = false;
        context.test.save(&mut change.transaction).await?;
    }
    let detail = format!("{} of {} recognised in a report", taken.len(), moved.len());
    let subject = format!("test {}", context.test.id);
    change.event(record::Event::new("dojo", "taken_over", subject, detail));
    change.commit().await?;
    Ok(context)
}
