//! `watchbell import`: takes a report in.

use std::sync::Arc;

use domain::access::Actor;
use formats::reports::Limits;
use operations::imports::{self, ImportOutcome, ImportRequest};
use serde_json::json;

use crate::cli::{Common, Import, Imports};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Imports one report and says what it changed.
pub async fn import(common: &Common, import: &Import) -> Result<(), Failure> {
    let bytes = super::bytes_of(&import.file, Limits::default().upload)?;
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let request = ImportRequest {
        bytes,
        service: import.service.clone(),
        create_service: import.create_service,
        format: import.format.clone(),
        scope: import.scope.clone(),
        at: import.at,
        force: import.force,
        partial: import.partial,
        opens_from: None,
    };
    let outcome = imports::import(&app, &Actor::Operator, request).await.map_err(|refusal| {
        match Failure::from(refusal) {
            Failure::Input(text) => Failure::Input(format!("{}: {text}", import.file.display())),
            other => other,
        }
    })?;
    if common.json {
        return present::json(&document(&outcome));
    }
    tell(&outcome)
}

/// Lists imports, undoes one, or writes its report.
pub async fn imports(common: &Common, asked: &Imports) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let actor = &Actor::Operator;
    match asked {
        Imports::List { service, limit } => {
            let list = imports::list(&app, actor, (service.as_deref(), None), None, *limit).await?;
            list_of(common, &list)
        }
        Imports::Undo { import } => {
            let undone = imports::undo(&app, actor, import).await?;
            if common.json {
                return present::json(&record(&undone));
            }
            let (id, service) = (&undone.id, &undone.service);
            present::line(&format!("{id} is undone: clocks of {service} are as before it"))
        }
        Imports::Report { import } => {
            let (_, bytes) = imports::report(&app, actor, import).await?;
            let gone = || Failure::Input(format!("the report of {import} is not kept any more"));
            present::bytes(&bytes.ok_or_else(gone)?)
        }
    }
}

fn list_of(common: &Common, list: &[imports::Import]) -> Result<(), Failure> {
    if common.json {
        let documents: Vec<_> = list.iter().map(record).collect();
        return present::json(&json!({"imports": documents}));
    }
    let row = |it: &imports::Import| {
        vec![
            it.id.clone(),
            it.state.word().to_owned(),
            it.at.strftime("%Y-%m-%d %H:%MZ").to_string(),
            it.service.clone(),
            it.stream.scope.clone(),
            format!("{} {}", it.stream.tool, it.tool_version.as_deref().unwrap_or_default()),
            format!("+{} -{}", it.counts.created + it.counts.reopened, it.counts.closed),
            it.actor.clone(),
        ]
    };
    let header = ["id", "state", "scanned", "service", "scope", "tool", "opened, closed", "by"];
    present::line(&present::table(&header, list.iter().map(row).collect()))
}

fn record(import: &imports::Import) -> serde_json::Value {
    let counts = &import.counts;
    json!({
        "import": import.id,
        "state": import.state.word(),
        "service": import.service,
        "scope": import.stream.scope,
        "format": import.format,
        "tool": import.stream.tool,
        "tool_version": import.tool_version,
        "digest": import.digest,
        "at": import.at.to_string(),
        "recorded_at": import.recorded_at.to_string(),
        "by": import.actor,
        "created": counts.created,
        "closed": counts.closed,
        "reopened": counts.reopened,
        "rebanded": counts.rebanded,
        "undone_at": import.undone.as_ref().map(|(at, _)| at.to_string()),
        "undone_by": import.undone.as_ref().map(|(_, by)| by),
    })
}

fn document(outcome: &ImportOutcome) -> serde_json::Value {
    let counts = &outcome.counts;
    let refusals: Vec<_> = outcome
        .refusals
        .iter()
        .map(|(place, reason)| json!({"place": place, "reason": reason}))
        .collect();
    json!({
        "import": outcome.import,
        "service": outcome.service,
        "scope": outcome.scope,
        "format": outcome.format,
        "tool": outcome.tool,
        "tool_version": outcome.tool_version,
        "created": counts.created,
        "closed": counts.closed,
        "reopened": counts.reopened,
        "rebanded": counts.rebanded,
        "unchanged": counts.unchanged,
        "refused": counts.refused,
        "held": outcome.held.is_some(),
        "remarks": outcome.remarks,
        "refusals": refusals,
    })
}

fn tell(outcome: &ImportOutcome) -> Result<(), Failure> {
    let counts = &outcome.counts;
    let (id, format, service) = (&outcome.import, &outcome.format, &outcome.service);
    present::line(&format!("{id}: {format} report of {service}"))?;
    if let Some((vanishing, open)) = outcome.held {
        present::line(&format!(
            "  held, nothing changed: {vanishing} of {open} open findings would vanish at once.\n  \
             If that is right, repeat with --force, or let it through on its page."
        ))?;
    } else {
        present::line(&format!(
            "  {} created, {} closed, {} reopened, {} re-banded, {} unchanged",
            counts.created, counts.closed, counts.reopened, counts.rebanded, counts.unchanged
        ))?;
    }
    for (place, reason) in &outcome.refusals {
        present::line(&format!("  refused {place}: {reason}"))?;
    }
    for remark in &outcome.remarks {
        present::line(&format!("  note: {remark}"))?;
    }
    Ok(())
}
