//! Reads the values that the product computes by itself, once a day.

use domain::access::{Actor, Operation};
use store::objectives::Which;

use super::{BATCH, Doing, Done, Duty};
use crate::{App, Refusal, objectives};

pub(super) const DUTY: Duty = Duty {
    name: "readings",
    words: "reads the computed values of key results, shortly after each midnight",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let (now, organisation) = (change.now, std::sync::Arc::clone(&change.organisation));
    let due = store::objectives::to_read(&mut change.transaction, now, BATCH).await?;
    let mut done = Done { more: due.len() == BATCH as usize, ..Done::default() };
    if due.is_empty() {
        return Ok(done);
    }
    for (id, due_at) in due {
        let which = Which::One(&id);
        let found = store::objectives::key_results(&mut change.transaction, which).await?;
        for key_result in found {
            let next = key_result.next_reading(now, &organisation.zone);
            let next = next.map_err(|error| Refusal::invalid(error.to_string()))?;
            let transaction = &mut change.transaction;
            if !store::objectives::claim_reading(transaction, &id, due_at, next).await? {
                continue;
            }
            if let Some(value) = objectives::read_now(&mut change, &key_result).await? {
                done.lines.push(format!("{id}: {value} {}", key_result.unit));
            }
            done.count(due_at, now);
        }
    }
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await?;
    Ok(done)
}
