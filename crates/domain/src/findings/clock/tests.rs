//! Stories of one finding's clock. One event per line; `check` is the only place that touches the
//! functions under test.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::findings::custody::{Cause, Custody, Holder, PauseReason, shares};
use crate::policy::{BandDays, SlaMatrix};

/// Reads a story and says what became of the clock.
///
/// A line is `YYYY-MM-DD[ HH:MM[:SS]] event`, local time of the zone. Events: `start BAND`,
/// `band BAND`, `policy`, `merged`, `fixed`, `false positive`, `not affected`, `again`, `warned`,
/// `breached`, and `look`, which lets the watch look.
fn check_in(zone: &str, policies: &SlaMatrices, story: &str, expected: &str) {
    let zone = TimeZone::get(zone).expect("a known zone");
    let rules = Rules { policies, zone: &zone };
    let mut entries: Vec<Entry> = Vec::new();
    let mut clock: Option<Clock> = None;
    let mut refusal = None;
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (at, words) = read_line(line, &zone);
        let added = match words {
            "look" => looks(clock.as_ref().expect("a started clock"), at, &rules),
            _ => vec![Entry::new(at, at, event(words))],
        };
        for entry in added {
            match apply(clock, &entry, &rules) {
                Ok(next) => {
                    clock = Some(next);
                    entries.push(entry);
                }
                Err(refused) => refusal = Some(refused.to_string()),
            }
        }
    }
    assert_eq!(replay(&entries, &rules).ok(), clock, "replay differs from the fold: {story}");
    let said = match (refusal, clock) {
        (Some(refused), _) => refused,
        (None, Some(clock)) => describe(&clock, &zone),
        (None, None) => "nothing".to_owned(),
    };
    assert_eq!(said, expected, "{story}");
}

fn check(story: &str, expected: &str) {
    check_in("Europe/Berlin", &SlaMatrices::default(), story, expected);
}

fn read_line<'a>(line: &'a str, zone: &TimeZone) -> (Timestamp, &'a str) {
    let (day, rest) = line.split_once(' ').expect("a day and an event");
    let first = rest.split(' ').next().unwrap_or_default();
    let (time, words) = if first.contains(':') {
        (first.to_owned(), rest[first.len()..].trim())
    } else {
        ("10:00".to_owned(), rest)
    };
    let civil: jiff::civil::DateTime = format!("{day}T{time}").parse().expect("a civil time");
    (civil.to_zoned(zone.clone()).expect("in range").timestamp(), words)
}

fn event(words: &str) -> Event {
    let grounds = Grounds::Import { import: "I-1".to_owned(), digest: "d".to_owned() };
    let stop = |reason| Event::Stopped { reason, grounds: grounds.clone() };
    match words.split_once(' ') {
        Some(("start", band)) => Event::Started {
            band: Band::from_word(band).expect("a band"),
            score: None,
            holder: None,
        },
        Some(("pause", day)) => Event::Paused {
            reason: PauseReason::Access,
            note: String::new(),
            approver: "bo".to_owned(),
            until: midnight(day),
        },
        Some(("accept", day)) => {
            Event::Accepted { exception: "X-1".to_owned(), until: midnight(day) }
        }
        Some(("exploited", day)) => Event::KnownExploited { due: day.parse().expect("a day") },
        Some(("to", team)) => {
            Event::HandedOver { to: Some(Holder::Team(team.to_owned())), by: String::new() }
        }
        Some(("band", band)) => {
            Event::Rebanded { band: Band::from_word(band).expect("a band"), score: None }
        }
        _ => match words {
            "policy" => Event::PolicyChanged,
            "resume" => Event::Resumed { by: None },
            "accepted over" => Event::AcceptanceEnded { exception: "X-1".to_owned() },
            "merged" => Event::FixMerged { reference: String::new() },
            "fixed" => stop(StopReason::VerifiedFixed),
            "false positive" => stop(StopReason::FalsePositive),
            "not affected" => stop(StopReason::NotAffected),
            "again" => Event::Reopened,
            "warned" => Event::Warned,
            "breached" => Event::Breached { holder: None, cause: None },
            other => panic!("no such event: {other}"),
        },
    }
}

