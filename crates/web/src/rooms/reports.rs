//! Reports over what is stored: the backlog in the first week.

use axum::Router;
use axum::routing::get;
use domain::findings::Band;
use operations::findings::{self, Backlog, Baseline, Count};

use super::clocks::{band_words, service_link};
use super::encoded;
use crate::answer::{Answer, page};
use crate::pages::reports::{BacklogCell, BacklogRow, BacklogTable, BaselinePage};
use crate::pages::{Link, Room, thousands};
use crate::server::Server;
use crate::visit::Visit;

pub(super) fn routes() -> Router<Server> {
    Router::new().route("/reports/baseline", get(baseline))
}

async fn baseline(visit: Visit) -> Answer {
    let Baseline { at, all, services, teams } =
        findings::baseline(&visit.app, &visit.actor).await?;
    let Count { open, past } = all.total();
    let team = |(owner, backlog): (Option<findings::Owner>, Backlog)| {
        let (id, name) = match &owner {
            Some(owner) => (owner.id.as_str(), owner.name.as_str()),
            None => ("unassigned", "nobody"),
        };
        row(Link::new(format!("/findings?team={}", encoded(id)), name), &backlog)
    };
    let service = |(name, backlog): (String, Backlog)| row(service_link(&name), &backlog);
    let table = |title: &str, column: &str, rows: Vec<BacklogRow>| BacklogTable {
        title: title.to_owned(),
        column: column.to_owned(),
        rows,
    };
    page(&BaselinePage {
        frame: visit.frame(Room::Findings),
        at: visit.moment(at),
        total: format!("{} open, {} past SLA", thousands(open), thousands(past)),
        tables: vec![
            table("By team", "Team", teams.into_iter().map(team).collect()),
            table("By service", "Service", services.into_iter().map(service).collect()),
        ],
    })
}

fn row(name: Link, backlog: &Backlog) -> BacklogRow {
    let bands = Band::ALL.map(|band| cell(band_words(band), backlog.of(band)));
    BacklogRow { name, bands: bands.into(), total: cell("All", backlog.total()) }
}

fn cell(band: &str, Count { open, past }: Count) -> BacklogCell {
    let late = (past > 0).then(|| format!("{} past", thousands(past)));
    BacklogCell { band: band.to_owned(), open: thousands(open), past: late.unwrap_or_default() }
}
