//! Escalations: who was told, when it climbs, and the date somebody commits to.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use domain::access::{Operation, Relation, may};
use domain::escalations::{Level, Resolution, State};
use domain::notices::{Channel, NoticeState};
use domain::triggers::Subject;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use operations::Refusal;
use operations::escalations::{self, EscalationView, Shown, Told as Person};

use super::{Parameters, address, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::escalations::{
    CommitForm, CommitmentRow, EscalationPage, EscalationRow, EscalationsPage, NextLevel, Rung,
    Telling, ViewLink,
};
use crate::pages::{Link, Meaning, Paging, Refusals, Room, exact, relative};
use crate::places::Place;
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/escalations", get(list))
        .route("/escalations/{id}", get(one))
        .route("/escalations/{id}/commitment", post(commit))
}

/// Which escalations an address asks for.
pub(crate) fn shown(word: &str) -> Result<Shown, Problem> {
    match word {
        "" | "open" => Ok(Shown::Open),
        "ended" => Ok(Shown::Ended),
        "all" => Ok(Shown::All),
        other => Err(Problem::invalid(format!("state: `{other}` is not one of open, ended, all"))),
    }
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let word = parameters.text("state");
    let place = Place::read(parameters.get("after"))?;
    let (app, actor) = (&visit.app, &visit.actor);
    let listed = escalations::list(app, actor, shown(word)?, Place::parts(&place)).await?;
    let next = listed.last().filter(|_| listed.len() as u32 >= escalations::PAGE).map(|last| {
        let place = Place::text(last.escalation.raised_at(), last.escalation.id());
        parameters.with("/escalations", "after", &place)
    });
    let views = [("", "Open"), ("ended", "Ended"), ("all", "All")];
    let view = |(view, text): &(&str, &str)| ViewLink {
        link: Link::new(address("/escalations", [("state", *view)]), *text),
        chosen: *view == word,
    };
    page(&EscalationsPage {
        frame: visit.frame(Room::Escalations),
        sentence: overview(&visit, &listed, word),
        views: views.iter().map(view).collect(),
        rows: listed.iter().map(|view| row(&visit, view)).collect(),
        paging: Paging {
            previous: place.map(|_| parameters.with("/escalations", "after", "")),
            next,
            words: format!("{} on this page, newest first", listed.len()),
        },
    })
}

fn overview(visit: &Visit, listed: &[EscalationView], word: &str) -> String {
    if word == "ended" {
        return "These were ended by facts: a verified fix, or figures that came back.".to_owned();
    }
    let untold = listed.iter().filter(|view| is_untold(view)).count();
    let next = listed
        .iter()
        .filter_map(|view| view.outlook.first().map(|step| (step.at, view)))
        .min_by_key(|(at, _)| *at);
    match (untold, next) {
        (0, None) if listed.is_empty() => "Nothing is escalated.".to_owned(),
        (0, None) => "Nothing climbs.".to_owned(),
        (0, Some((at, view))) => format!(
            "{} climbs first, {}, unless somebody commits to a date or it is fixed.",
            view.escalation.id(),
            relative(visit.now, at)
        ),
        (1, _) => "In one of them nobody could be told.".to_owned(),
        (untold, _) => format!("In {untold} of them nobody could be told."),
    }
}

/// Whether nobody heard it: an error, never green.
pub(super) fn is_untold(view: &EscalationView) -> bool {
    view.escalation.is_unheard() || view.is_told_to_nobody()
}

fn row(visit: &Visit, view: &EscalationView) -> EscalationRow {
    let escalation = &view.escalation;
    let level = escalation.level();
    let (meaning, state) = standing(visit, view);
    let told: Vec<&str> = view
        .told
        .iter()
        .filter(|told| told.telling.level == level.number())
        .map(|told| told.name.as_str())
        .collect();
    EscalationRow {
        code: escalation.id().to_owned(),
        href: href(escalation.id()),
        what: view.firing.title.clone(),
        trigger: trigger(view),
        level: format!("{level} {}", level.title()),
        meaning,
        state,
        told: if told.is_empty() { "nobody yet".to_owned() } else { told.join(", ") },
        turn: turn(view),
        next: view.outlook.first().map(|step| NextLevel {
            level: format!("{} {}", step.level, step.level.title()),
            at: visit.moment(step.at),
        }),
    }
}

pub(super) fn href(id: &str) -> String {
    format!("/escalations/{}", encoded(id))
}

fn trigger(view: &EscalationView) -> String {
    let firing = &view.firing.firing;
    format!("{} {}", firing.number, firing.trigger.replace('_', " "))
}

/// Whose move it is: whoever was told at this level.
fn turn(view: &EscalationView) -> String {
    if view.escalation.is_resolved() {
        return "nobody's; it is over".to_owned();
    }
    let level = view.escalation.level().number();
    let told = view.told.iter().find(|told| told.telling.level == level);
    told.map_or("an administrator's: find who can be told".to_owned(), |it| it.name.clone())
}

