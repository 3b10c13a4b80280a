//! `watchbell exceptions`: what need not be done for a while.

use std::sync::Arc;

use domain::access::Actor;
use domain::exceptions::{Request, Scope};
use operations::exceptions::{self, Coverage, Decision, ExceptionView};
use operations::{App, access};
use serde_json::{Value, json};

use crate::cli::{AskException, Common, DecideException, Exceptions};
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Runs one of the commands on exceptions.
pub async fn exceptions(common: &Common, asked: &Exceptions) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    match asked {
        Exceptions::List => list(&app, common).await,
        Exceptions::Request(asked) => request(&app, common, asked).await,
        Exceptions::Approve(asked) => decide(&app, common, asked, Decision::Approve).await,
        Exceptions::Refuse(asked) => decide(&app, common, asked, Decision::Refuse).await,
        Exceptions::Revoke(asked) => decide(&app, common, asked, Decision::Revoke).await,
    }
}

async fn list(app: &App, common: &Common) -> Result<(), Failure> {
    let views = exceptions::list(app, &Actor::Operator, None).await?;
    if common.json {
        let exceptions: Vec<Value> = views.iter().map(document).collect();
        return present::json(&json!({ "exceptions": exceptions }));
    }
    if views.is_empty() {
        return present::line("no exceptions");
    }
    let rows = views.iter().map(|view| {
        let exception = &view.exception;
        vec![
            exception.id.clone(),
            exception.state.word().to_owned(),
            exception.request.until.to_string(),
            view.findings.to_string(),
            exception.requester.clone(),
            exception.request.scope.words(),
        ]
    });
    let header = ["id", "state", "until", "findings", "asked by", "what"];
    present::line(&present::table(&header, rows.collect()))
}

async fn request(app: &App, common: &Common, asked: &AskException) -> Result<(), Failure> {
    let actor = access::named(app, &Actor::Operator, &asked.person).await?;
    let scope = Scope {
        finding: asked.finding.clone(),
        identifier: asked.identifier.clone(),
        package: asked.package.clone(),
        service: asked.service.clone(),
        team: asked.team.clone(),
    };
    let (reason, control) = (asked.reason.clone(), asked.control.clone());
    let request = Request { scope, reason, control, until: asked.until };
    if asked.dry_run {
        let coverage = exceptions::dry_run(app, &actor, request).await?;
        return would_cover(common, &coverage);
    }
    told(common, &exceptions::request(app, &actor, request).await?)
}

async fn decide(
    app: &App,
    common: &Common,
    asked: &DecideException,
    decision: Decision,
) -> Result<(), Failure> {
    let actor = access::named(app, &Actor::Operator, &asked.person).await?;
    if asked.dry_run {
        return match decision {
            Decision::Approve => {
                let coverage = exceptions::preview(app, &actor, &asked.exception).await?;
                would_cover(common, &coverage)
            }
            Decision::Refuse | Decision::Revoke => {
                told(common, &exceptions::one(app, &actor, &asked.exception).await?)
            }
        };
    }
    let (id, note) = (&asked.exception, &asked.note);
    told(common, &exceptions::decide(app, &actor, id, decision, note).await?)
}

fn would_cover(common: &Common, coverage: &Coverage) -> Result<(), Failure> {
    if common.json {
        return present::json(&json!({
            "findings": coverage.findings,
            "critical": coverage.critical,
            "services": coverage.services,
        }));
    }
    present::line(&format!("would cover {}; nothing was changed", coverage.words()))
}

fn told(common: &Common, view: &ExceptionView) -> Result<(), Failure> {
    if common.json {
        return present::json(&document(view));
    }
    let exception = &view.exception;
    let words = exception.request.scope.words();
    let (state, until, findings) = (exception.state.word(), exception.request.until, view.findings);
    present::line(&format!(
        "{}: {state}, {words} until {until}; {findings} findings are accepted by it",
        exception.id
    ))
}

fn document(view: &ExceptionView) -> Value {
    let exception = &view.exception;
    let scope = &exception.request.scope;
    json!({
        "id": exception.id,
        "state": exception.state.word(),
        "scope": {
            "finding": scope.finding,
            "identifier": scope.identifier,
            "package": scope.package,
            "service": scope.service,
            "team": scope.team,
        },
        "reason": exception.request.reason,
        "control": exception.request.control,
        "until": exception.request.until.to_string(),
        "requester": exception.requester,
        "decider": exception.decider,
        "note": exception.note,
        "ended_at": exception.ended_at.map(|at| at.to_string()),
        "findings": view.findings,
        "services": view.services,
    })
}
