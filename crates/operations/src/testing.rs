//! What tests of operations start from: the product on a fresh database, with a clock that is set
//! by hand, chance that repeats itself, and a post that keeps what it was given.
//!
//! [`products`] gives one product for each engine at hand. PostgreSQL is at hand when
//! `WATCHBELL_TEST_POSTGRES` holds the address of a server on which databases may be created.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::access::{Actor, Scope};
use domain::notices::Parcel;
use domain::people::PersonId;
use jiff::{SignedDuration, Timestamp};
use store::{Database, Faults, Settings, StoreError, Values};

use crate::ports::{Chance, Clock, Delivery, Post, Undelivered};
use crate::{App, Configuration, organisations};

/// A Monday morning, 09:00 in Copenhagen, at which every story begins.
pub(crate) const MONDAY: &str = "2026-03-02T08:00:00Z";

/// The example organisation of the manual: Tidewater Payments in Copenhagen.
pub(crate) const ORGANISATION: &str = include_str!("../../../docs/examples/organisation.toml");

/// A clock that stands until a test moves it.
pub(crate) struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub(crate) fn set(&self, at: &str) {
        *self.0.lock().expect("a clock") = instant(at);
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().expect("a clock");
        *now = now.checked_add(by).expect("an instant");
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("a clock")
    }
}

/// Bytes that differ at each call and are the same in each run.
#[derive(Default)]
struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            chunk.copy_from_slice(&next[8 - chunk.len()..]);
        }
    }
}

/// A post that takes everything, or fails as it is told.
#[derive(Default)]
pub(crate) struct KeptPost {
    pub(crate) parcels: Mutex<Vec<Parcel>>,
    pub(crate) failure: Mutex<Option<Undelivered>>,
}

impl Post for KeptPost {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async move {
            if let Some(failure) = self.failure.lock().expect("a failure").clone() {
                return Err(failure);
            }
            self.parcels.lock().expect("parcels").push(parcel.clone());
            Ok(())
        })
    }
}

/// Takes the power away before the statement with a certain number, once.
pub(crate) struct PowerCut {
    statement: AtomicU64,
    fell: Mutex<Option<String>>,
}

impl PowerCut {
    pub(crate) fn before(statement: u64) -> PowerCut {
        PowerCut { statement: statement.into(), fell: Mutex::default() }
    }

    /// The statement it fell on, once it has.
    pub(crate) fn fell(&self) -> Option<String> {
        self.fell.lock().expect("what fell").clone()
    }
}

impl Faults for PowerCut {
    fn before(&self, what: &str) -> Result<(), StoreError> {
        let mut fell = self.fell.lock().expect("what fell");
        if fell.is_some() || self.statement.fetch_sub(1, Ordering::Relaxed) == 0 {
            fell.get_or_insert_with(|| what.to_owned());
            return Err(StoreError::Interrupted);
        }
        Ok(())
    }
}

/// The product with what a test needs to hold of it.
pub(crate) struct Product {
    pub(crate) app: App,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) post: Arc<KeptPost>,
    /// Keeps the files until the test ends.
    _directory: tempfile::TempDir,
}

impl Product {
    async fn on(address: &str, directory: tempfile::TempDir) -> Product {
        let clock = Arc::new(SetClock(Mutex::new(instant(MONDAY))));
        let post = Arc::new(KeptPost::default());
        let settings = Settings { careless: true, ..Settings::default() };
        let database = Database::open(address, settings, clock.now()).await.expect("a database");
        let app = app(database, clock.clone(), post.clone());
        organisations::apply(&app, &Actor::Operator, ORGANISATION).await.expect("applied");
        Product { app, clock, post, _directory: directory }
    }

    /// The same product on the same data with other faults.
    pub(crate) fn with_faults(&self, faults: Arc<dyn store::Faults>) -> App {
        app(self.app.database().with_faults(faults), self.clock.clone(), self.post.clone())
    }

    pub(crate) fn engine(&self) -> &'static str {
        self.app.database().engine_name()
    }
}

fn app(database: Database, clock: Arc<SetClock>, post: Arc<KeptPost>) -> App {
    let address = "http://watchbell.test".to_owned();
    let configuration = Configuration { node: "test".to_owned(), address };
    App::new(database, clock, Arc::new(Counting::default()), post, configuration)
}

/// The product on a fresh SQLite database.
pub(crate) async fn product() -> Product {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("watchbell.db");
    Product::on(path.to_str().expect("a path in UTF-8"), directory).await
}

/// The product on each engine at hand.
pub(crate) async fn products() -> Vec<Product> {
    let mut products = vec![product().await];
    match std::env::var("WATCHBELL_TEST_POSTGRES") {
        Ok(server) => {
            let directory = tempfile::tempdir().expect("a directory");
            let address = fresh_postgres(&server, directory.path()).await;
            products.push(Product::on(&address, directory).await);
        }
        Err(_) => eprintln!("POSTGRES ABSENT: this test ran on SQLite only"),
    }
    products
}

/// The address of a new database on `server`, named after a directory that is new too.
async fn fresh_postgres(server: &str, directory: &std::path::Path) -> String {
    let unique = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let letters: String = unique.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("watchbell_{}_{}", std::process::id(), letters.to_lowercase());
    let database = Database::connect(server, Settings::default()).await.expect("a server");
    let create = format!("create database {name}").leak();
    let mut session = database.read().await.expect("a connection");
    session.run(&store::sql(create), Values::new()).await.expect("a new database");
    let (login, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{login}/{name}")
}

pub(crate) fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// A person of the example organisation as they act when signed in.
pub(crate) fn person(id: &str) -> Actor {
    let organisation = formats::organisation::read(ORGANISATION).expect("the example");
    let id = PersonId::parse(id).expect("an id");
    let access = organisation.people[&id].access.expect("an account");
    Actor::Person { id, access, scope: Scope::Everything }
}
