//! Ticks that meet an exact number of findings.

use std::time::Instant;

use domain::access::Actor;
use operations::{App, duties};

use super::filled::{groups, millis, opened, opened_at};
use super::reports::MEDIUM;
use super::{Measured, NOW};
use crate::failure::Failure;

/// A tick at the instant of each group, and one with nothing due after it.
pub(super) async fn ticks(database: &str, size: u64) -> Result<Vec<Measured>, Failure> {
    let app = opened(database, NOW).await?;
    let now = app.now();
    // What waits since the filling is no part of any group.
    duties::tick(&app, &Actor::Operator).await?;
    app.database().close().await;
    let mut rows = Vec::new();
    for group in groups(size) {
        let app = opened_at(database, now + group.tick).await?;
        let (millis, advanced) = tick(&app).await?;
        let kind = match group.graded == MEDIUM {
            true => "breached",
            false => "warned of and escalated",
        };
        let of_clocks = advanced.iter().find(|(name, _)| *name == "clocks");
        let due = of_clocks.map_or(0, |(_, advanced)| *advanced);
        rows.push(Measured::once(&format!("tick with {due} {kind}"), size, millis));
        let quiet = tick(&app).await?.0;
        rows.push(Measured::once("the next tick, with nothing due", size, quiet));
        app.database().close().await;
    }
    Ok(rows)
}

/// How long it took, and how much each duty advanced.
async fn tick(app: &App) -> Result<(f64, Vec<(&'static str, u64)>), Failure> {
    let started = Instant::now();
    let tick = duties::tick(app, &Actor::Operator).await?;
    let took = millis(started);
    Ok((took, tick.duties.into_iter().map(|(name, done)| (name, done.advanced)).collect()))
}
