//! The two engines. No other file knows that there are two.
//!
//! SQLite: write-ahead log, `synchronous=FULL` (what was acknowledged survives a power cut), one
//! writing connection whose transactions begin immediately, several reading ones. PostgreSQL: one
//! pool, read committed; every save checks a version, every claim moves `due_at`.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, Connection, Postgres, Sqlite};

use crate::sql::{EngineRow, Marks, Row, Sql, Value, Values};
use crate::{StoreError, migrations};

/// How many connections read at once: more than cores, fewer than would starve the writer.
const READERS: u32 = 6;
/// Connections to PostgreSQL per node.
const POSTGRES_CONNECTIONS: u32 = 12;
/// How long a caller waits for a connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// PostgreSQL's advisory lock that lets one node migrate at a time ("watchbel" in ASCII).
const MIGRATION_LOCK: i64 = 0x7761_7463_6862_656c;

/// Takes the power away in simulations: asked before every statement and around every commit.
pub trait Faults: Send + Sync {
    /// `Err(Interrupted)` = the process died just before `what`.
    fn before(&self, what: &str) -> Result<(), StoreError>;
}

/// How to open a database beyond its address.
#[derive(Clone, Default)]
pub struct Settings {
    pub faults: Option<Arc<dyn Faults>>,
    /// Only for tests and drills: do not wait for the disk.
    pub careless: bool,
}

#[derive(Clone)]
enum Engine {
    Sqlite { writer: SqlitePool, readers: SqlitePool },
    Postgres { pool: PgPool },
}

/// A database of either engine, migrated to the version this binary knows.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    faults: Option<Arc<dyn Faults>>,
    /// How many statements ran since it was opened.
    statements: Arc<AtomicU64>,
}

impl Database {
    /// Opens `address` (`sqlite:PATH`, a plain path, or `postgres://…`) and migrates it. `now` is
    /// kept beside each migration applied.
    pub async fn open(
        address: &str,
        settings: Settings,
        now: Timestamp,
    ) -> Result<Database, StoreError> {
        let database = Database::connect(address, settings).await?;
        migrations::apply(&database, now).await?;
        Ok(database)
    }

    /// Opens without migrating.
    pub async fn connect(address: &str, settings: Settings) -> Result<Database, StoreError> {
        let is_postgres =
            address.starts_with("postgres://") || address.starts_with("postgresql://");
        let engine = if is_postgres {
            postgres(address).await?
        } else {
            sqlite(address, settings.careless).await?
        };
        let statements = Arc::default();
        Ok(Database { engine, faults: settings.faults, statements })
    }

    /// The same database with other faults: a second node of a simulation.
    #[must_use]
    pub fn with_faults(&self, faults: Arc<dyn Faults>) -> Database {
        Database { faults: Some(faults), ..self.clone() }
    }

    /// `sqlite` or `postgresql`.
    pub fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres { .. } => "postgresql",
        }
    }

    /// How many statements ran since it was opened: what benchmarks and tests compare.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    fn session(&self, held: Held) -> Session {
        Session { held, faults: self.faults.clone(), statements: Arc::clone(&self.statements) }
    }

    /// A connection for reading; nothing written through it is promised to last.
    pub async fn read(&self) -> Result<Session, StoreError> {
        let held = match &self.engine {
            Engine::Sqlite { readers, .. } => {
                Held::SqliteReader(readers.acquire().await.map_err(|e| translate(e, "reading"))?)
            }
            Engine::Postgres { pool } => {
                Held::PostgresReader(pool.acquire().await.map_err(|e| translate(e, "reading"))?)
            }
        };
        Ok(self.session(held))
    }

    /// A transaction; dropped without [`Transaction::commit`] it leaves nothing behind.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        interruption(&self.faults, "begin")?;
        let held = match &self.engine {
            Engine::Sqlite { writer, .. } => Held::SqliteWriter(
                writer.begin_with("BEGIN IMMEDIATE").await.map_err(|e| translate(e, "writing"))?,
            ),
            Engine::Postgres { pool } => {
                Held::PostgresWriter(pool.begin().await.map_err(|e| translate(e, "writing"))?)
            }
        };
        Ok(Transaction { session: self.session(held) })
    }

    /// Waits until every connection is closed.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Engine::Postgres { pool } => pool.close().await,
        }
    }

    /// A consistent copy of an SQLite database in a new file, made while others write.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Sqlite { readers, .. } => {
                let query = sqlx::query("vacuum into $1").bind(path.to_string_lossy().to_string());
                query.execute(readers).await.map_err(|e| translate(e, "the copy"))?;
                Ok(())
            }
            Engine::Postgres { .. } => Err(StoreError::Unavailable {
                why: "a PostgreSQL database is copied with pg_dump".into(),
            }),
        }
    }

    /// Runs the statements of one migration in `transaction` in this engine's dialect.
    pub(crate) async fn migrate(
        transaction: &mut Transaction,
        text: &str,
    ) -> Result<(), StoreError> {
        let outcome = match &mut transaction.session.held {
            Held::SqliteWriter(held) => {
                let text = migrations::for_sqlite(text);
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **held).await.map(|_| ())
            }
            Held::PostgresWriter(held) => {
                let text = text.to_owned();
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut **held).await.map(|_| ())
            }
            Held::SqliteReader(_) | Held::PostgresReader(_) => return Err(not_a_transaction()),
        };
        outcome.map_err(|error| translate(error, "a migration"))
    }

    /// Lets one node at a time past this point until its transaction ends.
    pub(crate) async fn queue_for_migration(
        transaction: &mut Transaction,
    ) -> Result<(), StoreError> {
        if let Held::PostgresWriter(held) = &mut transaction.session.held {
            sqlx::query("select pg_advisory_xact_lock($1)")
                .bind(MIGRATION_LOCK)
                .execute(&mut **held)
                .await
                .map_err(|error| translate(error, "the migration lock"))?;
        }
        Ok(())
    }
}

