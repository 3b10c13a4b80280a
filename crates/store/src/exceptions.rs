//! Exceptions at rest, and which finding is accepted by which.
//!
//! An exception that holds has a timer; a finding that is accepted has one row that says by which
//! exception.

use domain::exceptions::{Candidate, Exception, ExceptionState, Request, Scope};
use domain::findings::{Band, Finding};
use jiff::Timestamp;

use crate::findings::{
    CLOCK_READ, CUSTODY_READ, FINDING, Stored, finding, from_json, name_of, number_of, stored_row,
};
use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const COLUMNS: &str = "select number, finding, identifier, package, service, team, reason, control,
        until, state, requester, requested_at, decider, decided_at, note, ended_at, ended_by,
        watch_at, looked_to, full_at, reminded, version from exceptions";
const INSERT: Sql = sql("insert into exceptions (number, finding, identifier, package, service,
        team, reason, control, until, state, requester, requested_at, looked_to, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 1)");
const SAVE: Sql = sql("update exceptions set state = $3, decider = $4, decided_at = $5, note = $6,
        ended_at = $7, ended_by = $8, reminded = $9, watch_at = $10, looked_to = $11,
        full_at = $12, version = version + 1
     where number = $1 and version = $2");
const WAKE: Sql = sql("update exceptions set watch_at = $1
     where state = 'approved' and watch_at > $1");
const KEEP: &str = "insert into acceptances (finding, exception) values";
const AGAIN: &str = "on conflict (finding) do update set exception = excluded.exception";
const FORGET: Sql = sql("delete from acceptances where exception = $1 and finding <= $2");
const TEAMS: Sql = sql("select distinct f.owner_team as team from acceptances a
     join findings f on f.number = a.finding
     where a.exception = $1 and f.state = 'accepted' and f.owner_team is not null
     order by f.owner_team limit 100");
const COVERED: Sql = sql("select a.exception, count(*) as findings,
        count(distinct f.service) as services
     from acceptances a join findings f on f.number = a.finding
     where f.state = 'accepted' group by a.exception");

/// An exception with what saving it again needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub number: i64,
    pub version: i64,
    /// When the watch looks again; none = it waits for nothing.
    pub watch_at: Option<Timestamp>,
    /// Findings up to this number have been looked at.
    pub looked_to: i64,
    /// When it begins with the first finding again.
    pub full_at: Option<Timestamp>,
    pub exception: Exception,
}

/// `X-3`, the name people use.
pub fn exception_name(number: i64) -> String {
    format!("X-{number}")
}

/// 3 of `X-3`.
pub fn exception_number(name: &str) -> Option<i64> {
    let digits = name.strip_prefix("X-")?;
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok()).flatten()
}

/// Keeps what was asked for.
pub async fn insert(session: &mut Session, exception: &Exception) -> Result<(), StoreError> {
    let Exception { request, .. } = exception;
    let Scope { finding, identifier, package, service, team } = &request.scope;
    let values = Values::new()
        .and(exception_number(&exception.id))
        .and(finding.as_deref().and_then(number_of))
        .and(identifier.clone())
        .and(package.clone())
        .and(service.clone())
        .and(team.clone())
        .and(&request.reason)
        .and(&request.control)
        .and(request.until.to_string())
        .and(exception.state.word())
        .and(&exception.requester)
        .and(exception.requested_at);
    session.run(&INSERT, values).await.map(|_| ())
}

/// Saves how far an exception has come, with its timer.
///
/// # Errors
///
/// [`StoreError::Conflict`] when somebody else saved it in between.
pub async fn save(session: &mut Session, kept: &Kept) -> Result<(), StoreError> {
    let exception = &kept.exception;
    let values = Values::new()
        .and(kept.number)
        .and(kept.version)
        .and(exception.state.word())
        .and(exception.decider.clone())
        .and(exception.decided_at)
        .and(exception.note.clone())
        .and(exception.ended_at)
        .and(exception.ended_by.clone())
        .and(exception.reminded.map(i64::from))
        .and(kept.watch_at)
        .and(kept.looked_to)
        .and(kept.full_at);
    match session.run(&SAVE, values).await? {
        0 => Err(StoreError::Conflict { what: exception.id.clone() }),
        _ => Ok(()),
    }
}

/// One exception by its name.
pub async fn one(session: &mut Session, name: &str) -> Result<Option<Kept>, StoreError> {
    let Some(number) = exception_number(name) else { return Ok(None) };
    let row = session.one(&one_sql(), Values::new().and(number)).await?;
    row.map(|row| kept(&row)).transpose()
}

pub(crate) fn one_sql() -> Sql {
    Sql::assembled(format!("{COLUMNS} where number = $1"))
}

/// The newest exceptions, of one state or of all.
pub async fn list(
    session: &mut Session,
    state: Option<ExceptionState>,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let values = Values::new().and(state.map(ExceptionState::word)).and(limit);
    session.all(&list_sql(), values).await?.iter().map(kept).collect()
}

pub(crate) fn list_sql() -> Sql {
    Sql::assembled(format!(
        "{COLUMNS} where state = coalesce($1, state) order by number desc limit $2"
    ))
}

/// Exceptions at which the watch must look by `now`, the longest due first.
pub async fn due(
    session: &mut Session,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let values = Values::new().and(now).and(limit);
    session.all(&due_sql(), values).await?.iter().map(kept).collect()
}

pub(crate) fn due_sql() -> Sql {
    Sql::assembled(format!("{COLUMNS} where watch_at <= $1 order by watch_at, number limit $2"))
}

/// Lets the watch look at every exception that holds at `at` at the latest: there are findings that
/// it has not seen.
pub async fn wake(session: &mut Session, at: Timestamp) -> Result<(), StoreError> {
    session.run(&WAKE, Values::new().and(at)).await.map(|_| ())
}

/// Running findings after the number `after` that the scope may cover, in order of number: service,
/// team and finding are asked of the store, the rest is for the domain to decide.
pub async fn candidates(
    session: &mut Session,
    scope: &Scope,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, Candidate)>, StoreError> {
    let mut values = Values::new().and(after).and(limit);
    if let Some(finding) = &scope.finding {
        values.push(number_of(finding).unwrap_or(0));
    }
    for part in [&scope.service, &scope.team].into_iter().flatten() {
        values.push(part);
    }
    let rows = session.all(&candidates_sql(scope), values).await?;
    let candidate = |row: &Row| {
        let mut ids: Vec<String> = from_json(row, "ids")?;
        ids.extend(row.text_or_none("weakness")?);
        let number = row.integer("number")?;
        let candidate = Candidate {
            id: name_of(number),
            service: row.text("service")?,
            team: row.text_or_none("owner_team")?,
            ids,
            package: row.text_or_none("package_name")?,
            band: row.word("band", Band::from_word)?,
        };
        Ok((number, candidate))
    };
    rows.iter().map(candidate).collect()
}

pub(crate) fn candidates_sql(scope: &Scope) -> Sql {
    let mut text = "select number, service, owner_team, ids, weakness, package_name, band
         from findings where running = 1 and number > $1"
        .to_owned();
    let parts = [
        ("number", scope.finding.is_some()),
        ("service", scope.service.is_some()),
        ("owner_team", scope.team.is_some()),
    ];
    for (place, (column, _)) in parts.into_iter().filter(|(_, is_given)| *is_given).enumerate() {
        text.push_str(&format!(" and {column} = ${}", place + 3));
    }
    text.push_str(" order by number limit $2");
    Sql::assembled(text)
}

/// Notes that `findings` are accepted by the exception.
pub async fn accept(
    session: &mut Session,
    exception: i64,
    findings: &[i64],
) -> Result<(), StoreError> {
    let mut rows = Values::with_capacity(findings.len() * 2);
    for finding in findings {
        rows.push(*finding);
        rows.push(exception);
    }
    session.run_rows(KEEP, 2, rows, AGAIN).await.map(|_| ())
}

/// Findings that the exception has accepted after the number `after`, in order of number; some may
/// be closed by now.
pub async fn accepted(
    session: &mut Session,
    exception: i64,
    after: i64,
    limit: u32,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let values = Values::new().and(exception).and(after).and(limit);
    let rows = session.all(&accepted_sql(), values).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

pub(crate) fn accepted_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from acceptances a
         join findings f on f.number = a.finding
         where a.exception = $1 and a.finding > $2 order by a.finding limit $3"
    ))
}

