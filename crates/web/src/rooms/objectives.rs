//! Objectives: will they land, and what would move them most.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::metrics::Driver as Lift;
use domain::metrics::objective::promised_share;
use operations::objectives::{self, ObjectiveView, Overview};

use super::scorecards::{
    health, key_result_row, objective_row, objective_whys, odds, odds_meaning,
};
use super::{Parameters, encoded};
use crate::answer::{Answer, page};
use crate::pages::objectives::{Driver, ObjectivePage, ObjectivesPage};
use crate::pages::{Link, Room};
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/objectives", get(list)).route("/objectives/{id}", get(one))
}

/// Where the quarter stands: `Week 6 of 13, FY27-Q3`.
pub(super) fn period(overview: &Overview) -> String {
    format!("Week {} of {}, {}", overview.week, overview.weeks, overview.quarter)
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let (app, actor) = (&visit.app, &visit.actor);
    let overview = match parameters.get("quarter") {
        Some(label) => objectives::overview_of_quarter(app, actor, label).await?,
        None => objectives::overview(app, actor).await?,
    };
    page(&ObjectivesPage {
        frame: visit.frame(Room::Objectives),
        period: match parameters.get("quarter") {
            Some(_) => overview.quarter.to_string(),
            None => period(&overview),
        },
        objectives: overview.objectives.iter().map(|view| objective_row(&visit, view)).collect(),
    })
}

async fn one(visit: Visit, Path(id): Path<String>) -> Answer {
    let view = objectives::objective(&visit.app, &visit.actor, &id).await?;
    let card = &view.scorecard;
    let promised = promised_share(view.objective.priority) * 100.0;
    page(&ObjectivePage {
        frame: visit.frame(Room::Objectives),
        code: view.code.clone(),
        title: view.objective.title.clone(),
        period: view.objective.quarter.to_string(),
        owner: view.owner.clone().unwrap_or_else(|| "no owner yet".to_owned()),
        sentence: sentence(&view),
        meaning: odds_meaning(card.success_probability),
        rule: format!("the weighted mean of its key results reaches {promised:.0} % of the way"),
        odds: odds(card.success_probability, card.success_range),
        health: view.health().map(|said| health(&visit, said)),
        key_results: view.key_results.iter().map(|one| key_result_row(&visit, one)).collect(),
        metrics: objective_whys(&view),
        drivers: card.drivers.iter().map(|lift| driver(&view, lift)).collect(),
    })
}

fn sentence(view: &ObjectiveView) -> String {
    let card = &view.scorecard;
    let Some(odds) = card.success_probability else {
        return "There is not enough history to say whether it lands.".to_owned();
    };
    let words = match card.states.as_slice() {
        [] => "nothing speaks against it today".to_owned(),
        states => format!("it is {}", states.join(", ")),
    };
    format!("It lands with {:.0} %; {words}.", odds * 100.0)
}

fn driver(view: &ObjectiveView, lift: &Lift) -> Driver {
    let known = view.key_results.iter().find(|one| one.key_result.id.as_str() == lift.key_result);
    let text = known
        .map_or(lift.key_result.clone(), |one| format!("{} {}", one.code, one.key_result.title));
    Driver {
        what: Link::new(format!("/key-results/{}", encoded(&lift.key_result)), text),
        place: known.and_then(|one| one.owner.clone()).unwrap_or("no owner yet".to_owned()),
        points: format!("{:+.0}", lift.lift * 100.0),
    }
}
