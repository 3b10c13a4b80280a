//! Findings that were moved in from a DefectDojo, until the first report of their own.

use std::collections::BTreeMap;

use domain::findings::{Finding, Identity};

use crate::findings::{CLOCK_READ, CUSTODY_READ, FINDING, Stream, finding, number_of};
use crate::sql::{Sql, Values, sql};
use crate::{Session, StoreError};

const KNOWN: Sql = sql("select m.id, m.finding from dojo_moved m
     join findings f on f.number = m.finding where f.service = $1");
const REMEMBER: &str = "insert into dojo_moved (id, finding) values";
const REMEMBER_WIDTH: usize = 2;
const REMEMBER_AGAIN: &str = "on conflict (id) do nothing";
const TAKE_IDENTITY: Sql = sql("update findings set identity = $2, version = version + 1
     where number = $1 and not exists (select 1 from findings other
        where other.service = $3 and other.identity = $2)");
const HAND_OVER: Sql = sql("update sightings set tool = $4
     where tool = $2 and scope = $3 and finding in (select number from findings where service = $1)
        and not exists (select 1 from sightings other where other.finding = sightings.finding
            and other.tool = $4 and other.scope = $3)");
const REMOVE: Sql = sql("delete from sightings where tool = $2 and scope = $3
     and finding in (select number from findings where service = $1)");

/// Which findings of a service were moved in, by the number that they had.
pub async fn known_moved(
    session: &mut Session,
    service: &str,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    let rows = session.all(&KNOWN, Values::new().and(service)).await?;
    rows.iter().map(|row| Ok((row.integer("id")?, row.integer("finding")?))).collect()
}

/// Remembers the numbers that findings had, with those that they have.
pub async fn remember_moved(session: &mut Session, moved: &[(i64, i64)]) -> Result<(), StoreError> {
    let mut rows = Values::new();
    for (id, finding) in moved {
        rows.push(*id);
        rows.push(*finding);
    }
    session.run_rows(REMEMBER, REMEMBER_WIDTH, rows, REMEMBER_AGAIN).await.map(|_| ())
}

/// The findings of a service that `stream` sees or saw, in order of number.
pub async fn moved_in(
    session: &mut Session,
    service: &str,
    stream: &Stream,
) -> Result<Vec<Finding>, StoreError> {
    let values = Values::new().and(service).and(&stream.tool).and(&stream.scope);
    session.all(&moved_in_sql(), values).await?.iter().map(finding).collect()
}

fn moved_in_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from findings f where f.service = $1 and exists
         (select 1 from sightings s where s.finding = f.number and s.tool = $2 and s.scope = $3)
         order by f.number"
    ))
}

#[cfg(test)]
pub(super) fn assembled() -> Vec<Sql> {
    vec![moved_in_sql()]
}

/// Gives findings other identities, where no other finding of the service has them.
pub async fn take_identities(
    session: &mut Session,
    taken: &[(&Finding, Identity)],
) -> Result<(), StoreError> {
    for (finding, identity) in taken {
        let number = number_of(&finding.id)
            .ok_or_else(|| StoreError::unreadable("a finding's id", &finding.id))?;
        let values = Values::new().and(number).and(identity.as_str()).and(&finding.service);
        session.run(&TAKE_IDENTITY, values).await?;
    }
    Ok(())
}

/// What `from` sees or saw of a service is what `to` sees or saw from now on.
pub async fn hand_over(
    session: &mut Session,
    service: &str,
    from: &Stream,
    to: &str,
) -> Result<(), StoreError> {
    let values = Values::new().and(service).and(&from.tool).and(&from.scope);
    session.run(&HAND_OVER, values.clone().and(to)).await?;
    session.run(&REMOVE, values).await.map(|_| ())
}
