//! `watchbell apply` and `watchbell export`.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use domain::access::Actor;
use operations::Refusal;
use operations::organisations;
use serde_json::json;

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// As large as the reader allows.
const LARGEST: u64 = 4 * 1024 * 1024;

pub async fn apply(common: &Common, file: &Path, dry_run: bool, yes: bool) -> Result<(), Failure> {
    let text = super::text_of(file, LARGEST)?;
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let named = |refusal| with_file(file, refusal);
    let shown = organisations::compare(&app, &Actor::Operator, &text).await.map_err(named)?;
    if !common.json {
        for change in &shown.changes {
            present::line(change)?;
        }
    }
    let wanted = !dry_run && (yes || common.json || shown.changes.is_empty() || agreed()?);
    let outcome = if wanted {
        organisations::apply(&app, &Actor::Operator, &text).await.map_err(named)?
    } else {
        shown
    };
    if common.json {
        return present::json(&json!({
            "changes": outcome.changes,
            "applied": outcome.applied,
            "version": outcome.version,
        }));
    }
    let count = outcome.changes.len();
    present::line(&match (count, outcome.applied) {
        (0, _) => "nothing to change".to_owned(),
        (_, true) => format!("applied {count} changes as version {}", outcome.version),
        (_, false) => format!("{count} changes, none applied"),
    })
}

fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Input("add --yes to apply, or --dry-run to only look".into()));
    }
    print!("Apply? [y/N] ");
    let mut answer = String::new();
    std::io::stdout()
        .flush()
        .and_then(|()| std::io::stdin().lock().read_line(&mut answer))
        .map_err(|error| Failure::Failed(format!("cannot ask: {error}")))?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}

/// Mistakes begin with the file's name, so that editors can jump to them.
fn with_file(file: &Path, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Invalid(lines) => {
            let lines: Vec<String> =
                lines.iter().map(|line| format!("{}:{line}", file.display())).collect();
            Failure::Input(format!("the organisation was not applied\n{}", lines.join("\n")))
        }
        other => other.into(),
    }
}

pub async fn export(common: &Common) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let text = organisations::export(&app, &Actor::Operator).await?;
    if common.json {
        return present::json(&json!({"organisation": text}));
    }
    present::line(text.trim_end())
}

/// Prints a one-time link with which a person sets a password.
pub async fn invite(common: &Common, person: &str) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let secret = operations::access::invite(&app, &Actor::Operator, person).await?;
    let link = format!("{}/sign-in/link/{secret}", app.address());
    if common.json {
        return present::json(&json!({"person": person, "link": link}));
    }
    present::line(&format!("for {person}, once, within 24 hours:\n{link}"))
}
