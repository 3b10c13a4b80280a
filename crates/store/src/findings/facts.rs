//! Facts that other rooms compute with: shares kept in time, and running findings.

use domain::findings::{Band, Clock};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const SHARES: Sql = sql("select count(*) as due,
        cast(coalesce(sum(case when breached_at is null and state = 'fixed'
            and closed_at < promised_at + 1000000 then 1 else 0 end), 0) as BIGINT) as kept
     from findings where band = $1 and promised_at >= $2 and promised_at < $3
        and (state in ('fixed', 'open', 'fix_merged', 'accepted')
            or (breached_at is not null and state in ('false_positive', 'not_affected')))");

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
