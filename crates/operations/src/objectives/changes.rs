//! Changes to key results: the baseline, what they need from others, readings from elsewhere.

use domain::access::{Actor, Operation};
use domain::objectives::{Input, KeyResultId, Reading, ReadingSource};
use domain::record::Event;
use jiff::Timestamp;
use store::objectives::Which;

use super::{owners, stored_key_result, told};
use crate::door::relation;
use crate::{App, Change, Refusal};

/// The most readings that are brought along at once: one a day for more than two years.
pub const MOST_READINGS_IMPORTED: usize = 1_000;
/// The most inputs of one key result.
const MOST_INPUTS: usize = 50;

/// Sets where a key result stood at its start: the first week's baseline takes the place of what is
/// typical.
pub async fn set_start(app: &App, actor: &Actor, id: &str, value: f64) -> Result<(), Refusal> {
    let mut change = app.change(actor, Operation::CheckIn).await?;
    let (key_result, objective) = stored_key_result(&mut change.transaction, id).await?;
    change.of(relation(actor, &owners(&change.organisation, &key_result, &objective)))?;
    key_result.accepts_value(value).map_err(told)?;
    store::objectives::save_start(&mut change.transaction, &key_result.id, value).await?;
    let before = key_result.start_value.map_or("none".to_owned(), |value| value.to_string());
    let detail = format!("{value} {}; was: {before}", key_result.unit);
    change.event(Event::new("objectives", "baseline_set", key_result.id.as_str(), detail));
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await
}

/// Puts `inputs` in the place of what a key result needs from other teams.
pub async fn declare_inputs(
    app: &App,
    actor: &Actor,
    id: &str,
    inputs: Vec<Input>,
) -> Result<(), Refusal> {
    if inputs.len() > MOST_INPUTS {
        let found = inputs.len();
        let line = format!("inputs: {found} are too many; a key result has at most {MOST_INPUTS}");
        return Err(Refusal::invalid(line));
    }
    let inputs: Result<Vec<Input>, _> = inputs.into_iter().map(Input::checked).collect();
    let inputs = inputs.map_err(told)?;
    let mut change = app.change(actor, Operation::LoadPlaybook).await?;
    let (key_result, _) = stored_key_result(&mut change.transaction, id).await?;
    let asked_on = change.now.to_zoned(change.organisation.zone.clone()).date();
    let session = &mut change.transaction;
    store::objectives::replace_inputs(session, &key_result.id, &inputs, asked_on).await?;
    let words = inputs
        .iter()
        .map(|input| format!("{} from {} ({})", input.what, input.provider, input.promise.word()));
    let detail = words.collect::<Vec<_>>().join("; ");
    change.event(Event::new("objectives", "inputs_declared", key_result.id.as_str(), detail));
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await
}

/// Brings readings along from where they were kept before. What the product computed since the one
/// brought along before gives way: it knew only part of the findings. The same readings again
/// change nothing; a day with one of them is not computed.
pub async fn import_readings(
    app: &App,
    actor: &Actor,
    id: &str,
    readings: &[(Timestamp, f64)],
) -> Result<(), Refusal> {
    if readings.len() > MOST_READINGS_IMPORTED {
        let found = readings.len();
        let line = format!("readings: {found} are too many; give {MOST_READINGS_IMPORTED} at once");
        return Err(Refusal::invalid(line));
    }
    let mut change = app.change(actor, Operation::LoadPlaybook).await?;
    let (key_result, _) = stored_key_result(&mut change.transaction, id).await?;
    give_way(&mut change, &key_result.id, readings).await?;
    for &(at, value) in readings {
        key_result.accepts_value(value).map_err(told)?;
        if at > change.now {
            return Err(Refusal::invalid(format!("readings: {at} has not come yet")));
        }
        let reading = Reading { at, value, source: ReadingSource::Imported };
        store::objectives::save_reading(&mut change.transaction, &key_result.id, &reading).await?;
    }
    let detail = format!("{} readings", readings.len());
    change.event(Event::new("objectives", "readings_imported", key_result.id.as_str(), detail));
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await
}

/// Forgets what was computed between the reading brought along before `readings` and now.
async fn give_way(
    change: &mut Change,
    id: &KeyResultId,
    readings: &[(Timestamp, f64)],
) -> Result<(), Refusal> {
    let Some(first) = readings.iter().map(|(at, _)| *at).min() else { return Ok(()) };
    let known = store::objectives::all_readings(&mut change.transaction, Which::One(id)).await?;
    let brought = known.values().flatten().filter(|one| one.source == ReadingSource::Imported);
    let before = brought.map(|one| one.at).filter(|at| *at < first).max();
    let span = (before.unwrap_or(first), change.now);
    let source = ReadingSource::Computed;
    Ok(store::objectives::delete_readings(&mut change.transaction, id, source, span).await?)
}