fn midnight(day: &str) -> Timestamp {
    let day: jiff::civil::Date = day.parse().expect("a day");
    day.to_zoned(TimeZone::UTC).expect("in range").timestamp()
}

fn looks(clock: &Clock, now: Timestamp, rules: &Rules) -> Vec<Entry> {
    let watching = Watching { warning: &BandDays::PLAYBOOK_WARNING, rules: *rules };
    catch_up(*clock, &Custody::default(), now, &watching).expect("a sound clock").1
}

fn describe(clock: &Clock, zone: &TimeZone) -> String {
    let when = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%F %T").to_string();
    let mut said = format!("{} {}", clock.band, clock.state.word());
    let mut add = |name: &str, at: Option<Timestamp>| {
        if let Some(at) = at {
            said.push_str(&format!(", {name} {}", when(at)));
        }
    };
    add("due", clock.due_at);
    add("promised", clock.promised_at.filter(|_| clock.promised_at != clock.due_at));
    add("warned", clock.warned_at);
    add("breached", clock.breached_at);
    if clock.recurrence > 0 {
        said.push_str(&format!(", recurrence {}", clock.recurrence));
    }
    said
}

#[test]
fn the_example_of_the_playbook_is_due_on_day_14_and_warned_on_day_12() {
    check("2026-07-06 start critical", "critical open, due 2026-07-20 23:59:59");
    check(
        "2026-07-06 start critical
         2026-07-18 09:59:59 look",
        "critical open, due 2026-07-20 23:59:59",
    );
    check(
        "2026-07-06 start critical
         2026-07-18 10:00 look",
        "critical open, due 2026-07-20 23:59:59, warned 2026-07-18 10:00:00",
    );
    check(
        "2026-07-06 start high
         2026-07-31 10:00 look",
        "high open, due 2026-08-05 23:59:59, warned 2026-07-31 10:00:00",
    );
}

#[test]
fn the_last_second_of_the_due_day_is_in_time_everywhere() {
    for zone in ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Beirut", "UTC"] {
        for start in ["2026-03-14", "2026-10-11", "2026-10-18", "2028-02-15", "2026-12-20"] {
            let day: jiff::civil::Date = start.parse().expect("a day");
            let due = day.saturating_add(jiff::Span::new().days(14));
            let next = due.tomorrow().expect("in range");
            let policies = SlaMatrices::default();
            let story = |end| format!("{start} 23:30 start critical\n{end} fixed");
            check_in(
                zone,
                &policies,
                &story(format!("{due} 23:59:59.999")),
                &format!("critical fixed, due {due} 23:59:59"),
            );
            let zoned = TimeZone::get(zone).expect("a zone");
            let first = next.to_zoned(zoned).expect("in range").strftime("%T").to_string();
            check_in(
                zone,
                &policies,
                &story(format!("{next} {first}")),
                &format!("critical fixed, due {due} 23:59:59, breached {next} {first}"),
            );
        }
    }
}

#[test]
fn a_raised_severity_takes_the_earlier_deadline() {
    check(
        "2026-01-01 start medium
         2026-01-11 band critical",
        "critical open, due 2026-01-25 23:59:59",
    );
    check(
        "2026-01-01 start high
         2026-01-25 band critical",
        "critical open, due 2026-01-31 23:59:59",
    );
    check(
        "2026-01-01 start low
         2026-05-01 band critical",
        "critical open, due 2026-05-15 23:59:59",
    );
}

#[test]
fn a_lowered_severity_counts_from_the_start() {
    check(
        "2026-01-01 start critical
         2026-01-11 band high",
        "high open, due 2026-01-31 23:59:59",
    );
    check(
        "2026-01-01 start critical
         2026-01-11 band low",
        "low open",
    );
}

#[test]
fn a_lowered_severity_never_shortens_the_clock() {
    check(
        "2026-01-01 start medium
         2026-02-10 band critical
         2026-02-12 band high",
        "high open, due 2026-02-24 23:59:59",
    );
}

