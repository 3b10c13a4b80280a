//! Objectives and key results: loaded from the playbook, seen with their metrics, checked in on.
//!
//! Scorecards are computed when they are looked at, from the readings, so there is nothing to keep
//! in step. The rule to remember: a quarter is looked at whole, because key results wait for each
//! other across objectives. Deliberately absent: planning a quarter; that is a room of its own.

mod changes;
mod check_ins;
mod computed;
mod facts;
mod owed;
mod playbooks;
mod views;

#[cfg(test)]
mod tests;

use domain::access::{Actor, Operation};
use domain::calendar::{FiscalYear, Quarter};
use domain::metrics::board::{BoardSentence, Standing, board_sentence};
use domain::objectives::{
    CheckInDue, KeyResult, KeyResultId, Objective, ObjectiveId, ObjectivesError,
};
use domain::people::{Organisation, PersonId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::Session;
use store::objectives::Which;

use crate::door::{found, relation};
use crate::{App, Refusal};

pub use changes::{MOST_READINGS_IMPORTED, declare_inputs, import_readings, set_start};
pub use check_ins::{CheckInInput, CheckedIn, check_in};
pub(crate) use computed::{read_now, refresh_computed};
pub(crate) use facts::{key_result_facts, team_of};
pub use owed::{Owed, owed, owed_by_all};
pub use playbooks::{Loaded, load_playbook};
pub use views::{KeyResultView, ObjectiveView, PastWeekOfObjective};

/// A quarter at a glance: what the front page and the list of objectives show.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    pub quarter: Quarter,
    /// How many weeks of it have passed; 1 during the first.
    pub week: u32,
    /// How many weeks it has.
    pub weeks: u32,
    pub objectives: Vec<ObjectiveView>,
    /// The largest risk and whose move it is; `None` before any objective has odds. It names
    /// objectives by their codes, and its links by identifiers.
    pub sentence: Option<BoardSentence>,
}

/// A key result with the objective that it belongs to, and what the actor may do with it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResultPage {
    pub view: KeyResultView,
    pub objective: Objective,
    pub may_check_in: bool,
}

/// The running quarter with its objectives, metrics and the sentence for the board.
pub async fn overview(app: &App, actor: &Actor) -> Result<Overview, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let quarter = running_quarter(&view.organisation, view.now)?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    overview_of(&mut view.session, &organisation, quarter, view.now).await
}

/// The same for another quarter, by its label.
pub async fn overview_of_quarter(
    app: &App,
    actor: &Actor,
    label: &str,
) -> Result<Overview, Refusal> {
    let quarter = Quarter::from_label(label).map_err(told)?;
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    overview_of(&mut view.session, &organisation, quarter, view.now).await
}

/// The objectives of the running quarter.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<ObjectiveView>, Refusal> {
    Ok(overview(app, actor).await?.objectives)
}

/// The quarters that have objectives, earliest first.
pub async fn quarters(app: &App, actor: &Actor) -> Result<Vec<Quarter>, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    Ok(store::objectives::quarters(&mut view.session).await?)
}

/// One objective with its key results.
pub async fn objective(app: &App, actor: &Actor, id: &str) -> Result<ObjectiveView, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let objective = stored_objective(&mut view.session, id).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    let quarter = views::Quarterly::load(&mut view.session, objective.quarter).await?;
    quarter
        .view(&organisation, view.now, |one| one.id == objective.id)?
        .pop()
        .ok_or_else(|| Refusal::not_found("objective", id))
}

/// One key result with everything that is known of it.
pub async fn key_result(app: &App, actor: &Actor, id: &str) -> Result<KeyResultPage, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let (key_result, objective) = stored_key_result(&mut view.session, id).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    let quarter = views::Quarterly::load(&mut view.session, objective.quarter).await?;
    let views = quarter.key_results(&organisation, view.now)?;
    let found = views.into_iter().find(|one| one.key_result.id == key_result.id);
    let owners = owners(&organisation, &key_result, &objective);
    let relation = relation(actor, &owners);
    Ok(KeyResultPage {
        view: found.ok_or_else(|| Refusal::not_found("key result", id))?,
        objective,
        may_check_in: domain::access::may(actor, Operation::CheckIn, relation),
    })
}

async fn overview_of(
    session: &mut Session,
    organisation: &Organisation,
    quarter: Quarter,
    now: Timestamp,
) -> Result<Overview, Refusal> {
    let objectives = views::Quarterly::load(session, quarter).await?;
    let objectives = objectives.view(organisation, now, |_| true)?;
    let year = fiscal_year(organisation)?;
    let today = now.to_zoned(organisation.zone.clone()).date();
    let days = |from: Date, to: Date| u32::try_from((to - from).get_days()).unwrap_or(0);
    let (first, last) = (year.first_day(quarter), year.last_day(quarter));
    let weeks = (days(first, last) + 1).div_ceil(7).min(13);
    let week = (days(first, today) / 7).clamp(1, weeks);
    let sentence = sentence(&objectives);
    Ok(Overview { quarter, week, weeks, objectives, sentence })
}