/// Accepted findings of the exception that are critical by now.
pub async fn critical(
    session: &mut Session,
    exception: i64,
    limit: u32,
) -> Result<Vec<Stored<Finding>>, StoreError> {
    let values = Values::new().and(exception).and(limit);
    let rows = session.all(&critical_sql(), values).await?;
    rows.iter().map(|row| stored_row(row, finding(row)?)).collect()
}

pub(crate) fn critical_sql() -> Sql {
    Sql::assembled(format!(
        "{FINDING}, {CUSTODY_READ}, {CLOCK_READ} from acceptances a
         join findings f on f.number = a.finding
         where a.exception = $1 and f.state = 'accepted' and f.band = 'critical'
         order by a.finding limit $2"
    ))
}

/// The exception accepts its findings up to the number `last` no more.
pub async fn forget(session: &mut Session, exception: i64, last: i64) -> Result<(), StoreError> {
    session.run(&FORGET, Values::new().and(exception).and(last)).await.map(|_| ())
}

/// The teams that hold what the exception has accepted, at most 100.
pub async fn teams(session: &mut Session, exception: i64) -> Result<Vec<String>, StoreError> {
    let rows = session.all(&TEAMS, Values::new().and(exception)).await?;
    rows.iter().map(|row| row.text("team")).collect()
}

