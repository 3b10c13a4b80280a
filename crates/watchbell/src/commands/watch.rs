//! `watchbell tick` and `watchbell outbox`.

use std::sync::Arc;

use domain::access::Actor;
use jiff::Timestamp;
use operations::{duties, notices};
use serde_json::{Value, json};
use store::notices::Queued;

use crate::cli::Common;
use crate::configuration;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, FixedClock, Pretence, SystemClock};

/// Runs the duties once as if it were `at`.
pub async fn tick(common: &Common, at: Timestamp, send: bool) -> Result<(), Failure> {
    let post: Arc<dyn operations::ports::Post> = if send {
        Arc::new(wiring::transport(&configuration::read(common)?)?)
    } else {
        Arc::new(Pretence)
    };
    let app = wiring::app(common, Arc::new(FixedClock(at)), post).await?;
    let tick = duties::tick(&app, &Actor::Operator).await?;
    let sent = notices::sent_at(&app, &Actor::Operator, at).await?;
    if common.json {
        let done: Vec<Value> = tick
            .duties
            .iter()
            .map(|(name, done)| {
                json!({"duty": name, "advanced": done.advanced, "lines": done.lines})
            })
            .collect();
        let messages: Vec<Value> = sent.iter().map(document).collect();
        return present::json(&json!({"at": at.to_string(), "done": done, "messages": messages}));
    }
    if tick.is_quiet() {
        return present::line("nothing was due");
    }
    for (name, done) in tick.duties.iter().filter(|(_, done)| done.advanced > 0) {
        present::line(&format!("{name}: {}", done.advanced))?;
        for line in &done.lines {
            present::line(&format!("  {line}"))?;
        }
    }
    for queued in &sent {
        let notice = &queued.notice;
        let (channel, address) = (notice.channel.word(), &notice.address);
        present::line(&format!("\nto {} by {channel} ({address})", notice.person))?;
        present::line(&format!("{}\n\n{}", notice.subject, notice.body.trim_end()))?;
    }
    Ok(())
}

/// Lists outgoing messages.
pub async fn outbox(common: &Common, limit: u32) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let page = notices::page(&app, &Actor::Operator, None, None, limit).await?;
    if common.json {
        let messages: Vec<Value> = page.iter().map(document).collect();
        return present::json(&json!({"messages": messages}));
    }
    if page.is_empty() {
        return present::line("no message was ever queued");
    }
    let rows = page
        .iter()
        .map(|queued| {
            vec![
                queued.notice.created_at.to_string(),
                queued.state.word().to_owned(),
                queued.notice.address.clone(),
                queued.notice.subject.clone(),
                queued.notice.key.clone(),
            ]
        })
        .collect();
    present::line(&present::table(&["created", "state", "to", "subject", "key"], rows))
}

fn document(queued: &Queued) -> Value {
    let notice = &queued.notice;
    json!({
        "key": notice.key,
        "about": notice.about,
        "person": notice.person,
        "channel": notice.channel.word(),
        "address": notice.address,
        "subject": notice.subject,
        "body": notice.body,
        "state": queued.state.word(),
        "created_at": notice.created_at.to_string(),
        "due_at": queued.due_at.map(|at| at.to_string()),
        "attempts": queued.attempts,
        "settled_at": queued.settled_at.map(|at| at.to_string()),
        "last_error": queued.last_error,
    })
}
