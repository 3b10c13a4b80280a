//! What an exception covers: looked up in batches, and accepted in batches.

use std::collections::{BTreeMap, BTreeSet};

use domain::exceptions::{Candidate, Scope};
use domain::findings::{Band, Event, Finding};
use store::Session;
use store::exceptions::Kept;
use store::findings::Stored;

use crate::Refusal;
use crate::door::Change;
use crate::findings::write;

/// Findings looked at with one statement.
pub(super) const WALK: u32 = 5_000;
/// Findings accepted or let go at a time.
pub(super) const BATCH: usize = 500;
/// The most findings that one exception may cover when it is granted: what is wider is a policy.
pub const COVERED_MOST: usize = 20_000;

/// What an exception would cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub findings: u64,
    /// Each with how many of its findings.
    pub services: BTreeMap<String, u64>,
    /// How many of them are critical.
    pub critical: u64,
    /// Which, in order.
    pub(crate) numbers: Vec<i64>,
}

impl Coverage {
    /// `37 findings in 5 services`.
    pub fn words(&self) -> String {
        let count = |number: u64, one: &str| match number {
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        let services = count(self.services.len() as u64, "service");
        format!("{} in {services}", count(self.findings, "finding"))
    }
}

/// Running findings that `scope` covers now.
pub(super) async fn coverage(session: &mut Session, scope: &Scope) -> Result<Coverage, Refusal> {
    let mut coverage = Coverage::default();
    let mut after = 0;
    loop {
        let walked = store::exceptions::candidates(session, scope, after, WALK).await?;
        for (number, candidate) in walked.iter().filter(|(_, one)| scope.matches(one)) {
            coverage.findings += 1;
            *coverage.services.entry(candidate.service.clone()).or_default() += 1;
            coverage.critical += u64::from(candidate.band == Band::Critical);
            coverage.numbers.push(*number);
        }
        if coverage.numbers.len() > COVERED_MOST {
            return Err(Refusal::invalid(format!(
                "service: it covers more than {COVERED_MOST} findings; name a narrower scope"
            )));
        }
        match walked.last() {
            Some((last, _)) if walked.len() == WALK as usize => after = *last,
            _ => return Ok(coverage),
        }
    }
}

/// Accepts those of `numbers` that run and are covered; answers how many.
pub(super) async fn accept(
    change: &mut Change,
    kept: &Kept,
    numbers: &[i64],
) -> Result<u64, Refusal> {
    let zone = change.organisation.zone.clone();
    let (exception, mut accepted) = (&kept.exception, 0);
    let event =
        Event::Accepted { exception: exception.id.clone(), until: exception.ends_at(&zone) };
    for numbers in numbers.chunks(BATCH) {
        let stored = store::findings::several_stored(&mut change.transaction, numbers).await?;
        let is_covered = |stored: &Stored<Finding>| {
            let finding = &stored.value;
            finding.clock.state.is_running() && exception.covers(&candidate(finding), &zone)
        };
        let writes: Vec<_> =
            stored.into_iter().filter(is_covered).map(|stored| (stored, event.clone())).collect();
        let numbers: Vec<i64> = writes.iter().map(|(stored, _)| stored.number).collect();
        write::write(change, &writes).await?;
        store::exceptions::accept(&mut change.transaction, kept.number, &numbers).await?;
        accepted += numbers.len() as u64;
    }
    Ok(accepted)
}

fn candidate(finding: &Finding) -> Candidate {
    let weakness = finding.identity.weakness().map(str::to_owned);
    let ids: BTreeSet<String> = finding.ids.iter().cloned().chain(weakness).collect();
    Candidate {
        id: finding.id.clone(),
        service: finding.service.clone(),
        team: finding.custody.team.clone(),
        ids: ids.into_iter().collect(),
        package: finding.package.as_ref().map(|package| package.name.clone()),
        band: finding.clock.band,
    }
}