async fn sqlite(address: &str, careless: bool) -> Result<Engine, StoreError> {
    let refused = |why: String| StoreError::Address { address: address.to_owned(), why };
    let path = address.strip_prefix("sqlite://").or(address.strip_prefix("sqlite:"));
    let path = path.unwrap_or(address);
    if path.contains("://") {
        let why = "it must begin with `sqlite:` or `postgres://`, or be the path of a file";
        return Err(refused(why.into()));
    }
    let path = PathBuf::from(path);
    if path.is_dir() {
        return Err(refused("it is a directory; name a file, e.g. watchbell.db in it".into()));
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty())
        && !parent.is_dir()
    {
        return Err(refused(format!("there is no directory `{}`", parent.display())));
    }
    let synchronous = if careless { SqliteSynchronous::Off } else { SqliteSynchronous::Full };
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-16000")
        // Pages come from the system's cache: each mapping would count as memory of ours once more.
        .pragma("mmap_size", "0")
        .statement_cache_capacity(256);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        // SQLite ends a transaction by itself when the disk is full; the driver still counts it,
        // and would refuse every later one. Such a connection is replaced by a new one.
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        .connect_with(options.clone())
        .await
        .map_err(|error| match &error {
            sqlx::Error::Database(inner) if is_full(inner.as_ref()) => StoreError::Full,
            _ => refused(reason(&error)),
        })?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options.pragma("query_only", "on"));
    Ok(Engine::Sqlite { writer, readers })
}

async fn postgres(address: &str) -> Result<Engine, StoreError> {
    let hidden = hide_password(address);
    let refused = |why: String| StoreError::Address { address: hidden.clone(), why };
    let options =
        PgConnectOptions::from_str(address).map_err(|error| refused(error.to_string()))?;
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options.application_name("watchbell"))
        .await
        .map_err(|error| refused(reason(&error)))?;
    Ok(Engine::Postgres { pool })
}

fn hide_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let Some((login, host)) = rest.rsplit_once('@') else {
        return address.to_owned();
    };
    let user = login.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

