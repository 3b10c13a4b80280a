//! Facts that other rooms compute with: shares kept in time, and findings that alarm.

use domain::findings::{Band, Clock};
use jiff::Timestamp;

use super::columns::{CLOCK_READ, read_clock};
use super::name_of;
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const SHARES: Sql = sql("select count(*) as due,
        cast(coalesce(sum(case when breached_at is null and state = 'fixed' then 1 else 0 end), 0)
            as BIGINT) as kept
     from findings where band = $1 and due_at >= $2 and due_at < $3
        and (breached_at is not null or state in ('fixed', 'open', 'fix_merged'))");

/// How many findings of `band` due from `from` until before `to` were fixed in time, and how many
/// there were. Those closed as false positives or not affected before their deadline are in
/// neither; one that is still open is not kept.
pub async fn shares(
    session: &mut Session,
    band: Band,
    from: Timestamp,
    to: Timestamp,
) -> Result<(u64, u64), StoreError> {
    let values = Values::new().and(band.word()).and(from).and(to);
    let row = session.one(&SHARES, values).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.count("kept")?, row.count("due")?)))
}

/// A running finding that trigger 6 looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarmed {
    pub id: String,
    pub service: String,
    pub title: String,
    /// The CVE, other identifier or rule.
    pub weakness: Option<String>,
    pub clock: Clock,
    pub holder: Option<String>,
}

/// Running findings of the two upper bands that were warned of, or are due before `due_before`,
/// the earliest deadline first.
pub async fn alarmed(
    session: &mut Session,
    due_before: Timestamp,
    limit: u32,
) -> Result<Vec<Alarmed>, StoreError> {
    let rows = session.all(&alarmed_sql(), Values::new().and(due_before).and(limit)).await?;
    rows.iter().map(read).collect()
}

pub(crate) fn alarmed_sql() -> Sql {
    let columns = format!(
        "select f.number, f.service, f.title, f.weakness, f.owner_team, f.deadline_order,
         {CLOCK_READ} from findings f where f.running = 1 and f.band in ('critical', 'high')"
    );
    Sql::assembled(format!(
        "select * from ({columns} and f.deadline_order < $1
            union all {columns} and f.warned_at is not null and f.deadline_order >= $1) as alarmed
         order by deadline_order, number limit $2"
    ))
}

fn read(row: &Row) -> Result<Alarmed, StoreError> {
    Ok(Alarmed {
        id: name_of(row.integer("number")?),
        service: row.text("service")?,
        title: row.text("title")?,
        weakness: row.text_or_none("weakness")?,
        clock: read_clock(row)?,
        holder: row.text_or_none("owner_team")?,
    })
}
