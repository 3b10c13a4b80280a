//! What tests of the store start from: a fresh database of each engine at hand.
//!
//! PostgreSQL is at hand when `WATCHBELL_TEST_POSTGRES` holds the address of a server on which
//! databases may be created.

use jiff::Timestamp;

use crate::sql::{Values, sql};
use crate::{Database, Settings};

/// Any instant: the store never asks what time it is.
pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A fresh database of each engine, and the directory that must outlive them.
pub(crate) async fn databases() -> (Vec<Database>, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("watchbell.db");
    let mut databases = vec![open(path.to_str().expect("a path in UTF-8")).await];
    match std::env::var("WATCHBELL_TEST_POSTGRES") {
        Ok(server) => databases.push(open(&fresh_postgres(&server, directory.path()).await).await),
        Err(_) => eprintln!("POSTGRES ABSENT: this test ran on SQLite only"),
    }
    (databases, directory)
}

async fn open(address: &str) -> Database {
    let settings = Settings { careless: true, ..Settings::default() };
    Database::open(address, settings, NOW).await.expect("a database")
}

/// The address of a new database on `server`, named after a directory that is new too.
async fn fresh_postgres(server: &str, directory: &std::path::Path) -> String {
    let unique = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let letters: String = unique.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("watchbell_store_{}_{}", std::process::id(), letters.to_lowercase());
    let database = Database::connect(server, Settings::default()).await.expect("a server");
    let create = format!("create database {name}").leak();
    let mut session = database.read().await.expect("a connection");
    session.run(&sql(create), Values::new()).await.expect("a new database");
    let (login, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{login}/{name}")
}
