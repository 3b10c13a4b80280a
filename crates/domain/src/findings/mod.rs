//! Findings: what is vulnerable, since when, until when, and who holds it.
//!
//! A report's observations are folded by identity (`incoming`), compared with what is known
//! (`reconcile`), and what changes is added to each finding's ledger, from which its clock follows.

mod adoption;
mod aliases;
mod breaches;
mod clock;
mod custody;
pub mod cvss;
mod cycle_times;
mod identity;
mod incoming;
mod ledger;
mod observation;
mod reconcile;
mod severity;
mod undoing;

pub use adoption::adopt;
pub use aliases::{Aliases, Meant, is_name, names};
pub use breaches::{Breach, BreachCount, BreachSums, Function, breaches};
pub use clock::{
    Clock, ClosedBy, LedgerRefused, REOPEN_WINDOW, Rules, State, Timeliness, Watching, apply,
    breach_if_due, catch_up, completed, next_due, replay, settled, standing, warn_if_due,
};
pub use custody::{Cause, Custody, Holder, Owned, PauseReason, shares};
pub use cycle_times::{CycleTime, Fix, SLOWING_WEEKS, WINDOW, cycle_times};
pub use identity::{Identity, canonical_id, identify, normal_id};
pub use incoming::{IDS_KEPT, Incoming, PLACES_KEPT, fold};
pub use ledger::{ColumnsRefused, Entry, Event, EventColumns, Grounds, StopReason};
pub use observation::{Location, Observation, Package, Severity, Standing};
pub use reconcile::{
    Change, Changed, Counts, Created, Finding, HELD_FROM, Held, Import, Known, Plan, Sighting,
    reconcile,
};
pub use severity::{Assessment, Band, ScoreSource, assess, prevailing};
pub use undoing::{Before, Undoing, Undone};
