//! `watchbell demo`: the playbook's example company with four quarters behind it.
//!
//! Everything comes in through operations, under a clock that is set: the organisation as a file,
//! findings as reports of scans, values as check-ins. At the demo's today, the Wednesday six weeks
//! into the third quarter, the front page shows the playbook's three rows; from there time flows.

mod clock;
mod company;
mod names;
mod quarters;
mod scans;

use domain::access::{Access, Actor, Scope};
use domain::calendar::monday_of;
use domain::people::{Organisation, PersonId, Role};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use operations::imports::ImportRequest;
use operations::objectives::CheckInInput;
use operations::{App, Refusal, access, duties, imports, objectives, organisations, rituals};

pub use clock::DemoClock;
use quarters::Course;

/// The demo's today.
const TODAY: Date = date(2026, 8, 12);

/// The instant at which time begins to flow: Wednesday, 10:00 where the company is.
pub fn today() -> Timestamp {
    at(TODAY, 10)
}

/// The first instant of the demo's past: its clock stands here before [`build`].
pub fn beginning() -> Timestamp {
    at(scans::FIRST_DAY, 0)
}

/// Builds the company's past in the empty database of `app`, whose clock is `clock`, and leaves the
/// clock standing at [`today`]; [`DemoClock::start`] lets time flow.
pub async fn build(app: &App, clock: &DemoClock) -> Result<(), Refusal> {
    clock.set(beginning());
    let company = company::company().map_err(|error| Refusal::Invalid(vec![error.to_string()]))?;
    organisations::apply(app, &Actor::Operator, &formats::organisation::write(&company)).await?;
    let weaknesses = scans::weaknesses(TODAY);
    let mut steps = steps(&scans::scans(&weaknesses));
    // Stable: what happens at one instant keeps the order in which it was written down.
    steps.sort_by_key(|(at, _)| *at);
    for (at, step) in steps {
        clock.set(at);
        take(app, &company, step).await?;
    }
    clock.set(today());
    duties::tick(app, &Actor::Watch).await.map(|_| ())
}

/// A one-time link's secret with which a visitor becomes the company's CISO.
pub async fn invitation(app: &App) -> Result<String, Refusal> {
    let company = organisations::current(app, &Actor::Operator).await?;
    let ciso = company.roles.get(&Role::Ciso);
    let ciso = ciso.ok_or_else(|| Refusal::not_found("role", Role::Ciso.word()))?;
    access::invite(app, &Actor::Operator, ciso.as_str()).await
}

