//! Statements, the values bound to them and the rows that come back.
//!
//! `Value` keeps the type of a null, because PostgreSQL fixes a parameter's type at the first use
//! of a statement.

use std::borrow::Cow;

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::StoreError;

/// The text of one statement, `$1`, `$2` … standing for values.
#[derive(Clone, Debug)]
pub struct Sql {
    pub(crate) text: Cow<'static, str>,
    /// Whether the connection keeps it prepared. Statements of many rows are not kept: each size
    /// would take its own megabytes.
    pub(crate) kept: bool,
}

/// A constant statement. One test finds every call of this function in the sources and prepares
/// its text on both engines.
pub const fn sql(text: &'static str) -> Sql {
    Sql { text: Cow::Borrowed(text), kept: true }
}

impl Sql {
    /// A statement put together from constant pieces, never from input.
    pub(crate) fn assembled(text: String) -> Sql {
        Sql { text: Cow::Owned(text), kept: true }
    }

    /// `insert into … values ($1, …), ($n, …) …`: `head`, then `rows` tuples of `width`, then
    /// `tail`. Not kept prepared. SQLite looks named parameters up one by one, so that thousands of
    /// them take seconds; it gets plain question marks.
    pub(crate) fn rows(head: &str, width: usize, rows: usize, tail: &str, marks: Marks) -> Sql {
        let mut text = String::with_capacity(head.len() + tail.len() + rows * width * 7);
        text.push_str(head);
        for row in 0..rows {
            text.push_str(if row == 0 { " (" } else { ", (" });
            for column in 0..width {
                if column > 0 {
                    text.push(',');
                }
                match marks {
                    Marks::Question => text.push('?'),
                    Marks::Numbered => {
                        text.push('$');
                        text.push_str(&(row * width + column + 1).to_string());
                    }
                }
            }
            text.push(')');
        }
        text.push(' ');
        text.push_str(tail);
        Sql { text: Cow::Owned(text), kept: false }
    }

    /// `head ($1, $2 …) tail` with so many marks, at least one. Not kept prepared.
    pub(crate) fn listed(head: &str, count: usize, tail: &str) -> Sql {
        let marks: Vec<String> = (1..=count.max(1)).map(|mark| format!("${mark}")).collect();
        Sql::once(format!("{head} ({}) {tail}", marks.join(", ")))
    }

    /// A statement put together for this one time, from constant pieces. Not kept prepared.
    pub(crate) fn once(text: String) -> Sql {
        Sql { text: Cow::Owned(text), kept: false }
    }

    pub fn text(&self) -> &str {
        &self.text
    }
}

/// How the values of a statement of many rows are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    Numbered,
    Question,
}

/// One bound value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Real(Option<f64>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($from:ty => |$it:ident| $value:expr;)*) => {
        // A macro because a generic impl over these foreign types would overlap.
        $(impl From<$from> for Value { fn from($it: $from) -> Value { $value } })*
    };
}

value_from! {
    &str => |it| Value::Text(Some(it.to_owned()));
    String => |it| Value::Text(Some(it));
    &String => |it| Value::Text(Some(it.clone()));
    Option<String> => |it| Value::Text(it);
    Option<&str> => |it| Value::Text(it.map(str::to_owned));
    i64 => |it| Value::Integer(Some(it));
    u32 => |it| Value::Integer(Some(i64::from(it)));
    bool => |it| Value::Integer(Some(i64::from(it)));
    Option<i64> => |it| Value::Integer(it);
    Timestamp => |it| Value::Integer(Some(it.as_microsecond()));
    Option<Timestamp> => |it| Value::Integer(it.map(Timestamp::as_microsecond));
    f64 => |it| Value::Real(Some(it));
    Option<f64> => |it| Value::Real(it);
    Vec<u8> => |it| Value::Bytes(Some(it));
}

/// The values of one execution, in order.
#[derive(Clone, Debug, Default)]
pub struct Values(pub(crate) Vec<Value>);

impl Values {
    pub fn new() -> Values {
        Values(Vec::new())
    }

    pub(crate) fn with_capacity(values: usize) -> Values {
        Values(Vec::with_capacity(values))
    }

    /// Binds the next `$n`.
    #[must_use]
    pub fn and(mut self, value: impl Into<Value>) -> Values {
        self.0.push(value.into());
        self
    }

    /// One value after the other, for [`Sql::listed`].
    pub(crate) fn each(values: impl IntoIterator<Item = impl Into<Value>>) -> Values {
        Values(values.into_iter().map(Into::into).collect())
    }

    pub fn push(&mut self, value: impl Into<Value>) {
        self.0.push(value.into());
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const N: usize> From<[Value; N]> for Values {
    fn from(values: [Value; N]) -> Values {
        Values(values.into())
    }
}

/// A row of either engine.
pub struct Row(pub(crate) EngineRow);

pub(crate) enum EngineRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        self.present(column, self.text_or_none(column)?)
    }

    pub fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub fn integer(&self, column: &str) -> Result<i64, StoreError> {
        self.present(column, self.integer_or_none(column)?)
    }

    pub fn integer_or_none(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    /// A count or another number that cannot be negative.
    pub fn count(&self, column: &str) -> Result<u64, StoreError> {
        u64::try_from(self.integer(column)?).map_err(|error| StoreError::unreadable(column, error))
    }

    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.integer(column)? != 0)
    }

    pub fn real(&self, column: &str) -> Result<f64, StoreError> {
        self.present(column, self.real_or_none(column)?)
    }

    pub fn real_or_none(&self, column: &str) -> Result<Option<f64>, StoreError> {
        self.get(column)
    }

    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        let bytes: Option<Vec<u8>> = self.get(column)?;
        self.present(column, bytes)
    }

    pub fn instant(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.present(column, self.instant_or_none(column)?)
    }

    pub fn instant_or_none(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        self.integer_or_none(column)?
            .map(Timestamp::from_microsecond)
            .transpose()
            .map_err(|error| StoreError::unreadable(column, error))
    }

    /// A stored word read back as the domain's value.
    pub fn word<T>(
        &self,
        column: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let word = self.text(column)?;
        read(&word).ok_or_else(|| StoreError::unreadable(column, format!("unknown word `{word}`")))
    }

    fn present<T>(&self, column: &str, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| StoreError::unreadable(column, "it is null"))
    }

    fn get<T>(&self, column: &str) -> Result<Option<T>, StoreError>
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite>
            + sqlx::Type<sqlx::Sqlite>
            + for<'r> sqlx::Decode<'r, sqlx::Postgres>
            + sqlx::Type<sqlx::Postgres>,
    {
        match &self.0 {
            EngineRow::Sqlite(row) => row.try_get(column),
            EngineRow::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| StoreError::unreadable(column, error))
    }
}
