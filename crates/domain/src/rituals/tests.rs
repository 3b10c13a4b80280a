//! Rituals that are held, scheduled and missed.

use jiff::civil::date;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

static UTC: TimeZone = TimeZone::UTC;

fn almanac() -> Almanac<'static> {
    let year = FiscalYear::beginning_in(2).unwrap();
    Almanac { year, due: CheckInDue::default(), zone: &UTC }
}

fn ritual(cadence: Cadence, due_day: Option<u16>) -> Ritual {
    Ritual {
        id: RitualId::parse("backlog-review").unwrap(),
        name: "Backlog review".into(),
        owner: PersonId::parse("mara.lind").unwrap(),
        cadence,
        due_day,
        starts: date(2026, 8, 3),
    }
}

fn held(ritual: &Ritual, days: &[Date], now: &str) -> Vec<Record> {
    let record = |day: &Date| ritual.record(*day, "", None, ("mara.lind", at(now)), almanac());
    days.iter().map(|day| record(day).unwrap()).collect()
}

fn standings(ritual: &Ritual, records: &[Record], now: &str) -> Vec<Standing> {
    let occurrences = ritual.occurrences(records, at(now), almanac()).unwrap();
    occurrences.into_iter().map(|one| one.standing).collect()
}

#[test]
fn a_week_without_its_review_is_missed_from_saturday_on() {
    use Standing::{Held, Missed, Open};
    let review = ritual(Cadence::Weekly, None);
    let first = date(2026, 8, 5);
    let records = held(&review, &[first], "2026-08-06T09:00:00Z");
    assert_eq!(standings(&review, &records, "2026-08-14T23:59:59Z"), [Held(first), Open]);
    assert_eq!(standings(&review, &records, "2026-08-15T00:00:00Z"), [Held(first), Missed]);
    let later = held(&review, &[first, date(2026, 8, 18)], "2026-08-18T09:00:00Z");
    assert_eq!(
        standings(&review, &later, "2026-08-18T10:00:00Z"),
        [Held(first), Missed, Held(date(2026, 8, 18))],
        "a review this week does not undo the one that was missed"
    );
}

#[test]
fn a_test_that_is_scheduled_is_not_missed_until_its_day_has_passed() {
    use Standing::{Held, Missed, Open, Scheduled};
    // Fiscal quarters begin in February: August to October is one. Day 30 is 30 August.
    let test = ritual(Cadence::Quarterly, Some(30));
    assert_eq!(standings(&test, &[], "2026-08-30T23:00:00Z"), [Open]);
    assert_eq!(standings(&test, &[], "2026-08-31T00:00:00Z"), [Missed], "not scheduled");
    let day = date(2026, 10, 12);
    let mut records = held(&test, &[day], "2026-08-20T09:00:00Z");
    assert_eq!((records[0].held_on, records[0].scheduled_for), (None, Some(day)));
    assert_eq!(standings(&test, &records, "2026-10-12T12:00:00Z"), [Scheduled(day)]);
    assert_eq!(standings(&test, &records, "2026-10-13T00:00:00Z"), [Missed]);
    let who = ("mara.lind", at("2026-10-14T09:00:00Z"));
    let on = date(2026, 10, 14);
    let done = test.record(on, "report 7", records.first(), who, almanac()).unwrap();
    assert_eq!((done.held_on, done.scheduled_for), (Some(on), Some(day)));
    records[0] = done;
    assert_eq!(standings(&test, &records, "2026-10-15T00:00:00Z"), [Held(on)]);
}

#[test]
fn what_was_due_before_it_was_declared_is_not_owed() {
    let monthly = ritual(Cadence::Monthly, Some(2));
    // The second of August lies before the third.
    assert_eq!(standings(&monthly, &[], "2026-08-20T00:00:00Z"), []);
    assert_eq!(standings(&monthly, &[], "2026-09-02T00:00:00Z"), [Standing::Open]);
    let later = Ritual { starts: date(2027, 2, 1), ..monthly };
    assert_eq!(standings(&later, &[], "2026-09-02T00:00:00Z"), []);
}

#[test]
fn a_record_outside_of_what_can_be_said_is_refused_with_a_hint() {
    let review = ritual(Cadence::Weekly, None);
    let say = |day, words: &str| {
        let who = ("mara.lind", at("2026-08-12T09:00:00Z"));
        review.record(day, words, None, who, almanac()).map(|_| ()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(say(date(2026, 8, 2), ""), @"2026-08-02 lies before 2026-08-03, since when backlog-review is held; give a later day");
    insta::assert_snapshot!(say(date(2026, 8, 24), ""), @"2026-08-24 is too far ahead; backlog-review can be scheduled until 2026-08-23");
    insta::assert_snapshot!(say(date(2026, 8, 12), &"x".repeat(2001)), @"the words have 2001 characters; 2000 are kept");
    assert!(RitualId::parse("Backlog review").is_err() && RitualId::parse("").is_err());
}
