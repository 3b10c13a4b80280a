//! Services: who owns what, and what is open in it.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use domain::findings::{Band, Timeliness};
use domain::services::ServiceName;
use jiff::Timestamp;
use operations::findings::{self, Filter, ServiceView, Sort};
use operations::imports;

use super::clocks::{self, band_counts, team_words};
use super::{Parameters, ROWS, address, encoded};
use crate::answer::{Answer, page};
use crate::pages::findings::Fact;
use crate::pages::services::{ServicePage, ServiceRow, ServicesPage};
use crate::pages::{Link, Meaning, Paging, Room, thousands};
use crate::problem::Problem;
use crate::server::Server;
use crate::visit::Visit;

/// Findings due next on a service's page.
const NEXT_DUE: u32 = 10;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/services", get(list)).route("/services/{name}", get(one))
}

async fn list(visit: Visit, parameters: Parameters) -> Answer {
    let services = findings::services(&visit.app, &visit.actor).await?;
    let after = parameters.text("after");
    let mut rest = services.iter().filter(|service| service.name.as_str() > after);
    let shown: Vec<&ServiceView> = rest.by_ref().take(ROWS as usize).collect();
    let next = shown.last().filter(|_| rest.next().is_some()).map(|last| last.name.as_str());
    let names: Vec<&str> = shown.iter().map(|service| service.name.as_str()).collect();
    let scans = imports::last_scans(&visit.app, &visit.actor, &names).await?;
    let rows = shown.iter().map(|one| row(&visit, one, scans.get(&one.name).copied())).collect();
    page(&ServicesPage {
        frame: visit.frame(Room::Services),
        rows,
        paging: Paging {
            previous: (!after.is_empty()).then(|| "/services".to_owned()),
            next: next.map(|next| parameters.with("/services", "after", next)),
            words: format!("{} services", thousands(services.len() as u64)),
        },
    })
}

fn row(visit: &Visit, service: &ServiceView, scanned: Option<Timestamp>) -> ServiceRow {
    let count = |band: Band| {
        let of_band = service.tallies.iter().filter(|tally| tally.band == band);
        thousands(of_band.map(|tally| tally.findings).sum())
    };
    let (meaning, state) = state(service, scanned.is_some());
    let declared = declared(visit, &service.name);
    ServiceRow {
        href: format!("/services/{}", encoded(&service.name)),
        name: service.name.clone(),
        team: service
            .owner
            .as_deref()
            .map_or("unowned".to_owned(), |owner| team_words(&visit.organisation, Some(owner))),
        tier: declared.map_or("–".to_owned(), |it| it.tier.number().to_string()),
        stage: declared.map_or("not in the organisation's file", stage).to_owned(),
        critical: count(Band::Critical),
        high: count(Band::High),
        medium: count(Band::Medium),
        past: thousands(past(service)),
        meaning,
        state,
        scanned: scanned.map(|at| visit.moment(at)),
    }
}

fn declared<'a>(visit: &'a Visit, name: &str) -> Option<&'a domain::services::Service> {
    visit.organisation.services.get(&ServiceName::parse(name).ok()?)
}

fn stage(service: &domain::services::Service) -> &'static str {
    if service.production { "production" } else { "not production" }
}

fn past(service: &ServiceView) -> u64 {
    let past = service.tallies.iter().filter(|it| it.timeliness == Timeliness::PastDue);
    past.map(|tally| tally.findings).sum()
}

fn state(service: &ServiceView, is_scanned: bool) -> (Meaning, String) {
    match (past(service), is_scanned) {
        (0, false) => (Meaning::Plain, "never scanned".to_owned()),
        (0, true) => (Meaning::Holding, "in time".to_owned()),
        (past, _) => (Meaning::Broken, format!("{} past SLA", thousands(past))),
    }
}

async fn one(visit: Visit, Path(name): Path<String>) -> Answer {
    let services = findings::services(&visit.app, &visit.actor).await?;
    let service = services.into_iter().find(|service| service.name == name);
    let service = service.ok_or_else(Problem::not_found)?;
    let scans = imports::last_scans(&visit.app, &visit.actor, &[name.as_str()]).await?;
    let scanned = scans.get(&name).copied();
    let (meaning, words) = state(&service, scanned.is_some());
    let filter = Filter { service: Some(name.clone()), ..Filter::default() };
    let (app, actor) = (&visit.app, &visit.actor);
    let next = findings::list(app, actor, &filter, (Sort::Deadline, None), NEXT_DUE).await?;
    let open: u64 = service.tallies.iter().map(|tally| tally.findings).sum();
    let mut facts = Vec::new();
    if let Some(declared) = declared(&visit, &name) {
        facts.push(Fact::new("Tier", declared.tier.number().to_string()));
        facts.push(Fact::new("Stage", stage(declared)));
        if let Some(repository) = &declared.repository {
            facts.push(Fact::new("Repository", repository));
        }
    }
    let last = scanned.map(|at| visit.moment(at));
    let looked = last.map_or("never".to_owned(), |at| format!("{}, {}", at.relative, at.exact));
    facts.push(Fact::new("Last scan", looked));
    page(&ServicePage {
        frame: visit.frame(Room::Services),
        meaning,
        state: words,
        sentence: match open {
            0 => "Nothing is open in it.".to_owned(),
            1 => "One finding is open in it.".to_owned(),
            open => format!("{} findings are open in it.", thousands(open)),
        },
        facts,
        counts: band_counts(&visit, &service.tallies, &name),
        next_due: next.findings.iter().map(|row| clocks::row(&visit, row)).collect(),
        findings_href: address("/findings", [("service", name.as_str())]),
        imports_href: address("/imports", [("service", name.as_str())]),
        team: service.owner.as_deref().map(|owner| {
            let href = format!("/findings?team={}", encoded(owner));
            Link::new(href, team_words(&visit.organisation, Some(owner)))
        }),
        name,
    })
}
