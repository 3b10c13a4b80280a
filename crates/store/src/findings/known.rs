//! Reading findings to change them: all of a service, those that are due, one.

use std::collections::BTreeMap;

use domain::findings::{Assessment, Finding, Identity, Known, Sighting, prevailing};
use jiff::Timestamp;

use super::columns::{
    CLOCK_READ, CUSTODY_READ, from_json, read_assessment, read_clock, read_custody, read_package,
    read_places, read_sighting,
};
use super::{Stream, name_of};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const SIGHTINGS: Sql = sql("select s.finding, s.tool, s.scope, s.present, s.score, s.score_source,
        s.band as assessed_band, s.digest, s.place, s.version
     from sightings s join findings f on f.number = s.finding where f.service = $1");

const GIVE_RULES: &str =
    "update findings set version = version + 1, owner_rule = v.column2 from (values";

/// A finding with what saving it again needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored<T> {
    pub number: i64,
    pub version: i64,
    /// How many entries its ledger has.
    pub entries: i64,
    /// When the watch looks again.
    pub watch_at: Option<Timestamp>,
    pub value: T,
}

/// Every finding of `service`, seen from `stream`, in order of number.
pub async fn known(
    session: &mut Session,
    service: &str,
    stream: &Stream,
) -> Result<Vec<Stored<Known>>, StoreError> {
    let mut said = said(session, service, stream).await?;
    let mut all = Vec::with_capacity(said.len());
    let take = |row: &Row| {
        let number = row.integer("number")?;
        let (sighting, elsewhere) = said.remove(&number).unwrap_or_default();
        let known = Known {
            finding: name_of(number),
            identity: Identity::kept(row.text("identity")?),
            clock: read_clock(row)?,
            assessment: read_assessment(row)?,
            custody: read_custody(row)?,
            sighting,
            elsewhere,
        };
        all.push(stored_row(row, known)?);
        Ok(())
    };
    session.each(&known_sql(), Values::new().and(service), take).await?;
    Ok(all)
}

pub(crate) fn known_sql() -> Sql {
    Sql::assembled(format!(
        "select f.number, f.version, f.entries, f.watch_at, f.identity, {CUSTODY_READ},
            {CLOCK_READ}
         from findings f where f.service = $1 order by f.number"
    ))
}

/// What `stream` says of each finding, and what prevails among all others that see it.
type Said = BTreeMap<i64, (Option<Sighting>, Option<Assessment>)>;

async fn said(session: &mut Session, service: &str, stream: &Stream) -> Result<Said, StoreError> {
    let mut said = Said::new();
    let take = |row: &Row| {
        let sighting = read_sighting(row)?;
        let is_own = row.text("tool")? == stream.tool && row.text("scope")? == stream.scope;
        let (own, elsewhere) = said.entry(row.integer("finding")?).or_default();
        if is_own {
            *own = Some(sighting);
        } else if sighting.present {
            *elsewhere = prevailing(elsewhere.take().into_iter().chain([sighting.assessment]));
        }
        Ok(())
    };
    session.each(&SIGHTINGS, Values::new().and(service), take).await?;
    Ok(said)
}

/// Findings at which the watch must look by `now`, the longest due first.
pub async fn due(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let rows = session.all(&due_sql(), Values::new().and(now).and(limit)).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

pub(crate) fn due_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f where f.watch_at <= $1
         order by f.watch_at, f.number limit $2"
    ))
}

/// Findings of `service` that are not over and that its owner has, after the number `after`.
pub async fn held_by_service(
    session: &mut Session,
    service: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let values = Values::new().and(service).and(after).and(limit);
    let rows = session.all(&held_by_service_sql(), values).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

pub(crate) fn held_by_service_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f
         where f.service = $1 and f.number > $2 and (f.running = 1 or f.state = 'accepted')
            and (f.owner_rule is null or f.owner_rule = 'service')
         order by f.number limit $3"
    ))
}

/// Findings of `service` that are not over, whoever has them, after the number `after`.
pub async fn running_of(
    session: &mut Session,
    service: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let values = Values::new().and(service).and(after).and(limit);
    let rows = session.all(&running_of_sql(), values).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

pub(crate) fn running_of_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f
         where f.service = $1 and f.number > $2 and (f.running = 1 or f.state = 'accepted')
         order by f.number limit $3"
    ))
}

/// Notes by which rule each finding has its owner now.
pub async fn give_rules(
    session: &mut Session,
    rules: Vec<(i64, Option<String>)>,
) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for (number, rule) in rules {
        rows.push(number);
        rows.push(rule);
    }
    let tail = ") as v where findings.number = v.column1";
    session.run_rows(GIVE_RULES, 2, rows, tail).await.map(|_| ())
}

/// One finding by its number.
pub async fn stored(
    session: &mut Session,
    number: i64,
) -> Result<Option<Stored<Finding>>, StoreError> {
    let row = session.one(&one_sql(), Values::new().and(number)).await?;
    row.map(|row| stored_row(&row, finding(&row)?)).transpose()
}

/// One finding by its number, to be read only.
pub async fn one(session: &mut Session, number: i64) -> Result<Option<Finding>, StoreError> {
    Ok(stored(session, number).await?.map(|stored| stored.value))
}

pub(crate) fn one_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f where f.number = $1"
    ))
}

/// As [`several`], to be changed.
pub async fn several_stored(
    session: &mut Session,
    numbers: &[i64],
) -> Result<Vec<Stored<Finding>>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let values = Values::each(numbers.iter().copied());
    let rows = session.all(&several_sql(numbers.len()), values).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

/// Those of `numbers` that there are, in order of number.
pub async fn several(session: &mut Session, numbers: &[i64]) -> Result<Vec<Finding>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let values = Values::each(numbers.iter().copied());
    session.all(&several_sql(numbers.len()), values).await?.iter().map(finding).collect()
}

pub(crate) fn several_sql(count: usize) -> Sql {
    let head = format!("{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f where f.number in");
    Sql::listed(&head, count, "order by f.number")
}

/// What [`finding`] reads, before the columns of custody and clock.
pub(crate) const FINDING: &str =
    "select f.number, f.version, f.entries, f.watch_at, f.service, f.identity,
    f.owner_rule, f.title, f.ids, f.cwes, f.vector, f.package_name, f.package_version,
    f.package_fixed, f.package_purl, f.places, f.rule, f.description";

pub(crate) fn stored_row<T>(row: &Row, value: T) -> Result<Stored<T>, StoreError> {
    Ok(Stored {
        number: row.integer("number")?,
        version: row.integer("version")?,
        entries: row.integer("entries")?,
        watch_at: row.instant_or_none("watch_at")?,
        value,
    })
}

pub(crate) fn finding(row: &Row) -> Result<Finding, StoreError> {
    Ok(Finding {
        id: name_of(row.integer("number")?),
        service: row.text("service")?,
        identity: Identity::kept(row.text("identity")?),
        title: row.text("title")?,
        ids: from_json(row, "ids")?,
        cwes: from_json(row, "cwes")?,
        vector: row.text_or_none("vector")?,
        package: read_package(row)?,
        places: read_places(row)?,
        rule: row.text_or_none("rule")?,
        description: row.text_or_none("description")?,
        assessment: read_assessment(row)?,
        clock: read_clock(row)?,
        custody: read_custody(row)?,
        owner_rule: row.text_or_none("owner_rule")?,
    })
}