/// One thing that happened.
enum Step {
    Scan { service: &'static str, report: Vec<u8> },
    Begin { quarter: &'static str },
    Start { key_result: String, value: f64 },
    Say { key_result: String, week: usize, course: Course },
    Hold { ritual: &'static str, on: Date, words: &'static str },
    Tick,
}

fn steps(
    scans: &std::collections::BTreeMap<(Date, &'static str), Vec<&scans::Weakness>>,
) -> Vec<(Timestamp, Step)> {
    let mut steps = Vec::new();
    for ((day, service), open) in scans.iter().filter(|((day, _), _)| *day <= TODAY) {
        steps.push((at(*day, 2), Step::Scan { service, report: scans::report(open) }));
    }
    let ended = quarters::ENDED.iter().enumerate();
    for (nth, (quarter, first)) in ended {
        quarter_steps(&mut steps, quarter, *first, quarters::ended(nth));
    }
    let (quarter, first) = quarters::RUNNING;
    quarter_steps(&mut steps, quarter, first, quarters::running());
    for (said, ritual, on, words) in quarters::HELD {
        steps.push((at(said, 11), Step::Hold { ritual, on, words }));
    }
    steps.extend(ticks().map(|at| (at, Step::Tick)));
    steps
}

/// A quarter begins on its first day; the word on a week is said on its weekday, at nine.
fn quarter_steps(
    steps: &mut Vec<(Timestamp, Step)>,
    quarter: &'static str,
    first: Date,
    courses: Vec<Course>,
) {
    steps.push((at(first, 8), Step::Begin { quarter }));
    for course in courses {
        let key_result = format!("{quarter}-{}", course.code);
        let value = course.start;
        steps.push((at(first, 8), Step::Start { key_result: key_result.clone(), value }));
        for week in 0..course.values.len() {
            let day = first.saturating_add((7 * week as i64).days());
            let Course { code, start, ref values, health, computed } = course;
            let course = Course { code, start, values: values.clone(), health, computed };
            let key_result = key_result.clone();
            steps.push((at(day, 9), Step::Say { key_result, week, course }));
        }
    }
}

/// The watch looks once a week in the past, and every few hours in the weeks before today, so that
/// escalations climb when they would have.
fn ticks() -> impl Iterator<Item = Timestamp> {
    const CLOSE: Date = date(2026, 7, 20);
    let weekly = std::iter::successors(Some(scans::FIRST_DAY), |day| {
        Some(day.saturating_add(7.days())).filter(|day| *day < CLOSE)
    });
    let close = std::iter::successors(Some(CLOSE), |day| day.tomorrow().ok())
        .take_while(|day| *day <= TODAY)
        .flat_map(|day| [0, 3, 7].map(|hour| at(day, hour)));
    weekly.map(|day| at(day, 3)).chain(close)
}

async fn take(app: &App, company: &Organisation, step: Step) -> Result<(), Refusal> {
    match step {
        Step::Scan { service, report } => {
            let request = ImportRequest {
                bytes: report,
                service: service.to_owned(),
                format: Some("generic_json".to_owned()),
                ..ImportRequest::default()
            };
            imports::import(app, &Actor::Operator, request).await.map(|_| ())
        }
        Step::Begin { quarter } => {
            objectives::load_playbook(app, &Actor::Operator, "ciso", Some(quarter)).await?;
            Ok(())
        }
        Step::Start { key_result, value } => {
            objectives::set_start(app, &Actor::Operator, &key_result, value).await?;
            let running = key_result.strip_prefix(quarters::RUNNING.0);
            match running.and_then(|rest| rest.strip_prefix('-')) {
                None => Ok(()),
                Some(code) => {
                    let inputs = quarters::inputs(code);
                    objectives::declare_inputs(app, &Actor::Operator, &key_result, inputs).await
                }
            }
        }
        Step::Say { key_result, week, course } => {
            say(app, company, &key_result, week, &course).await
        }
        Step::Hold { ritual, on, words } => {
            rituals::record(app, &Actor::Operator, ritual, Some(on), words).await.map(|_| ())
        }
        Step::Tick => duties::tick(app, &Actor::Watch).await.map(|_| ()),
    }
}

/// Checks in on a key result; a computed value of the past is brought along beside it. This week's
/// word on the computed ones is still owed.
async fn say(
    app: &App,
    company: &Organisation,
    key_result: &str,
    week: usize,
    course: &Course,
) -> Result<(), Refusal> {
    let (now, value) = (app.now(), course.values[week]);
    let day = now.to_zoned(company.zone.clone()).date();
    if course.computed {
        let brought = [(now, value)];
        objectives::import_readings(app, &Actor::Operator, key_result, &brought).await?;
        if monday_of(day) == monday_of(TODAY) {
            return Ok(());
        }
    }
    let (done, next) = WORDS[(week + course.code.len() + value as usize) % WORDS.len()];
    let input = CheckInInput {
        week: None,
        value: (!course.computed).then_some(value),
        health: course.health,
        done: done.to_owned(),
        next: next.to_owned(),
    };
    objectives::check_in(app, &owner(company, course.code), key_result, input).await.map(|_| ())
}

/// What was done, and what comes next.
const WORDS: [(&str, &str); 5] = [
    ("Walked through the open list with the engineering managers.", "Two owners name a date."),
    ("Closed what was waiting for a review.", "The next batch, oldest first."),
    ("One team had no room in its sprint.", "Ask the VP Engineering for capacity."),
    ("The pipeline change is merged in three services.", "Roll it out to the rest."),
    ("Evidence collected, two gaps found.", "Close the gaps before the review."),
];

/// Who answers for a key result, as they act when signed in.
fn owner(company: &Organisation, code: &str) -> Actor {
    let role = if code.starts_with("O2") { Role::HeadOfCompliance } else { Role::HeadOfSecurity };
    let held: Option<&PersonId> = company.roles.get(&role);
    held.map_or(Actor::Operator, |id| Actor::Person {
        id: id.clone(),
        access: Access::Member,
        scope: Scope::Everything,
    })
}

/// An hour of a day where the company is.
fn at(day: Date, hour: i8) -> Timestamp {
    let zone = TimeZone::get(company::ZONE).unwrap_or(TimeZone::UTC);
    let zoned = zone.to_ambiguous_zoned(day.at(hour, 0, 0, 0)).compatible();
    zoned.map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests;
