//! Key results: why a number is what it is, its course, and the weekly check-in.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use domain::metrics::success_probability::outlook;
use domain::metrics::{DRIVEN, History};
use domain::objectives::{CheckIn, Computed, Health, Reading, ReadingSource, Values};
use jiff::civil::Date;
use operations::exceptions;
use operations::objectives::{self, CheckInInput, KeyResultView};

use super::scorecards::{health, health_meaning, key_result_whys, odds, odds_meaning, value_words};
use super::{Parameters, encoded, refusals};
use crate::answer::{Answer, done, page, page_with};
use crate::flash::Told;
use crate::pages::drawing::{Band, Trend};
use crate::pages::key_results::{
    CheckInPage, CheckInRow, HealthChoice, KeyResultPage, Reading as ReadingRow,
};
use crate::pages::{Choice, Link, Refusals, Room};
use crate::posted::{Fields, Posted};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/key-results/{id}", get(one))
        .route("/key-results/{id}/check-in", get(ask).post(check_in))
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    let found = objectives::key_result(&visit.app, &visit.actor, &id).await?;
    let (view, objective) = (&found.view, &found.objective);
    let (key_result, card) = (&view.key_result, &view.scorecard);
    let unit = &key_result.unit;
    let words = |value: Option<f64>| {
        value.map_or_else(|| "not set".to_owned(), |value| value_words(value, unit))
    };
    let odds_now = card.success_probability.value;
    let href = format!("/objectives/{}", encoded(objective.id.as_str()));
    page(&KeyResultPage {
        frame: visit.frame(Room::Objectives),
        code: view.code.clone(),
        title: key_result.title.clone(),
        objective: Link::new(href, &objective.title),
        owner: view.owner.clone().unwrap_or_else(|| "no owner yet".to_owned()),
        current: view
            .last_reading()
            .map_or("nothing read yet".to_owned(), |reading| value_words(reading.value, unit)),
        target: words(key_result.target),
        start: words(key_result.start_value),
        source: match key_result.values {
            Values::Typed => "typed at each check-in",
            Values::Computed(_) => "computed from findings",
        }
        .to_owned(),
        sentence: format!("{}.", card.success_probability.why.sentence),
        meaning: odds_meaning(odds_now),
        odds: odds(odds_now, card.success_range),
        health: view.last_said().map(|said| health(&visit, said)),
        trend: trend(&visit, view),
        metrics: key_result_whys(view),
        readings: readings(&visit, view),
        check_ins: view.check_ins.iter().rev().map(|it| check_in_row(&visit, it, unit)).collect(),
        check_in_href: found
            .may_check_in
            .then(|| format!("/key-results/{}/check-in", encoded(key_result.id.as_str()))),
        exceptions: beside(&visit, key_result.values).await?,
    })
}

/// What exceptions cover of what the number counts.
async fn beside(visit: &Visit, values: Values) -> Result<Option<Link>, Problem> {
    let Values::Computed(computed) = values else { return Ok(None) };
    use domain::findings::Band::{Critical, High};
    let counts = |band| match computed {
        Computed::CriticalFixedInTime | Computed::CriticalOpenPastSla => band == Critical,
        Computed::HighFixedInTime => band == High,
        Computed::Backlog => matches!(band, Critical | High),
    };
    let accepted = exceptions::accepted(&visit.app, &visit.actor).await?;
    let accepted = accepted.iter().filter(|one| counts(one.band));
    let words = match accepted.map(|one| one.findings).sum::<u64>() {
        0 => "no exceptions".to_owned(),
        1 => "1 accepted finding, which it counts".to_owned(),
        many => format!("{many} accepted findings, which it counts"),
    };
    Ok(Some(Link::new("/exceptions", words)))
}

