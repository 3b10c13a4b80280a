//! Objectives and their key results at rest, with what was read and said about them.
//!
//! Days are text, lists have positions, so that what is kept is read back in the same order. What
//! waits for the clock (a computed reading, a reminder) has its instant in the key result's row.

mod key_results;
mod readings;

use domain::calendar::Quarter;
use domain::objectives::{KeyResultId, Objective, ObjectiveId, Priority};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

pub use key_results::{
    Timers, claim_reading, claim_reminder, insert_key_result, key_results, replace_inputs,
    save_ownership, save_start, to_read, to_remind,
};
pub use readings::{
    all_check_ins, all_readings, check_in, delete_readings, save_check_in, save_reading,
};

const INSERT: Sql = sql("insert into objectives
     (id, position, title, outcome, quarter, dri, priority, risk, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
const OF_QUARTER: Sql = sql("select id, title, outcome, quarter, dri, priority, risk
     from objectives where quarter = $1 order by position, id");
const ONE: Sql = sql("select id, title, outcome, quarter, dri, priority, risk
     from objectives where id = $1");
const CREATED: Sql = sql("select id, created_at from objectives where quarter = $1");
const QUARTERS: Sql = sql("select distinct quarter from objectives order by quarter");

/// When each objective of a quarter was made, by its identifier.
pub async fn created(
    session: &mut Session,
    quarter: Quarter,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let rows = session.all(&CREATED, Values::new().and(quarter.to_string())).await?;
    rows.iter().map(|row| Ok((row.text("id")?, row.instant("created_at")?))).collect()
}

/// Which key results are meant.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of a quarter's objectives.
    Quarter(Quarter),
    /// Those of one objective.
    Of(&'a ObjectiveId),
    One(&'a KeyResultId),
}

impl Which<'_> {
    /// The condition on a column that holds key results' identifiers, for `$1`.
    fn condition(self) -> &'static str {
        match self {
            Which::Quarter(_) => {
                "in (select k2.id from key_results k2 join objectives o2 on o2.id = k2.objective \
                 where o2.quarter = $1)"
            }
            Which::Of(_) => "in (select k2.id from key_results k2 where k2.objective = $1)",
            Which::One(_) => "= $1",
        }
    }

    fn values(self) -> Values {
        match self {
            Which::Quarter(quarter) => Values::new().and(quarter.to_string()),
            Which::Of(id) => Values::new().and(id.as_str()),
            Which::One(id) => Values::new().and(id.as_str()),
        }
    }

    /// `head`, then the condition on `column`, then the order.
    fn statement(self, head: &str, column: &str, order: &str) -> Sql {
        let condition = self.condition();
        Sql::assembled(format!("{head} where {column} {condition} order by {order}"))
    }
}

/// Every statement that this room puts together, for the test that prepares them.
#[cfg(test)]
pub(crate) fn assembled() -> Vec<Sql> {
    let quarter = Quarter::from_label("FY27-Q1").expect("a label");
    let objective = ObjectiveId::new("O1").expect("an identifier");
    let key_result = KeyResultId::new("O1-KR1").expect("an identifier");
    [Which::Quarter(quarter), Which::Of(&objective), Which::One(&key_result)]
        .into_iter()
        .flat_map(|which| {
            key_results::statements(which).into_iter().chain(readings::statements(which))
        })
        .collect()
}

/// Keeps a new objective at `position` of its quarter.
pub async fn insert(
    session: &mut Session,
    objective: &Objective,
    position: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = Values::new()
        .and(objective.id.as_str())
        .and(position as i64)
        .and(&objective.title)
        .and(&objective.outcome)
        .and(objective.quarter.to_string())
        .and(objective.dri.clone())
        .and(objective.priority.word())
        .and(objective.risk.clone())
        .and(now);
    session.run(&INSERT, values).await.map(|_| ())
}

/// The objectives of a quarter in their order.
pub async fn of_quarter(
    session: &mut Session,
    quarter: Quarter,
) -> Result<Vec<Objective>, StoreError> {
    let rows = session.all(&OF_QUARTER, Values::new().and(quarter.to_string())).await?;
    rows.iter().map(read).collect()
}

pub async fn one(session: &mut Session, id: &ObjectiveId) -> Result<Option<Objective>, StoreError> {
    let row = session.one(&ONE, Values::new().and(id.as_str())).await?;
    row.as_ref().map(read).transpose()
}

/// The quarters that have objectives, earliest first.
pub async fn quarters(session: &mut Session) -> Result<Vec<Quarter>, StoreError> {
    let rows = session.all(&QUARTERS, Values::new()).await?;
    let mut quarters: Vec<Quarter> = rows.iter().map(quarter).collect::<Result<_, _>>()?;
    quarters.sort();
    Ok(quarters)
}

fn read(row: &Row) -> Result<Objective, StoreError> {
    Ok(Objective {
        id: told("id", ObjectiveId::new(row.text("id")?))?,
        title: row.text("title")?,
        outcome: row.text("outcome")?,
        quarter: quarter(row)?,
        dri: row.text_or_none("dri")?,
        priority: row.word("priority", |word| Priority::from_word(word).ok())?,
        risk: row.text_or_none("risk")?,
    })
}

fn quarter(row: &Row) -> Result<Quarter, StoreError> {
    told("quarter", Quarter::from_label(&row.text("quarter")?))
}

/// A civil day kept as text.
fn day(row: &Row, column: &str) -> Result<Date, StoreError> {
    told(column, row.text(column)?.parse())
}

fn day_or_none(row: &Row, column: &str) -> Result<Option<Date>, StoreError> {
    row.text_or_none(column)?.map(|text| told(column, text.parse())).transpose()
}

fn told<T, E: std::fmt::Display>(what: &str, outcome: Result<T, E>) -> Result<T, StoreError> {
    outcome.map_err(|error| StoreError::unreadable(what, error))
}

#[cfg(test)]
mod tests;
