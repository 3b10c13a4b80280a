//! The catalogue of triggers: each is one function from facts to firings, in a file of its own.
//!
//! The rules to remember: the same cause fires once, because a firing carries a stable cause key;
//! and what stands clears only when the facts are better than what raised it by a margin
//! (hysteresis), so that nobody is called twice for the same flicker. Every firing says what it
//! saw, to which upstream team it is attributed, and what would clear it. Number 5, the confidence
//! gap, is deliberately absent for now; the list has room for it. Source: the CISO playbook,
//! "Enforcement layer"; the execution spec, part 3.

mod dependency_sla_breach;
mod kpi_drift;
mod missed_cadence;
mod momentum_decay;
mod projected_miss;
mod velocity_drop;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::start_of_day;
use crate::escalations::Role;
use crate::findings::Severity;
use crate::metrics::{DRIVEN, Figure, History, InputScore, Point, Setting};
use crate::objectives::{CheckInDue, KeyResult, ObjectivesError, Standpoint};
use crate::rituals::Occurrence;

pub use dependency_sla_breach::warning_at;

/// Every trigger, in the playbook's order.
pub const TRIGGERS: [Trigger; 6] = [
    missed_cadence::TRIGGER,
    velocity_drop::TRIGGER,
    momentum_decay::TRIGGER,
    kpi_drift::TRIGGER,
    dependency_sla_breach::TRIGGER,
    projected_miss::TRIGGER,
];

/// A trigger as the catalogue lists it: words for people, and the function.
#[derive(Clone, Copy)]
pub struct Trigger {
    /// The playbook's number.
    pub number: u8,
    /// The name in the API, in SQL and in cause keys.
    pub name: &'static str,
    pub title: &'static str,
    /// When it fires, with the default numbers.
    pub fires_when: &'static str,
    /// When a standing firing clears.
    pub clears_when: &'static str,
    /// Whom it goes to first, in words.
    pub goes_first_to: &'static str,
    /// What fires now, and what stands and is not yet clear.
    pub evaluate: fn(&Facts, &Settings) -> Vec<Firing>,
}