#[test]
fn a_lowered_band_can_be_warned_again_and_a_raised_one_is_not() {
    check(
        "2026-01-01 start critical
         2026-01-14 look
         2026-01-14 12:00 band high
         2026-01-26 look",
        "high open, due 2026-01-31 23:59:59, warned 2026-01-26 10:00:00",
    );
    check(
        "2026-01-01 start high
         2026-01-27 look
         2026-01-28 band critical
         2026-01-29 look",
        "critical open, due 2026-01-31 23:59:59, warned 2026-01-26 10:00:00",
    );
}

#[test]
fn a_merged_fix_stops_the_warning_and_not_the_deadline() {
    check(
        "2026-01-01 start critical
         2026-01-10 merged
         2026-01-14 look",
        "critical fix_merged, due 2026-01-15 23:59:59",
    );
    check(
        "2026-01-01 start critical
         2026-01-10 merged
         2026-01-20 look",
        "critical fix_merged, due 2026-01-15 23:59:59, breached 2026-01-16 00:00:00",
    );
    check(
        "2026-01-01 start critical
         2026-01-10 merged
         2026-01-15 23:00 fixed",
        "critical fixed, due 2026-01-15 23:59:59",
    );
}

#[test]
fn a_breach_is_never_undone() {
    let breached = "due 2026-01-15 23:59:59, breached 2026-01-16 00:00:00";
    let check_after = |then: &str, expected: &str| {
        let story = format!("2026-01-01 start critical\n2026-01-20 breached\n{then}");
        check(&story, &format!("{expected}, {breached}"));
    };
    check_after("2026-01-21 band low", "low open");
    check_after("2026-01-21 fixed", "critical fixed");
    check_after("2026-01-21 fixed\n2026-01-25 again", "critical open");
    check_after("2026-01-21 false positive", "critical false_positive");
    check_after("2026-01-21 policy", "critical open");
}

#[test]
fn a_breach_nobody_looked_for_has_happened_all_the_same() {
    check(
        "2026-01-01 start critical
         2026-01-16 00:00:00 band high",
        "high open, due 2026-01-15 23:59:59, breached 2026-01-16 00:00:00",
    );
}

#[test]
fn reopened_within_30_days_it_goes_on_with_what_remained() {
    check(
        "2026-01-01 start critical
         2026-01-06 fixed
         2026-01-26 again",
        "critical open, due 2026-02-04 23:59:59",
    );
    check(
        "2026-01-01 start critical
         2026-01-06 fixed
         2026-02-05 23:00 again",
        "critical open, due 2026-02-14 23:59:59",
    );
    check(
        "2026-01-01 start critical
         2026-01-11 fixed
         2026-01-21 again
         2026-01-24 look",
        "critical open, due 2026-01-25 23:59:59, warned 2026-01-23 10:00:00",
    );
}

#[test]
fn reopened_later_it_is_a_new_clock() {
    check(
        "2026-01-01 start critical
         2026-01-06 fixed
         2026-02-06 again",
        "critical open, due 2026-02-20 23:59:59, recurrence 1",
    );
    check(
        "2026-01-01 start critical
         2026-01-20 fixed
         2026-03-06 again",
        "critical open, due 2026-03-20 23:59:59, recurrence 1",
    );
}

#[test]
fn closing_and_reopening_on_one_day_gains_nothing() {
    check(
        "2026-01-01 start critical
         2026-01-06 08:00 fixed
         2026-01-06 18:00 again
         2026-01-07 08:00 fixed
         2026-01-07 18:00 again",
        "critical open, due 2026-01-15 23:59:59",
    );
}

#[test]
fn another_policy_shortens_from_its_day_and_lengthens_from_the_start() {
    let matrix = |from, critical| SlaMatrix {
        effective_from: from,
        days: BandDays { critical: Some(critical), ..BandDays::PLAYBOOK },
        ..SlaMatrix::playbook()
    };
    let policies = SlaMatrices::new(vec![
        matrix(date(2026, 1, 1), 14),
        matrix(date(2026, 1, 10), 7),
        matrix(date(2026, 1, 12), 21),
    ])
    .expect("three versions");
    let check = |story: &str, expected: &str| check_in("UTC", &policies, story, expected);
    check("2026-01-02 start critical", "critical open, due 2026-01-16 23:59:59");
    check("2026-01-10 start critical", "critical open, due 2026-01-17 23:59:59");
    check(
        "2026-01-05 start critical
         2026-01-10 policy",
        "critical open, due 2026-01-17 23:59:59",
    );
    check(
        "2026-01-05 start critical
         2026-01-10 policy
         2026-01-12 policy",
        "critical open, due 2026-01-26 23:59:59",
    );
}

