//! A post that loses, doubles and dawdles.
//!
//! It recognises a repeated delivery by the parcel's key, as providers do: what came first under a
//! key is what the reader got. A notice that reaches its reader under two keys is a violation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::access::Actor;
use domain::notices::{LEASE, Parcel};
use jiff::{SignedDuration, Timestamp};
use operations::duties::tick;
use operations::ports::{Clock, Delivery, Post, Undelivered};
use operations::{App, Refusal};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::StoreError;

use crate::nodes::{NODES, SetClock};

/// Sets the post's chance apart from the world's.
const SALT: u64 = 0x706f_7374;

/// What the post does with one parcel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Takes,
    Refuses,
    /// Takes it and answers that it did not.
    Doubles,
    /// Takes it after the other node has had its turn, perhaps after the lease has ended.
    Late {
        past_the_lease: bool,
    },
}

/// What the reader of the messages knows.
struct Desk {
    chance: ChaCha8Rng,
    /// Until when nothing is taken.
    away_until: Option<Timestamp>,
    is_perfect: bool,
    /// Whether the other node is having its turn inside a delivery.
    is_late: bool,
    /// Under which parcel's key a notice reached its reader.
    reached: BTreeMap<String, String>,
    /// What each parcel held when it came first.
    parcels: BTreeMap<String, Vec<String>>,
    lines: Vec<String>,
    violations: Vec<String>,
}

/// The provider that all nodes share.
pub struct Office {
    desk: Mutex<Desk>,
    clock: Arc<SetClock>,
    apps: Mutex<[Option<App>; NODES]>,
}

impl Office {
    pub fn new(seed: u64, clock: Arc<SetClock>) -> Office {
        let desk = Desk {
            chance: ChaCha8Rng::seed_from_u64(seed ^ SALT),
            away_until: None,
            is_perfect: false,
            is_late: false,
            reached: BTreeMap::new(),
            parcels: BTreeMap::new(),
            lines: Vec::new(),
            violations: Vec::new(),
        };
        Office { desk: Mutex::new(desk), clock, apps: Mutex::new([const { None }; NODES]) }
    }

    /// The node that may have its turn inside another's delivery.
    pub(crate) fn is_staffed_by(&self, which: usize, app: App) {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)[which] = Some(app);
    }

    /// From now on everything is taken at once.
    pub fn be_perfect(&self) {
        self.desk().is_perfect = true;
    }

    /// Takes nothing until `at`.
    pub fn go_away_until(&self, at: Timestamp) {
        self.desk().away_until = Some(at);
    }

    /// Whether the notice of `key` reached its reader.
    pub fn has_reached(&self, key: &str) -> bool {
        self.desk().reached.contains_key(key)
    }

    /// How many parcels were taken.
    pub fn taken(&self) -> usize {
        self.desk().parcels.len()
    }

    /// What happened since the last call: events, and what must never happen.
    pub fn news(&self) -> (Vec<String>, Vec<String>) {
        let mut desk = self.desk();
        (std::mem::take(&mut desk.lines), std::mem::take(&mut desk.violations))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mood(&self) -> Mood {
        let now = self.clock.now();
        let mut desk = self.desk();
        if desk.is_perfect {
            return Mood::Takes;
        }
        if desk.away_until.is_some_and(|until| now < until) {
            return Mood::Refuses;
        }
        match desk.chance.random_range(0..100_u32) {
            0..4 => {
                let minutes = desk.chance.random_range(1..600_i64);
                desk.away_until = now.checked_add(SignedDuration::from_mins(minutes)).ok();
                Mood::Refuses
            }
            4..10 => Mood::Doubles,
            10..16 if !desk.is_late => Mood::Late { past_the_lease: desk.chance.random_bool(0.5) },
            _ => Mood::Takes,
        }
    }

    fn take(&self, parcel: &Parcel) {
        let mut desk = self.desk();
        if desk.parcels.contains_key(&parcel.key) {
            desk.lines.push(format!("post: recognised {} again", parcel.key));
            return;
        }
        for notice in &parcel.notices {
            let before = desk.reached.insert(notice.clone(), parcel.key.clone());
            if let Some(before) = before {
                let key = &parcel.key;
                let why = format!("{notice} reached its reader as {before} and again as {key}");
                desk.violations.push(why);
            }
        }
        desk.parcels.insert(parcel.key.clone(), parcel.notices.clone());
    }

    fn app(&self, which: usize) -> Option<App> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)[which].clone()
    }

    /// The other node has its turn while `which` waits for an answer.
    async fn dawdle(&self, which: usize, past_the_lease: bool) {
        let other = self.app((which + 1) % NODES);
        self.desk().is_late = true;
        if past_the_lease {
            self.clock.move_by(LEASE.saturating_add(SignedDuration::from_secs(1)));
        }
        let outcome = match &other {
            Some(app) => tick(app, &Actor::Watch).await.map(|_| ()),
            None => Ok(()),
        };
        let mut desk = self.desk();
        desk.is_late = false;
        let lease = if past_the_lease { "after its lease" } else { "within its lease" };
        desk.lines.push(format!("post: node {which} waited for an answer, {lease}"));
        match outcome {
            Ok(()) | Err(Refusal::Store(StoreError::Interrupted)) => {}
            Err(refusal) => desk.violations.push(format!("a tick during a delivery: {refusal}")),
        }
    }
}

/// The way out of one node.
pub struct NodePost {
    office: Arc<Office>,
    which: usize,
}

impl NodePost {
    pub fn new(office: Arc<Office>, which: usize) -> NodePost {
        NodePost { office, which }
    }
}

impl Post for NodePost {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Delivery<'a> {
        Box::pin(async move {
            let mood = self.office.mood();
            if let Mood::Late { past_the_lease } = mood {
                self.office.dawdle(self.which, past_the_lease).await;
            }
            if mood != Mood::Refuses {
                self.office.take(parcel);
            }
            match mood {
                Mood::Takes | Mood::Late { .. } => Ok(()),
                Mood::Refuses => Err(Undelivered::Later("the provider is away".into())),
                Mood::Doubles => Err(Undelivered::Later("no answer in time".into())),
            }
        })
    }
}