/// How many findings in how many services each exception covers now, by its name.
pub async fn covered(session: &mut Session) -> Result<Vec<(String, u64, u64)>, StoreError> {
    let rows = session.all(&COVERED, Values::new()).await?;
    rows.iter()
        .map(|row| {
            let name = exception_name(row.integer("exception")?);
            Ok((name, row.count("findings")?, row.count("services")?))
        })
        .collect()
}

fn kept(row: &Row) -> Result<Kept, StoreError> {
    let until = row.text("until")?;
    let scope = Scope {
        finding: row.integer_or_none("finding")?.map(name_of),
        identifier: row.text_or_none("identifier")?,
        package: row.text_or_none("package")?,
        service: row.text_or_none("service")?,
        team: row.text_or_none("team")?,
    };
    let request = Request {
        scope,
        reason: row.text("reason")?,
        control: row.text("control")?,
        until: until.parse().map_err(|error| StoreError::unreadable("until", error))?,
    };
    let number = row.integer("number")?;
    let reminded = row.integer_or_none("reminded")?;
    let exception = Exception {
        id: exception_name(number),
        request,
        state: row.word("state", ExceptionState::from_word)?,
        requester: row.text("requester")?,
        requested_at: row.instant("requested_at")?,
        decider: row.text_or_none("decider")?,
        decided_at: row.instant_or_none("decided_at")?,
        note: row.text_or_none("note")?,
        ended_at: row.instant_or_none("ended_at")?,
        ended_by: row.text_or_none("ended_by")?,
        reminded: reminded.and_then(|days| i32::try_from(days).ok()),
    };
    Ok(Kept {
        number,
        version: row.integer("version")?,
        watch_at: row.instant_or_none("watch_at")?,
        looked_to: row.integer("looked_to")?,
        full_at: row.instant_or_none("full_at")?,
        exception,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing::{NOW, databases};

    #[tokio::test]
    async fn an_exception_is_read_back_as_it_was_kept_and_wakes_at_its_time() {
        let (databases, _directory) = databases().await;
        for database in &databases {
            let mut transaction = database.begin().await.expect("a transaction");
            let scope = Scope {
                finding: Some("F-7".into()),
                package: Some("O'Brien*".into()),
                team: Some("payments".into()),
                ..Scope::default()
            };
            let (reason, control) = ("vendor \"late\"".into(), "firewall\n<b>".into());
            let exception = Exception {
                id: "X-3".into(),
                request: Request { scope, reason, control, until: date(2026, 4, 1) },
                state: ExceptionState::Requested,
                requester: "noor.haddad".into(),
                requested_at: NOW,
                decider: None,
                decided_at: None,
                note: None,
                ended_at: None,
                ended_by: None,
                reminded: None,
            };
            insert(&mut transaction, &exception).await.expect("kept");
            let read = one(&mut transaction, "X-3").await.expect("read").expect("an exception");
            assert_eq!(read.exception, exception, "{}", database.engine_name());
            let mut granted = read.clone();
            granted.exception.state = ExceptionState::Approved;
            granted.exception.decider = Some("mara.lind".into());
            granted.exception.decided_at = Some(NOW);
            granted.exception.reminded = Some(14);
            granted.watch_at = Some(NOW);
            save(&mut transaction, &granted).await.expect("saved");
            let stale = save(&mut transaction, &granted).await;
            assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
            let due = due(&mut transaction, NOW, 9).await.expect("read");
            assert_eq!(due.len(), 1);
            assert_eq!(due[0].exception, granted.exception);
            let state = Some(ExceptionState::Requested);
            assert_eq!(list(&mut transaction, state, 9).await.expect("read"), []);
            assert_eq!(list(&mut transaction, None, 9).await.expect("read").len(), 1);
        }
    }
}