#[test]
fn what_cannot_happen_is_refused() {
    check(
        "2026-01-02 start high
         2026-01-01 fixed",
        "stopped at 2026-01-01T09:00:00Z is before the ledger's last entry at \
         2026-01-02T09:00:00Z; entries are in order",
    );
    check(
        "2026-01-01 start high
         2026-01-02 fixed
         2026-01-03 merged",
        "fix_merged at 2026-01-03T09:00:00Z needs a running clock; this finding is fixed",
    );
    check(
        "2026-01-01 start high
         2026-01-03 again",
        "reopened at 2026-01-03T09:00:00Z, but the finding is open",
    );
    check(
        "2026-01-01 start low
         2026-01-03 breached",
        "breached at 2026-01-03T09:00:00Z, but the clock is in time then (it has no deadline)",
    );
    check("2026-01-01 fixed", "the ledger begins with stopped; it must begin with started");
    assert_eq!(
        replay(&[], &Rules { policies: &SlaMatrices::default(), zone: &TimeZone::UTC }),
        Err(LedgerRefused::Empty)
    );
}

#[test]
fn the_watch_looks_at_the_warning_and_then_at_the_breach() {
    let policies = SlaMatrices::default();
    let rules = Rules { policies: &policies, zone: &TimeZone::UTC };
    let at: Timestamp = "2026-01-01T10:00:00Z".parse().expect("an instant");
    let started = |band| Entry::new(at, at, Event::Started { band, score: None, holder: None });
    let watching = Watching { warning: &BandDays::PLAYBOOK_WARNING, rules };
    let waits = |clock: &Clock| next_due(clock, &watching).map(|due| due.to_string());
    let mut clock = apply(None, &started(Band::Critical), &rules).expect("started");
    assert_eq!(waits(&clock).as_deref(), Some("2026-01-13T10:00:00Z"));
    let late: Timestamp = "2026-02-01T00:00:00Z".parse().expect("an instant");
    for expected in [Some("2026-01-16T00:00:00Z"), None] {
        let entry = looks(&clock, late, &rules).remove(0);
        clock = apply(Some(clock), &entry, &rules).expect("the watch's entries apply");
        assert_eq!(waits(&clock).as_deref(), expected);
    }
    assert!(looks(&clock, late, &rules).is_empty());
    let low = apply(None, &started(Band::Low), &rules).expect("started");
    assert_eq!(waits(&low), None);
}

#[test]
fn words_and_states_are_one_to_one() {
    for state in State::ALL {
        assert_eq!(State::from_word(state.word()), Some(state));
    }
    for by in [ClosedBy::Report, ClosedBy::Person] {
        assert_eq!(ClosedBy::from_word(by.word()), Some(by));
    }
}

const ZONES: [&str; 5] =
    ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Beirut"];

/// Any steps: what happens and how many seconds after the step before.
fn steps() -> impl Strategy<Value = Vec<(u8, i64)>> {
    prop::collection::vec((0_u8..17, 0_i64..40 * 86_400), 1..24)
}

fn step_event(kind: u8) -> &'static str {
    [
        "band critical",
        "band high",
        "band medium",
        "band low",
        "fixed",
        "again",
        "merged",
        "policy",
        "look",
        "pause 2026-04-01",
        "pause 2026-08-01",
        "resume",
        "accept 2026-07-01",
        "accepted over",
        "exploited 2026-03-01",
        "exploited 2026-09-01",
        "to payments",
    ][usize::from(kind)]
}