enum Held {
    SqliteReader(PoolConnection<Sqlite>),
    SqliteWriter(sqlx::Transaction<'static, Sqlite>),
    PostgresReader(PoolConnection<Postgres>),
    PostgresWriter(sqlx::Transaction<'static, Postgres>),
}

/// A connection on which statements run.
pub struct Session {
    held: Held,
    faults: Option<Arc<dyn Faults>>,
    statements: Arc<AtomicU64>,
}

impl Session {
    /// A statement is about to run.
    fn begins(&self, sql: &Sql) -> Result<(), StoreError> {
        interruption(&self.faults, &sql.text)?;
        self.statements.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// All rows.
    pub async fn all(
        &mut self,
        sql: &Sql,
        values: impl Into<Values>,
    ) -> Result<Vec<Row>, StoreError> {
        self.begins(sql)?;
        let (text, kept) = (AssertSqlSafe(sql.text.to_string()), sql.kept);
        let rows = match &mut self.held {
            Held::SqliteReader(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                query.fetch_all(&mut **held).await.map(from_sqlite)
            }
            Held::SqliteWriter(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                query.fetch_all(&mut **held).await.map(from_sqlite)
            }
            Held::PostgresReader(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                query.fetch_all(&mut **held).await.map(from_postgres)
            }
            Held::PostgresWriter(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                query.fetch_all(&mut **held).await.map(from_postgres)
            }
        };
        rows.map_err(|error| translate(error, first_words(&sql.text)))
    }

    /// Gives every row to `take` as it comes, for results too large to be held at once.
    pub async fn each(
        &mut self,
        sql: &Sql,
        values: impl Into<Values>,
        mut take: impl FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.begins(sql)?;
        let (text, kept) = (AssertSqlSafe(sql.text.to_string()), sql.kept);
        let failed = |error| translate(error, first_words(&sql.text));
        match &mut self.held {
            Held::SqliteReader(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                let mut rows = query.fetch(&mut **held);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    take(&Row(EngineRow::Sqlite(row)))?;
                }
            }
            Held::SqliteWriter(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                let mut rows = query.fetch(&mut **held);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    take(&Row(EngineRow::Sqlite(row)))?;
                }
            }
            Held::PostgresReader(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                let mut rows = query.fetch(&mut **held);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    take(&Row(EngineRow::Postgres(row)))?;
                }
            }
            Held::PostgresWriter(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                let mut rows = query.fetch(&mut **held);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    take(&Row(EngineRow::Postgres(row)))?;
                }
            }
        }
        Ok(())
    }

    /// The first row, if any.
    pub async fn one(
        &mut self,
        sql: &Sql,
        values: impl Into<Values>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, values).await?.into_iter().next())
    }

    /// How many rows were touched.
    pub async fn run(&mut self, sql: &Sql, values: impl Into<Values>) -> Result<u64, StoreError> {
        self.begins(sql)?;
        let (text, kept) = (AssertSqlSafe(sql.text.to_string()), sql.kept);
        let touched = match &mut self.held {
            Held::SqliteReader(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                query.execute(&mut **held).await.map(|done| done.rows_affected())
            }
            Held::SqliteWriter(held) => {
                let query = sqlx::query_with(text, sqlite_values(values.into())).persistent(kept);
                query.execute(&mut **held).await.map(|done| done.rows_affected())
            }
            Held::PostgresReader(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                query.execute(&mut **held).await.map(|done| done.rows_affected())
            }
            Held::PostgresWriter(held) => {
                let query = sqlx::query_with(text, pg_values(values.into())).persistent(kept);
                query.execute(&mut **held).await.map(|done| done.rows_affected())
            }
        };
        touched.map_err(|error| translate(error, first_words(&sql.text)))
    }

    /// Inserts `rows`, a flat list of tuples of `width` values, in batches.
    pub(crate) async fn run_rows(
        &mut self,
        head: &str,
        width: usize,
        rows: Values,
        tail: &str,
    ) -> Result<u64, StoreError> {
        /// Values a statement: SQLite allows 32,766 of them, PostgreSQL 65,535.
        const VALUES: usize = 10_000;
        let batch_rows = (VALUES / width).max(1);
        let marks = match self.held {
            Held::SqliteReader(_) | Held::SqliteWriter(_) => Marks::Question,
            Held::PostgresReader(_) | Held::PostgresWriter(_) => Marks::Numbered,
        };
        let mut full = None;
        let mut touched = 0;
        let mut left = rows.0.into_iter().peekable();
        while left.peek().is_some() {
            let batch: Vec<Value> = left.by_ref().take(batch_rows * width).collect();
            let count = batch.len() / width;
            touched += if count == batch_rows {
                let full = full.get_or_insert_with(|| Sql::rows(head, width, count, tail, marks));
                self.run(full, Values(batch)).await?
            } else {
                self.run(&Sql::rows(head, width, count, tail, marks), Values(batch)).await?
            };
        }
        Ok(touched)
    }

    /// Asks the engine to prepare a statement without running it.
    pub async fn prepare(&mut self, sql: &Sql) -> Result<(), StoreError> {
        use sqlx::{Executor, SqlSafeStr};
        let text = AssertSqlSafe(sql.text.to_string()).into_sql_str();
        let outcome = match &mut self.held {
            Held::SqliteReader(held) => (&mut **held).prepare(text).await.map(|_| ()),
            Held::SqliteWriter(held) => (&mut **held).prepare(text).await.map(|_| ()),
            Held::PostgresReader(held) => (&mut **held).prepare(text).await.map(|_| ()),
            Held::PostgresWriter(held) => (&mut **held).prepare(text).await.map(|_| ()),
        };
        outcome.map_err(|error| translate(error, first_words(&sql.text)))
    }
}

