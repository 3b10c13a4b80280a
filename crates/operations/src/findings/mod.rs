//! Findings: lists, one finding with all that is known of it, and what people say of them.
//!
//! What reports do to findings is in [`crate::imports`]; what time does to them, in the duty
//! `clocks`.

mod baseline;
mod breaches;
mod custody;
mod exports;
pub(crate) mod facts;
mod merges;
pub(crate) mod write;

use domain::access::{Actor, Operation};
use domain::findings::{Entry, Event, Finding, Holder, LedgerRefused};
use domain::people::{Organisation, PersonId, TeamId};
use domain::record;
use jiff::SignedDuration;
use store::StoreError;
use store::findings::number_of;
use store::imports::Import;

pub use baseline::{Backlog, Baseline, Count, Owner, baseline};
pub use breaches::{BreachLine, BreachReport, QuarterOfBreaches, breaches};
pub(crate) use custody::follow_service;
pub use custody::{PAUSE_LONGEST, correct_cause, hand_over, pause, resume, wait_for_vendor};
pub use exports::{EXPORT_MAX, Export, Format, export};
pub(crate) use facts::running;
pub use merges::part;
pub(crate) use merges::{adopt, look as look_for_aliases};
pub use store::findings::{Cursor, Filter, HeldBy, Listed, SeenBy, Sort, States, Stream, Tally};

use crate::door::{found, relation};
use crate::policy::SlaRules;
use crate::{App, Refusal, escalations};

/// The longest page of a list.
pub const PAGE_MAX: u32 = 500;
/// As many findings without an owner are counted; beyond it the number says no more.
pub const UNASSIGNED_MOST: u32 = 100_000;
/// Imports shown with a finding: the last ones of its service.
const IMPORTS_SHOWN: u32 = 10;
/// The longest reference of a merged fix, in characters: an address fits.
const REFERENCE_LENGTH: usize = 500;

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub findings: Vec<Listed>,
    /// Where the next page begins; none = this is the last.
    pub next: Option<Cursor>,
}

/// One finding with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingView {
    pub finding: Finding,
    /// Oldest first.
    pub ledger: Vec<Entry>,
    pub sightings: Vec<SeenBy>,
    /// The name of the team that holds it, where the organisation knows it.
    pub team: Option<String>,
    /// Whose hours it used up until now, or until it was closed.
    pub shares: Vec<(Option<Holder>, SignedDuration)>,
    /// The newest imports of its service.
    pub imports: Vec<Import>,
}

/// A service as the list of services shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    pub name: String,
    /// None = nobody has claimed it.
    pub owner: Option<String>,
    /// Whether the organisation file names it.
    pub declared: bool,
    /// Its running findings.
    pub tallies: Vec<Tally>,
}

/// A page of findings after `after`; `limit` is taken as 1 to [`PAGE_MAX`].
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &Filter,
    (sort, after): (Sort, Option<Cursor>),
    limit: u32,
) -> Result<Page, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let limit = limit.clamp(1, PAGE_MAX);
    let (findings, next) =
        store::findings::list(&mut view.session, filter, sort, after, limit).await?;
    Ok(Page { findings, next })
}

/// One finding by its id (`F-17`).
pub async fn one(app: &App, actor: &Actor, id: &str) -> Result<FindingView, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let number = number(id)?;
    let session = &mut view.session;
    let finding = found(store::findings::one(session, number).await, "finding", id)?;
    let service = Some(finding.service.as_str());
    let ledger = store::findings::ledger(session, number).await?;
    let sla = SlaRules::of(&view.organisation)?;
    let shares = domain::findings::shares(&ledger, view.now, &sla.rules());
    Ok(FindingView {
        shares: shares.map_err(|refused| damaged(id, &refused))?,
        ledger,
        sightings: store::findings::sightings(session, number).await?,
        team: team_name(&view.organisation, finding.custody.team.as_deref()),
        imports: store::imports::page(session, service, None, None, IMPORTS_SHOWN).await?,
        finding,
    })
}

