//! `watchbell ledger`: what follows from the events of one finding's clock.

use std::path::Path;

use domain::findings::{
    Band, Cause, Clock, Entry, Event, Grounds, Holder, PauseReason, Rules, StopReason, completed,
    shares,
};
use domain::policy::{BandDays, SlaMatrices, SlaMatrix, civil_day, last_second};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;

/// Larger than a hundred thousand events.
const LARGEST: u64 = 32 * 1024 * 1024;

#[derive(Deserialize)]
struct Document {
    #[serde(default, alias = "time_zone", alias = "timezone")]
    zone: Option<String>,
    #[serde(default, alias = "policy", alias = "sla")]
    policies: Option<Policies>,
    events: Vec<Told>,
    #[serde(default, alias = "as_of", alias = "at")]
    now: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Policies {
    Many(Vec<Policy>),
    One(Policy),
}

#[derive(Deserialize)]
struct Policy {
    #[serde(default, alias = "from", alias = "effective", alias = "valid_from")]
    effective_from: Option<String>,
    #[serde(default)]
    days: Option<Days>,
    #[serde(flatten)]
    flat: Days,
}

#[derive(Clone, Copy, Default, Deserialize)]
struct Days {
    critical: Option<u16>,
    high: Option<u16>,
    medium: Option<u16>,
    low: Option<u16>,
}

/// One event as the file tells it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    #[serde(alias = "time", alias = "when")]
    at: String,
    #[serde(alias = "kind", alias = "type")]
    event: String,
    #[serde(alias = "severity")]
    band: Option<String>,
    score: Option<f64>,
    #[serde(alias = "to", alias = "team", alias = "owner", alias = "party")]
    holder: Option<String>,
    vendor: Option<String>,
    reason: Option<String>,
    cause: Option<String>,
    note: Option<String>,
    #[serde(alias = "approver", alias = "by")]
    person: Option<String>,
    #[serde(alias = "expires", alias = "ends_at")]
    until: Option<String>,
    #[serde(alias = "maximum_days")]
    max_days: Option<i64>,
    #[serde(alias = "due_date")]
    due: Option<String>,
    exception: Option<String>,
    import: Option<String>,
    reference: Option<String>,
}

/// Reads a ledger and writes what follows from it.
pub fn ledger(common: &Common, file: &Path) -> Result<(), Failure> {
    let text = super::text_of(file, LARGEST)?;
    let place = file.display();
    let document: Document =
        serde_json::from_str(&text).map_err(|error| Failure::Input(format!("{place}: {error}")))?;
    let answer = computed(document).map_err(|why| Failure::Input(format!("{place}: {why}")))?;
    if common.json {
        return present::json(&answer);
    }
    let fields = answer.as_object().into_iter().flatten();
    let rows = fields.map(|(name, value)| vec![name.clone(), value.to_string()]).collect();
    present::line(&present::table(&["what", "value"], rows))
}

fn computed(document: Document) -> Result<Value, String> {
    let name = document.zone.as_deref().unwrap_or("UTC");
    let zone = TimeZone::get(name).map_err(|_| format!("zone: there is no time zone `{name}`"))?;
    let policies = matrices(document.policies)?;
    let rules = Rules { policies: &policies, zone: &zone };
    let mut entries = Vec::with_capacity(document.events.len());
    for (index, told) in document.events.iter().enumerate() {
        let entry = entry(told, &zone).map_err(|why| format!("events[{index}]: {why}"))?;
        entries.push(entry);
    }
    let last = entries.iter().map(|entry| entry.at).max();
    let now = document.now.as_deref().map(|text| instant("now", text, &zone)).transpose()?;
    let now = now.or(last).ok_or("events: there is none; a ledger begins with started")?;
    let (clock, entries) =
        completed(&entries, now, &rules).map_err(|refused| refused.to_string())?;
    let held = shares(&entries, now, &rules).map_err(|refused| refused.to_string())?;
    Ok(answer(&clock, &entries, &held, (now, &zone)))
}

fn answer(
    clock: &Clock,
    entries: &[Entry],
    held: &[(Option<Holder>, SignedDuration)],
    (now, zone): (Timestamp, &TimeZone),
) -> Value {
    let day = |at: Option<Timestamp>| at.map(|at| civil_day(at, zone).to_string());
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let cause = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::CauseCorrected { cause, .. } => Some(cause.word()),
        Event::Breached { cause, .. } => cause.map(Cause::word),
        _ => None,
    });
    let at_breach = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Breached { holder, .. } => Some(holder.as_ref().map(Holder::text)),
        _ => None,
    });
    let share = |(holder, time): &(Option<Holder>, SignedDuration)| {
        json!({
            "holder": holder.as_ref().map(Holder::text),
            "seconds": time.as_secs(),
        })
    };
    json!({
        "state": clock.state.word(),
        "band": clock.band.word(),
        "deadline": text(clock.due_at),
        "due_day": day(clock.due_at),
        "promised": text(clock.promised_at),
        "breached": clock.is_past_due(now),
        "breached_at": text(clock.breached_at),
        "cause": cause,
        "holder_at_breach": at_breach.flatten(),
        "closed_at": text(clock.closed_at),
        "in_time": clock.closed_in_time(),
        "paused": clock.stands_since.is_some() && clock.state.is_running(),
        "recurrence": clock.recurrence,
        "policy": clock.policy.to_string(),
        "time_used_seconds": clock.time_used(now).as_secs(),
        "held": held.iter().map(share).collect::<Vec<_>>(),
    })
}

