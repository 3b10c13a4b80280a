//! The backlog as it stands: how many are open in each band, and how many of them past their SLA.
//!
//! What the first week of a programme begins with. Counted by service, and by the team that owns
//! the service. A deadline that has passed counts as past although the watch has not noted it yet.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::findings::{Band, Timeliness};
use jiff::Timestamp;

use super::team_name;
use crate::{App, Refusal};

/// The backlog at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    pub at: Timestamp,
    pub all: Backlog,
    /// Services with something open, by name.
    pub services: Vec<(String, Backlog)>,
    /// Teams whose services have something open, by id, each with its name; none = services that
    /// nobody owns.
    pub teams: Vec<(Option<Owner>, Backlog)>,
}

/// A team: its id and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    pub id: String,
    pub name: String,
}

/// Open findings of one service, one team or all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    bands: BTreeMap<Band, Count>,
}

/// How many are open, and how many of those past their SLA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub open: u64,
    pub past: u64,
}

impl Backlog {
    /// Those in `band`.
    pub fn of(&self, band: Band) -> Count {
        self.bands.get(&band).copied().unwrap_or_default()
    }

    /// Those in all bands.
    pub fn total(&self) -> Count {
        let add = |sum: Count, count: &Count| Count {
            open: sum.open + count.open,
            past: sum.past + count.past,
        };
        self.bands.values().fold(Count::default(), add)
    }

    fn add(&mut self, band: Band, open: u64, past: u64) {
        let count = self.bands.entry(band).or_default();
        count.open += open;
        count.past += past;
    }
}

/// The backlog now.
pub async fn baseline(app: &App, actor: &Actor) -> Result<Baseline, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let session = &mut view.session;
    let mut services = BTreeMap::<String, Backlog>::new();
    let mut teams = BTreeMap::<Option<Owner>, Backlog>::new();
    let mut all = Backlog::default();
    let owner = |id: Option<String>| {
        let id = id?;
        let name = team_name(&view.organisation, Some(&id)).unwrap_or_else(|| id.clone());
        Some(Owner { id, name })
    };
    let mut count =
        |service: String, team: Option<String>, band: Band, (open, past): (u64, u64)| {
            services.entry(service).or_default().add(band, open, past);
            teams.entry(owner(team)).or_default().add(band, open, past);
            all.add(band, open, past);
        };
    for (service, team, tally) in store::findings::by_service(session).await? {
        let is_past = tally.timeliness == Timeliness::PastDue;
        count(
            service,
            team,
            tally.band,
            (tally.findings, if is_past { tally.findings } else { 0 }),
        );
    }
    for (service, team, band, late) in store::findings::late(session, view.now).await? {
        count(service, team, band, (0, late));
    }
    Ok(Baseline {
        at: view.now,
        all,
        services: services.into_iter().collect(),
        teams: teams.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::imports::{ImportRequest, import};
    use crate::testing::{Product, products};

    /// A report of results in one file, a score each.
    fn report(scores: &[f64]) -> Vec<u8> {
        let result = |(place, score): (usize, &f64)| {
            format!(
                r#"{{"ruleId":"R{place}","message":{{"text":"Look"}},
                "properties":{{"security-severity":"{score}"}},"locations":[{{"physicalLocation":
                {{"artifactLocation":{{"uri":"a.py"}}}}}}]}}"#
            )
        };
        let results: Vec<String> = scores.iter().enumerate().map(result).collect();
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner"}}}},
            "results":[{}]}}]}}"#,
            results.join(",")
        )
        .into_bytes()
    }

    async fn taken(product: &Product, service: &str, scores: &[f64]) {
        let (bytes, service) = (report(scores), service.to_owned());
        let request =
            ImportRequest { bytes, service, create_service: true, ..ImportRequest::default() };
        import(&product.app, &Actor::Operator, request).await.expect("taken in");
    }

    #[tokio::test]
    async fn what_is_past_its_deadline_counts_before_and_after_the_watch_has_looked() {
        for product in products().await {
            let (app, actor) = (&product.app, &Actor::Operator);
            taken(&product, "ledger", &[9.8, 9.1, 5.0]).await;
            taken(&product, "orphan", &[9.8, 2.0]).await;
            let first = baseline(app, actor).await.expect("a baseline");
            assert_eq!(first.all.total(), Count { open: 5, past: 0 });
            product.clock.advance(SignedDuration::from_hours(24 * 20));
            taken(&product, "ledger", &[9.8, 9.1, 5.0, 9.9]).await;
            let unnoted = baseline(app, actor).await.expect("a baseline");
            assert_eq!(unnoted.all.of(Band::Critical), Count { open: 4, past: 3 });
            assert_eq!(unnoted.all.of(Band::Low), Count { open: 1, past: 0 });
            let names: Vec<&str> = unnoted.services.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, ["ledger", "orphan"]);
            assert_eq!(unnoted.services[0].1.total(), Count { open: 4, past: 2 });
            let teams: Vec<Option<&str>> = unnoted
                .teams
                .iter()
                .map(|(team, _)| team.as_ref().map(|it| it.id.as_str()))
                .collect();
            assert_eq!(teams, [None, Some("payments")]);
            crate::duties::tick(app, actor).await.expect("a tick");
            let noted = baseline(app, actor).await.expect("a baseline");
            assert_eq!(noted, unnoted, "{}", product.engine());
        }
    }
}
