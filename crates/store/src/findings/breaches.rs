//! Findings whose clocks ran out in a span of time, with their ledgers.
//!
//! The statement walks an index of breaches, so that it costs what there are breaches and not what
//! there are findings; ledgers come finding by finding.

use domain::findings::Entry;
use jiff::Timestamp;

use super::{entry, name_of};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const LEDGERS: Sql =
    sql("select l.finding, f.service, f.title, l.at, l.recorded_at, l.kind, l.band,
        l.score, l.reason, l.import, l.digest, l.party, l.note, l.until_at
     from (select distinct finding from ledger
            where kind = 'breached' and at >= $1 and at < $2 and finding > $3
            order by finding limit $4) b
        join findings f on f.number = b.finding
        join ledger l on l.finding = b.finding
     order by l.finding, l.seq");
const UNASSIGNED: Sql = sql("select count(*) as findings from (select f.number from findings f
     where f.running = 1 and f.owner_team is null limit $1) u");

/// A finding that was breached, with all of its ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Breached {
    pub number: i64,
    /// `F-17`
    pub id: String,
    pub service: String,
    pub title: String,
    /// Oldest first.
    pub ledger: Vec<Entry>,
}

/// The findings with a number above `after` that were breached at `from` or later and before `to`,
/// in order of number, at most `limit`.
pub async fn breached(
    session: &mut Session,
    (from, to): (Timestamp, Timestamp),
    after: i64,
    limit: u32,
) -> Result<Vec<Breached>, StoreError> {
    let mut all: Vec<Breached> = Vec::new();
    let take = |row: &Row| {
        let number = row.integer("finding")?;
        let line = entry(row)?;
        match all.last_mut().filter(|last| last.number == number) {
            Some(last) => last.ledger.push(line),
            None => all.push(Breached {
                number,
                id: name_of(number),
                service: row.text("service")?,
                title: row.text("title")?,
                ledger: vec![line],
            }),
        }
        Ok(())
    };
    let values = Values::new().and(from).and(to).and(after).and(limit);
    session.each(&LEDGERS, values, take).await?;
    Ok(all)
}

/// How many running findings no team owns; counted up to `limit`.
pub async fn unassigned(session: &mut Session, limit: u32) -> Result<u64, StoreError> {
    let row = session.one(&UNASSIGNED, Values::new().and(limit)).await?;
    row.map_or(Ok(0), |row| row.count("findings"))
}
