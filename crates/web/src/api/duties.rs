//! The watch.

use axum::Json;
use operations::duties;
use wire::duties::{Duty, Tick};
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;

/// Runs every duty once, as of now; the watch does so by itself as well.
#[utoipa::path(post, path = "/ticks", tag = "watch",
    responses((status = 200, body = Tick), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn tick(caller: Caller) -> Outcome<Tick> {
    let tick = duties::tick(&caller.app, &caller.actor).await?;
    let duty = |(name, done): (&'static str, duties::Done)| Duty {
        name: name.to_owned(),
        advanced: done.advanced,
        latest_seconds: done.latest_micros as f64 / 1e6,
        lines: done.lines,
    };
    Ok(Json(Tick { duties: tick.duties.into_iter().map(duty).collect() }))
}
