//! Running findings, counted: moved by the same transaction that moves a clock.

use std::collections::BTreeMap;

use domain::findings::{Band, Clock, Timeliness};
use jiff::{SignedDuration, Timestamp};

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const MOVE: &str = "insert into tallies (service, band, timeliness, findings) values";
const MOVE_WIDTH: usize = 4;
const MOVE_AGAIN: &str = "on conflict (service, band, timeliness) do update set
     findings = tallies.findings + excluded.findings";
const BY_SERVICE: Sql = sql("select t.service, t.band, t.timeliness, t.findings, s.owner
     from tallies t join services s on s.name = t.service
     where t.findings <> 0 order by t.service, t.band, t.timeliness");
const TOTALS: Sql = sql("select t.band, t.timeliness,
        cast(sum(t.findings) as BIGINT) as findings,
        cast(sum(case when s.owner is null then t.findings else 0 end) as BIGINT) as unassigned
     from tallies t join services s on s.name = t.service
     group by t.band, t.timeliness order by t.band, t.timeliness");

const LATE: Sql = sql("select f.service, f.band, s.owner, count(*) as findings
     from findings f join services s on s.name = f.service
     where f.watch_at <= $1 and f.running = 1 and f.breached_at is null
        and f.stands_since is null and f.due_at < $2
     group by f.service, f.band, s.owner order by f.service, f.band");

/// How many running findings of a band stand how to their deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub band: Band,
    pub timeliness: Timeliness,
    pub findings: u64,
    /// Those among them that nobody holds.
    pub unassigned: u64,
}

/// The tallies of one service after another, by name, with the owning team.
pub async fn by_service(
    session: &mut Session,
) -> Result<Vec<(String, Option<String>, Tally)>, StoreError> {
    let rows = session.all(&BY_SERVICE, Values::new()).await?;
    rows.iter()
        .map(|row| {
            let owner = row.text_or_none("owner")?;
            let findings = row.count("findings")?;
            let unassigned = if owner.is_none() { findings } else { 0 };
            Ok((row.text("service")?, owner, tally(row, findings, unassigned)?))
        })
        .collect()
}

/// Running findings that are out of time at `now` although nobody has noted it: service, owning
/// team, band and how many.
pub async fn late(
    session: &mut Session,
    now: Timestamp,
) -> Result<Vec<(String, Option<String>, Band, u64)>, StoreError> {
    // The last second of the due day is in time.
    let second = SignedDuration::from_micros(999_999);
    let whole = now.checked_sub(second).unwrap_or(now);
    let rows = session.all(&LATE, Values::new().and(now).and(whole)).await?;
    let late = |row: &Row| {
        let owner = row.text_or_none("owner")?;
        let band = row.word("band", Band::from_word)?;
        Ok((row.text("service")?, owner, band, row.count("findings")?))
    };
    rows.iter().map(late).collect()
}

/// The tallies of all services together.
pub async fn totals(session: &mut Session) -> Result<Vec<Tally>, StoreError> {
    let rows = session.all(&TOTALS, Values::new()).await?;
    rows.iter().map(|row| tally(row, row.count("findings")?, row.count("unassigned")?)).collect()
}

fn tally(row: &Row, findings: u64, unassigned: u64) -> Result<Tally, StoreError> {
    let band = row.word("band", Band::from_word)?;
    let timeliness = row.word("timeliness", Timeliness::from_word)?;
    Ok(Tally { band, timeliness, findings, unassigned })
}

/// By how much tallies move.
#[derive(Default)]
pub(super) struct Moves(BTreeMap<(String, Band, Timeliness), i64>);

impl Moves {
    pub(super) fn enter(&mut self, service: &str, clock: &Clock) {
        self.by(service, clock, 1);
    }

    pub(super) fn leave(&mut self, service: &str, clock: &Clock) {
        self.by(service, clock, -1);
    }

    fn by(&mut self, service: &str, clock: &Clock, amount: i64) {
        if let Some(timeliness) = clock.timeliness() {
            *self.0.entry((service.to_owned(), clock.band, timeliness)).or_default() += amount;
        }
    }

    pub(super) async fn write(self, session: &mut Session) -> Result<(), StoreError> {
        let mut rows = Values::new();
        for ((service, band, timeliness), amount) in self.0 {
            if amount != 0 {
                rows.push(service);
                rows.push(band.word());
                rows.push(timeliness.word());
                rows.push(amount);
            }
        }
        session.run_rows(MOVE, MOVE_WIDTH, rows, MOVE_AGAIN).await.map(|_| ())
    }
}