fn matrices(policies: Option<Policies>) -> Result<SlaMatrices, String> {
    let policies = match policies {
        None => return Ok(SlaMatrices::default()),
        Some(Policies::Many(many)) if many.is_empty() => return Ok(SlaMatrices::default()),
        Some(Policies::Many(many)) => many,
        Some(Policies::One(one)) => vec![one],
    };
    let mut versions = Vec::with_capacity(policies.len());
    for (index, policy) in policies.iter().enumerate() {
        let Days { critical, high, medium, low } = policy.days.unwrap_or(policy.flat);
        let effective_from = match &policy.effective_from {
            None => Date::constant(1970, 1, 1),
            Some(day) => day_of(day).map_err(|why| format!("policies[{index}]: {why}"))?,
        };
        let days = BandDays { critical, high, medium, low };
        versions.push(SlaMatrix { effective_from, days, ..SlaMatrix::playbook() });
    }
    SlaMatrices::new(versions).map_err(|refused| format!("policies: {refused}"))
}

fn entry(told: &Told, zone: &TimeZone) -> Result<Entry, String> {
    let at = instant("at", &told.at, zone)?;
    let event = event(told, at, zone)?;
    Ok(Entry { import: told.import.clone(), ..Entry::new(at, at, event) })
}

fn event(told: &Told, at: Timestamp, zone: &TimeZone) -> Result<Event, String> {
    let word = told.event.to_lowercase().replace([' ', '-'], "_");
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let exception = || told.exception.clone().unwrap_or_else(|| "exception".to_owned());
    Ok(match word.as_str() {
        "started" | "start" | "opened" => {
            Event::Started { band: told.band()?, score: told.score, holder: told.holder() }
        }
        "rebanded" | "re_banded" | "rescored" => {
            Event::Rebanded { band: told.band()?, score: told.score }
        }
        "policy_changed" => Event::PolicyChanged,
        "known_exploited" | "kev" => {
            Event::KnownExploited { due: day_of(told.due.as_deref().unwrap_or_default())? }
        }
        "handed_over" | "hand_over" | "handover" | "waiting_for_vendor" => {
            Event::HandedOver { to: told.holder(), by: text(&told.person) }
        }
        "paused" | "pause" => Event::Paused {
            reason: told
                .reason
                .as_deref()
                .and_then(PauseReason::from_word)
                .unwrap_or(PauseReason::Other),
            note: told.note.clone().or(told.reason.clone()).unwrap_or_default(),
            approver: text(&told.person),
            until: told.until(at, zone)?,
        },
        "resumed" | "resume" => Event::Resumed { by: told.person.clone() },
        "accepted" | "exception" => {
            Event::Accepted { exception: exception(), until: told.until(at, zone)? }
        }
        "acceptance_ended" | "exception_ended" | "expired" => {
            Event::AcceptanceEnded { exception: exception() }
        }
        "fix_merged" => Event::FixMerged { reference: text(&told.reference) },
        "warned" => Event::Warned,
        "breached" => {
            let cause = told.cause.as_deref().and_then(Cause::from_word);
            Event::Breached { holder: told.holder(), cause }
        }
        "cause_corrected" => Event::CauseCorrected {
            cause: told.cause.as_deref().and_then(Cause::from_word).unwrap_or(Cause::Other),
            person: text(&told.person),
            note: text(&told.note),
        },
        "stopped" | "fixed" | "verified_fixed" | "closed" | "false_positive" | "not_affected" => {
            Event::Stopped { reason: told.stop_reason(&word), grounds: told.grounds() }
        }
        "reopened" => Event::Reopened,
        "import_undone" => Event::ImportUndone { import: text(&told.import) },
        other => return Err(format!("event: the ledger has no event called `{other}`")),
    })
}

impl Told {
    fn band(&self) -> Result<Band, String> {
        match (&self.band, self.score) {
            (Some(word), _) => Band::from_word(&word.to_lowercase())
                .ok_or_else(|| format!("band: `{word}` is none of critical, high, medium and low")),
            (None, Some(score)) => Ok(Band::of_score(score)),
            // Unscored counts as high (spec "Findings", "SLA matrix").
            (None, None) => Ok(Band::High),
        }
    }

    fn holder(&self) -> Option<Holder> {
        let vendor = self.vendor.clone().map(Holder::Vendor);
        vendor.or_else(|| self.holder.as_deref().map(Holder::from_text))
    }

    /// An instant, the end of a day, or so many days from the event; without any the longest.
    fn until(&self, at: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
        if let Some(text) = &self.until {
            let day = day_of(text).map(|day| last_second(day, zone));
            return day.or_else(|_| instant("until", text, zone));
        }
        let days = self.max_days.unwrap_or(i64::from(operations::findings::PAUSE_LONGEST));
        let hours = SignedDuration::from_hours(days.clamp(0, 100_000) * 24);
        at.checked_add(hours).map_err(|error| format!("max_days: {error}"))
    }

    fn stop_reason(&self, word: &str) -> StopReason {
        let said = self.reason.as_deref().and_then(StopReason::from_word);
        said.or(StopReason::from_word(word)).unwrap_or(StopReason::VerifiedFixed)
    }

    fn grounds(&self) -> Grounds {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match &self.import {
            Some(import) => Grounds::Import { import: import.clone(), digest: String::new() },
            None => Grounds::Person { person: text(&self.person), note: text(&self.note) },
        }
    }
}

fn day_of(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is not a day such as 2026-03-31"))
}

/// An instant with its offset, or a civil time of the zone.
fn instant(name: &str, text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let civil: Result<DateTime, _> = text.parse();
    let zoned = civil.ok().and_then(|civil| civil.to_zoned(zone.clone()).ok());
    zoned
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| format!("{name}: `{text}` is not an instant such as 2026-03-31T09:00:00Z"))
}