/// What an escalation's state means, in words.
pub(super) fn standing(visit: &Visit, view: &EscalationView) -> (Meaning, String) {
    let until = |at: &Timestamp| exact(visit.now, *at, &visit.zone);
    if is_untold(view) {
        return (Meaning::Broken, "nobody could be told".to_owned());
    }
    match view.escalation.state() {
        State::Telling { .. } => (Meaning::Bending, "being told".to_owned()),
        State::Unheard { .. } => (Meaning::Broken, "nobody could be told".to_owned()),
        State::Waiting { .. } => match view.outlook.first() {
            Some(_) => (Meaning::Bending, "climbing".to_owned()),
            None => (Meaning::Broken, "at the top, no date".to_owned()),
        },
        State::Committed { until: at, .. } => {
            (Meaning::Holding, format!("paused until {}", until(at)))
        }
        State::FixMerged { until: at, .. } => {
            (Meaning::Holding, format!("fix merged, paused until {}", until(at)))
        }
        State::Resolved { by, .. } => (Meaning::Holding, resolution(*by).to_owned()),
    }
}

fn resolution(by: Resolution) -> &'static str {
    match by {
        Resolution::FactsCleared => "resolved: the facts cleared",
        Resolution::RemediationVerified => "resolved: the fix was verified",
        Resolution::ExceptionGranted => "resolved: an exception was granted",
    }
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    page(&escalation_page(&visit, &id, &Fields::default(), Refusals::none()).await?)
}

async fn commit(Path(id): Path<String>, Posted { visit, fields }: Posted) -> Answer {
    let (app, actor) = (&visit.app, &visit.actor);
    let outcome = match until(&visit, &id, fields.text("until")).await? {
        Ok(until) => escalations::commit(app, actor, &id, until, fields.text("words")).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(_) => Ok(done(&visit.server, Told::Committed, &href(&id))),
        Err(refusal) => {
            let status = Problem::from(&refusal).status;
            let refusals = refusals(refusal, "until")?;
            page_with(status, &escalation_page(&visit, &id, &fields, refusals).await?)
        }
    }
}

/// The last second of the day that was chosen, or what the level allows on that very day.
async fn until(visit: &Visit, id: &str, text: &str) -> Result<Result<Timestamp, Refusal>, Problem> {
    let Ok(day) = text.parse::<Date>() else {
        let refused = format!("until: “{text}” is no date such as 2026-11-26");
        return Ok(Err(Refusal::invalid(refused)));
    };
    let view = escalations::one(&visit.app, &visit.actor, id).await?;
    let end = domain::calendar::end_of_day(day, &visit.zone)
        .ok()
        .and_then(|end| end.checked_sub(SignedDuration::from_secs(1)).ok());
    let Some(end) = end else {
        return Ok(Err(Refusal::invalid(format!("until: {day} lies outside the calendar"))));
    };
    let latest = view.latest_commitment;
    let same_day = |at: &Timestamp| at.to_zoned(visit.zone.clone()).date() == day;
    Ok(Ok(latest.filter(same_day).map_or(end, |latest| latest.min(end))))
}

async fn escalation_page(
    visit: &Visit,
    id: &str,
    fields: &Fields,
    refusals: Refusals,
) -> Result<EscalationPage, Problem> {
    let view = escalations::one(&visit.app, &visit.actor, id).await?;
    let (meaning, state) = standing(visit, &view);
    let firing = &view.firing.firing;
    let mut saw = vec![firing.sentence.clone()];
    saw.extend(firing.figures.iter().map(figure_words));
    Ok(EscalationPage {
        frame: visit.frame(Room::Escalations),
        code: view.escalation.id().to_owned(),
        title: view.firing.title.clone(),
        cause: cause(&view),
        trigger: trigger(&view),
        meaning,
        state: match view.outlook.first() {
            Some(step) => format!("{state}, {} {}", step.level, relative(visit.now, step.at)),
            None => state,
        },
        sentence: format!("Whose move: {}.", turn(&view)),
        saw,
        rungs: Level::ALL.into_iter().map(|level| rung(visit, &view, level)).collect(),
        commitments: commitments(visit, &view),
        commit: commit_form(visit, &view, fields),
        clears: vec![firing.clears.clone()],
        policy: policy(visit, &view),
        refusals,
    })
}

fn figure_words(figure: &domain::metrics::Figure) -> String {
    format!("{}: {}", figure.name, super::scorecards::value_words(figure.value, ""))
}

fn cause(view: &EscalationView) -> Link {
    let (id, title) = (view.firing.firing.subject.id(), &view.firing.title);
    match &view.firing.firing.subject {
        Subject::Finding(_) => Link::new(format!("/findings/{}", encoded(id)), title),
        Subject::KeyResult(_) => Link::new(format!("/key-results/{}", encoded(id)), title),
        Subject::Ritual(_) | Subject::Audit(_) => Link::new("/rituals", title),
    }
}

