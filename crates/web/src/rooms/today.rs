//! The front page: what breaks first, whose move it is, what rings, what the reader owes.

use axum::Router;
use axum::routing::get;
use domain::calendar::{monday_of, start_of_day};
use domain::findings::State;
use domain::objectives::Values;
use domain::rituals::Standing;
use jiff::{SignedDuration, Timestamp};
use operations::escalations::{self, EscalationView, Shown};
use operations::findings::{self, Filter, Sort};
use operations::imports;
use operations::objectives::{self, Overview, Owed as OwedCheckIn};
use operations::rituals::{self, RitualView};

use super::clocks::{self, team_words};
use super::encoded;
use super::escalations::{href, is_untold};
use super::key_results::{health_list, week_words};
use super::objectives::period;
use super::rituals::is_missed;
use super::scorecards::{objective_row, odds_meaning, value_words};
use crate::answer::{Answer, page};
use crate::pages::today::{Kept, LargestRisk, Owed, Ring, Step, TodayPage, Untold};
use crate::pages::{Meaning, Room, thousands, times};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

/// How far ahead it looks.
const AHEAD: SignedDuration = SignedDuration::from_hours(48);
/// Findings, and steps up, that ring at most: the page reads in half a minute.
const RINGS: usize = 12;
/// What was kept this week, at most.
const KEPT: usize = 8;
/// Imports of the week that are looked at.
const IMPORTS: u32 = 50;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/", get(today))
}

async fn today(visit: Visit) -> Answer {
    let (app, actor) = (&visit.app, &visit.actor);
    let overview = objectives::overview(app, actor).await?;
    let open = escalations::list(app, actor, Shown::Open, None).await?;
    let owed = objectives::owed(app, actor).await?;
    let unassigned = findings::unassigned(app, actor).await?;
    let rings = rings(&visit, &open, &owed).await?;
    page(&TodayPage {
        frame: visit.frame(Room::Today),
        day: times::day(visit.now, &visit.zone),
        period: if overview.objectives.is_empty() { String::new() } else { period(&overview) },
        risk: risk(&overview),
        untold: open.iter().filter(|view| is_untold(view)).map(untold).collect(),
        objectives: overview.objectives.iter().map(|view| objective_row(&visit, view)).collect(),
        ring_labels: midnights(&visit),
        rings,
        owed: all_owed(&visit, &owed).await?,
        kept: kept(&visit, &overview).await?,
        unassigned,
    })
}

fn risk(overview: &Overview) -> Option<LargestRisk> {
    let first = overview.objectives.first()?;
    let Some(said) = &overview.sentence else {
        return Some(LargestRisk {
            meaning: Meaning::Plain,
            sentence: "There is not enough history yet to say what breaks first.".to_owned(),
            turn: "The first check-ins and the first imports draw the lines.".to_owned(),
            href: format!("/objectives/{}", encoded(first.objective.id.as_str())),
        });
    };
    let meant = overview.objectives.iter().find(|it| it.objective.id.as_str() == said.objective);
    let odds = meant.and_then(|view| view.scorecard.success_probability);
    let href = match &said.key_result {
        Some(key_result) => format!("/key-results/{}", encoded(key_result)),
        None => format!("/objectives/{}", encoded(&said.objective)),
    };
    Some(LargestRisk {
        meaning: odds_meaning(odds),
        sentence: said.text.clone(),
        turn: String::new(),
        href,
    })
}

fn untold(view: &EscalationView) -> Untold {
    let escalation = &view.escalation;
    Untold {
        what: format!("Escalation {}, level {}", escalation.id(), escalation.level().number()),
        why: match view.is_told_to_nobody() {
            true => "Nobody holds the roles of this level; name someone in the organisation.",
            false => "No channel took the message; look into the outbox.",
        }
        .to_owned(),
        href: href(escalation.id()),
    }
}

fn hours(visit: &Visit, at: Timestamp) -> f64 {
    at.duration_since(visit.now).as_secs_f64() / 3600.0
}

