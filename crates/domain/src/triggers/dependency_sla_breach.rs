//! Trigger 6: an upstream team is about to miss, or has missed, a date that security depends on.
//!
//! For a finding: open past its warning point (critical 12 days, high 25) with no fix merged, or
//! past its SLA date whatever was merged. It is attributed to the owning team, never to security.
//! Once fired it stands until the finding is closed or leaves the two bands: a merged fix pauses
//! the escalation, it does not end the matter. Early form, for a key result: its alignment is below
//! the line; it stands until the alignment is above it by a margin (75 by default).
//!
//! What was only asked for counts in the early form from two weeks after it was asked: that is how
//! long the OKR process leaves between the dependencies being found and everything being final
//! (Mondays 4 to 2). The metric itself falls from the first week on, as the spec has it; but a
//! question of yesterday is not a broken input, and loading the playbook rings nobody.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, FindingFacts, Firing, KeyResultFacts, Settings, Subject, Trigger, bar};
use crate::escalations::Role;
use crate::findings::Severity;
use crate::metrics::alignment::alignment;
use crate::metrics::{Figure, InputScore, shown};

/// The trigger as the catalogue lists it.
pub const TRIGGER: Trigger = Trigger {
    number: 6,
    name: "dependency_sla_breach",
    title: "Dependency SLA breach",
    fires_when: "a critical finding is open for 12 days, or a high one for 25, with no fix merged; \
                 or a key result's alignment is below 70, where what was asked less than two weeks ago \
                 does not count",
    clears_when: "the finding is closed or leaves the two bands; the alignment is at 75 or above",
    goes_first_to: "the owning team: engineer and manager, never security",
    evaluate,
};

/// The instant from which a finding without a merged fix fires; `None` for bands without a
/// warning. The watch's timer for it.
pub fn warning_at(finding: &FindingFacts, settings: &Settings) -> Option<Timestamp> {
    let warning = match finding.severity {
        Severity::Critical => settings.critical_warning,
        Severity::High => settings.high_warning,
        Severity::Medium | Severity::Low | Severity::Info => return None,
    };
    let aged = finding.clock_started.saturating_add(warning).unwrap_or(Timestamp::MAX);
    let before = finding.sla_due.and_then(|due| due.checked_sub(settings.warning_before_due).ok());
    Some(before.map_or(aged, |before| aged.min(before)))
}

fn evaluate(facts: &Facts, settings: &Settings) -> Vec<Firing> {
    let findings = facts.findings.iter().filter_map(|one| on_finding(one, facts, settings));
    let inputs = facts.key_results.iter().filter_map(|one| on_inputs(one, facts, settings));
    findings.chain(inputs).collect()
}

fn on_finding(finding: &FindingFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let warning = warning_at(finding, settings)?;
    // A new clock is a new cause.
    let cause_key = format!("{}/{}/{}", TRIGGER.name, finding.id, finding.clock_started);
    let warned = warning <= facts.now && !finding.fix_merged;
    let breached = finding.sla_due.is_some_and(|due| due < facts.now);
    if !warned && !breached && !facts.standing.contains(&cause_key) {
        return None;
    }
    let open = facts.now.duration_since(finding.clock_started);
    Some(Firing {
        number: TRIGGER.number,
        trigger: TRIGGER.name,
        cause_key,
        subject: Subject::Finding(finding.id.clone()),
        figures: vec![Figure { name: "days open".into(), value: days(open) }],
        sentence: sentence(finding, open, facts.now),
        attributed_to: finding.team.clone(),
        first_to: vec![Role::OwningEngineer, Role::EngineeringManager],
        clears: "A scan that no longer finds it, or an exception with an end.".into(),
        loudness: 1,
        sla_due: finding.sla_due,
    })
}

fn sentence(finding: &FindingFacts, open: SignedDuration, now: Timestamp) -> String {
    let holder = finding.team_name.as_deref().or(finding.team.as_deref());
    let holder = holder.map_or("nobody owns it".to_owned(), |team| format!("{team} holds it"));
    let fix = if finding.fix_merged { "a fix is merged and not verified" } else { "no fix merged" };
    let standing = match finding.sla_due.map(|due| due.duration_since(now)) {
        Some(left) if left > SignedDuration::ZERO => format!("{} left on its SLA", span(left)),
        Some(past) => format!("{} past its SLA", span(-past)),
        None => "without an SLA date".to_owned(),
    };
    let (title, severity) = (&finding.title, finding.severity);
    format!("{title} ({severity}): open for {}, {fix}, {standing}; {holder}.", span(open))
}

fn on_inputs(key_result: &KeyResultFacts, facts: &Facts, settings: &Settings) -> Option<Firing> {
    let firing = Firing::on_key_result(&TRIGGER, key_result);
    let asked = key_result.asked_at;
    let answers_due = asked.and_then(|asked| asked.checked_add(settings.answer_within).ok());
    let is_waited_for = answers_due.is_some_and(|due| facts.now < due);
    let counts = |input: &&InputScore| input.is_answered || !is_waited_for;
    let inputs: Vec<InputScore> = key_result.inputs.iter().filter(counts).cloned().collect();
    let alignment = alignment(&inputs)?;
    let standing = facts.standing.contains(&firing.cause_key);
    if alignment >= bar(settings.alignment_below, settings.alignment_margin, standing) {
        return None;
    }
    let weakest = inputs.iter().min_by(|one, other| one.score.total_cmp(&other.score))?;
    let cleared_at = settings.alignment_below + settings.alignment_margin;
    Some(Firing {
        figures: vec![
            Figure { name: "alignment".into(), value: alignment },
            Figure { name: weakest.what.clone(), value: weakest.score },
        ],
        sentence: format!(
            "What “{}” needs does not arrive: {}, from {} ({}).",
            key_result.title, weakest.what, weakest.provider, weakest.note
        ),
        attributed_to: Some(weakest.team.clone()),
        first_to: vec![Role::EngineeringManager],
        clears: format!("An alignment of {} or above.", shown(cleared_at)),
        ..firing
    })
}

fn days(duration: SignedDuration) -> f64 {
    duration.as_secs_f64() / 86_400.0
}

/// Whole days, or hours below two days: `12 days`, `30 hours`.
fn span(duration: SignedDuration) -> String {
    match duration.as_hours() {
        1 => "1 hour".to_owned(),
        hours if hours < 48 => format!("{hours} hours"),
        hours => format!("{} days", hours / 24),
    }
}
