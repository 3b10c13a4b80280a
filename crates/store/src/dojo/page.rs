//! Lists by offset: a window of the rows, and how many there are in all.

use crate::sql::{Sql, Value, Values};
use crate::{Row, Session, StoreError};

/// Which rows of a list are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub limit: u32,
    pub offset: u32,
}

impl Window {
    /// The first row alone.
    pub const FIRST: Window = Window { limit: 1, offset: 0 };
}

/// A list being asked for, put together from constant pieces.
pub(super) struct Query {
    columns: String,
    clause: String,
    values: Values,
}

impl Query {
    /// `columns` of all rows of `from`.
    pub(super) fn new(columns: impl Into<String>, from: &'static str) -> Query {
        let clause = format!(" from {from} where 1 = 1");
        Query { columns: columns.into(), clause, values: Values::new() }
    }

    /// Only rows of which `condition` holds; `?` in it stands for the value. None = all rows.
    #[must_use]
    pub(super) fn with(
        mut self,
        condition: &'static str,
        value: Option<impl Into<Value>>,
    ) -> Query {
        if let Some(value) = value {
            self.values.push(value);
            let mark = format!("${}", self.values.len());
            self.clause += " and ";
            self.clause += &condition.replace('?', &mark);
        }
        self
    }

    /// Only rows of which `condition` holds.
    #[must_use]
    pub(super) fn only(mut self, condition: &'static str) -> Query {
        self.clause += " and ";
        self.clause += condition;
        self
    }

    /// The statements for the rows of a window and for the number of all rows.
    pub(super) fn statements(&self, order: &'static str, window: Window) -> [(Sql, Values); 2] {
        let Query { columns, clause, values } = self;
        let next = values.len() + 1;
        let rows =
            format!("select {columns}{clause} order by {order} limit ${next} offset ${}", next + 1);
        let windowed = values.clone().and(window.limit).and(window.offset);
        let count = format!("select count(*) as found{clause}");
        [(Sql::assembled(rows), windowed), (Sql::assembled(count), values.clone())]
    }

    /// The rows of a window, and how many there are in all.
    pub(super) async fn page(
        self,
        session: &mut Session,
        order: &'static str,
        window: Window,
    ) -> Result<(Vec<Row>, u64), StoreError> {
        let [(rows, windowed), (count, values)] = self.statements(order, window);
        let found = session.one(&count, values).await?;
        let found = found.map_or(Ok(0), |row| row.count("found"))?;
        if found <= u64::from(window.offset) {
            return Ok((Vec::new(), found));
        }
        Ok((session.all(&rows, windowed).await?, found))
    }
}

/// A pattern for `like` that finds `text` anywhere, whatever its case.
pub(super) fn containing(text: &str) -> String {
    format!("%{}%", crate::findings::escaped(&text.to_lowercase()))
}

/// A pattern for `like` that finds a member of a JSON array of texts.
pub(super) fn member(text: &str) -> String {
    format!("%{}%", crate::findings::escaped(&crate::findings::json(&text)))
}

/// The statements of a query, for the test that prepares them.
#[cfg(test)]
pub(super) fn prepared(query: &Query, order: &'static str) -> Vec<Sql> {
    query.statements(order, Window::FIRST).into_iter().map(|(sql, _)| sql).collect()
}
