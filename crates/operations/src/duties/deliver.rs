//! Gives what is in the outbox to its channels.
//!
//! Claim (a lease that ends by itself) → give to the channel, outside of any transaction → settle.
//! A node that dies in between loses nothing: the lease ends and another node repeats under the
//! same key.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::notices::{LEASE, Parcel, gather, retry_at};
use domain::record::Event;
use store::notices::Queued;

use super::{Doing, Done, Duty};
use crate::ports::Undelivered;
use crate::{App, Refusal, escalations};

/// Notices taken at a time: with a slow channel the lease must outlive them all.
const CLAIM: u32 = 64;

pub(super) const DUTY: Duty = Duty {
    name: "deliver",
    words: "gives waiting notices to their channels, several to one person as one digest",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let claimed = claim(app).await?;
    let mut done = Done { more: claimed.len() == CLAIM as usize, ..Done::default() };
    let by_key: BTreeMap<&str, &Queued> =
        claimed.iter().map(|queued| (queued.notice.key.as_str(), queued)).collect();
    let waiting: Vec<_> =
        claimed.iter().map(|queued| (queued.notice.clone(), queued.parcel.clone())).collect();
    let parcels = gather(&waiting);
    assign(app, &parcels, &by_key).await?;
    for parcel in &parcels {
        let outcome = app.post.deliver(parcel).await;
        let word = if outcome.is_ok() { "accepted" } else { "not accepted" };
        done.lines.push(format!("{word}: {} to {}", parcel.key, parcel.address));
        done.advanced += parcel.notices.len() as u64;
        settle(app, parcel, &by_key, outcome).await?;
    }
    Ok(done)
}

async fn claim(app: &App) -> Result<Vec<Queued>, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let (now, node) = (change.now, app.configuration.node.as_str());
    let claimed =
        store::notices::claim(&mut change.transaction, now, now + LEASE, node, CLAIM).await?;
    change.commit().await?;
    Ok(claimed)
}

/// Writes down under which key each notice goes before it goes, alone or with others: an attempt
/// that nobody answered may have reached its reader, so a repetition must have the same key.
async fn assign(
    app: &App,
    parcels: &[Parcel],
    claimed: &BTreeMap<&str, &Queued>,
) -> Result<(), Refusal> {
    let known = |key: &String| claimed.get(key.as_str()).and_then(|it| it.parcel.as_deref());
    let fresh: Vec<(&String, &String)> = parcels
        .iter()
        .flat_map(|parcel| parcel.notices.iter().map(move |notice| (notice, &parcel.key)))
        .filter(|(notice, parcel)| known(notice) != Some(parcel.as_str()))
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    for (notice, parcel) in fresh {
        store::notices::assign(&mut change.transaction, notice, parcel).await?;
    }
    change.commit().await
}

async fn settle(
    app: &App,
    parcel: &Parcel,
    claimed: &BTreeMap<&str, &Queued>,
    outcome: Result<(), Undelivered>,
) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    // What went together is tried again together: a part under the same key would be taken for
    // the whole.
    let next = |queued: &Queued| retry_at(queued.notice.created_at, queued.attempts, now);
    let of = |key: &String| claimed.get(key.as_str()).and_then(|queued| next(queued));
    let together = parcel.notices.iter().filter_map(of).min();
    for key in &parcel.notices {
        let Some(queued) = claimed.get(key.as_str()) else { continue };
        match &outcome {
            Ok(()) => {
                let about = store::notices::accept(&mut change.transaction, key, now).await?;
                if about.is_some() {
                    escalations::notice_accepted(&mut change, key).await?;
                }
            }
            Err(Undelivered::Later(why)) => match next(queued).and(together) {
                Some(at) => {
                    let node = app.configuration.node.as_str();
                    store::notices::retry(&mut change.transaction, key, at, why, node).await?;
                }
                None => fail(&mut change, key, why).await?,
            },
            Err(Undelivered::Never(why)) => fail(&mut change, key, why).await?,
        }
    }
    change.commit().await
}

async fn fail(change: &mut crate::Change, key: &str, why: &str) -> Result<(), Refusal> {
    let now = change.now;
    if store::notices::fail(&mut change.transaction, key, now, why).await?.is_some() {
        change.event(Event::new("notices", "failed", key, why));
    }
    Ok(())
}
