//! A product in memory for tests: the real operations on a fresh SQLite file, a clock that is set
//! by hand, chance that repeats itself, and a post that keeps what it was given.
//!
//! The rule to remember: nothing of ours is imitated. What stands outside, time, chance and
//! channels, is set by the test.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::access::Actor;
use domain::notices::Parcel;
use jiff::{SignedDuration, Timestamp};
use operations::access::Enrolment;
use operations::ports::{Chance, Clock, Delivery, Post};
use operations::{App, Configuration, access, organisations};
use store::{Database, Settings, Values};

/// A Monday morning, 09:00 in Copenhagen, at which every story begins.
pub const MONDAY: &str = "2026-03-02T08:00:00Z";

/// The example organisation of the manual: Tidewater Payments in Copenhagen.
pub const ORGANISATION: &str = include_str!("../../../docs/examples/organisation.toml");

/// Every account of a test has this password.
pub const PASSWORD: &str = "correct horse battery";

/// A clock that stands until a test moves it.
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub fn advance(&self, by: SignedDuration) {
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

/// A post that takes everything and keeps it.
#[derive(Default)]
pub struct KeptPost {
    pub parcels: Mutex<Vec<Parcel>>,
}

impl Post for KeptPost {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async move {
            self.parcels.lock().expect("parcels").push(parcel.clone());
            Ok(())
        })
    }
}

/// The product with what a test needs to hold of it.
pub struct Product {
    pub app: App,
    pub clock: Arc<SetClock>,
    pub post: Arc<KeptPost>,
    /// Keeps the files until the test ends.
    _directory: tempfile::TempDir,
}

impl Product {
    /// The product on a fresh database, before anybody came.
    pub async fn empty() -> Product {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("watchbell.db");
        let clock = Arc::new(SetClock(Mutex::new(MONDAY.parse().expect("an instant"))));
        let post = Arc::new(KeptPost::default());
        let settings = Settings { careless: true, ..Settings::default() };
        let address = path.to_str().expect("a path in UTF-8");
        let database = Database::open(address, settings, clock.now()).await.expect("a database");
        let node = "test".to_owned();
        let configuration = Configuration { node, address: "http://watchbell.test".to_owned() };
        let chance = Arc::new(Counting::default());
        let app = App::new(database, clock.clone(), chance, post.clone(), configuration);
        Product { app, clock, post, _directory: directory }
    }

    /// The product with the example organisation applied.
    pub async fn with_organisation() -> Product {
        let product = Product::empty().await;
        let applied = organisations::apply(&product.app, &Actor::Operator, ORGANISATION).await;
        applied.expect("the example is applied");
        product
    }

    /// Gives `person` of the organisation a password, and answers their session's cookie.
    pub async fn session(&self, person: &str) -> String {
        let secret = access::invite(&self.app, &Actor::Operator, person).await.expect("a link");
        let (id, email) = (String::new(), String::new());
        let chosen = Enrolment { id, email, password: PASSWORD.to_owned() };
        access::enrol(&self.app, &secret, &chosen).await.expect("an account").cookie
    }
}

/// The address of a new database on the PostgreSQL `server`, named after a directory that is new
/// too.
pub async fn fresh_postgres(server: &str, directory: &std::path::Path) -> String {
    let unique = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let letters: String = unique.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("watchbell_year_{}_{}", std::process::id(), letters.to_lowercase());
    let database = Database::connect(server, Settings::default()).await.expect("a server");
    let create = format!("create database {name}").leak();
    let mut session = database.read().await.expect("a connection");
    session.run(&store::sql(create), Values::new()).await.expect("a new database");
    let (login, _) = server.rsplit_once('/').expect("an address with a database");
    format!("{login}/{name}")
}
