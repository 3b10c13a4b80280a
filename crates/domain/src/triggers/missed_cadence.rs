//! Trigger 1: something that is owed at a cadence was skipped: a check-in, or a ritual.
//!
//! A run of misses is one cause, and louder with each. Any later check-in ends the run, and so does
//! a ritual that was held or is scheduled: facts that do not flicker, so there is no margin.

use super::{Facts, Firing, KeyResultFacts, OwedCheckIn, RitualFacts, Settings, Subject, Trigger};
use crate::metrics::Figure;
use crate::rituals::{Occurrence, Standing};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 1,
    name: "missed_cadence",
    title: "Missed cadence",
    fires_when: "a key result's check-in was not made by the end of its day, or a ritual was \
                 neither held nor scheduled by its due day; louder with each further miss",
    clears_when: "the next check-in is made; the ritual is held, or scheduled for a day to come",
    goes_first_to: "the key result's DRI; the ritual's owner",
    evaluate,
};

fn evaluate(facts: &Facts, _: &Settings) -> Vec<Firing> {
    let check_ins = facts.key_results.iter().filter_map(|one| on_check_ins(one, facts));
    check_ins.chain(facts.rituals.iter().filter_map(on_ritual)).collect()
}

fn on_check_ins(key_result: &KeyResultFacts, facts: &Facts) -> Option<Firing> {
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
        figures: vec![in_a_row(missed.len())],
        sentence,
        clears: "A check-in for any later week, or for the one missed last.".into(),
        loudness: loudness(missed.len()),
        ..Firing::on_key_result(&TRIGGER, key_result)
    })
}

fn on_ritual(ritual: &RitualFacts) -> Option<Firing> {
    let settled = ritual.occurrences.iter().filter(|one| one.standing != Standing::Open);
    let missed: Vec<&Occurrence> =
        settled.rev().take_while(|one| one.standing == Standing::Missed).collect();
    let first = missed.last()?.period.first;
    let sentence = match missed.len() {
        1 => format!(
            "“{}” was neither held nor scheduled in the {} from {first}.",
            ritual.name, ritual.period
        ),
        many => format!(
            "“{}” was skipped {many} times in a row, since the {} from {first}.",
            ritual.name, ritual.period
        ),
    };
    Some(Firing {
        figures: vec![in_a_row(missed.len())],
        sentence,
        clears: "A record that it was held, or a day to come for which it is scheduled.".into(),
        loudness: loudness(missed.len()),
        ..Firing::on(&TRIGGER, Subject::Ritual(ritual.id.clone()), ritual.team.as_deref())
    })
}

fn in_a_row(missed: usize) -> Figure {
    Figure { name: "missed in a row".into(), value: missed as f64 }
}

fn loudness(missed: usize) -> u32 {
    u32::try_from(missed).unwrap_or(u32::MAX)
}
