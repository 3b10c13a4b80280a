//! Exceptions: the list, the form that first shows what it would cover, the decision.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::access::{Operation, Relation, may};
use domain::exceptions::{ExceptionState, Request, Scope};
use jiff::ToSpan;
use operations::Refusal;
use operations::exceptions::{self as operation, Decision, ExceptionView};

use super::{Parameters, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::exceptions::{ExceptionForm, ExceptionRow, ExceptionsPage};
use crate::pages::{Choice, Meaning, Refusals, Room};
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

const HREF: &str = "/exceptions";
/// Requests of which the page tells what they would cover: each takes a walk over findings.
const PREVIEWED: usize = 10;
/// Exceptions on the page: the newest.
const SHOWN: usize = 50;
/// The end that an empty form proposes, in days.
const PROPOSED: i32 = 14;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route(HREF, get(list).post(request))
        .route("/exceptions/{id}/decision", post(decide))
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let form = form(&visit, |name| parameters.text(name).to_owned());
    page(&exceptions_page(&visit, form, String::new(), Refusals::none()).await?)
}

async fn request(Posted { visit, fields }: Posted) -> Answer {
    let (app, actor) = (&visit.app, &visit.actor);
    let is_look = fields.text("step") != "ask";
    let outcome = match asked(&fields) {
        Ok(asked) if is_look => {
            let coverage = operation::dry_run(app, actor, asked).await;
            coverage.map(|coverage| format!("It would cover {}.", coverage.words()))
        }
        Ok(asked) => operation::request(app, actor, asked).await.map(|_| String::new()),
        Err(refusal) => Err(refusal),
    };
    let form = form(&visit, |name| fields.text(name).to_owned());
    match outcome {
        Ok(coverage) if is_look => {
            page(&exceptions_page(&visit, form, coverage, Refusals::none()).await?)
        }
        Ok(_) => Ok(done(&visit.server, Told::ExceptionRequested, HREF)),
        Err(refusal) => {
            let refusals = refusals(refusal, "finding")?;
            let view = exceptions_page(&visit, form, String::new(), refusals).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

async fn decide(Path(id): Path<String>, Posted { visit, fields }: Posted) -> Answer {
    let word = fields.text("decision");
    let decision = Decision::from_word(word).ok_or_else(|| {
        Problem::invalid(format!("decision: `{word}` is not approve, refuse or revoke"))
    })?;
    let note = fields.text("note");
    match operation::decide(&visit.app, &visit.actor, &id, decision, note).await {
        Ok(_) => Ok(done(&visit.server, Told::ExceptionDecided, HREF)),
        Err(refusal) => {
            let refusals = refusals(refusal, "note")?;
            let form = form(&visit, |_| String::new());
            let view = exceptions_page(&visit, form, String::new(), refusals).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

fn asked(fields: &Fields) -> Result<Request, Refusal> {
    let part = |name: &str| Some(fields.text(name).to_owned());
    let until = fields.text("until").trim();
    let until = until
        .parse()
        .map_err(|_| Refusal::invalid(format!("until: “{until}” is no date such as 2026-11-26")))?;
    let scope = Scope {
        finding: part("finding"),
        identifier: part("identifier"),
        package: part("package"),
        service: part("service"),
        team: part("team"),
    };
    let (reason, control) = (fields.text("reason").to_owned(), fields.text("control").to_owned());
    Ok(Request { scope, reason, control, until })
}

fn form(visit: &Visit, text: impl Fn(&str) -> String) -> ExceptionForm {
    let teams = visit.organisation.teams.values();
    let teams = teams.map(|team| (team.id.as_str(), team.name.as_str()));
    let teams: Vec<(&str, &str)> = std::iter::once(("", "any team")).chain(teams).collect();
    let today = visit.now.to_zoned(visit.organisation.zone.clone()).date();
    let until = match text("until") {
        typed if typed.is_empty() => today.saturating_add(PROPOSED.days()).to_string(),
        typed => typed,
    };
    ExceptionForm {
        finding: text("finding"),
        identifier: text("identifier"),
        package: text("package"),
        service: text("service"),
        teams: Choice::list(&teams, &text("team")),
        reason: text("reason"),
        control: text("control"),
        until,
    }
}

async fn exceptions_page(
    visit: &Visit,
    form: ExceptionForm,
    coverage: String,
    refusals: Refusals,
) -> Result<ExceptionsPage, Problem> {
    let views = operation::list(&visit.app, &visit.actor, None).await?;
    let mut rows = Vec::with_capacity(views.len());
    let mut previews = 0;
    for view in views.iter().take(SHOWN) {
        let covers = if view.may_decide && previews < PREVIEWED {
            previews += 1;
            let id = &view.exception.id;
            match operation::preview(&visit.app, &visit.actor, id).await {
                Ok(coverage) => format!("would cover {}", coverage.words()),
                Err(refusal) => refusal.to_string(),
            }
        } else {
            covers(view)
        };
        rows.push(row(visit, view, covers));
    }
    Ok(ExceptionsPage {
        frame: visit.frame(Room::Elsewhere),
        sentence: sentence(&views),
        rows,
        may_request: may(&visit.actor, Operation::RequestException, Relation::Foreign),
        form,
        coverage,
        refusals,
    })
}

fn sentence(views: &[ExceptionView]) -> String {
    let count = |state| views.iter().filter(|view| view.exception.state == state).count();
    let (holding, waiting) = (count(ExceptionState::Approved), count(ExceptionState::Requested));
    let holds = match holding {
        0 => "No exceptions.".to_owned(),
        1 => "One exception holds.".to_owned(),
        many => format!("{many} exceptions hold."),
    };
    match waiting {
        0 => holds,
        1 => format!("{holds} One waits for a decision."),
        many => format!("{holds} {many} wait for a decision."),
    }
}

fn covers(view: &ExceptionView) -> String {
    match (view.exception.state, view.findings, view.services) {
        (ExceptionState::Approved, 1, _) => "1 finding in 1 service".to_owned(),
        (ExceptionState::Approved, findings, 1) => format!("{findings} findings in 1 service"),
        (ExceptionState::Approved, findings, services) => {
            format!("{findings} findings in {services} services")
        }
        _ => "nothing".to_owned(),
    }
}

fn row(visit: &Visit, view: &ExceptionView, covers: String) -> ExceptionRow {
    let exception = &view.exception;
    let (meaning, state) = match exception.state {
        ExceptionState::Requested => (Meaning::Bending, "waits for a decision"),
        ExceptionState::Approved => (Meaning::Holding, "holds"),
        ExceptionState::Refused => (Meaning::Plain, "refused"),
        ExceptionState::Revoked => (Meaning::Plain, "revoked"),
        ExceptionState::Expired => (Meaning::Plain, "expired"),
    };
    let mut history = format!("{} asked for it.", visit.name_of(&exception.requester));
    if let Some(decider) = &exception.decider {
        let done = match exception.state {
            ExceptionState::Refused => "refused",
            _ => "approved",
        };
        history += &format!(" {} {done} it.", visit.name_of(decider));
    }
    if let Some(note) = &exception.note {
        history += &format!(" “{note}”");
    }
    if let Some(person) = &exception.ended_by {
        history += &format!(" {} revoked it.", visit.name_of(person));
    }
    ExceptionRow {
        id: exception.id.clone(),
        scope: exception.request.scope.words(),
        meaning,
        state: state.to_owned(),
        until: exception.request.until.strftime("%a %-d %b %Y").to_string(),
        covers,
        reason: exception.request.reason.clone(),
        control: exception.request.control.clone(),
        history,
        action: format!("{HREF}/{}/decision", encoded(&exception.id)),
        may_decide: view.may_decide,
        may_revoke: view.may_revoke,
    }
}