/// Every number of the triggers, with the source of its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Trigger 2: below this at two readings running. Playbook, "Velocity": below 0.5 = behind.
    pub velocity_below: f64,
    /// Trigger 2 clears at this much above the line (ours).
    pub velocity_margin: f64,
    /// Trigger 2, cycle times: clears at this share below the days of the SLA (ours).
    pub cycle_margin: f64,
    /// Trigger 2: a cycle time that grew by this share in four weeks is slowing (ours; the playbook
    /// gives no number for "slowing").
    pub slowing: f64,
    /// Trigger 2: and stops being so at this share (ours).
    pub slowing_clears: f64,
    /// Trigger 3: below this. Playbook, "Momentum": below 60 = decaying.
    pub momentum_below: f64,
    /// Trigger 3: only with this many readings. Execution spec, trigger 3.
    pub momentum_readings: usize,
    /// Trigger 3: or this many adverse readings in a row. Execution spec, trigger 3.
    pub adverse_readings: usize,
    /// Trigger 3 clears at this much above the line (ours).
    pub momentum_margin: f64,
    /// Trigger 4 clears after this many readings running on the good side (ours).
    pub calm_readings: usize,
    /// Trigger 6: a critical finding open this long with no fix merged. Playbook, "Trigger 6".
    pub critical_warning: SignedDuration,
    /// Trigger 6: a high finding. Playbook, "Trigger 6".
    pub high_warning: SignedDuration,
    /// Trigger 6: never later than this before the SLA date, for dates that were brought forward:
    /// the playbook's "14-day SLA in 2 days".
    pub warning_before_due: SignedDuration,
    /// Trigger 6, early form: alignment below this. Playbook, "Alignment".
    pub alignment_below: f64,
    /// The early form clears at this much above the line (ours).
    pub alignment_margin: f64,
    /// The early form: what was asked for and not answered counts from so long after it was asked
    /// (ours: the OKR process leaves two weeks between asking and final).
    pub answer_within: SignedDuration,
    /// Trigger 7: the trajectory at the next audit window is worse than this, in percent.
    /// Playbook, "Trigger 7".
    pub audit_readiness: f64,
    /// Trigger 7 clears when the trajectory is this much above the line (ours).
    pub audit_margin: f64,
    /// Trigger 7: an audit further ahead than so many weeks is left alone (ours: a trend of weeks
    /// says nothing about the year after).
    pub audit_horizon: f64,
    /// Trigger 7: a count of open Tier-1 findings that projects to this or more above its target is
    /// one that the next audit repeats; a half is rounded up.
    pub repeat_findings: f64,
    /// Trigger 7: and clears below this (ours).
    pub repeat_clears: f64,
    /// Trigger 7: or odds below this. Execution spec, trigger 7.
    pub probability_below: f64,
    /// Trigger 7: odds count from this many readings on (ours: before, they only repeat what was
    /// assumed of every key result).
    pub probability_readings: usize,
    /// Trigger 7 clears when the odds are this much above the line (ours).
    pub probability_margin: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            velocity_below: 0.5,
            velocity_margin: 0.1,
            cycle_margin: 0.1,
            slowing: 0.25,
            slowing_clears: 0.1,
            momentum_below: 60.0,
            momentum_readings: 3,
            adverse_readings: 3,
            momentum_margin: 3.0,
            calm_readings: 2,
            critical_warning: SignedDuration::from_hours(12 * 24),
            high_warning: SignedDuration::from_hours(25 * 24),
            warning_before_due: SignedDuration::from_hours(48),
            alignment_below: 70.0,
            alignment_margin: 5.0,
            answer_within: SignedDuration::from_hours(14 * 24),
            audit_readiness: 85.0,
            audit_margin: 1.0,
            audit_horizon: 26.0,
            repeat_findings: 0.5,
            repeat_clears: 0.25,
            probability_below: 0.5,
            probability_readings: 3,
            probability_margin: 0.05,
        }
    }
}

/// What the triggers look at, at one instant.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub now: Timestamp,
    /// The key results whose period runs.
    pub key_results: &'a [KeyResultFacts],
    /// The findings that are open or have a fix merged; closed ones are left out.
    pub findings: &'a [FindingFacts],
    /// What is held again and again.
    pub rituals: &'a [RitualFacts],
    /// The next audit, if one is declared.
    pub audits: &'a [AuditFacts],
    /// The cause keys of the firings that stand.
    pub standing: &'a BTreeSet<String>,
}

/// One key result at the instant.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyResultFacts {
    pub id: String,
    /// As people call it.
    pub title: String,
    /// Shown after values; may be empty.
    pub unit: String,
    /// The DRI's team, if that is known: firings without an upstream cause are attributed to it.
    pub team: Option<String>,
    /// `None` before the first reading and for key results without numbers.
    pub history: Option<History>,
    /// Weeks since its start.
    pub now_week: f64,
    pub setting: Setting,
    pub alarm: Option<f64>,
    /// Its declared inputs, scored.
    pub inputs: Vec<InputScore>,
    /// Since when its inputs count as asked for; `None` = long enough.
    pub asked_at: Option<Timestamp>,
    /// For a share that is computed from findings: how long fixes took, all teams together first.
    pub cycle_times: Vec<CycleTimeFacts>,
    /// The check-ins that it owes over its period, earliest first.
    pub owed: Vec<OwedCheckIn>,
    /// The next audit that looks at it, in weeks since the key result's start.
    pub next_audit_week: Option<f64>,
    /// What is known to drift, in words: `access reviews`.
    pub drifting: Vec<String>,
}

impl KeyResultFacts {
    /// A key result about which nothing but its name is known.
    pub fn new(id: &str, title: &str) -> KeyResultFacts {
        KeyResultFacts {
            id: id.to_owned(),
            title: title.to_owned(),
            unit: String::new(),
            team: None,
            history: None,
            now_week: 0.0,
            setting: DRIVEN,
            alarm: None,
            inputs: Vec::new(),
            asked_at: None,
            cycle_times: Vec::new(),
            owed: Vec::new(),
            next_audit_week: None,
            drifting: Vec::new(),
        }
    }

