//! Triggers: what the facts say now against what stood, and what follows from the difference.
//!
//! The rule to remember: nobody evaluates everything all the time. Whoever changes a fact leaves a
//! mark ([`look_at`], [`key_results_changed`]); the watch looks at what is marked, and once an hour
//! at the key results, the rituals and the next audit, because time is a fact too.

mod facts;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Actor, Operation};
use domain::escalations::Resolution;
use domain::record::Event;
use domain::triggers::{Changes, Facts, Firing, Settings, Subject, changes, evaluate};
use jiff::{SignedDuration, Timestamp};
pub use store::triggers::Raised;

use facts::{FindingMatter, Matters};

use crate::duties::{BATCH, Done};
use crate::{App, Change, Refusal, escalations};

/// How often they are looked at when nothing changed.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The mark that stands for all key results, rituals and audits.
const KEY_RESULTS: &str = "key_results";
/// The beginning of a finding's mark; its id follows.
const FINDING: &str = "finding/";
/// How many firings one subject's page shows.
const SHOWN: u32 = 50;

/// What ever fired about a finding or a key result, newest first.
pub async fn about(app: &App, actor: &Actor, subject: &Subject) -> Result<Vec<Raised>, Refusal> {
    let mut view = app.view(actor, Operation::ReadEscalations).await?;
    let (kind, id) = (subject.word(), subject.id());
    Ok(store::triggers::of_subject(&mut view.session, kind, id, SHOWN).await?)
}

/// Leaves a mark on findings whose clock said something new (warned, breached, re-banded,
/// reopened), so that the triggers look at them in this tick.
pub(crate) async fn look_at(change: &mut Change, findings: &[String]) -> Result<(), Refusal> {
    let names: Vec<String> = findings.iter().map(|id| format!("{FINDING}{id}")).collect();
    Ok(store::triggers::mark(&mut change.transaction, &names, change.now).await?)
}

/// Leaves a mark on the key results: a reading, a check-in, an input or a period changed.
pub(crate) async fn key_results_changed(change: &mut Change) -> Result<(), Refusal> {
    let names = [KEY_RESULTS.to_owned()];
    Ok(store::triggers::mark(&mut change.transaction, &names, change.now).await?)
}

/// Brings a finding's firing to what is true now, before people read of it again.
pub(crate) async fn freshen(change: &mut Change, firing: &Raised) -> Result<(), Refusal> {
    match &firing.firing.subject {
        Subject::Finding(id) => {
            look_at_findings(change, std::slice::from_ref(id), &mut Done::default()).await
        }
        // Looked at once an hour.
        Subject::KeyResult(_) | Subject::Ritual(_) | Subject::Audit(_) => Ok(()),
    }
}

/// Looks at up to a batch of what is marked, in one transaction.
pub(crate) async fn look(app: &App) -> Result<Done, Refusal> {
    let mut change = app.change(&Actor::Watch, Operation::RunDuties).await?;
    let now = change.now;
    let marks = store::triggers::marks_due(&mut change.transaction, now, BATCH).await?;
    let mut done = Done { more: marks.len() == BATCH as usize, ..Done::default() };
    if marks.is_empty() {
        return Ok(done);
    }
    let (of_findings, others): (Vec<_>, Vec<_>) =
        marks.into_iter().partition(|(name, _)| name.starts_with(FINDING));
    for (name, due_at) in others {
        let next = (name == KEY_RESULTS).then(|| later(now));
        if store::triggers::settle_mark(&mut change.transaction, &name, due_at, next).await? {
            look_at_standing_matters(&mut change, &mut done).await?;
        }
    }
    let names: Vec<String> = of_findings.iter().map(|(name, _)| name.clone()).collect();
    let taken = store::triggers::take_marks(&mut change.transaction, &names, now).await?;
    let findings: Vec<String> =
        taken.iter().filter_map(|name| name.strip_prefix(FINDING)).map(str::to_owned).collect();
    let of_taken = of_findings.iter().filter(|(name, _)| taken.contains(name));
    of_taken.for_each(|(_, due_at)| done.count(*due_at, now));
    look_at_findings(&mut change, &findings, &mut done).await?;
    change.commit().await?;
    Ok(done)
}

async fn look_at_findings(
    change: &mut Change,
    findings: &[String],
    done: &mut Done,
) -> Result<(), Refusal> {
    let matters = facts::findings(change, findings).await?;
    let running: BTreeMap<&str, &FindingMatter> =
        matters.iter().map(|matter| (matter.facts.id.as_str(), matter)).collect();
    let session = &mut change.transaction;
    let firings = store::triggers::standing_of_each(session, "finding", findings).await?;
    let mut standing = BTreeSet::new();
    for (id, firings) in &firings {
        let Some(running) = running.get(id.as_str()) else {
            let by = Resolution::RemediationVerified;
            done.advanced += escalations::finding_resolved(change, id, by).await?;
            continue;
        };
        escalations::sla_moved(change, id, running.facts.sla_due).await?;
        standing.extend(firings.iter().map(|one| one.firing.cause_key.clone()));
    }
    let matters = Matters { findings: matters, ..Matters::default() };
    judge(change, &standing, &matters, done).await
}