fn sentence(objectives: &[ObjectiveView]) -> Option<BoardSentence> {
    let contributions: Vec<_> = objectives.iter().map(ObjectiveView::contributions).collect();
    let standings: Vec<Standing> = objectives
        .iter()
        .zip(&contributions)
        .map(|(view, contributions)| Standing {
            id: &view.code,
            scorecard: &view.scorecard,
            contributions,
            owner: view.owner.as_deref(),
        })
        .collect();
    let sentence = board_sentence(&standings)?;
    let meant = objectives.iter().find(|view| view.code == sentence.objective)?;
    Some(BoardSentence { objective: meant.objective.id.to_string(), ..sentence })
}

/// The quarter in which `now` lies.
pub(crate) fn running_quarter(
    organisation: &Organisation,
    now: Timestamp,
) -> Result<Quarter, Refusal> {
    let today = now.to_zoned(organisation.zone.clone()).date();
    fiscal_year(organisation)?.quarter_of(today).map_err(told)
}

pub(crate) fn fiscal_year(organisation: &Organisation) -> Result<FiscalYear, Refusal> {
    FiscalYear::beginning_in(organisation.fiscal_year_first_month).map_err(told)
}

/// When the check-ins of this organisation are due in their week.
pub(crate) fn check_in_due(organisation: &Organisation) -> CheckInDue {
    let due = organisation.check_in_due;
    CheckInDue { weekday: due.weekday, time: Some(due.time) }
}

/// The zone in which a check-in is due: its owner's, else the organisation's.
pub(crate) fn zone_of<'a>(organisation: &'a Organisation, dri: Option<&str>) -> &'a TimeZone {
    let person = dri.and_then(|dri| person_of(organisation, dri));
    person.map_or(&organisation.zone, |person| &person.zone)
}

fn person_of<'a>(organisation: &'a Organisation, id: &str) -> Option<&'a domain::people::Person> {
    PersonId::parse(id).ok().and_then(|id| organisation.people.get(&id))
}

/// The person who answers for a key result: its DRI, else that of its objective.
fn answers_for<'a>(key_result: &'a KeyResult, objective: &'a Objective) -> Option<&'a str> {
    key_result.dri.as_deref().or(objective.dri.as_deref())
}

/// Who is reminded of a key result, and by which clock.
pub(crate) struct Responsible<'a> {
    /// `None` when nobody answers for it, or the organisation does not know them.
    pub person: Option<PersonId>,
    pub zone: &'a TimeZone,
}

impl<'a> Responsible<'a> {
    pub(crate) fn of(
        organisation: &'a Organisation,
        key_result: &KeyResult,
        objective: Option<&Objective>,
    ) -> Responsible<'a> {
        let of_objective = objective.and_then(|objective| objective.dri.as_deref());
        let id = key_result.dri.as_deref().or(of_objective);
        let person = id.and_then(|id| person_of(organisation, id));
        Responsible { person: person.map(|one| one.id.clone()), zone: zone_of(organisation, id) }
    }
}

/// Whose own a key result is: its DRI, their manager, and the DRI of the objective.
fn owners(
    organisation: &Organisation,
    key_result: &KeyResult,
    objective: &Objective,
) -> Vec<PersonId> {
    let dri = key_result.dri.as_deref().and_then(|dri| person_of(organisation, dri));
    let manager = dri.and_then(|dri| dri.manager.clone());
    let of_objective = objective.dri.as_deref().and_then(|dri| PersonId::parse(dri).ok());
    dri.map(|dri| dri.id.clone()).into_iter().chain(manager).chain(of_objective).collect()
}

async fn stored_objective(session: &mut Session, id: &str) -> Result<Objective, Refusal> {
    let Ok(parsed) = ObjectiveId::new(id) else {
        return Err(Refusal::not_found("objective", id));
    };
    found(store::objectives::one(session, &parsed).await, "objective", id)
}

async fn stored_key_result(
    session: &mut Session,
    id: &str,
) -> Result<(KeyResult, Objective), Refusal> {
    let Ok(parsed) = KeyResultId::new(id) else {
        return Err(Refusal::not_found("key result", id));
    };
    let stored = store::objectives::key_results(session, Which::One(&parsed)).await;
    let key_result = found(stored.map(|mut all| all.pop()), "key result", id)?;
    let objective = stored_objective(session, key_result.objective.as_str()).await?;
    Ok((key_result, objective))
}

/// `O1-KR2` of `FY27-Q3-O1-KR2`: what people call it while its quarter is clear.
fn code(id: &str) -> String {
    let after = id.split_once("-Q").and_then(|(_, rest)| rest.split_once('-'));
    match after {
        Some((quarter, code)) if quarter.len() == 1 && id.starts_with("FY") => code.to_owned(),
        _ => id.to_owned(),
    }
}

/// What the rules refused, for the one who asked.
fn told(error: impl Into<Told>) -> Refusal {
    Refusal::invalid(error.into().0)
}

struct Told(String);

impl From<ObjectivesError> for Told {
    fn from(error: ObjectivesError) -> Told {
        Told(error.to_string())
    }
}

impl From<domain::calendar::CalendarError> for Told {
    fn from(error: domain::calendar::CalendarError) -> Told {
        Told(error.to_string())
    }
}

impl From<domain::objectives::HistoryRefused> for Told {
    fn from(error: domain::objectives::HistoryRefused) -> Told {
        Told(error.to_string())
    }
}