/// The midnights of the reader within the line.
fn midnights(visit: &Visit) -> Vec<(f64, String)> {
    let today = visit.now.to_zoned(visit.zone.clone()).date();
    let days = [today.tomorrow(), today.tomorrow().and_then(|day| day.tomorrow())];
    days.into_iter()
        .flatten()
        .filter_map(|day| {
            let at = start_of_day(day, &visit.zone).ok()?;
            Some((hours(visit, at), day.strftime("%a").to_string()))
        })
        .collect()
}

async fn rings(
    visit: &Visit,
    open: &[EscalationView],
    owed: &[OwedCheckIn],
) -> Result<Vec<Ring>, Problem> {
    let end = visit.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    let rings = |at: Timestamp| at >= visit.now && at < end;
    let mut ringing = passing_dates(visit, end).await?;
    for view in open {
        if let Some(step) = view.outlook.first().filter(|step| rings(step.at)) {
            ringing.push((step.at, climbing(visit, view, step)));
        }
    }
    for check_in in owed.iter().filter(|check_in| rings(check_in.due_at)) {
        let ring = Ring {
            at: visit.moment(check_in.due_at),
            hours: hours(visit, check_in.due_at),
            what: format!("Check-in on {} is late", check_in.code),
            whom: "you".to_owned(),
            meaning: Meaning::Plain,
            href: check_in_href(check_in),
        };
        ringing.push((check_in.due_at, ring));
    }
    ringing.sort_by_key(|(at, _)| *at);
    Ok(ringing.into_iter().take(RINGS).map(|(_, ring)| ring).collect())
}

/// Findings whose date passes before `end`.
async fn passing_dates(visit: &Visit, end: Timestamp) -> Result<Vec<(Timestamp, Ring)>, Problem> {
    let filter = Filter { due_from: Some(visit.now), due_before: Some(end), ..Filter::default() };
    let order = (Sort::Deadline, None);
    let limit = RINGS as u32;
    let due = findings::list(&visit.app, &visit.actor, &filter, order, limit).await?;
    let ring = |finding: &findings::Listed| {
        let at = finding.clock.due_at?;
        let row = clocks::row(visit, finding);
        let ring = Ring {
            at: visit.moment(at),
            hours: hours(visit, at),
            what: format!("{} in {} passes its date", row.identity, finding.service),
            whom: team_words(&visit.organisation, finding.holder.as_deref()),
            meaning: Meaning::Bending,
            href: row.href,
        };
        Some((at, ring))
    };
    Ok(due.findings.iter().filter_map(ring).collect())
}

/// An escalation that takes its next step.
fn climbing(visit: &Visit, view: &EscalationView, step: &escalations::Step) -> Ring {
    let (id, level) = (view.escalation.id(), step.level);
    let whom: Vec<String> =
        step.people.iter().map(|(person, _)| visit.name_of(person.as_str())).collect();
    Ring {
        at: visit.moment(step.at),
        hours: hours(visit, step.at),
        what: format!("{id} climbs to {level} {}", level.title()),
        whom: if whom.is_empty() { "nobody would hear it".to_owned() } else { whom.join(", ") },
        meaning: Meaning::Bending,
        href: href(id),
    }
}

fn check_in_href(owed: &OwedCheckIn) -> String {
    format!("/key-results/{}/check-in?week={}", encoded(owed.key_result.id.as_str()), owed.week)
}

async fn all_owed(visit: &Visit, owed: &[OwedCheckIn]) -> Result<Vec<Owed>, Problem> {
    let mut all: Vec<(Timestamp, Owed)> =
        owed.iter().map(|one| (one.due_at, owed_check_in(visit, one))).collect();
    for view in escalations::mine(&visit.app, &visit.actor).await? {
        let Some(latest) = view.latest_commitment else { continue };
        let due = view.outlook.first().map_or(latest, |step| step.at);
        all.push((due, owed_date(visit, &view, latest, due)));
    }
    for view in rituals::list(&visit.app, &visit.actor).await? {
        all.extend(owed_ritual(visit, &view));
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, owed)| owed).collect())
}

