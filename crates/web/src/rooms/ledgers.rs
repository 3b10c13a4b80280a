//! The entries of a finding's ledger in words.

use domain::findings::{Band, Entry, Event, Grounds, Holder, StopReason};

use super::clocks::{band_words, score_words, team_words};
use crate::pages::findings::LedgerRow;
use crate::pages::{Meaning, exact};
use crate::visit::Visit;

pub(super) fn ledger_row(visit: &Visit, entry: &Entry) -> LedgerRow {
    let Written { meaning, event, detail, by } = written(visit, entry);
    LedgerRow {
        at: visit.moment(entry.at),
        meaning,
        event: event.to_owned(),
        detail,
        deadline: String::new(),
        by,
    }
}

/// An entry in words.
struct Written {
    meaning: Meaning,
    event: &'static str,
    detail: String,
    by: String,
}

fn written(visit: &Visit, entry: &Entry) -> Written {
    use Meaning::{Bending, Broken, Holding, Plain};
    let (watch, report) = ("the watch", "a report");
    let say = |meaning, event, detail: String, by: &str| Written {
        meaning,
        event,
        detail,
        by: by.to_owned(),
    };
    let held = |holder: &Option<Holder>| holder_words(visit, holder.as_ref());
    match &entry.event {
        Event::Started { band, score, .. } => say(Plain, "started", in_band(*band, *score), report),
        Event::Rebanded { band, score } => say(Plain, "re-banded", in_band(*band, *score), report),
        Event::PolicyChanged => {
            say(Plain, "policy changed", "another SLA matrix holds".to_owned(), watch)
        }
        Event::KnownExploited { due } => {
            say(Bending, "known exploited", format!("due by {due} at the latest"), watch)
        }
        Event::HandedOver { to, by } => {
            say(Plain, "handed over", format!("to {}", held(to)), &visit.name_of(by))
        }
        Event::Paused { reason, note, approver, until } => {
            let until = exact(visit.now, *until, &visit.zone);
            let why = reason.word().replace('_', " ");
            say(Holding, "paused", format!("{why}, {until}: {note}"), &visit.name_of(approver))
        }
        Event::Resumed { by: Some(by) } => say(Plain, "resumed", String::new(), &visit.name_of(by)),
        Event::Resumed { by: None } => say(Plain, "resumed", "the pause is over".to_owned(), watch),
        Event::Accepted { exception, until } => {
            let until = exact(visit.now, *until, &visit.zone);
            say(Holding, "accepted", format!("{exception}, {until}"), "")
        }
        Event::AcceptanceEnded { exception } => {
            say(Bending, "exception over", exception.clone(), watch)
        }
        Event::FixMerged { reference } => say(Holding, "fix merged", reference.clone(), ""),
        Event::Warned => say(Bending, "warned", "open for long, no fix merged".to_owned(), watch),
        Event::Breached { holder, cause } => {
            let cause = cause.map(|cause| format!("; {}", cause.title())).unwrap_or_default();
            say(Broken, "breached", format!("held by {}{cause}", held(holder)), watch)
        }
        Event::CauseCorrected { cause, person, note } => {
            let detail = format!("{}: {note}", cause.title());
            say(Plain, "cause corrected", detail, &visit.name_of(person))
        }
        Event::Stopped { reason, grounds } => {
            let (detail, by) = match grounds {
                Grounds::Import { import, .. } => (import.clone(), report.to_owned()),
                Grounds::Person { person, note } => (note.clone(), visit.name_of(person)),
            };
            say(Holding, stopped_words(*reason), detail, &by)
        }
        Event::Reopened => say(Bending, "reopened", "seen again".to_owned(), report),
        Event::ImportUndone { import } => {
            say(Plain, "import undone", format!("what {import} wrote here is void"), "")
        }
    }
}

fn stopped_words(reason: StopReason) -> &'static str {
    match reason {
        StopReason::VerifiedFixed => "verified fixed",
        StopReason::FalsePositive => "false positive",
        StopReason::NotAffected => "not affected",
        StopReason::Merged => "merged into another",
        StopReason::Withdrawn => "withdrawn",
    }
}

pub(super) fn holder_words(visit: &Visit, holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder::Team(team)) => team_words(&visit.organisation, Some(team)),
        Some(Holder::Vendor(vendor)) => format!("{vendor} (vendor)"),
        None => "nobody".to_owned(),
    }
}

fn in_band(band: Band, score: Option<f64>) -> String {
    format!("{}, {}", band_words(band), score_words(score))
}
