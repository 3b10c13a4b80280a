//! Forgets what has expired: sessions that ended, answers kept for idempotency keys.

use domain::access::{Actor, Operation};

use super::{Doing, Done, Duty};
use crate::answers::KEPT_FOR;
use crate::{App, Refusal};

pub(super) const DUTY: Duty = Duty {
    name: "forget",
    words: "forgets sessions that ended and answers kept for repeated requests",
    run: |app| -> Doing<'_> { Box::pin(run(app)) },
};

async fn run(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let answers_before = now.checked_sub(KEPT_FOR).unwrap_or(now);
    let advanced = store::access::sweep(&mut change.transaction, now, answers_before).await?;
    change.commit().await?;
    Ok(Done { advanced, ..Done::default() })
}
