//! The watch: what the clock causes, in a fixed order.
//!
//! What waits has a column `due_at`, written with the state it belongs to, so a timer cannot be
//! lost. A duty takes no input, is safe at any time and any number of times, and does at most a
//! batch; it says whether more is due. After an outage the domain decides what catching up means.

mod aliases;
mod check_in_reminders;
mod clocks;
mod deliver;
mod escalations;
mod exceptions;
mod forget;
mod readings;
mod triggers;

use std::pin::Pin;

use domain::access::{Actor, Operation};
use jiff::Timestamp;

use crate::{App, Refusal};

/// How many rows a duty takes at a time: one transaction stays short.
pub(crate) const BATCH: u32 = 200;
/// How many batches one tick does at most, so that every duty gets its turn.
const ROUNDS: usize = 1_000;

/// What one duty did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many things it advanced.
    pub advanced: u64,
    /// How late the latest of them was, in microseconds.
    pub latest_micros: i64,
    /// Whether there may be more at this instant.
    pub more: bool,
    /// What happened, a line each, for drills and logs.
    pub lines: Vec<String>,
}

impl Done {
    /// Remembers that something due at `due_at` was done at `now`.
    pub(crate) fn count(&mut self, due_at: Timestamp, now: Timestamp) {
        self.advanced += 1;
        let late = now.as_microsecond() - due_at.as_microsecond();
        self.latest_micros = self.latest_micros.max(late);
    }
}

pub(crate) type Doing<'a> = Pin<Box<dyn Future<Output = Result<Done, Refusal>> + Send + 'a>>;

/// One thing that the clock causes.
pub struct Duty {
    pub name: &'static str,
    /// What it does, for the manual.
    pub words: &'static str,
    run: for<'a> fn(&'a App) -> Doing<'a>,
}

/// Every duty in its order. Facts first, then what follows from them, messages last.
pub const DUTIES: &[Duty] = &[
    aliases::DUTY,
    exceptions::DUTY,
    clocks::DUTY,
    readings::DUTY,
    triggers::DUTY,
    escalations::DUTY,
    check_in_reminders::DUTY,
    deliver::DUTY,
    forget::DUTY,
];

/// What a tick did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    pub duties: Vec<(&'static str, Done)>,
}

impl Tick {
    pub fn is_quiet(&self) -> bool {
        self.duties.iter().all(|(_, done)| done.advanced == 0)
    }
}

/// Runs every duty once as of now, until nothing is due. A duty that fails is told and does not
/// keep the others from their turn.
pub async fn tick(app: &App, actor: &Actor) -> Result<Tick, Refusal> {
    let permitted = domain::access::may(actor, Operation::RunDuties, domain::access::Relation::Own);
    if !permitted {
        return Err(Refusal::Forbidden(Operation::RunDuties));
    }
    let mut tick = Tick::default();
    let mut failure = None;
    for duty in DUTIES {
        let mut sum = Done::default();
        for _ in 0..ROUNDS {
            match (duty.run)(app).await {
                Ok(done) => {
                    sum.advanced += done.advanced;
                    sum.latest_micros = sum.latest_micros.max(done.latest_micros);
                    sum.lines.extend(done.lines);
                    if !done.more {
                        break;
                    }
                }
                Err(refusal) => {
                    failure.get_or_insert(refusal);
                    break;
                }
            }
        }
        if sum.advanced > 0 {
            remember(app, duty.name, &sum).await?;
        }
        tick.duties.push((duty.name, sum));
    }
    failure.map_or(Ok(tick), Err)
}

async fn remember(app: &App, name: &str, done: &Done) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    store::duties::remember(&mut change.transaction, name, now, done.advanced, done.latest_micros)
        .await?;
    change.commit().await
}
