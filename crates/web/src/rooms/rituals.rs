//! Rituals: what is held again and again, recorded in one form.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use domain::audits::Audit;
use domain::rituals::{Occurrence, Record, Standing};
use jiff::civil::Date;
use operations::Refusal;
use operations::rituals::{self, RitualView};

use super::refusals;
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::rituals::{AuditRow, RitualRow, RitualsPage};
use crate::pages::{Choice, Meaning, Refusals, Room};
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

/// Where the page is.
pub(super) const HREF: &str = "/rituals";

pub(super) fn routes() -> Router<Server> {
    Router::new().route(HREF, get(list).post(record))
}

async fn list(visit: Visit) -> Answer {
    page(&rituals_page(&visit, &Fields::default(), Refusals::none()).await?)
}

async fn record(Posted { visit, fields }: Posted) -> Answer {
    let on: Result<Date, Refusal> = fields.text("on").trim().parse().map_err(|_| {
        let typed = fields.text("on");
        Refusal::invalid(format!("on: “{typed}” is no date such as 2026-11-26"))
    });
    let (app, actor) = (&visit.app, &visit.actor);
    let outcome = match on {
        Ok(on) => {
            let (ritual, words) = (fields.text("ritual"), fields.text("words"));
            rituals::record(app, actor, ritual, Some(on), words).await
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(done(&visit.server, Told::RitualRecorded, HREF)),
        Err(refusal) => {
            let refusals = refusals(refusal, "on")?;
            let view = rituals_page(&visit, &fields, refusals).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

async fn rituals_page(
    visit: &Visit,
    fields: &Fields,
    refusals: Refusals,
) -> Result<RitualsPage, Problem> {
    let views = rituals::list(&visit.app, &visit.actor).await?;
    let audits = rituals::audits_ahead(&visit.app, &visit.actor).await?;
    let own: Vec<(&str, &str)> = views
        .iter()
        .filter(|view| view.may_record)
        .map(|view| (view.ritual.id.as_str(), view.ritual.name.as_str()))
        .collect();
    let missed = views.iter().filter(|view| is_missed(view)).count();
    let today = visit.now.to_zoned(visit.zone.clone()).date().to_string();
    Ok(RitualsPage {
        frame: visit.frame(Room::Elsewhere),
        meaning: if missed == 0 { Meaning::Holding } else { Meaning::Broken },
        sentence: match missed {
            0 => "Nothing was skipped.".to_owned(),
            1 => "One of them was skipped.".to_owned(),
            many => format!("{many} of them were skipped."),
        },
        rows: views.iter().map(|view| row(visit, view)).collect(),
        audits: audits.iter().map(|audit| audit_row(visit, audit)).collect(),
        choices: Choice::list(&own, fields.text("ritual")),
        on: match fields.text("on") {
            "" => today.clone(),
            typed => typed.to_owned(),
        },
        words: fields.text("words").to_owned(),
        today,
        refusals,
    })
}

pub(super) fn is_missed(view: &RitualView) -> bool {
    view.now().is_some_and(|now| now.standing == Standing::Missed)
}

fn row(visit: &Visit, view: &RitualView) -> RitualRow {
    let now = view.now();
    let (meaning, state) = state(view, now);
    RitualRow {
        id: view.ritual.id.to_string(),
        name: view.ritual.name.clone(),
        owner: view.owner.clone(),
        period: rituals::period_word(&view.ritual).to_owned(),
        meaning,
        state,
        due: view.next_due().map(|due| visit.moment(due)),
        last: view.last.as_ref().map_or("nothing yet".to_owned(), |last| last_word(visit, last)),
    }
}

fn state(view: &RitualView, now: Option<&Occurrence>) -> (Meaning, String) {
    let Some(now) = now else {
        return (Meaning::Plain, format!("begins on {}", day(view.ritual.starts)));
    };
    match now.standing {
        Standing::Held(on) => (Meaning::Holding, format!("held on {}", day(on))),
        Standing::Scheduled(on) => (Meaning::Holding, format!("scheduled for {}", day(on))),
        Standing::Open => (Meaning::Bending, "still to be held".to_owned()),
        Standing::Missed => {
            let settled = view.occurrences.iter().rev();
            let settled = settled.skip_while(|one| one.standing == Standing::Open);
            match settled.take_while(|one| one.standing == Standing::Missed).count() {
                1 => (Meaning::Broken, "missed".to_owned()),
                many => (Meaning::Broken, format!("missed {many} times in a row")),
            }
        }
    }
}

fn last_word(visit: &Visit, last: &Record) -> String {
    let what = match (last.held_on, last.scheduled_for) {
        (Some(on), _) => format!("held on {}", day(on)),
        (None, Some(on)) => format!("scheduled for {}", day(on)),
        (None, None) => "nothing".to_owned(),
    };
    let by = visit.name_of(&last.by);
    if last.words.is_empty() {
        format!("{what}, said {by}")
    } else {
        format!("{what}, said {by}: {}", last.words)
    }
}

fn audit_row(visit: &Visit, audit: &Audit) -> AuditRow {
    let codes: Vec<&str> = audit.key_results.iter().map(String::as_str).collect();
    let services: Vec<&str> = audit.services.iter().map(|service| service.as_str()).collect();
    let services = match services.is_empty() {
        true => "every service in production".to_owned(),
        false => services.join(", "),
    };
    AuditRow {
        name: audit.name.clone(),
        begins: day(audit.begins),
        ends: day(audit.ends),
        owner: visit.name_of(audit.owner.as_str()),
        looks_at: match codes.is_empty() {
            true => services,
            false => format!("{}; {services}", codes.join(", ")),
        },
    }
}

fn day(day: Date) -> String {
    day.strftime("%a %-d %b %Y").to_string()
}
