//! Values that the product computes by itself, from findings.
//!
//! One value a day: read again on the same day (after an import), it takes the place of the
//! former. A value that somebody brought along for that day stands.

use domain::calendar::{end_of_day, start_of_day};
use domain::findings::{Band, Timeliness};
use domain::objectives::{Computed, KeyResult, Reading, ReadingSource, Values};
use domain::people::Organisation;
use jiff::Timestamp;
use store::Session;
use store::findings::{accepted, shares, totals};
use store::objectives::Which;

use super::{running_quarter, told};
use crate::{Change, Refusal};

/// Computes the values of the running quarter now: an import does not wait for midnight.
pub(crate) async fn refresh_computed(change: &mut Change) -> Result<(), Refusal> {
    let quarter = running_quarter(&change.organisation, change.now)?;
    let which = Which::Quarter(quarter);
    let mut is_read = false;
    for key_result in store::objectives::key_results(&mut change.transaction, which).await? {
        is_read |= read_now(change, &key_result).await?.is_some();
    }
    if is_read {
        crate::triggers::key_results_changed(change).await?;
    }
    Ok(())
}

/// Computes and keeps the value of one key result as of now, or as of its end when that is past.
/// `None` for typed values, before the start, and while there is nothing to divide by.
pub(crate) async fn read_now(
    change: &mut Change,
    key_result: &KeyResult,
) -> Result<Option<f64>, Refusal> {
    let Values::Computed(computed) = key_result.values else { return Ok(None) };
    let organisation = std::sync::Arc::clone(&change.organisation);
    let zone = &organisation.zone;
    let begins = key_result.begins(zone).map_err(told)?;
    let at = change.now.min(key_result.is_over_at(zone).map_err(told)?);
    if at <= begins {
        return Ok(None);
    }
    let day = day_of(at, &organisation)?;
    let which = Which::One(&key_result.id);
    let before = store::objectives::all_readings(&mut change.transaction, which).await?;
    let brought = before.values().flatten().any(|reading| {
        reading.source == ReadingSource::Imported && day.0 <= reading.at && reading.at < day.1
    });
    if brought {
        return Ok(None);
    }
    let session = &mut change.transaction;
    let Some(value) = value(session, computed, (begins, at)).await? else { return Ok(None) };
    let (id, source) = (&key_result.id, ReadingSource::Computed);
    store::objectives::delete_readings(session, id, source, day).await?;
    store::objectives::save_reading(session, id, &Reading { at, value, source }).await?;
    Ok(Some(value))
}

/// The day of an instant where the organisation is, from its first instant to just before the last.
fn day_of(at: Timestamp, organisation: &Organisation) -> Result<(Timestamp, Timestamp), Refusal> {
    let zone = &organisation.zone;
    let day = at.to_zoned(zone.clone()).date();
    Ok((start_of_day(day, zone).map_err(told)?, end_of_day(day, zone).map_err(told)?))
}

async fn value(
    session: &mut Session,
    computed: Computed,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<f64>, Refusal> {
    let share = |(kept, due): (u64, u64)| (due > 0).then(|| 100.0 * kept as f64 / due as f64);
    Ok(match computed {
        Computed::CriticalFixedInTime => share(shares(session, Band::Critical, from, to).await?),
        Computed::HighFixedInTime => share(shares(session, Band::High, from, to).await?),
        Computed::CriticalOpenPastSla => {
            let past_due =
                |band, timeliness| band == Band::Critical && timeliness == Timeliness::PastDue;
            let accepted = accepted(session, to).await?;
            let covered = accepted.iter().filter(|one| one.band == Band::Critical);
            let covered: u64 = covered.map(|one| one.missed).sum();
            Some(count(session, past_due).await? + covered as f64)
        }
        Computed::Backlog => {
            let upper = |band, _| matches!(band, Band::Critical | Band::High);
            let accepted = accepted(session, to).await?;
            let covered = accepted.iter().filter(|one| upper(one.band, Timeliness::InTime));
            let covered: u64 = covered.map(|one| one.findings).sum();
            // An exception makes no number better.
            Some(count(session, upper).await? + covered as f64)
        }
    })
}

async fn count(
    session: &mut Session,
    counts: impl Fn(Band, Timeliness) -> bool,
) -> Result<f64, Refusal> {
    let tallies = totals(session).await?;
    let counted = tallies.iter().filter(|tally| counts(tally.band, tally.timeliness));
    Ok(counted.map(|tally| tally.findings).sum::<u64>() as f64)
}
