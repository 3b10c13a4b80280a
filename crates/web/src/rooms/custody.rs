//! The forms of a finding's page about its holder and its clock.

use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use domain::access::Operation;
use domain::findings::{Cause, Event, PauseReason};
use jiff::ToSpan;
use operations::Refusal;
use operations::findings::{self, FindingView, PAUSE_LONGEST};

use super::findings::finding_page;
use super::{encoded, refusals};
use crate::answer::{Answer, done, page_with};
use crate::api::custody::{cause, day, reason};
use crate::flash::Told;
use crate::pages::custody::{CustodyForms, HandOverForm, JudgeForm, PauseForm, VendorForm};
use crate::pages::{Choice, Refusals};
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/findings/{id}/holder", post(hand_over))
        .route("/findings/{id}/vendor", post(wait_for_vendor))
        .route("/findings/{id}/pause", post(pause))
        .route("/findings/{id}/resumption", post(resume))
        .route("/findings/{id}/cause", post(judge))
}

async fn hand_over(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visit, fields } = &posted;
    let outcome = findings::hand_over(&visit.app, &visit.actor, &id, fields.text("team")).await;
    answer(&posted, &id, outcome, (Told::HandedOver, "team", &[])).await
}

async fn wait_for_vendor(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visit, fields } = &posted;
    let vendor = fields.text("vendor");
    let outcome = findings::wait_for_vendor(&visit.app, &visit.actor, &id, vendor).await;
    answer(&posted, &id, outcome, (Told::HandedOver, "vendor", &[])).await
}

async fn pause(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visit, fields } = &posted;
    let read = reason(fields.text("pause_reason"))
        .and_then(|reason| Ok((reason, day("until", fields.text("until"))?)));
    let outcome = match read {
        Ok((reason, until)) => {
            let why = (reason, fields.text("note"));
            findings::pause(&visit.app, &visit.actor, &id, why, until).await
        }
        Err(why) => Err(Refusal::invalid(why)),
    };
    answer(&posted, &id, outcome, (Told::Paused, "until", &[("reason", "pause_reason")])).await
}

async fn resume(Path(id): Path<String>, posted: Posted) -> Answer {
    let outcome = findings::resume(&posted.visit.app, &posted.visit.actor, &id).await;
    answer(&posted, &id, outcome, (Told::Resumed, "ledger", &[])).await
}

async fn judge(Path(id): Path<String>, posted: Posted) -> Answer {
    let Posted { visit, fields } = &posted;
    let outcome = match cause(fields.text("cause")) {
        Ok(cause) => {
            let note = fields.text("judgement");
            findings::correct_cause(&visit.app, &visit.actor, &id, cause, note).await
        }
        Err(why) => Err(Refusal::invalid(why)),
    };
    answer(&posted, &id, outcome, (Told::CauseJudged, "cause", &[("note", "judgement")])).await
}

/// Back to the finding, or the page again with what was typed; `renamed` are fields that the
/// operation calls otherwise than the form.
async fn answer(
    posted: &Posted,
    id: &str,
    outcome: Result<FindingView, Refusal>,
    (told, field, renamed): (Told, &str, &[(&str, &str)]),
) -> Answer {
    let visit = &posted.visit;
    let refusal = match outcome {
        Ok(_) => return Ok(done(&visit.server, told, &format!("/findings/{}", encoded(id)))),
        Err(refusal) => refusal,
    };
    let status = Problem::from(&refusal).status;
    let mut refusals = refusals(refusal, field)?;
    for refused in &mut refusals.0 {
        if let Some((_, name)) = renamed.iter().find(|(known, _)| *known == refused.field) {
            refused.field = (*name).to_owned();
        }
    }
    page_with(status, &finding_page(visit, id, &posted.fields, refusals).await?)
}

/// The forms for this reader; `fields` are what was typed before, `refusals` what came of it.
pub(super) fn forms(
    visit: &Visit,
    view: &FindingView,
    (fields, refusals): (&Fields, &Refusals),
) -> CustodyForms {
    let finding = &view.finding;
    let team = finding.custody.team.as_deref();
    let may = |operation| findings::may(&visit.organisation, &visit.actor, (operation, team));
    let clock = &finding.clock;
    let is_refused = |names: &[&str]| refusals.0.iter().any(|it| names.contains(&&*it.field));
    let action = |noun: &str| format!("/findings/{}/{noun}", encoded(&finding.id));
    let may_hand_over = clock.state.is_running() && may(Operation::HandOverFinding);
    let stands = clock.stands_since.is_some();
    let may_pause = clock.state.is_running() && !stands && may(Operation::PauseClock);
    let may_resume = clock.state.is_running() && stands && may(Operation::ResumeClock);
    let typed = |name: &str| fields.text(name).to_owned();
    CustodyForms {
        hand_over: may_hand_over.then(|| HandOverForm {
            action: action("holder"),
            teams: teams(visit, fields.text("team")),
            refused: is_refused(&["team"]),
        }),
        vendor: (may_hand_over && finding.custody.vendor.is_none()).then(|| VendorForm {
            action: action("vendor"),
            vendor: typed("vendor"),
            refused: is_refused(&["vendor"]),
        }),
        pause: (may_pause && clock.breached_at.is_none()).then(|| {
            let refused = is_refused(&["pause_reason", "until", "note"]);
            pause_form(visit, fields, (action("pause"), refused))
        }),
        resume: may_resume.then(|| action("resumption")),
        judge: (clock.breached_at.is_some() && may(Operation::JudgeCause)).then(|| JudgeForm {
            action: action("cause"),
            causes: Choice::list(
                &Cause::ALL.map(|cause| (cause.word(), cause.title())),
                fields.text("cause"),
            ),
            present: present_cause(view).map_or("not judged", Cause::title).to_owned(),
            judgement: typed("judgement"),
            refused: is_refused(&["cause", "judgement"]),
        }),
    }
}

fn teams(visit: &Visit, chosen: &str) -> Vec<Choice> {
    let teams = visit.organisation.teams.values();
    let pairs: Vec<(&str, &str)> = [("", "choose a team")]
        .into_iter()
        .chain(teams.map(|team| (team.id.as_str(), team.name.as_str())))
        .collect();
    Choice::list(&pairs, chosen)
}

fn pause_form(visit: &Visit, fields: &Fields, (action, refused): (String, bool)) -> PauseForm {
    let today = visit.now.to_zoned(visit.organisation.zone.clone()).date();
    let words = |reason: PauseReason| match reason {
        PauseReason::VendorPatch => "there is no patch to apply yet",
        PauseReason::Access => "access is missing",
        PauseReason::ChangeFreeze => "changes are frozen",
        PauseReason::Other => "something else",
    };
    let reasons = PauseReason::ALL.map(|reason| (reason.word(), words(reason)));
    PauseForm {
        action,
        reasons: Choice::list(&reasons, fields.text("pause_reason")),
        until: fields.text("until").to_owned(),
        earliest: today.to_string(),
        latest: today.saturating_add(PAUSE_LONGEST.days()).to_string(),
        note: fields.text("note").to_owned(),
        refused,
    }
}

/// What the last breach is put down to now.
fn present_cause(view: &FindingView) -> Option<Cause> {
    view.ledger.iter().rev().find_map(|entry| match &entry.event {
        Event::CauseCorrected { cause, .. } => Some(Some(*cause)),
        Event::Breached { cause, .. } => Some(*cause),
        _ => None,
    })?
}
