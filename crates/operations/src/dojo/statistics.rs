//! What an import changed, counted as DefectDojo counts it, from findings and ledgers.
//!
//! A finding counts by the band of its clock; one with a score of zero as `info`. What runs and is
//! in the newest report of the test is active, and verified: on a clock nothing waits for triage.
//! What the test's newest report does not have is mitigated there, whoever else still sees it.

use domain::findings::{Band, Severity, State};
use store::dojo::{Move, Standings};

/// The severities in the order in which they are counted.
pub const SEVERITIES: [Severity; 5] =
    [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// Findings counted by how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub active: u64,
    pub false_positive: u64,
    /// A statement says that the product is not affected.
    pub out_of_scope: u64,
    pub mitigated: u64,
    pub risk_accepted: u64,
}

impl Tally {
    pub fn total(&self) -> u64 {
        let Tally { active, false_positive, out_of_scope, mitigated, risk_accepted } = self;
        active + false_positive + out_of_scope + mitigated + risk_accepted
    }

    fn add(&mut self, state: State, present: bool, findings: u64) {
        let count = match state {
            State::Open | State::FixMerged if present => &mut self.active,
            State::Open | State::FixMerged | State::Fixed => &mut self.mitigated,
            State::FalsePositive => &mut self.false_positive,
            State::NotAffected => &mut self.out_of_scope,
            State::Accepted => &mut self.risk_accepted,
            // Counted where they went, or nowhere.
            State::Merged | State::Withdrawn => return,
        };
        *count += findings;
    }

    fn sum(tallies: impl IntoIterator<Item = Tally>) -> Tally {
        tallies.into_iter().fold(Tally::default(), |sum, tally| Tally {
            active: sum.active + tally.active,
            false_positive: sum.false_positive + tally.false_positive,
            out_of_scope: sum.out_of_scope + tally.out_of_scope,
            mitigated: sum.mitigated + tally.mitigated,
            risk_accepted: sum.risk_accepted + tally.risk_accepted,
        })
    }
}

/// Tallies in the order of [`SEVERITIES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BySeverity(pub [Tally; 5]);

impl BySeverity {
    pub fn total(&self) -> Tally {
        Tally::sum(self.0)
    }

    fn of(&mut self, band: Band, harmless: bool) -> &mut Tally {
        let place = match band {
            _ if harmless => 0,
            Band::Low => 1,
            Band::Medium => 2,
            Band::High => 3,
            Band::Critical => 4,
        };
        &mut self.0[place]
    }
}

/// What an import changed in its test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// None for a test's first report.
    pub before: Option<BySeverity>,
    pub created: BySeverity,
    pub closed: BySeverity,
    pub reactivated: BySeverity,
    /// Active before and after.
    pub untouched: BySeverity,
    pub after: BySeverity,
}

pub(super) fn standing(standings: &[Standings]) -> BySeverity {
    let mut by_severity = BySeverity::default();
    for it in standings {
        by_severity.of(it.band, it.harmless).add(it.state, it.present, it.findings);
    }
    by_severity
}

pub(super) fn statistics(
    before: Option<BySeverity>,
    moves: &[Move],
    after: BySeverity,
) -> Statistics {
    let mut statistics = Statistics { before, after, ..Statistics::default() };
    for it in moves {
        let counted = match it.kind.as_str() {
            "started" => &mut statistics.created,
            "reopened" => &mut statistics.reactivated,
            _ => &mut statistics.closed,
        };
        counted.of(it.band, it.harmless).add(it.state, true, it.findings);
    }
    for (place, untouched) in statistics.untouched.0.iter_mut().enumerate() {
        let moved = statistics.created.0[place].active + statistics.reactivated.0[place].active;
        untouched.active = statistics.after.0[place].active.saturating_sub(moved);
    }
    statistics
}
