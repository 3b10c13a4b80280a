//! The findings of a service that some tool sees in one scope: what a version of it has.

use std::collections::BTreeSet;

use domain::findings::{Band, Finding};

use super::columns::{CLOCK_READ, CUSTODY_READ};
use super::known::{FINDING, finding};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

/// Seen in the scope and running.
const SEEN: &str = "f.service = $1 and f.running = 1 and exists (select 1 from sightings s
     where s.finding = f.number and s.scope = $2 and s.present = 1)";
/// Spoken of in the scope, and said to be no matter or accepted.
const SET_ASIDE: &str =
    "f.service = $1 and f.state in ('accepted', 'false_positive', 'not_affected')
     and exists (select 1 from sightings s where s.finding = f.number and s.scope = $2)";
const PACKAGES: Sql = sql("select count(distinct f.package_name) as packages from findings f
     where f.service = $1 and f.running = 1 and exists (select 1 from sightings s
        where s.finding = f.number and s.scope = $2 and s.present = 1)");

const OUTSIDE: Sql = sql("select distinct s.finding from sightings s
     join findings f on f.number = s.finding
     where f.service = $1 and s.scope <> $2 and s.present = 1");

/// Which findings of a scope are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scoped {
    /// Those that run.
    Running,
    /// Those too that are accepted, or of which a person or a VEX document says that they are no
    /// matter.
    AlsoSetAside,
}

/// A finding as a scope has it.
#[derive(Clone, Debug, PartialEq)]
pub struct InScope {
    pub finding: Finding,
    /// The version of the package there, which may be another elsewhere.
    pub version: Option<String>,
}

/// The findings of a scope in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeTally {
    /// Running ones by band, those without any score or label by themselves.
    pub bands: Vec<(Band, u64)>,
    pub unscored: u64,
    pub set_aside: u64,
    /// Different packages among the running ones.
    pub packages: u64,
}

/// The worst first, `limit` of them after the first `offset`, and how many there are.
pub async fn in_scope(
    session: &mut Session,
    (service, scope): (&str, &str),
    which: Scoped,
    offset: u32,
    limit: u32,
) -> Result<(Vec<InScope>, u64), StoreError> {
    let [page, count] = in_scope_sql(which);
    let values = Values::new().and(service).and(scope);
    let total = session.one(&count, values.clone()).await?;
    let total = total.map_or(Ok(0), |row| row.count("findings"))?;
    let rows = session.all(&page, values.and(limit).and(offset)).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

pub(crate) fn in_scope_sql(which: Scoped) -> [Sql; 2] {
    let condition = match which {
        Scoped::Running => SEEN.to_owned(),
        Scoped::AlsoSetAside => format!("(({SEEN}) or ({SET_ASIDE}))"),
    };
    let page = format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ}, (select max(s.version) from sightings s
            where s.finding = f.number and s.scope = $2 and s.present = 1) as scope_version
         from findings f where {condition}
         order by f.severity_order, f.number limit $3 offset $4"
    );
    let count = format!("select count(*) as findings from findings f where {condition}");
    [Sql::assembled(page), Sql::assembled(count)]
}

fn read(row: &Row) -> Result<InScope, StoreError> {
    Ok(InScope { finding: finding(row)?, version: row.text_or_none("scope_version")? })
}

/// The numbers of the findings of a service that some tool sees in another scope than this.
pub async fn seen_outside(
    session: &mut Session,
    service: &str,
    scope: &str,
) -> Result<BTreeSet<i64>, StoreError> {
    let rows = session.all(&OUTSIDE, Values::new().and(service).and(scope)).await?;
    rows.iter().map(|row| row.integer("finding")).collect()
}

/// How many findings a scope has.
pub async fn tally_scope(
    session: &mut Session,
    service: &str,
    scope: &str,
) -> Result<ScopeTally, StoreError> {
    let values = Values::new().and(service).and(scope);
    let [bands, set_aside] = tally_sql();
    let mut tally = ScopeTally::default();
    for row in session.all(&bands, values.clone()).await? {
        let (band, findings) = (row.word("band", Band::from_word)?, row.count("findings")?);
        match row.text("score_source")?.as_str() {
            "none" => tally.unscored += findings,
            _ => match tally.bands.iter_mut().find(|(known, _)| *known == band) {
                Some((_, count)) => *count += findings,
                None => tally.bands.push((band, findings)),
            },
        }
    }
    let row = session.one(&set_aside, values.clone()).await?;
    tally.set_aside = row.map_or(Ok(0), |row| row.count("findings"))?;
    let row = session.one(&PACKAGES, values).await?;
    tally.packages = row.map_or(Ok(0), |row| row.count("packages"))?;
    Ok(tally)
}

pub(crate) fn tally_sql() -> [Sql; 2] {
    let bands = format!(
        "select f.band, f.score_source, count(*) as findings from findings f where {SEEN}
         group by f.band, f.score_source order by f.band, f.score_source"
    );
    let set_aside = format!("select count(*) as findings from findings f where {SET_ASIDE}");
    [Sql::assembled(bands), Sql::assembled(set_aside)]
}
