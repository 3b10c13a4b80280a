//! Notes in the ledgers what the clock has caused: warnings and breaches.
//!
//! A breach has the time at which it happened, however late the watch looks, and freezes who held
//! the finding then. First of the duties: triggers and escalations follow from it.

use domain::access::{Actor, Operation};
use domain::findings::{Event, Finding, catch_up};
use store::findings::{Advance, Stored};

use super::{Doing, Done, Duty};
use crate::policy::SlaRules;
use crate::{App, Refusal, findings, triggers};

/// Findings taken at a time: some 30 ms of writing, so that nobody waits behind it.
const CLAIM: u32 = 500;
/// Lines told of one batch; the ledgers have them all.
const TOLD: usize = 50;

pub(super) const DUTY: Duty = Duty {
    name: "clocks",
    words: "notes warnings, breaches, ends of pauses and new SLA matrices in the ledgers",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.instant();
    let due = store::findings::due(&mut change.transaction, now, CLAIM).await?;
    let mut done = Done { more: due.len() == CLAIM as usize, ..Done::default() };
    if due.is_empty() {
        return Ok(done);
    }
    let sla = SlaRules::of(&change.organisation)?;
    let mut caught_up = Vec::with_capacity(due.len());
    for stored in &due {
        let Finding { clock, custody, .. } = &stored.value;
        let outcome = catch_up(*clock, custody, now, &sla.watching());
        caught_up.push(outcome.map_err(|refused| findings::damaged(&stored.value.id, &refused))?);
        done.count(stored.watch_at.unwrap_or(now), now);
    }
    let advances: Vec<Advance<'_>> = due
        .iter()
        .zip(&caught_up)
        .map(|(stored, (clock, entries))| Advance {
            number: stored.number,
            service: &stored.value.service,
            version: stored.version,
            entries_before: stored.entries,
            entries,
            before: stored.value.clock,
            clock: *clock,
            assessed: stored.value.assessment,
            assessment: stored.value.assessment,
            held: &stored.value.custody,
            custody: &stored.value.custody,
        })
        .collect();
    store::findings::advance(&mut change.transaction, &advances, &sla.watching()).await?;
    let ids: Vec<String> = due.iter().map(|stored| stored.value.id.clone()).collect();
    triggers::look_at(&mut change, &ids).await?;
    let lines = due.iter().zip(&caught_up).flat_map(|(stored, (_, entries))| {
        entries.iter().map(move |entry| line(stored, &entry.event))
    });
    done.lines = lines.take(TOLD).collect();
    change.commit().await?;
    Ok(done)
}

fn line(stored: &Stored<Finding>, event: &Event) -> String {
    let Finding { id, service, custody, .. } = &stored.value;
    let holder = custody.holder().map_or("nobody".to_owned(), |holder| holder.text());
    format!("{}: {id} in {service}, held by {holder}", event.word())
}