/// Runs steps, passing over what is refused, and shows every clock on the way.
fn run(
    zone: usize,
    steps: &[(u8, i64)],
    mut see: impl FnMut(Option<&Clock>, &Entry, &Clock),
) -> (Vec<Entry>, Clock) {
    let zone = TimeZone::get(ZONES[zone]).expect("a zone");
    let mut stricter = SlaMatrix { effective_from: date(2026, 6, 1), ..SlaMatrix::playbook() };
    stricter.days.critical = Some(7);
    stricter.days.low = Some(90);
    let policies = SlaMatrices::new(vec![SlaMatrix::playbook(), stricter]).expect("two versions");
    let rules = Rules { policies: &policies, zone: &zone };
    let mut at: Timestamp = "2026-01-31T22:30:00Z".parse().expect("an instant");
    let first = Entry::new(at, at, Event::Started { band: Band::High, score: None, holder: None });
    let mut clock = apply(None, &first, &rules).expect("started");
    see(None, &first, &clock);
    let mut entries = vec![first];
    for &(kind, seconds) in steps {
        at = at.checked_add(SignedDuration::from_secs(seconds)).expect("in range");
        let added = match step_event(kind) {
            "look" => looks(&clock, at, &rules),
            words => vec![Entry::new(at, at, event(words))],
        };
        for entry in added {
            if let Ok(next) = apply(Some(clock), &entry, &rules) {
                see(Some(&clock), &entry, &next);
                clock = next;
                entries.push(entry);
            }
        }
    }
    assert_eq!(replay(&entries, &rules), Ok(clock), "replay differs from the fold");
    (entries, clock)
}