fn trend(visit: &Visit, view: &KeyResultView) -> Trend {
    let key_result = &view.key_result;
    let days = (key_result.ends - key_result.starts).get_days() + 1;
    let weeks = f64::from(days) / 7.0;
    let points = view.history.as_ref().map(History::points).unwrap_or_default();
    let day = |day: Date| day.strftime("%-d %b").to_string();
    let today = visit.now.to_zoned(visit.zone.clone()).date();
    Trend {
        name: key_result.title.clone(),
        unit: if key_result.unit.is_empty() {
            String::new()
        } else {
            format!(" {}", key_result.unit)
        },
        weeks,
        now: view.now_week.clamp(0.0, weeks),
        target: key_result.target,
        readings: points.iter().map(|point| (point.week, point.value)).collect(),
        forecast: view.history.as_ref().map(|history| forecast(view, history)).unwrap_or_default(),
        bounds: key_result.bounds.lowest.zip(key_result.bounds.highest),
        labels: (day(key_result.starts), day(today), day(key_result.ends)),
        meaning: odds_meaning(view.scorecard.success_probability.value),
    }
}

/// From the last reading to the end: one scale to each side of the middle, two thirds of the
/// chances.
fn forecast(view: &KeyResultView, history: &History) -> Vec<Band> {
    let (last, end) = (history.last(), outlook(history, &DRIVEN));
    if last.week >= history.length_weeks() {
        return Vec::new();
    }
    let sign = history.course().sign();
    let kept = |value: f64| view.key_result.bounds.keep(sign * value);
    let (one, other) = (kept(end.middle - end.scale), kept(end.middle + end.scale));
    vec![
        Band { week: last.week, low: last.value, high: last.value },
        Band { week: history.length_weeks(), low: one.min(other), high: one.max(other) },
    ]
}

fn readings(visit: &Visit, view: &KeyResultView) -> Vec<ReadingRow> {
    let key_result = &view.key_result;
    let week = |reading: &Reading| {
        let day = reading.at.to_zoned(visit.organisation.zone.clone()).date();
        ((day - key_result.starts).get_days() / 7 + 1).to_string()
    };
    let mut rows: Vec<ReadingRow> = Vec::with_capacity(view.readings.len());
    let mut before: Option<f64> = None;
    for reading in &view.readings {
        let change = before.map(|before| reading.value - before);
        rows.push(ReadingRow {
            week: week(reading),
            at: visit.moment(reading.at),
            value: value_words(reading.value, &key_result.unit),
            change: change.map_or("–".to_owned(), |change| {
                let sign = if change >= 0.0 { "+" } else { "" };
                format!("{sign}{}", value_words(change, ""))
            }),
            source: match reading.source {
                ReadingSource::Typed => "a check-in",
                ReadingSource::Computed => "computed from findings",
                ReadingSource::Imported => "imported",
            }
            .to_owned(),
        });
        before = Some(reading.value);
    }
    rows.reverse();
    rows
}

fn check_in_row(visit: &Visit, made: &CheckIn, unit: &str) -> CheckInRow {
    CheckInRow {
        week: week_words(made.week),
        value: made.value.map_or("computed".to_owned(), |value| value_words(value, unit)),
        health: Some(health(visit, made)),
        done: made.done.clone(),
        next: made.next.clone(),
    }
}

pub(super) fn week_words(week: Date) -> String {
    week.strftime("%a %-d %b").to_string()
}

/// The week that an address names; the running one where it names none.
fn wanted_week(visit: &Visit, parameters: &Parameters) -> Result<Date, Problem> {
    let Some(text) = parameters.get("week") else {
        let today = visit.now.to_zoned(visit.zone.clone()).date();
        return Ok(domain::calendar::monday_of(today));
    };
    text.parse()
        .map_err(|_| Problem::invalid(format!("week: `{text}` is no Monday such as 2026-11-23")))
}

async fn ask(visit: Visit, Path(id): Path<String>, parameters: Parameters) -> Answer {
    let week = wanted_week(&visit, &parameters)?;
    page(&check_in_page(&visit, &id, week, &Fields::default(), Refusals::none()).await?)
}

