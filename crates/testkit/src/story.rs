//! What happened in a simulated year, one event a line.

use std::fmt::Write;

use jiff::Timestamp;

/// How many lines a failure shows before it, unless everything is asked for.
const SHOWN: usize = 150;

/// The events of one seed in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    lines: Vec<String>,
}

impl Story {
    /// Adds an event; line breaks in it become blanks.
    pub fn tell(&mut self, at: Timestamp, what: &str) {
        self.lines.push(format!(
            "{} {}",
            at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            what.replace('\n', " ")
        ));
    }

    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// What a failing seed prints: its last lines, the reason and how to see it again.
    pub fn of_failure(&self, seed: u64, why: &str, whole: bool) -> String {
        let from = if whole { 0 } else { self.lines.len().saturating_sub(SHOWN) };
        let mut text = String::new();
        if from > 0 {
            let _ = writeln!(text, "… {from} events before");
        }
        for line in &self.lines[from..] {
            let _ = writeln!(text, "{line}");
        }
        let _ = writeln!(text, "seed {seed} failed: {why}");
        let _ = writeln!(
            text,
            "see it again, whole: WATCHBELL_SEED={seed} cargo test -p testkit long_year"
        );
        text
    }
}
