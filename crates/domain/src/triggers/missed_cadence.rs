//! Trigger 1: a key result's check-in was not made by its due instant.
//!
//! A run of misses is one cause, and louder with each. Any later check-in ends the run: that is a
//! fact that does not flicker, so there is no margin.

use super::{Facts, Firing, KeyResultFacts, OwedCheckIn, Settings, Trigger};
use crate::metrics::Figure;

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 1,
    name: "missed_cadence",
    title: "Missed cadence",
    fires_when: "a key result's check-in was not made by the end of its day; louder with each \
                 further miss",
    clears_when: "the next check-in is made",
    goes_first_to: "the key result's DRI",
    evaluate,
};

fn evaluate(facts: &Facts, _: &Settings) -> Vec<Firing> {
    facts.key_results.iter().filter_map(|one| fire(one, facts)).collect()
}

fn fire(key_result: &KeyResultFacts, facts: &Facts) -> Option<Firing> {
    let counts = |owed: &&OwedCheckIn| owed.made || owed.due <= facts.now;
    let due: Vec<&OwedCheckIn> = key_result.owed.iter().filter(counts).collect();
    let missed: Vec<&&OwedCheckIn> = due.iter().rev().take_while(|owed| !owed.made).collect();
    let (latest, first) = (missed.first()?, missed.last()?);
    let sentence = match missed.len() {
        1 => format!("The check-in on “{}” for {} was skipped.", key_result.title, latest.week),
        many => format!(
            "{many} check-ins in a row on “{}” were skipped, since the week of {}.",
            key_result.title, first.week
        ),
    };
    Some(Firing {
        figures: vec![Figure { name: "missed in a row".into(), value: missed.len() as f64 }],
        sentence,
        clears: "A check-in for any later week, or for the one missed last.".into(),
        loudness: u32::try_from(missed.len()).unwrap_or(u32::MAX),
        ..Firing::on_key_result(&TRIGGER, key_result)
    })
}