/// A ritual of the reader's own that was missed, or whose period ends within the days ahead.
fn owed_ritual(visit: &Visit, view: &RitualView) -> Option<(Timestamp, Owed)> {
    let now = view.now()?;
    let is_own = visit.actor.person() == Some(&view.ritual.owner);
    let late = is_missed(view);
    let end = visit.now.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    let is_soon = now.standing == Standing::Open && now.due < end;
    if !is_own || !late && !is_soon {
        return None;
    }
    let owed = Owed {
        what: view.ritual.name.clone(),
        href: super::rituals::HREF.to_owned(),
        why: format!(
            "once each {}, here from {}",
            rituals::period_word(&view.ritual),
            week_words(now.period.first)
        ),
        due: visit.moment(now.due),
        meaning: if late { Meaning::Broken } else { Meaning::Bending },
        step: Step::Visit { href: super::rituals::HREF.to_owned(), verb: "Record it".to_owned() },
    };
    Some((now.due, owed))
}

fn owed_check_in(visit: &Visit, owed: &OwedCheckIn) -> Owed {
    let key_result = &owed.key_result;
    let action = check_in_href(owed);
    let step = match key_result.values {
        Values::Computed(_) => Step::Visit { href: action, verb: "Check in".to_owned() },
        Values::Typed => Step::CheckIn {
            action,
            unit: key_result.unit.clone(),
            last: owed
                .last
                .map_or("nothing yet".to_owned(), |it| value_words(it.value, &key_result.unit)),
            healths: health_list(),
        },
    };
    Owed {
        what: format!("{} {}", owed.code, key_result.title),
        href: format!("/key-results/{}", encoded(key_result.id.as_str())),
        why: format!("check-in for the week of {}", week_words(owed.week)),
        due: visit.moment(owed.due_at),
        meaning: if owed.late { Meaning::Broken } else { Meaning::Bending },
        step,
    }
}

fn owed_date(visit: &Visit, view: &EscalationView, latest: Timestamp, due: Timestamp) -> Owed {
    let escalation = &view.escalation;
    let day = |at: Timestamp| at.to_zoned(visit.zone.clone()).date();
    Owed {
        what: view.firing.title.clone(),
        href: href(escalation.id()),
        why: format!("level {} of {}", escalation.level().number(), escalation.id()),
        due: visit.moment(due),
        meaning: Meaning::Bending,
        step: Step::Commit {
            action: format!("{}/commitment", href(escalation.id())),
            suggested: day(latest).to_string(),
            earliest: day(visit.now).to_string(),
            latest: day(latest).to_string(),
            latest_words: week_words(day(latest)),
        },
    }
}

/// What was kept since Monday: check-ins made, findings that reports closed.
async fn kept(visit: &Visit, overview: &Overview) -> Result<Vec<Kept>, Problem> {
    let today = visit.now.to_zoned(visit.zone.clone()).date();
    let monday = start_of_day(monday_of(today), &visit.zone).unwrap_or(visit.now);
    let mut kept: Vec<(Timestamp, Kept)> = Vec::new();
    let (app, actor) = (&visit.app, &visit.actor);
    for import in imports::list(app, actor, (None, None), None, IMPORTS).await? {
        if import.recorded_at < monday || import.counts.closed == 0 {
            continue;
        }
        let count = import.counts.closed;
        let plural = if count == 1 { "finding" } else { "findings" };
        kept.push((
            import.recorded_at,
            Kept {
                what: format!("{} {plural} closed in {}", thousands(count), import.service),
                href: super::address(
                    "/findings",
                    [("service", import.service.as_str()), ("state", State::Fixed.word())],
                ),
                by: import.id.clone(),
                at: visit.moment(import.recorded_at),
            },
        ));
    }
    let key_results = overview.objectives.iter().flat_map(|objective| &objective.key_results);
    for view in key_results {
        let Some(said) = view.last_said().filter(|said| said.at >= monday) else { continue };
        kept.push((
            said.at,
            Kept {
                what: format!("{} checked in: {}", view.code, said.health.title().to_lowercase()),
                href: format!("/key-results/{}", encoded(view.key_result.id.as_str())),
                by: visit.name_of(&said.by),
                at: visit.moment(said.at),
            },
        ));
    }
    kept.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(kept.into_iter().take(KEPT).map(|(_, kept)| kept).collect())
}
