//! The weekly word on a key result.

use domain::access::{Actor, Operation};
use domain::calendar::monday_of;
use domain::objectives::{CheckIn, Health, KeyResult, Reading};
use domain::record::Event;
use jiff::civil::Date;
use store::objectives::Which;

use super::{answers_for, owners, stored_key_result, told, zone_of};
use crate::door::relation;
use crate::{App, Refusal};

/// What a person types; only the health and, for typed key results, the value are needed.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckInInput {
    /// The Monday of the week that it speaks of; `None` = the running week.
    pub week: Option<Date>,
    /// The value in the key result's unit; stays `None` where the product computes it.
    pub value: Option<f64>,
    pub health: Health,
    /// What was done; may be empty.
    pub done: String,
    /// What comes next; may be empty.
    pub next: String,
}

/// A check-in as it was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedIn {
    pub check_in: CheckIn,
    /// What it replaced: the check-in made for the same week before.
    pub corrected: Option<CheckIn>,
    pub reading: Option<Reading>,
}

/// Checks in on a key result for a week; a second time for the same week corrects the first.
pub async fn check_in(
    app: &App,
    actor: &Actor,
    id: &str,
    input: CheckInInput,
) -> Result<CheckedIn, Refusal> {
    let mut change = app.change(actor, Operation::CheckIn).await?;
    let (key_result, objective) = stored_key_result(&mut change.transaction, id).await?;
    let organisation = std::sync::Arc::clone(&change.organisation);
    change.of(relation(actor, &owners(&organisation, &key_result, &objective)))?;
    let zone = zone_of(&organisation, answers_for(&key_result, &objective));
    let today = change.now.to_zoned(zone.clone()).date();
    let check_in = CheckIn {
        key_result: key_result.id.clone(),
        week: input.week.unwrap_or_else(|| monday_of(today)),
        value: input.value,
        health: input.health,
        done: input.done.trim().to_owned(),
        next: input.next.trim().to_owned(),
        by: actor.name().to_owned(),
        at: change.now,
    };
    let check_in = check_in.checked().map_err(told)?;
    key_result.accepts(&check_in, today).map_err(told)?;
    let transaction = &mut change.transaction;
    let corrected = store::objectives::check_in(transaction, &key_result.id, check_in.week).await?;
    let which = Which::One(&key_result.id);
    let before = store::objectives::all_readings(transaction, which).await?;
    let before = before.get(&key_result.id).map_or(&[][..], Vec::as_slice);
    let reading = check_in.reading(before, &organisation.zone).map_err(told)?;
    store::objectives::save_check_in(transaction, &check_in).await?;
    if let Some(reading) = &reading {
        store::objectives::save_reading(transaction, &key_result.id, reading).await?;
    }
    change.event(event(&key_result, &check_in, corrected.as_ref()));
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await?;
    Ok(CheckedIn { check_in, corrected, reading })
}

fn event(key_result: &KeyResult, made: &CheckIn, corrected: Option<&CheckIn>) -> Event {
    let words = |check_in: &CheckIn| match check_in.value {
        Some(value) => {
            format!("{value} {}, {}", key_result.unit, check_in.health.title())
        }
        None => check_in.health.title().to_owned(),
    };
    let (week, said) = (made.week, words(made));
    match corrected {
        None => {
            let detail = format!("week of {week}: {said}");
            Event::new("objectives", "checked_in", key_result.id.as_str(), detail)
        }
        Some(before) => {
            let detail = format!("week of {week}: {said}; was: {}", words(before));
            Event::new("objectives", "check_in_corrected", key_result.id.as_str(), detail)
        }
    }
}
