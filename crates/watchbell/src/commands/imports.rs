//! `watchbell import`: takes a report in.

use std::sync::Arc;

use domain::access::Actor;
use formats::reports::Limits;
use operations::imports::{self, ImportOutcome, ImportRequest};
use serde_json::json;

use crate::cli::{Common, Import};
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