fn rung(visit: &Visit, view: &EscalationView, level: Level) -> Rung {
    let at_level =
        |told: &&Person| told.telling.level == level.number() && told.telling.kind != "stand_down";
    let told: Vec<&Person> = view.told.iter().filter(at_level).collect();
    let here = view.escalation.level() == level && !view.escalation.is_resolved();
    let step = view.outlook.iter().find(|step| step.level == level);
    let (meaning, state, at) = match (told.first(), step) {
        (Some(first), _) => (Meaning::Plain, "told", Some(first.telling.at)),
        (None, Some(step)) => (Meaning::Bending, "rings", Some(step.at)),
        (None, None) if here => (Meaning::Broken, "nobody could be told", None),
        (None, None) => (Meaning::Plain, "not reached", None),
    };
    let mut tellings: Vec<Telling> =
        told.iter().flat_map(|person| telling(visit, person)).collect();
    if let (true, Some(step)) = (tellings.is_empty(), step) {
        let ahead = |(person, role): &(domain::people::PersonId, String)| Telling {
            person: visit.name_of(person.as_str()),
            role: role.clone(),
            channel: "each of their channels".to_owned(),
            meaning: Meaning::Plain,
            state: "would be told".to_owned(),
            at: None,
        };
        tellings = step.people.iter().map(ahead).collect();
    }
    Rung {
        level: level.to_string(),
        name: level.title().to_owned(),
        meaning,
        state: state.to_owned(),
        at: at.map(|at| visit.moment(at)),
        here,
        told: tellings,
    }
}

fn telling(visit: &Visit, told: &Person) -> Vec<Telling> {
    let role = domain::escalations::Role::from_word(&told.telling.role);
    let role = role.map_or(told.telling.role.clone(), |role| role.title().to_owned());
    let role = match &told.telling.note {
        Some(note) => format!("{role}, {note}"),
        None => role,
    };
    let line = |channel: &str, meaning, state: &str, at: Option<Timestamp>| Telling {
        person: told.name.clone(),
        role: role.clone(),
        channel: channel.to_owned(),
        meaning,
        state: state.to_owned(),
        at: at.map(|at| visit.moment(at)),
    };
    if told.messages.is_empty() {
        return vec![line("their digest", Meaning::Plain, "noted", Some(told.telling.at))];
    }
    told.messages
        .iter()
        .map(|message| {
            let (meaning, state) = match message.state {
                NoticeState::Accepted => (Meaning::Holding, "accepted"),
                NoticeState::Queued => (Meaning::Bending, "waiting"),
                NoticeState::Failed => (Meaning::Broken, "not taken"),
            };
            let channel = match message.channel {
                Channel::Email => "email",
                Channel::Slack => "Slack",
            };
            line(channel, meaning, state, message.settled_at)
        })
        .collect()
}

fn commitments(visit: &Visit, view: &EscalationView) -> Vec<CommitmentRow> {
    let state = view.escalation.state();
    let promise = |promise: &escalations::Promise| {
        let runs = matches!(state, State::Committed { until, .. } if *until == promise.until);
        let (meaning, words) = match (runs, view.escalation.is_resolved()) {
            (true, _) => (Meaning::Holding, "runs"),
            (false, true) => (Meaning::Plain, "ended"),
            (false, false) if promise.until <= visit.now => (Meaning::Broken, "broken"),
            (false, false) => (Meaning::Plain, "replaced"),
        };
        CommitmentRow {
            person: visit.name_of(&promise.person),
            level: format!("L{}", promise.level),
            until: visit.moment(promise.until),
            meaning,
            state: words.to_owned(),
            words: promise.words.clone(),
        }
    };
    view.promises.iter().map(promise).collect()
}

/// The form, where a date may be committed to and the reader was told, or is an administrator.
fn commit_form(visit: &Visit, view: &EscalationView, fields: &Fields) -> Option<CommitForm> {
    let latest = view.latest_commitment?;
    let own = visit
        .actor
        .person()
        .is_some_and(|id| view.told.iter().any(|told| told.telling.person == id.as_str()));
    let whose = if own { Relation::Own } else { Relation::Foreign };
    if !may(&visit.actor, Operation::CommitToDate, whose) {
        return None;
    }
    let day = |at: Timestamp| at.to_zoned(visit.zone.clone()).date();
    Some(CommitForm {
        action: format!("{}/commitment", href(view.escalation.id())),
        until: fields.text("until").to_owned(),
        earliest: day(visit.now).to_string(),
        latest: day(latest).to_string(),
        latest_words: day(latest).strftime("%a %-d %b").to_string(),
        words: fields.text("words").to_owned(),
    })
}

fn policy(visit: &Visit, view: &EscalationView) -> String {
    let policy = view.escalation.policy();
    format!(
        "Level 2 after {} h or at the SLA date, level 3 {} h after that; frozen when it was \
         raised, {}.",
        policy.to_l2.as_hours(),
        policy.to_l3.as_hours(),
        exact(visit.now, view.escalation.raised_at(), &visit.zone)
    )
}