    /// A key result from its stored facts: `standpoint` as of the instant of the triggers, and the
    /// weeks (Mondays) for which a check-in was made. Team, next audit and what drifts are left for
    /// the caller to add.
    pub fn of(
        key_result: &KeyResult,
        standpoint: &Standpoint,
        made: &BTreeSet<Date>,
        due: CheckInDue,
        zone: &TimeZone,
    ) -> Result<KeyResultFacts, ObjectivesError> {
        let owed = key_result.owed(due, zone)?.into_iter();
        let owed = owed.map(|(week, due)| OwedCheckIn { week, due, made: made.contains(&week) });
        Ok(KeyResultFacts {
            unit: key_result.unit.clone(),
            history: standpoint.history.clone(),
            now_week: standpoint.now_week,
            alarm: key_result.alarm,
            inputs: standpoint.inputs.clone(),
            asked_at: Some(start_of_day(key_result.asked_on.unwrap_or(key_result.starts), zone)?),
            owed: owed.collect(),
            ..KeyResultFacts::new(key_result.id.as_str(), &key_result.title)
        })
    }
}

/// How long the fixes of one band took a team, or all of them together.
#[derive(Clone, Debug, PartialEq)]
pub struct CycleTimeFacts {
    /// The team's identifier and name; `None` = all teams.
    pub team: Option<String>,
    pub team_name: Option<String>,
    /// `critical`
    pub band: &'static str,
    /// The days of the SLA matrix in force.
    pub target_days: f64,
    /// The 90th percentile at the last five week ends, the last one as of now.
    pub p90_days: Vec<Option<f64>>,
    /// The fixes behind the last one.
    pub fixes: usize,
}

/// One ritual at the instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RitualFacts {
    pub id: String,
    /// As people call it.
    pub name: String,
    /// The owner's team, if that is known.
    pub team: Option<String>,
    /// `week`, `month` or `quarter`.
    pub period: &'static str,
    /// Earliest first, the last one runs.
    pub occurrences: Vec<Occurrence>,
}

/// The next audit with what is open where it looks.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditFacts {
    pub id: String,
    /// As people call it.
    pub name: String,
    pub begins: Date,
    /// Its first day on the scale of `aged`.
    pub week: f64,
    /// Critical and high findings in its Tier-1 services that were open for more than 30 days, at
    /// the ends of the last weeks, earliest first, the last one now.
    pub aged: Vec<Point>,
    /// Those of now by service, the most first.
    pub services: Vec<(String, usize)>,
    /// The team that owns the service with the most.
    pub team: Option<String>,
}

/// One owed check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwedCheckIn {
    /// The Monday of its week.
    pub week: Date,
    /// The first instant at which it is late.
    pub due: Timestamp,
    pub made: bool,
}

/// One finding on its clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingFacts {
    pub id: String,
    /// As people call it: `CVE-2024-3094 in core-api`.
    pub title: String,
    /// The band of its score, not the tool's word.
    pub severity: Severity,
    /// When its present clock started (with the time used before a reopening taken off).
    pub clock_started: Timestamp,
    /// Until when its SLA is kept (the last second of the due day); `None` for bands without one.
    pub sla_due: Option<Timestamp>,
    pub fix_merged: bool,
    /// The owning team's identifier, and its name.
    pub team: Option<String>,
    pub team_name: Option<String>,
}

/// What a firing is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Finding(String),
    KeyResult(String),
    Ritual(String),
    Audit(String),
}

