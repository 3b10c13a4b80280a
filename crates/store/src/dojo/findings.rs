//! Findings as clients of DefectDojo's interface count and list them; read only.

use domain::findings::{Band, Finding, State};
use jiff::Timestamp;

use super::page::{Query, Window};
use crate::findings::{CLOCK_READ, CUSTODY_READ, FINDING, finding};
use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

// A scope is followed by what it is divided into after ` · ` (three characters).

/// The findings that a scope has or had, by how bad they are and how they stand.
const STANDINGS: Sql = sql("select band, harmless, state, present, count(*) as findings
     from (select f.number, f.band, f.state,
            cast(case when f.score = 0 then 1 else 0 end as BIGINT) as harmless, max(s.present) as present
         from findings f join sightings s on s.finding = f.number
         where f.service = $1
            and (s.scope = $2 or substr(s.scope, 1, length($2) + 3) = $2 || ' · ')
         group by f.number, f.band, f.state, f.score) seen
     group by band, harmless, state, present");
/// What one import wrote into the ledgers of the findings that its scope has or had.
const MOVES: Sql = sql("select l.kind, f.band, f.state,
        cast(case when f.score = 0 then 1 else 0 end as BIGINT) as harmless, count(*) as findings
     from findings f join ledger l on l.finding = f.number
     where f.service = $1 and l.recorded_at = $3 and l.kind in ('started', 'reopened', 'stopped')
        and exists (select 1 from sightings s where s.finding = f.number
            and (s.scope = $2 or substr(s.scope, 1, length($2) + 3) = $2 || ' · '))
     group by l.kind, f.band, f.state, harmless");
/// The test among whose reports a finding was seen; the first of several.
const TEST: &str = "(select min(t.id) from sightings s join dojo_tests t
            on s.scope = t.scope or substr(s.scope, 1, length(t.scope) + 3) = t.scope || ' · '
        join dojo_engagements e on e.id = t.engagement join dojo_products p on p.id = e.product
        where s.finding = f.number and p.service = f.service) as test";
const ORDER: &str = "f.number";

/// How many findings of a scope are equally bad and stand equally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standings {
    pub band: Band,
    /// Its score is zero.
    pub harmless: bool,
    pub state: State,
    /// The newest report of the scope has it.
    pub present: bool,
    pub findings: u64,
}

/// How many findings of a scope an import moved alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// `started`, `reopened` or `stopped`.
    pub kind: String,
    pub band: Band,
    pub harmless: bool,
    /// How they stand since.
    pub state: State,
    pub findings: u64,
}

/// The findings that `scope` of `service` has or had.
pub async fn standings(
    session: &mut Session,
    service: &str,
    scope: &str,
) -> Result<Vec<Standings>, StoreError> {
    let rows = session.all(&STANDINGS, Values::new().and(service).and(scope)).await?;
    rows.iter()
        .map(|row| {
            Ok(Standings {
                band: row.word("band", Band::from_word)?,
                harmless: row.flag("harmless")?,
                state: row.word("state", State::from_word)?,
                present: row.flag("present")?,
                findings: row.count("findings")?,
            })
        })
        .collect()
}

/// What the import recorded at that instant moved in that scope.
pub async fn moves(
    session: &mut Session,
    service: &str,
    scope: &str,
    recorded_at: Timestamp,
) -> Result<Vec<Move>, StoreError> {
    let values = Values::new().and(service).and(scope).and(recorded_at);
    let rows = session.all(&MOVES, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Move {
                kind: row.text("kind")?,
                band: row.word("band", Band::from_word)?,
                harmless: row.flag("harmless")?,
                state: row.word("state", State::from_word)?,
                findings: row.count("findings")?,
            })
        })
        .collect()
}

/// A finding with the test among whose reports it was seen, if any.
#[derive(Clone, Debug, PartialEq)]
pub struct DojoFinding {
    pub finding: Finding,
    pub test: Option<i64>,
}

/// Which findings are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    pub number: Option<i64>,
    pub service: Option<String>,
    /// Seen among the reports of that scope.
    pub scope: Option<String>,
    pub band: Option<Band>,
    /// With a score of zero, or without.
    pub harmless: Option<bool>,
    /// Whether the clock runs.
    pub running: Option<bool>,
    pub state: Option<State>,
    /// A word of the title, whatever its case.
    pub title: Option<String>,
}

/// A window of findings in order of number, and how many there are in all.
pub async fn findings(
    session: &mut Session,
    filter: &FindingFilter,
    window: Window,
) -> Result<(Vec<DojoFinding>, u64), StoreError> {
    let (rows, found) = query(filter).page(session, ORDER, window).await?;
    let read = rows
        .iter()
        .map(|row| Ok(DojoFinding { finding: finding(row)?, test: row.integer_or_none("test")? }));
    Ok((read.collect::<Result<_, StoreError>>()?, found))
}

fn query(filter: &FindingFilter) -> Query {
    let columns = FINDING.trim_start_matches("select ");
    let columns = format!("{columns}, {CUSTODY_READ}, {CLOCK_READ}, {TEST}");
    // What still runs elsewhere is over in a scope whose newest report does not have it.
    let in_scope = match filter.running {
        Some(true) => {
            "f.number in (select finding from sightings where present = 1
             and (scope = ? or substr(scope, 1, length(?) + 3) = ? || ' · '))"
        }
        _ => {
            "f.number in (select finding from sightings
             where scope = ? or substr(scope, 1, length(?) + 3) = ? || ' · ')"
        }
    };
    let query = Query::new(columns, "findings f")
        .with("f.number = ?", filter.number)
        .with("f.service = ?", filter.service.as_deref())
        .with(in_scope, filter.scope.as_deref())
        .with("f.band = ?", filter.band.map(Band::word))
        .with("f.running = ?", filter.running)
        .with("f.state = ?", filter.state.map(State::word))
        .with(
            "lower(f.title) like ? escape '\\'",
            filter.title.as_deref().map(super::page::containing),
        );
    match filter.harmless {
        Some(true) => query.only("f.score = 0"),
        Some(false) => query.only("(f.score is null or f.score > 0)"),
        None => query,
    }
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    let of = |harmless, running| FindingFilter {
        number: Some(1),
        service: Some("a".to_owned()),
        scope: Some("a".to_owned()),
        band: Some(Band::High),
        harmless,
        running,
        state: Some(State::Open),
        title: Some("a".to_owned()),
    };
    let filters = [of(None, Some(true)), of(Some(true), Some(false)), of(Some(false), None)];
    filters.iter().flat_map(|filter| super::page::prepared(&query(filter), ORDER)).collect()
}
