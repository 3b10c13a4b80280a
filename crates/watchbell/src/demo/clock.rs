//! A clock that is set while the past is built, and runs once it is the demo's today.

use std::sync::Mutex;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use operations::ports::Clock;

/// Stands where it is set until it is started; from then on time flows.
pub struct DemoClock(Mutex<State>);

#[derive(Clone, Copy)]
enum State {
    Standing(Timestamp),
    Running { from: Timestamp, since: Instant },
}

impl DemoClock {
    /// A clock that stands at `at`.
    pub fn standing(at: Timestamp) -> DemoClock {
        DemoClock(Mutex::new(State::Standing(at)))
    }

    /// Moves the hands and lets them stand there.
    pub fn set(&self, at: Timestamp) {
        self.become_state(State::Standing(at));
    }

    /// Lets time flow from where the clock stands.
    pub fn start(&self) {
        let from = self.now();
        self.become_state(State::Running { from, since: Instant::now() });
    }

    fn become_state(&self, state: State) {
        // Nothing is left half-done under this lock, so a poisoned one is as good as any.
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = state;
    }
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let state = *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        match state {
            State::Standing(at) => at,
            State::Running { from, since } => {
                let passed = SignedDuration::try_from(since.elapsed());
                passed.ok().and_then(|passed| from.checked_add(passed).ok()).unwrap_or(from)
            }
        }
    }
}
