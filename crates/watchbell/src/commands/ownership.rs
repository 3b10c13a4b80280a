//! `watchbell codeowners`: who owns which paths of a service.

use std::path::Path;
use std::sync::Arc;

use domain::access::Actor;
use domain::services::CODEOWNERS_BYTES;
use operations::ownership;
use serde_json::json;

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Keeps the CODEOWNERS file of a service, and says what of it is not used.
pub async fn code_owners(common: &Common, service: &str, file: &Path) -> Result<(), Failure> {
    let text = super::text_of(file, CODEOWNERS_BYTES as u64)?;
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let kept = ownership::keep_code_owners(&app, &Actor::Operator, service, &text).await?;
    if common.json {
        let passed_over: Vec<_> =
            kept.passed_over.iter().map(|(line, why)| json!({"line": line, "why": why})).collect();
        return present::json(&json!({
            "service": service,
            "patterns": kept.patterns,
            "handed_over": kept.handed_over,
            "unknown": kept.unknown,
            "passed_over": passed_over,
        }));
    }
    let (patterns, followed) = (kept.patterns, kept.handed_over);
    present::line(&format!(
        "{service}: {patterns} patterns kept, {followed} findings handed over"
    ))?;
    for owner in &kept.unknown {
        present::line(&format!("  {owner} is no team of the organisation"))?;
    }
    for (line, why) in &kept.passed_over {
        present::line(&format!("  {}:{line}: not used: {why}", file.display()))?;
    }
    Ok(())
}