async fn check_in(
    Path(id): Path<String>,
    parameters: Parameters,
    Posted { visit, fields }: Posted,
) -> Answer {
    let week = wanted_week(&visit, &parameters)?;
    let outcome = match input(week, &fields) {
        Ok(input) => objectives::check_in(&visit.app, &visit.actor, &id, input).await.map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => {
            Ok(done(&visit.server, Told::CheckedIn, &format!("/key-results/{}", encoded(&id))))
        }
        Err(refusal) => {
            let refusals = refusals(refusal, "value")?;
            let view = check_in_page(&visit, &id, week, &fields, refusals).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// What was typed, as numbers and words of ours; a comma is taken as a decimal point.
fn input(week: Date, fields: &Fields) -> Result<CheckInInput, operations::Refusal> {
    let typed = fields.text("value").trim();
    let value = match typed {
        "" => Ok(None),
        text => text
            .replace(',', ".")
            .parse::<f64>()
            .map(Some)
            .map_err(|_| format!("value: “{text}” is not a number; type digits, such as 91.5")),
    };
    let health = Health::from_word(fields.text("health"))
        .map_err(|_| "health: choose how it stands".to_owned());
    match (value, health) {
        (Ok(value), Ok(health)) => Ok(CheckInInput {
            week: Some(week),
            value,
            health,
            done: fields.text("done").to_owned(),
            next: fields.text("next").to_owned(),
        }),
        (value, health) => {
            let mistakes = value.err().into_iter().chain(health.err()).collect();
            Err(operations::Refusal::Invalid(mistakes))
        }
    }
}

async fn check_in_page(
    visit: &Visit,
    id: &str,
    week: Date,
    fields: &Fields,
    refusals: Refusals,
) -> Result<CheckInPage, Problem> {
    let found = objectives::key_result(&visit.app, &visit.actor, id).await?;
    if !found.may_check_in {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "Only the person who answers for this key result, their manager, the objective's \
             owner and administrators check in on it.",
        ));
    }
    let view = &found.view;
    let key_result = &view.key_result;
    let unit = key_result.unit.as_str();
    let last = view.last_reading();
    let last_words = last.map_or("nothing yet".to_owned(), |reading| {
        let on = reading.at.to_zoned(visit.zone.clone()).date();
        format!("{}, {}", value_words(reading.value, unit), week_words(on))
    });
    let owed = view.owes.iter().find(|(owed, _)| *owed == week);
    let due = owed.map_or(visit.now, |(_, due)| *due);
    let computed = match key_result.values {
        Values::Typed => None,
        Values::Computed(_) => {
            Some(last.map_or("nothing read yet".to_owned(), |it| value_words(it.value, unit)))
        }
    };
    let (path, monday) = (encoded(key_result.id.as_str()), week.to_string());
    Ok(CheckInPage {
        frame: visit.frame(Room::Objectives),
        key_result: Link::new(
            format!("/key-results/{path}"),
            format!("{} {}", view.code, key_result.title),
        ),
        week: week_words(week),
        due: visit.moment(due),
        action: format!("/key-results/{path}/check-in?week={monday}"),
        unit: if unit.is_empty() { "a number".to_owned() } else { unit.to_owned() },
        last: last_words,
        computed,
        value: fields.text("value").to_owned(),
        healths: healths(fields.text("health")),
        done: fields.text("done").to_owned(),
        next: fields.text("next").to_owned(),
        refusals,
    })
}

fn healths(chosen: &str) -> Vec<HealthChoice> {
    let choice = |said: Health| HealthChoice {
        choice: Choice {
            value: said.word().to_owned(),
            label: said.title().to_owned(),
            chosen: said.word() == chosen,
        },
        meaning: health_meaning(said),
        hint: match said {
            Health::OnTrack => "you expect it to land",
            Health::NeedsAttention => "it may land or miss",
            Health::AtRisk => "you expect it to miss unless something changes",
        }
        .to_owned(),
    };
    Health::ALL.into_iter().map(choice).collect()
}

/// The three healths as a short list, for the front page.
pub(super) fn health_list() -> Vec<Choice> {
    let pairs = Health::ALL.map(|said| (said.word(), said.title()));
    Choice::list(&pairs, Health::OnTrack.word())
}