/// Key results, rituals and the next audit: there are few, and time alone changes them.
async fn look_at_standing_matters(change: &mut Change, done: &mut Done) -> Result<(), Refusal> {
    let mut standing = BTreeSet::new();
    for kind in ["key_result", "ritual", "audit"] {
        let causes = store::triggers::standing_of_kind(&mut change.transaction, kind).await?;
        standing.extend(causes);
    }
    let matters = facts::standing_matters(change).await?;
    judge(change, &standing, &matters, done).await
}

/// Raises, refreshes and clears: `standing` are the causes that stood about exactly these things.
async fn judge(
    change: &mut Change,
    standing: &BTreeSet<String>,
    matters: &Matters,
    done: &mut Done,
) -> Result<(), Refusal> {
    let key_results: Vec<_> = matters.key_results.iter().map(|one| one.facts.clone()).collect();
    let findings: Vec<_> = matters.findings.iter().map(|one| one.facts.clone()).collect();
    let rituals: Vec<_> = matters.rituals.iter().map(|(facts, _)| facts.clone()).collect();
    let audits: Vec<_> = matters.audits.iter().map(|(facts, _)| facts.clone()).collect();
    let facts = Facts {
        now: change.now,
        key_results: &key_results,
        findings: &findings,
        rituals: &rituals,
        audits: &audits,
        standing,
    };
    let Changes { raised, standing, cleared } =
        changes(standing, evaluate(&facts, &Settings::default()));
    for firing in raised {
        raise(change, firing, matters, done).await?;
    }
    for firing in standing {
        if store::triggers::refresh(&mut change.transaction, &firing).await? {
            let louder = format!("{}, loudness: {}", firing.sentence, firing.loudness);
            change.event(Event::new("triggers", "louder", firing.cause_key, louder));
        }
    }
    for cause in cleared {
        clear(change, &cause, done).await?;
    }
    Ok(())
}

async fn raise(
    change: &mut Change,
    firing: Firing,
    matters: &Matters,
    done: &mut Done,
) -> Result<(), Refusal> {
    let number = store::counters::take(&mut change.transaction, "firings", 1).await?;
    let id = firing.subject.id();
    let finding = matters.findings.iter().find(|one| one.facts.id == id);
    let (title, dri) = named(&firing.subject, matters);
    let raised = Raised {
        id: format!("T-{number}"),
        title: title.unwrap_or(id).to_owned(),
        service: finding.map(|one| one.service.clone()),
        engineer: finding.and_then(|one| one.engineer.clone()),
        dri: dri.map(str::to_owned),
        firing,
        raised_at: change.now,
        cleared_at: None,
    };
    if !store::triggers::raise(&mut change.transaction, &raised).await? {
        return Ok(());
    }
    let sentence = raised.firing.sentence.clone();
    change.event(Event::new("triggers", "fired", raised.firing.subject.id(), sentence));
    let escalation = escalations::raise(change, &raised).await?;
    if finding.is_some_and(|one| one.facts.fix_merged) {
        escalations::fix_merged(change, raised.firing.subject.id()).await?;
    }
    done.advanced += 1;
    done.lines.push(format!("fired: {} as {escalation}", raised.firing.sentence));
    Ok(())
}

/// What people call a subject, and the one person who answers for it.
fn named<'a>(subject: &Subject, matters: &'a Matters) -> (Option<&'a str>, Option<&'a str>) {
    match subject {
        Subject::Finding(id) => {
            let found = matters.findings.iter().find(|one| one.facts.id == *id);
            (found.map(|one| one.facts.title.as_str()), None)
        }
        Subject::KeyResult(id) => {
            let found = matters.key_results.iter().find(|one| one.facts.id == *id);
            let dri = found.and_then(|one| one.dri.as_deref());
            (found.map(|one| one.facts.title.as_str()), dri)
        }
        Subject::Ritual(id) => {
            let found = matters.rituals.iter().find(|(facts, _)| facts.id == *id);
            (found.map(|one| one.0.name.as_str()), found.map(|one| one.1.as_str()))
        }
        Subject::Audit(id) => {
            let found = matters.audits.iter().find(|(facts, _)| facts.id == *id);
            (found.map(|one| one.0.name.as_str()), found.map(|one| one.1.as_str()))
        }
    }
}

async fn clear(change: &mut Change, cause: &str, done: &mut Done) -> Result<(), Refusal> {
    let now = change.now;
    let Some(firing) = store::triggers::clear(&mut change.transaction, cause, now).await? else {
        return Ok(());
    };
    change.event(Event::new("triggers", "cleared", cause, ""));
    escalations::resolve(change, &firing, Resolution::FactsCleared).await?;
    done.advanced += 1;
    done.lines.push(format!("cleared: {cause}"));
    Ok(())
}

fn later(now: Timestamp) -> Timestamp {
    now.saturating_add(LOOK_EVERY).unwrap_or(Timestamp::MAX)
}