proptest! {
    #[test]
    fn replay_is_the_fold_and_time_only_goes_on(zone in 0_usize..5, steps in steps()) {
        let mut last = Timestamp::MIN;
        let (entries, clock) = run(zone, &steps, |before, entry, after| {
            assert!(entry.at >= last && after.last_at == entry.at);
            last = entry.at;
            if let Some(before) = before.filter(|before| before.recurrence == after.recurrence) {
                assert!(after.time_used(entry.at) >= before.time_used(before.last_at));
            }
            let is_used = after.state.is_running() && after.stands_since.is_none();
            assert_eq!(after.running_since.is_some(), is_used);
            assert_eq!(after.closed_at.is_some(), after.state.is_closed());
        });
        prop_assert_eq!(entries.last().map(|entry| entry.at), Some(clock.last_at));
    }

    #[test]
    fn no_later_event_undoes_a_breach(zone in 0_usize..5, steps in steps()) {
        run(zone, &steps, |before, _, after| {
            let Some(before) = before.filter(|before| before.recurrence == after.recurrence) else {
                return;
            };
            if before.breached_at.is_some() {
                assert_eq!((before.breached_at, before.due_at), (after.breached_at, after.due_at));
            }
        });
    }

    #[test]
    fn a_deadline_is_the_last_second_of_a_day(zone in 0_usize..5, steps in steps()) {
        let named = TimeZone::get(ZONES[zone]).expect("a zone");
        run(zone, &steps, |_, _, after| {
            if let Some(due) = after.due_at {
                assert_eq!(due, last_second(civil_day(due, &named), &named));
            }
        });
    }

    #[test]
    fn a_raise_never_lengthens_and_a_lowering_never_shortens(zone in 0_usize..5, steps in steps()) {
        run(zone, &steps, |before, entry, after| {
            let Some(before) = before else { return };
            if !matches!(entry.event, Event::Rebanded { .. }) {
                return;
            }
            let due = |clock: &Clock| clock.due_at.unwrap_or(Timestamp::MAX);
            if after.band > before.band {
                assert!(due(after) <= due(before));
            } else if after.breached_at.is_none() {
                assert!(due(after) >= due(before));
            }
        });
    }

    #[test]
    fn reopening_keeps_the_days_that_remained(zone in 0_usize..5, steps in steps()) {
        let named = TimeZone::get(ZONES[zone]).expect("a zone");
        run(zone, &steps, |before, entry, after| {
            let Some(before) = before else { return };
            if !matches!(entry.event, Event::Reopened)
                || before.recurrence != after.recurrence
                || before.breached_at.is_some()
                || before.capped_at.is_some()
            {
                return;
            }
            let closed = before.closed_at.expect("it was closed");
            let remained = before.due_at.map(|due| days_between(closed, due, &named));
            assert_eq!(after.due_at.map(|due| days_between(entry.at, due, &named)), remained);
        });
    }

    #[test]
    fn the_watch_comes_to_rest(zone in 0_usize..5, steps in steps()) {
        let (_, clock) = run(zone, &steps, |_, _, _| {});
        let zone = TimeZone::get(ZONES[zone]).expect("a zone");
        let policies = SlaMatrices::default();
        let rules = Rules { policies: &policies, zone: &zone };
        let late: Timestamp = "2099-01-01T00:00:00Z".parse().expect("an instant");
        let watching = Watching { warning: &BandDays::PLAYBOOK_WARNING, rules };
        let rested = catch_up(clock, &Custody::default(), late, &watching);
        let (clock, _) = rested.expect("the watch's entries apply");
        prop_assert_eq!(next_due(&clock, &watching), None);
        let again = catch_up(clock, &Custody::default(), late, &watching);
        prop_assert_eq!(again, Ok((clock, Vec::new())));
    }

    #[test]
    fn a_pause_never_shortens_what_remains(zone in 0_usize..5, steps in steps()) {
        run(zone, &steps, |before, entry, after| {
            let (Some(before), Event::Resumed { .. }) = (before, &entry.event) else { return };
            let (Some(since), Some(due)) = (before.stands_since, before.due_at) else { return };
            let is_free = before.capped_at.is_none() && before.breached_at.is_none();
            if let Some(moved) = after.due_at.filter(|_| is_free) {
                assert!(moved.duration_since(entry.at) >= due.duration_since(since));
            }
        });
    }

    #[test]
    fn no_deadline_is_later_than_the_list_of_the_exploited_says(
        zone in 0_usize..5,
        steps in steps(),
    ) {
        run(zone, &steps, |_, _, after| {
            if let Some(cap) = after.capped_at {
                assert!(after.breached_at.is_some() || after.due_at.is_some_and(|due| due <= cap));
                assert!(after.promised_at.is_some_and(|due| due <= cap));
            }
        });
    }

    #[test]
    fn an_exception_never_moves_the_promise_later(zone in 0_usize..5, steps in steps()) {
        run(zone, &steps, |before, entry, after| {
            let ends = matches!(entry.event, Event::Accepted { .. } | Event::AcceptanceEnded { .. });
            if let Some(before) = before.filter(|before| ends && before.stands_since.is_none()) {
                assert_eq!(before.promised_at, after.promised_at);
            }
            if matches!(entry.event, Event::AcceptanceEnded { .. }) {
                assert_eq!(before.and_then(|before| before.promised_at), after.promised_at);
            }
        });
    }

    #[test]
    fn every_hour_is_booked_to_somebody(zone in 0_usize..5, steps in steps()) {
        let (entries, clock) = run(zone, &steps, |_, _, _| {});
        let zone = TimeZone::get(ZONES[zone]).expect("a zone");
        let mut stricter = SlaMatrix { effective_from: date(2026, 6, 1), ..SlaMatrix::playbook() };
        stricter.days.critical = Some(7);
        stricter.days.low = Some(90);
        let policies =
            SlaMatrices::new(vec![SlaMatrix::playbook(), stricter]).expect("two versions");
        let rules = Rules { policies: &policies, zone: &zone };
        let now = clock.last_at.checked_add(SignedDuration::from_hours(30)).expect("in range");
        let booked = shares(&entries, now, &rules).expect("a sound ledger");
        let sum = booked.iter().fold(SignedDuration::ZERO, |sum, (_, time)| sum + *time);
        prop_assert_eq!(sum, clock.time_used(now));
    }
}

#[test]
fn a_pause_moves_the_deadline_by_its_time_to_the_end_of_the_day() {
    check(
        "2026-07-06 start critical
         2026-07-10 08:00 pause 2026-08-09
         2026-07-15 08:00 resume",
        "critical open, due 2026-07-25 23:59:59",
    );
    check(
        "2026-07-06 start critical
         2026-07-10 08:00 pause 2026-08-09
         2026-07-10 20:00 resume",
        "critical open, due 2026-07-21 23:59:59",
    );
    check(
        "2026-07-06 start critical
         2026-07-10 08:00 pause 2026-07-20
         2026-08-30 look",
        "critical open, due 2026-07-30 23:59:59, warned 2026-07-28 04:00:00, \
         breached 2026-07-31 00:00:00",
    );
}

