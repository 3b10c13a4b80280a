//! What people read when a matter reaches them.
//!
//! A subject names the thing and what is due. A body says what, since when, until when, who else
//! was told, what happens next and when, and what ends it; one link at the end. Instants are told
//! in the reader's own zone.

use domain::escalations::{Escalation, Role, State};
use domain::people::{Organisation, Person};
use domain::triggers::TRIGGERS;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::escalations::Telling;
use store::triggers::Raised;

use super::telling;

/// Everything that a message can say.
pub(super) struct Matter<'a> {
    pub escalation: &'a Escalation,
    pub firing: &'a Raised,
    /// Everybody told so far, the reader and those told with them included.
    pub told: &'a [Telling],
    pub organisation: &'a Organisation,
    /// Where the pages are, without a trailing slash.
    pub address: &'a str,
    pub now: Timestamp,
}

/// Subject and body of what `reader` is told by `telling`.
pub(super) fn compose(matter: &Matter, reader: &Person, telling: &Telling) -> (String, String) {
    let body = match telling.kind.as_str() {
        "stand_down" => ending(matter, reader),
        _ => climbing(matter, reader, telling),
    };
    (subject(matter, telling), body)
}

fn subject(matter: &Matter, telling: &Telling) -> String {
    let title = &matter.firing.title;
    let base = format!("{title}: {}", standing(matter));
    match telling.kind.as_str() {
        "stand_down" => format!("Over: {title}"),
        "flag" if matter.escalation.commitments().is_empty() => format!("{base}, and no date yet"),
        "question" => format!("For your review: {base}"),
        _ => base,
    }
}

/// `2 days left on the 14-day SLA`; for a key result, what the trigger is called.
fn standing(matter: &Matter) -> String {
    let Some(due) = matter.escalation.sla_due() else {
        let name = matter.firing.firing.trigger;
        let trigger = TRIGGERS.iter().find(|trigger| trigger.name == name);
        return trigger.map_or(name.to_owned(), |trigger| trigger.title.to_lowercase());
    };
    let sla = sla_days(matter, due).map_or("SLA".to_owned(), |days| format!("{days}-day SLA"));
    let left = due.duration_since(matter.now);
    if left > SignedDuration::ZERO {
        format!("{} left on the {sla}", span(left))
    } else {
        format!("{} past the {sla}", span(-left))
    }
}

/// The civil days from the start of the clock to the SLA date, in the organisation's zone. The
/// cause of a finding's firing ends with the start of its clock.
fn sla_days(matter: &Matter, due: Timestamp) -> Option<i32> {
    let started: Timestamp = matter.firing.firing.cause_key.rsplit('/').next()?.parse().ok()?;
    let day = |at: Timestamp| at.to_zoned(matter.organisation.zone.clone()).date();
    let days = day(started).until(day(due)).ok()?.get_days();
    (days > 0).then_some(days)
}

fn climbing(matter: &Matter, reader: &Person, telling: &Telling) -> String {
    let escalation = matter.escalation;
    let role = Role::from_word(&telling.role).map_or("", Role::title);
    let mut body = format!("{}\n\n", matter.firing.firing.sentence);
    body += &match telling.kind.as_str() {
        "flag" => format!("This is level 2 (Peer flag); you hear it as {role}."),
        "question" => format!("This is level 3 (CTO review); you hear it as {role}."),
        _ => format!("You are the first to hear it, as {role}."),
    };
    if let Some(note) = &telling.note {
        body += &format!(" Why you: {note}.");
    }
    body += "\n";
    if telling.kind == "question" {
        body += &format!("\n{}\n", question(matter));
    }
    body += "\n";
    body += &facts(matter, reader, telling);
    body += &next(matter, reader);
    body += &format!("\nWhat ends it: {}\n", matter.firing.firing.clears);
    body += &format!("\n{}\n", link(matter));
    debug_assert!(!matches!(escalation.state(), State::Resolved { .. }));
    body
}

