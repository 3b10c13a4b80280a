//! Two nodes over one database, each of which can die before any statement.
//!
//! Death is [`StoreError::Interrupted`] from a statement on: nothing that the node does afterwards
//! reaches the database until it is started again with nothing in its memory.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use operations::ports::{Chance, Clock};
use operations::{App, Configuration};
use store::{Database, Faults, StoreError};

use crate::post::{NodePost, Office};

/// How many nodes share the database.
pub const NODES: usize = 2;

/// The present instant, the same for all nodes; it moves only when the world moves it.
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    pub fn new(at: Timestamp) -> SetClock {
        SetClock(Mutex::new(at))
    }

    /// Moves the clock; a negative duration sets it back.
    pub fn move_by(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(by).unwrap_or(*now);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Takes the power away at a chosen statement, and keeps it away.
#[derive(Default)]
pub struct Fuse {
    /// How many statements are left; none = it does not blow.
    left: Mutex<Option<u64>>,
    blown: AtomicBool,
}

impl Fuse {
    /// The node dies before the statement after the next `statements`; none = it lives.
    pub fn arm(&self, statements: Option<u64>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = statements;
    }

    pub fn is_blown(&self) -> bool {
        self.blown.load(Ordering::Relaxed)
    }
}

impl Faults for Fuse {
    fn before(&self, _what: &str) -> Result<(), StoreError> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        match *left {
            _ if self.is_blown() => Err(StoreError::Interrupted),
            None => Ok(()),
            Some(0) => {
                self.blown.store(true, Ordering::Relaxed);
                Err(StoreError::Interrupted)
            }
            Some(some) => {
                *left = Some(some - 1);
                Ok(())
            }
        }
    }
}

/// The nodes; each is the whole product.
pub struct Nodes {
    database: Database,
    clock: Arc<SetClock>,
    chance: Arc<Counting>,
    office: Arc<Office>,
    nodes: Vec<(App, Arc<Fuse>)>,
}

impl Nodes {
    pub fn new(database: Database, clock: Arc<SetClock>, office: Arc<Office>) -> Nodes {
        let chance = Arc::new(Counting::default());
        let mut nodes = Nodes { database, clock, chance, office, nodes: Vec::new() };
        for which in 0..NODES {
            let node = nodes.started(which);
            nodes.nodes.push(node);
            nodes.office.is_staffed_by(which, nodes.nodes[which].0.clone());
        }
        nodes
    }

    pub fn app(&self, which: usize) -> App {
        self.nodes[which].0.clone()
    }

    pub fn fuse(&self, which: usize) -> &Fuse {
        &self.nodes[which].1
    }

    /// Starts a node again if it died. Answers whether it had.
    pub fn revive(&mut self, which: usize) -> bool {
        self.nodes[which].1.arm(None);
        let died = self.nodes[which].1.is_blown();
        if died {
            self.nodes[which] = self.started(which);
            self.office.is_staffed_by(which, self.app(which));
        }
        died
    }

    fn started(&self, which: usize) -> (App, Arc<Fuse>) {
        let fuse = Arc::new(Fuse::default());
        let database = self.database.with_faults(fuse.clone());
        let post = Arc::new(NodePost::new(self.office.clone(), which));
        let address = "http://watchbell.test".to_owned();
        let configuration = Configuration { node: format!("node-{which}"), address };
        let app = App::new(database, self.clock.clone(), self.chance.clone(), post, configuration);
        (app, fuse)
    }
}
