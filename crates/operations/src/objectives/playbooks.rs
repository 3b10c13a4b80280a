//! The starter playbook: three objectives and seven key results for a quarter, once.

use domain::access::{Actor, Operation};
use domain::calendar::Quarter;
use domain::objectives::playbook::{self, Placement};
use domain::objectives::{KeyResult, Objective};
use domain::people::{Organisation, Role};
use domain::record::Event;
use store::objectives::Timers;

use super::{check_in_due, fiscal_year, running_quarter, told, zone_of};
use crate::{App, Change, Refusal};

/// The name of the one playbook there is.
const CISO: &str = "ciso";

/// What loading a playbook did; nothing when all of it was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    pub quarter: Quarter,
    pub objectives: usize,
    pub key_results: usize,
}

impl Loaded {
    /// Whether everything was there already.
    pub fn is_nothing(&self) -> bool {
        self.objectives == 0
    }
}

/// Loads the playbook `name` (`ciso`) for the quarter of that label, else for the running one.
/// Objectives that are there stay as they are, so that loading twice changes nothing. Owners come
/// from the organisation's roles where they are held.
pub async fn load_playbook(
    app: &App,
    actor: &Actor,
    name: &str,
    quarter: Option<&str>,
) -> Result<Loaded, Refusal> {
    if name != CISO {
        return Err(Refusal::not_found("playbook", name));
    }
    let mut change = app.change(actor, Operation::LoadPlaybook).await?;
    let organisation = std::sync::Arc::clone(&change.organisation);
    let quarter = match quarter {
        Some(label) => Quarter::from_label(label).map_err(told)?,
        None => running_quarter(&organisation, change.now)?,
    };
    let year = fiscal_year(&organisation)?;
    let (starts, ends) = (year.first_day(quarter), year.last_day(quarter));
    let prefix = format!("{quarter}-");
    let placed = playbook::ciso(&Placement { quarter, starts, ends, prefix: &prefix });
    let mut loaded = Loaded { quarter, objectives: 0, key_results: 0 };
    for (position, (objective, key_results)) in placed.map_err(told)?.into_iter().enumerate() {
        if store::objectives::one(&mut change.transaction, &objective.id).await?.is_some() {
            continue;
        }
        loaded.objectives += 1;
        loaded.key_results += key_results.len();
        let objective = Objective { dri: holder(&organisation, &[Role::Ciso]), ..objective };
        keep(&mut change, &organisation, position, objective, key_results).await?;
    }
    if !loaded.is_nothing() {
        crate::triggers::key_results_changed(&mut change).await?;
        change.commit().await?;
    }
    Ok(loaded)
}

async fn keep(
    change: &mut Change,
    organisation: &Organisation,
    position: usize,
    objective: Objective,
    key_results: Vec<KeyResult>,
) -> Result<(), Refusal> {
    let now = change.now;
    store::objectives::insert(&mut change.transaction, &objective, position, now).await?;
    for (position, key_result) in key_results.into_iter().enumerate() {
        let dri = holder(organisation, roles_for(&key_result));
        let zone = zone_of(organisation, dri.as_deref().or(objective.dri.as_deref()));
        let due = check_in_due(organisation);
        let timers = Timers {
            read_at: key_result.first_reading(now, &organisation.zone).map_err(told)?,
            remind_at: key_result.next_reminder(now, due, zone).map_err(told)?,
        };
        let asked_on = Some(now.to_zoned(organisation.zone.clone()).date());
        let key_result = KeyResult { dri, asked_on, ..key_result };
        let transaction = &mut change.transaction;
        store::objectives::insert_key_result(transaction, &key_result, position, timers).await?;
    }
    let detail = format!("{} from the playbook", objective.title);
    change.event(Event::new("objectives", "loaded", objective.id.as_str(), detail));
    Ok(())
}

/// Whose a key result of the playbook is: audit readiness the head of compliance's, the rest the
/// head of security's, and the CISO's where these are not held.
fn roles_for(key_result: &KeyResult) -> &'static [Role] {
    if key_result.objective.as_str().ends_with("O2") {
        &[Role::HeadOfCompliance, Role::Ciso]
    } else {
        &[Role::HeadOfSecurity, Role::Ciso]
    }
}

/// The first of `roles` that somebody holds; nobody else is made responsible in silence.
fn holder(organisation: &Organisation, roles: &[Role]) -> Option<String> {
    let mut held = roles.iter().filter_map(|role| organisation.roles.get(role));
    held.next().map(ToString::to_string)
}