/// The question prepared for the CTO to ask.
fn question(matter: &Matter) -> String {
    let asked = matter.told.iter().find(|told| told.role == Role::VpEngineering.word());
    let asked = asked.map(|told| telling::name(matter.organisation, &told.person));
    let asked = asked.unwrap_or_else(|| Role::VpEngineering.title().to_owned());
    format!(
        "The question to {asked}: “{}: {}. By which date will it be done, and what has to move so \
         that it is?” The answer is a date, recorded on the page below.",
        matter.firing.title,
        standing(matter)
    )
}

fn facts(matter: &Matter, reader: &Person, telling: &Telling) -> String {
    let at = |instant| moment(instant, &reader.zone);
    let mut lines = format!("Raised: {}\n", at(matter.firing.raised_at));
    if let Some(due) = matter.escalation.sla_due() {
        lines += &format!("SLA kept until: {}\n", at(due));
    }
    for promise in matter.escalation.commitments() {
        let by = telling::name(matter.organisation, &promise.by);
        let kept = if promise.until <= matter.now { ", which has passed" } else { "" };
        lines += &format!("Promised by {by}: {}{kept}\n", at(promise.until));
    }
    let names = |others: Vec<&Telling>| {
        let names = others.iter().map(|told| {
            let role = Role::from_word(&told.role).map_or("", Role::title);
            format!("{} ({role})", telling::name(matter.organisation, &told.person))
        });
        names.collect::<Vec<String>>().join(", ")
    };
    let others = || matter.told.iter().filter(|told| told.person != telling.person);
    let with: Vec<&Telling> = others().filter(|told| told.at == telling.at).collect();
    let before: Vec<&Telling> = others().filter(|told| told.at < telling.at).collect();
    if !with.is_empty() {
        lines += &format!("Told with you: {}\n", names(with));
    }
    if !before.is_empty() {
        lines += &format!("Told before: {}\n", names(before));
    }
    lines
}

fn next(matter: &Matter, reader: &Person) -> String {
    let outlook = telling::outlook(matter.escalation, matter.firing, matter.organisation);
    let mut lines = String::new();
    if !outlook.is_empty() {
        lines += "\nIf nothing happens:\n";
    }
    for step in outlook {
        let people = step.people.iter().map(|(id, role)| {
            format!("{} ({role})", telling::name(matter.organisation, id.as_str()))
        });
        let people = people.collect::<Vec<String>>().join(" and ");
        let people = if people.is_empty() { "nobody: the role is vacant".into() } else { people };
        let (at, level) = (moment(step.at, &reader.zone), step.level);
        lines += &format!("- {at}: {level} {}, to {people}\n", level.title());
    }
    let latest = matter.escalation.latest_commitment(matter.now);
    let latest = moment(latest, &reader.zone);
    lines += &format!("A date that you commit to, {latest} at the latest, stops the climb until ");
    lines + "then. Having seen this does not.\n"
}

fn ending(matter: &Matter, reader: &Person) -> String {
    let at = moment(matter.now, &reader.zone);
    let why = match matter.escalation.state() {
        State::Resolved { by, .. } => match by {
            domain::escalations::Resolution::FactsCleared => "what raised it is no longer so",
            domain::escalations::Resolution::RemediationVerified => "the fix was verified",
            domain::escalations::Resolution::ExceptionGranted => {
                "an exception with an end was granted"
            }
        },
        _ => "it was resolved",
    };
    let subject = matter.firing.firing.subject.id();
    format!(
        "{} ({subject}) is over since {at}: {why}. Everybody who was told hears this; nothing is \
         left to do.\n\n{}\n",
        matter.firing.title,
        link(matter)
    )
}

fn link(matter: &Matter) -> String {
    format!("{}/escalations/{}", matter.address, matter.escalation.id())
}

/// `Mon 16 Mar 2026, 23:59 (Europe/Copenhagen)`.
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    // The last second of a day is told as its last minute.
    let at = at.to_zoned(zone.clone());
    let name = zone.iana_name().unwrap_or("UTC");
    format!("{} ({name})", at.strftime("%a %-d %b %Y, %H:%M"))
}

/// Whole days, or hours below two days: `12 days`, `30 hours`, `less than an hour`.
fn span(duration: SignedDuration) -> String {
    match duration.as_hours() {
        0 => "less than an hour".to_owned(),
        1 => "1 hour".to_owned(),
        hours if hours < 48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
