//! The schema and its history: numbered files, append-only, applied by themselves.
//!
//! Files are written in PostgreSQL's words; [`for_sqlite`] changes the four type names and makes
//! tables strict, those marked `clustered` without a row id of their own. A database of a newer
//! version is refused, never touched.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::engine::Database;
use crate::sql::{Sql, Values, sql};
use crate::{StoreError, Transaction};

/// One step of the schema.
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    pub text: &'static str,
}

/// Every step, oldest first. Add at the end; never change one that was released.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "beginning",
        text: include_str!("../migrations/0001_beginning.sql"),
    },
    Migration {
        version: 2,
        name: "findings",
        text: include_str!("../migrations/0002_findings.sql"),
    },
    Migration {
        version: 3,
        name: "objectives",
        text: include_str!("../migrations/0003_objectives.sql"),
    },
    Migration {
        version: 4,
        name: "escalations",
        text: include_str!("../migrations/0004_escalations.sql"),
    },
    Migration { version: 5, name: "speed", text: include_str!("../migrations/0005_speed.sql") },
    Migration { version: 6, name: "dojo", text: include_str!("../migrations/0006_dojo.sql") },
    Migration { version: 7, name: "sboms", text: include_str!("../migrations/0007_sboms.sql") },
    Migration { version: 8, name: "rituals", text: include_str!("../migrations/0008_rituals.sql") },
    Migration { version: 9, name: "ledger", text: include_str!("../migrations/0009_ledger.sql") },
    Migration {
        version: 10,
        name: "aliases",
        text: include_str!("../migrations/0010_aliases.sql"),
    },
    Migration {
        version: 11,
        name: "exceptions",
        text: include_str!("../migrations/0011_exceptions.sql"),
    },
    Migration { version: 12, name: "owners", text: include_str!("../migrations/0012_owners.sql") },
    Migration { version: 13, name: "undo", text: include_str!("../migrations/0013_undo.sql") },
];

/// The version that brought words to search by: findings stored before are given theirs.
const WORDS: i64 = 5;

const CREATE: &str = "create table if not exists schema_versions (
    version BIGINT primary key,
    name TEXT not null,
    digest TEXT not null,
    applied_at BIGINT not null
);";

const APPLIED: Sql = sql("select version, digest from schema_versions order by version");
const RECORD: Sql =
    sql("insert into schema_versions (version, name, digest, applied_at) values ($1, $2, $3, $4)");

/// Brings `database` to the newest version, one node at a time, all or nothing.
pub(crate) async fn apply(database: &Database, now: Timestamp) -> Result<(), StoreError> {
    let mut transaction = database.begin().await?;
    Database::queue_for_migration(&mut transaction).await?;
    Database::migrate(&mut transaction, CREATE).await?;
    let applied = applied(&mut transaction).await?;
    let known = MIGRATIONS.last().map_or(0, |last| last.version);
    if let Some(&(found, _)) = applied.last().filter(|(found, _)| *found > known) {
        return Err(StoreError::Newer { found, known });
    }
    for (version, digest) in &applied {
        let ours = MIGRATIONS.iter().find(|migration| migration.version == *version);
        if ours.is_some_and(|ours| digest_of(ours.text) != *digest) {
            return Err(StoreError::MigrationChanged { version: *version });
        }
    }
    let done = applied.last().map_or(0, |(version, _)| *version);
    for migration in MIGRATIONS.iter().filter(|migration| migration.version > done) {
        Database::migrate(&mut transaction, migration.text).await?;
        let values = Values::new()
            .and(migration.version)
            .and(migration.name)
            .and(digest_of(migration.text))
            .and(now);
        transaction.run(&RECORD, values).await?;
    }
    if (1..WORDS).contains(&done) {
        crate::findings::index_all(&mut transaction).await?;
    }
    transaction.commit().await
}

async fn applied(transaction: &mut Transaction) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = transaction.all(&APPLIED, Values::new()).await?;
    rows.iter().map(|row| Ok((row.integer("version")?, row.text("digest")?))).collect()
}

/// Line endings do not count: a checkout may change them.
fn digest_of(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same statements in SQLite's words.
pub(crate) fn for_sqlite(text: &str) -> String {
    text.replace("DOUBLE PRECISION", "REAL")
        .replace("BIGINT", "INTEGER")
        .replace("BYTEA", "BLOB")
        .replace(" -- clustered\n);", "\n) strict, without rowid;")
        .replace("\n);", "\n) strict;")
}
