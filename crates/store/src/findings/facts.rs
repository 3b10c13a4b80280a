//! Facts that other rooms compute with: shares kept in time, and running findings.

use domain::findings::{Band, Clock, Fix};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const SHARES: Sql = sql("select count(*) as due,
        cast(coalesce(sum(case when breached_at is null and state = 'fixed'
            and closed_at < promised_at + 1000000 then 1 else 0 end), 0) as BIGINT) as kept
     from findings where band = $1 and promised_at >= $2 and promised_at < $3
        and (state in ('fixed', 'open', 'fix_merged', 'accepted')
            or (breached_at is not null and state in ('false_positive', 'not_affected')))");

const ACCEPTED: Sql = sql("select band, count(*) as findings,
        cast(coalesce(sum(case when breached_at is not null or promised_at < $1
            then 1 else 0 end), 0) as BIGINT) as missed
     from findings where state = 'accepted' group by band order by band");

const FIXED_SINCE: Sql = sql("select service, owner_team, band, counted_from, closed_at
     from findings where state = 'fixed' and closed_at >= $1 and band in ('critical', 'high')
     order by closed_at desc limit $2");
const OPEN_SINCE: Sql = sql("select counted_from from findings
     where service = $1 and running = 1 and band in ('critical', 'high') and counted_from < $2
     order by counted_from limit $3");

/// A verified fix with its service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    pub service: String,
    pub fix: Fix,
}

/// The fixes of critical and high findings that scans verified at `from` or later, newest first, at
/// most `limit`.
pub async fn fixed_since(
    session: &mut Session,
    from: Timestamp,
    limit: u32,
) -> Result<Vec<Fixed>, StoreError> {
    let rows = session.all(&FIXED_SINCE, Values::new().and(from).and(limit)).await?;
    rows.iter()
        .map(|row| {
            let fix = Fix {
                team: row.text_or_none("owner_team")?,
                band: row.word("band", Band::from_word)?,
                started: row.instant("counted_from")?,
                fixed: row.instant("closed_at")?,
            };
            Ok(Fixed { service: row.text("service")?, fix })
        })
        .collect()
}

/// Since when the running critical and high findings of `service` are open that began before
/// `before`, oldest first, at most `limit`.
pub async fn open_since(
    session: &mut Session,
    service: &str,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<Timestamp>, StoreError> {
    let values = Values::new().and(service).and(before).and(limit);
    session.all(&OPEN_SINCE, values).await?.iter().map(|row| row.instant("counted_from")).collect()
}

/// How many findings of `band` due from `from` until before `to` were fixed in time, and how many
/// there were. Those closed as false positives or not affected before their deadline are in
/// neither; one that is still open is not kept. Due is what was promised: no exception moves it.
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

/// Findings that an exception covers, of one band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub band: Band,
    pub findings: u64,
    /// How many of them were promised earlier than now, or breached before.
    pub missed: u64,
}

/// What exceptions cover at `now`, by band: numbers count it as if there were none.
pub async fn accepted(session: &mut Session, now: Timestamp) -> Result<Vec<Accepted>, StoreError> {
    // A promise is kept until the end of its second.
    let second = jiff::SignedDuration::from_secs(1);
    let before = now.checked_sub(second).unwrap_or(now);
    let rows = session.all(&ACCEPTED, Values::new().and(before)).await?;
    rows.iter()
        .map(|row| {
            let band = row.word("band", Band::from_word)?;
            Ok(Accepted { band, findings: row.count("findings")?, missed: row.count("missed")? })
        })
        .collect()
}

/// A running finding as trigger 6 sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarmed {
    pub id: String,
    pub service: String,
    pub title: String,
    /// The CVE, other identifier or rule.
    pub weakness: Option<String>,
    pub clock: Clock,
    /// The team that holds it.
    pub team: Option<String>,
}