#[test]
fn the_list_of_the_exploited_caps_every_deadline() {
    check(
        "2026-07-06 start high
         2026-07-08 exploited 2026-07-20",
        "high open, due 2026-07-20 23:59:59",
    );
    check(
        "2026-07-06 start low
         2026-07-08 exploited 2026-07-20
         2026-07-09 band critical",
        "critical open, due 2026-07-20 23:59:59",
    );
    check(
        "2026-07-06 start critical
         2026-07-08 exploited 2026-09-20
         2026-07-09 band high",
        "high open, due 2026-08-05 23:59:59",
    );
    check(
        "2026-07-06 start critical
         2026-07-08 exploited 2026-07-01
         2026-07-08 12:00 look",
        "critical open, due 2026-07-01 23:59:59, breached 2026-07-06 10:00:00",
    );
}

#[test]
fn an_exception_stops_the_clock_and_keeps_the_promise() {
    let story = "2026-07-06 start critical
         2026-07-10 10:00 accept 2026-08-09
         2026-08-09 10:00 accepted over";
    check(story, "critical open, due 2026-08-19 23:59:59, promised 2026-07-20 23:59:59");
    check(
        "2026-07-06 start critical
         2026-07-10 10:00 accept 2026-08-09
         2026-07-12 fixed",
        "critical fixed, due 2026-07-22 23:59:59, promised 2026-07-20 23:59:59",
    );
}

#[test]
fn what_an_undone_import_wrote_is_void() {
    let zone = TimeZone::UTC;
    let policies = SlaMatrices::default();
    let rules = Rules { policies: &policies, zone: &zone };
    let at = |day: i8| date(2026, 7, day).to_zoned(TimeZone::UTC).expect("a day").timestamp();
    let started = Event::Started { band: Band::Critical, score: None, holder: None };
    let mut closed = Entry::new(at(8), at(8), event("fixed"));
    closed.import = Some("I-2".to_owned());
    let undone = Event::ImportUndone { import: "I-2".to_owned() };
    let entries = [Entry::new(at(6), at(6), started), closed, Entry::new(at(10), at(10), undone)];
    let clock = replay(&entries, &rules).expect("a sound ledger");
    assert_eq!(describe(&clock, &zone), "critical open, due 2026-07-20 23:59:59");
    assert_eq!(clock.time_used(at(10)), SignedDuration::from_hours(4 * 24));
}

#[test]
fn hours_are_booked_to_who_holds_the_clock_and_the_cause_is_frozen() {
    let zone = TimeZone::UTC;
    let policies = SlaMatrices::default();
    let rules = Rules { policies: &policies, zone: &zone };
    let watching = Watching { warning: &BandDays::PLAYBOOK_WARNING, rules };
    let at = |day: i8| date(2026, 7, day).to_zoned(TimeZone::UTC).expect("a day").timestamp();
    let team = |name: &str| Some(Holder::Team(name.to_owned()));
    let over = |to| Event::HandedOver { to, by: "ada".to_owned() };
    let events = [
        (6, Event::Started { band: Band::Critical, score: None, holder: team("web") }),
        (8, over(Some(Holder::Vendor("Acme".to_owned())))),
        (18, over(team("core"))),
    ];
    let mut entries: Vec<Entry> =
        events.into_iter().map(|(day, event)| Entry::new(at(day), at(day), event)).collect();
    let clock = replay(&entries, &rules).expect("a sound ledger");
    let mut custody = Custody::default();
    entries.iter().for_each(|entry| custody.follow(entry));
    let (_, owed) = catch_up(clock, &custody, at(30), &watching).expect("sound");
    let breach = owed.last().expect("a breach").clone();
    let cause = Some(Cause::LateHandOver);
    assert_eq!(breach.event, Event::Breached { holder: team("core"), cause });
    entries.extend(owed);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    assert_eq!(
        shares(&entries, breach.at, &rules),
        Ok(vec![
            (team("web"), days(2)),
            (Some(Holder::Vendor("Acme".to_owned())), days(10)),
            (team("core"), days(3)),
        ])
    );
}