impl Subject {
    /// `finding`, `key_result`, `ritual` or `audit`, as in SQL.
    pub fn word(&self) -> &'static str {
        match self {
            Subject::Finding(_) => "finding",
            Subject::KeyResult(_) => "key_result",
            Subject::Ritual(_) => "ritual",
            Subject::Audit(_) => "audit",
        }
    }

    /// The identifier of the thing.
    pub fn id(&self) -> &str {
        match self {
            Subject::Finding(id) | Subject::KeyResult(id) => id,
            Subject::Ritual(id) | Subject::Audit(id) => id,
        }
    }

    /// The subject of a word and an identifier.
    pub fn from_word(word: &str, id: String) -> Option<Subject> {
        match word {
            "finding" => Some(Subject::Finding(id)),
            "key_result" => Some(Subject::KeyResult(id)),
            "ritual" => Some(Subject::Ritual(id)),
            "audit" => Some(Subject::Audit(id)),
            _ => None,
        }
    }
}

/// A trigger that fires, or still stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// The trigger's number and name.
    pub number: u8,
    pub trigger: &'static str,
    /// Stable while the cause is the same; the same cause fires once.
    pub cause_key: String,
    pub subject: Subject,
    /// The numbers that it saw.
    pub figures: Vec<Figure>,
    /// For a person, with a full stop.
    pub sentence: String,
    /// The identifier of the upstream team that it is attributed to; `None` = nobody owns it.
    pub attributed_to: Option<String>,
    /// Who hears level 1.
    pub first_to: Vec<Role>,
    /// What would clear it, for a person, with a full stop.
    pub clears: String,
    /// 1, and more with each further miss of the same cause.
    pub loudness: u32,
    /// The SLA date that the escalation climbs by.
    pub sla_due: Option<Timestamp>,
}

impl Firing {
    /// A firing about a key result, for its DRI.
    fn on_key_result(trigger: &Trigger, facts: &KeyResultFacts) -> Firing {
        let subject = Subject::KeyResult(facts.id.clone());
        Firing::on(trigger, subject, facts.team.as_deref())
    }

    /// A firing for the one person who answers for its subject.
    fn on(trigger: &Trigger, subject: Subject, team: Option<&str>) -> Firing {
        let cause_key = match &subject {
            Subject::Finding(id) | Subject::KeyResult(id) => format!("{}/{id}", trigger.name),
            other => format!("{}/{}/{}", trigger.name, other.word(), other.id()),
        };
        Firing {
            number: trigger.number,
            trigger: trigger.name,
            cause_key,
            subject,
            figures: Vec::new(),
            sentence: String::new(),
            attributed_to: team.map(str::to_owned),
            first_to: vec![Role::Dri],
            clears: String::new(),
            loudness: 1,
            sla_due: None,
        }
    }
}

/// Everything that fires or still stands, in the order of the catalogue.
pub fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    TRIGGERS.iter().flat_map(|trigger| (trigger.evaluate)(facts, settings)).collect()
}

/// What changed against what stood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// To be raised.
    pub raised: Vec<Firing>,
    /// Standing before and still; numbers and loudness may have changed.
    pub standing: Vec<Firing>,
    /// The cause keys that cleared by themselves.
    pub cleared: Vec<String>,
}

/// Compares what fires with what stood. The same facts twice raise nothing twice.
pub fn changes(standing: &BTreeSet<String>, firings: Vec<Firing>) -> Changes {
    let mut changes = Changes::default();
    let mut seen = BTreeSet::new();
    for firing in firings {
        if !seen.insert(firing.cause_key.clone()) {
            continue;
        }
        if standing.contains(&firing.cause_key) {
            changes.standing.push(firing);
        } else {
            changes.raised.push(firing);
        }
    }
    changes.cleared = standing.difference(&seen).cloned().collect();
    changes
}

/// A limit that clears only beyond a margin: `standing` firings need `limit + margin`.
fn bar(limit: f64, margin: f64, standing: bool) -> f64 {
    if standing { limit + margin } else { limit }
}

/// A value with its unit: `87 %`, `7 findings`, `4`.
fn with_unit(value: f64, unit: &str) -> String {
    let value = crate::metrics::shown(value);
    if unit.is_empty() { value } else { format!("{value} {unit}") }
}