/// A transaction in progress; it is a session too.
pub struct Transaction {
    session: Session,
}

impl Transaction {
    /// Makes it last. Nothing happens after a commit: what must follow is in the outbox already.
    pub async fn commit(self) -> Result<(), StoreError> {
        let Session { held, faults, .. } = self.session;
        interruption(&faults, "commit")?;
        let outcome = match held {
            Held::SqliteWriter(held) => held.commit().await,
            Held::PostgresWriter(held) => held.commit().await,
            Held::SqliteReader(_) | Held::PostgresReader(_) => return Err(not_a_transaction()),
        };
        outcome.map_err(|error| translate(error, "the commit"))?;
        interruption(&faults, "after commit")
    }
}

impl std::ops::Deref for Transaction {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.session
    }
}

impl std::ops::DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

fn interruption(faults: &Option<Arc<dyn Faults>>, what: &str) -> Result<(), StoreError> {
    faults.as_ref().map_or(Ok(()), |faults| faults.before(what))
}

fn not_a_transaction() -> StoreError {
    StoreError::Unavailable { why: "a reading connection was asked to write".into() }
}

fn from_sqlite(rows: Vec<sqlx::sqlite::SqliteRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row(EngineRow::Sqlite(row))).collect()
}

fn from_postgres(rows: Vec<sqlx::postgres::PgRow>) -> Vec<Row> {
    rows.into_iter().map(|row| Row(EngineRow::Postgres(row))).collect()
}

/// Encoding one of our four kinds of value cannot fail.
const ENCODES: &str = "text, integers, reals and bytes always encode";

fn sqlite_values(values: Values) -> SqliteArguments {
    let mut out = SqliteArguments::default();
    out.reserve(values.0.len(), 0);
    for value in values.0 {
        match value {
            Value::Text(it) => out.add(it),
            Value::Integer(it) => out.add(it),
            Value::Real(it) => out.add(it),
            Value::Bytes(it) => out.add(it),
        }
        .expect(ENCODES);
    }
    out
}

fn pg_values(values: Values) -> PgArguments {
    let mut out = PgArguments::default();
    out.reserve(values.0.len(), values.0.len() * 16);
    for value in values.0 {
        match value {
            // PostgreSQL's text cannot hold NUL; reports are hostile.
            Value::Text(it) => out.add(it.map(|text| text.replace('\0', "\u{fffd}"))),
            Value::Integer(it) => out.add(it),
            Value::Real(it) => out.add(it),
            Value::Bytes(it) => out.add(it),
        }
        .expect(ENCODES);
    }
    out
}

fn first_words(text: &str) -> &str {
    text.lines().next().unwrap_or_default().get(..60).unwrap_or(text)
}

fn translate(error: sqlx::Error, what: &str) -> StoreError {
    let what = what.to_owned();
    match &error {
        sqlx::Error::Database(inner) if inner.is_unique_violation() => StoreError::Exists { what },
        sqlx::Error::Database(inner) if inner.is_foreign_key_violation() => {
            StoreError::Dangling { what }
        }
        sqlx::Error::Database(inner) if is_full(inner.as_ref()) => StoreError::Full,
        _ => StoreError::Unavailable { why: format!("{}, at {what}", reason(&error)) },
    }
}

/// SQLite's word for it or its code (`SQLITE_IOERR_SHMSIZE`: no room for the index of the log),
/// and PostgreSQL's (`disk_full`).
fn is_full(error: &dyn DatabaseError) -> bool {
    let is_code = |code: &str| matches!(code, "4874" | "53100");
    error.message().contains("disk is full") || error.code().is_some_and(|code| is_code(&code))
}

fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(inner) if is_full(inner.as_ref()) => StoreError::Full.to_string(),
        sqlx::Error::Database(inner) if inner.message().contains("not a database") => {
            "the file is not a SQLite database".into()
        }
        sqlx::Error::PoolTimedOut => {
            format!("no connection became free within {} s", PATIENCE.as_secs())
        }
        sqlx::Error::Io(inner) => inner.to_string(),
        other => other.to_string(),
    }
}