/// Says that a change which should fix the finding is merged; `reference` is its address. Members
/// may say it of what their team holds, the team's managers too. A scan verifies it later; until
/// then the deadline runs.
pub async fn fix_merged(
    app: &App,
    actor: &Actor,
    id: &str,
    reference: &str,
) -> Result<FindingView, Refusal> {
    let reference = reference.trim();
    if reference.is_empty() || reference.chars().count() > REFERENCE_LENGTH {
        return Err(Refusal::invalid(format!(
            "reference: give the address of the merged change, 1 to {REFERENCE_LENGTH} characters"
        )));
    }
    let (mut change, stored) = custody::own(app, actor, Operation::MarkFixMerged, id).await?;
    change.event(record::Event::new("findings", "fix_merged", id, reference));
    let merged = Event::FixMerged { reference: reference.to_owned() };
    write::write(&mut change, &[(stored, merged)]).await?;
    escalations::fix_merged(&mut change, id).await?;
    change.commit().await?;
    one(app, actor, id).await
}

/// Running findings by band and timeliness, over all services.
pub async fn tallies(app: &App, actor: &Actor) -> Result<Vec<Tally>, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    Ok(store::findings::totals(&mut view.session).await?)
}

/// How many running findings no team owns; counted up to [`UNASSIGNED_MOST`].
pub async fn unassigned(app: &App, actor: &Actor) -> Result<u64, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    Ok(store::findings::unassigned(&mut view.session, UNASSIGNED_MOST).await?)
}

/// Every service by name, with its running findings.
pub async fn services(app: &App, actor: &Actor) -> Result<Vec<ServiceView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let rows = store::services::all(&mut view.session).await?;
    let mut tallies = store::findings::by_service(&mut view.session).await?.into_iter().peekable();
    let mut services = Vec::with_capacity(rows.len());
    // Engines differ in how they order letters, so that the two lists are not merged.
    let mut by_name = std::collections::BTreeMap::<String, Vec<Tally>>::new();
    for (service, _, tally) in tallies.by_ref() {
        by_name.entry(service).or_default().push(tally);
    }
    for row in rows {
        let tallies = by_name.remove(&row.name).unwrap_or_default();
        let store::services::ServiceRow { name, owner, declared, .. } = row;
        services.push(ServiceView { name, owner, declared, tallies });
    }
    Ok(services)
}

/// Whether `actor` may say of what `holder` holds that a fix is merged: for pages, which offer only
/// what will be taken.
pub fn may_mark_fix(organisation: &Organisation, actor: &Actor, holder: Option<&str>) -> bool {
    may(organisation, actor, (Operation::MarkFixMerged, holder))
}

/// Whether `actor` may do `operation` to what `holder` holds: for pages, which offer only what will
/// be taken.
pub fn may(
    organisation: &Organisation,
    actor: &Actor,
    (operation, holder): (Operation, Option<&str>),
) -> bool {
    let whose = relation(actor, answering(organisation, holder));
    domain::access::may(actor, operation, whose)
}

fn number(id: &str) -> Result<i64, Refusal> {
    number_of(id).ok_or_else(|| Refusal::not_found("finding", id))
}

pub(crate) fn team_name(organisation: &Organisation, team: Option<&str>) -> Option<String> {
    let team = TeamId::parse(team?).ok()?;
    organisation.teams.get(&team).map(|team| team.name.clone())
}

/// Who answers for what `team` holds: its members, its managers and those of the teams above it.
fn answering<'a>(organisation: &'a Organisation, team: Option<&str>) -> Vec<&'a PersonId> {
    let Some(team) = team.and_then(|team| TeamId::parse(team).ok()) else { return Vec::new() };
    let lineage = organisation.lineage(&team);
    let members = organisation.teams.get(&team).into_iter().flat_map(|team| &team.members);
    let managers = lineage.into_iter().flat_map(|team| team.manager.iter());
    let product = organisation.teams.get(&team).and_then(|team| team.product_manager.as_ref());
    members.chain(managers).chain(product).collect()
}

/// A stored clock that its own ledger refuses.
pub(crate) fn damaged(id: &str, refused: &LedgerRefused) -> Refusal {
    Refusal::Store(StoreError::unreadable(format!("clock of {id}"), refused))
}

#[cfg(test)]
mod tests;
