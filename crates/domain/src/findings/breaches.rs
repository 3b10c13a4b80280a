//! Breaches by upstream function and cause: who held the clocks that ran out, and why.
//!
//! A breach is read from the ledger as it was frozen: the holder and the cause at that moment, and
//! whose hours the clock had used up by then. A later judgement of the cause stands beside the
//! frozen one and never instead of it (spec "Findings", "Who holds it"). A function is the section
//! of the holder's team; vendors and nobody are functions of their own.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::clock::{LedgerRefused, Rules, standing};
use super::custody::{Cause, Holder, shares};
use super::ledger::{Entry, Event};
use crate::people::{Organisation, TeamId, TeamKind};

/// A part of the company in whose hands clocks run out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// The id of a section; of a team that no section is known of, its own.
    Section(String),
    Vendor,
    Nobody,
}

impl Function {
    /// Whose `holder` is in today's organisation.
    pub fn of(organisation: &Organisation, holder: Option<&Holder>) -> Function {
        let team = match holder {
            None => return Function::Nobody,
            Some(Holder::Vendor(_)) => return Function::Vendor,
            Some(Holder::Team(team)) => team,
        };
        let lineage =
            TeamId::parse(team).map(|team| organisation.lineage(&team)).unwrap_or_default();
        let section = lineage.iter().find(|team| team.kind == TeamKind::Section);
        let largest = section.or(lineage.last()).map(|team| team.id.to_string());
        Function::Section(largest.unwrap_or_else(|| team.clone()))
    }

    /// The word for its kind, used in the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Function::Section(_) => "section",
            Function::Vendor => "vendor",
            Function::Nobody => "nobody",
        }
    }
}

/// One breach as its ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// When the time was over.
    pub at: Timestamp,
    /// Who had the finding then, as frozen; none = nobody.
    pub holder: Option<Holder>,
    /// Whose hours the clock had used up by then, in order of first holding.
    pub shares: Vec<(Option<Holder>, SignedDuration)>,
    /// As the rule judged at that moment; none in ledgers that are older than the rule.
    pub frozen: Option<Cause>,
    /// As a person judged later; the last judgement counts.
    pub corrected: Option<Cause>,
}

impl Breach {
    /// What it is put down to: the correction where there is one, else what was frozen.
    pub fn cause(&self) -> Option<Cause> {
        self.corrected.or(self.frozen)
    }
}

/// Every breach in a finding's ledger, oldest first; entries of undone imports do not count.
///
/// # Errors
///
/// A ledger that its own rules refuse.
pub fn breaches(entries: &[Entry], rules: &Rules) -> Result<Vec<Breach>, LedgerRefused> {
    let counting: Vec<Entry> = standing(entries).cloned().collect();
    let mut found: Vec<Breach> = Vec::new();
    for (place, entry) in counting.iter().enumerate() {
        match &entry.event {
            Event::Breached { holder, cause } => found.push(Breach {
                at: entry.at,
                holder: holder.clone(),
                shares: shares(&counting[..place], entry.at, rules)?,
                frozen: *cause,
                corrected: None,
            }),
            Event::CauseCorrected { cause, .. } => {
                if let Some(last) = found.last_mut() {
                    last.corrected = Some(*cause);
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Breaches of one function for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachCount {
    pub function: Function,
    /// None = never judged.
    pub cause: Option<Cause>,
    pub breaches: u64,
    /// How many of them a person put down to another cause than the rule.
    pub corrected: u64,
}

/// What several breaches come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BreachSums {
    /// By function and cause; most breaches first, then in order of function and cause.
    pub counts: Vec<BreachCount>,
    /// Whose hours all these clocks had used up, most first: the upstream functions.
    pub time: Vec<(Function, SignedDuration)>,
}

impl BreachSums {
    /// Of `breaches`, with functions as today's organisation has them.
    pub fn of<'a>(
        breaches: impl IntoIterator<Item = &'a Breach>,
        organisation: &Organisation,
    ) -> BreachSums {
        let mut counts: BTreeMap<(Function, Option<Cause>), (u64, u64)> = BTreeMap::new();
        let mut time: BTreeMap<Function, SignedDuration> = BTreeMap::new();
        for breach in breaches {
            let function = Function::of(organisation, breach.holder.as_ref());
            let (all, corrected) = counts.entry((function, breach.cause())).or_default();
            *all += 1;
            *corrected += u64::from(breach.corrected.is_some_and(|it| Some(it) != breach.frozen));
            for (holder, held) in &breach.shares {
                let sum = time.entry(Function::of(organisation, holder.as_ref())).or_default();
                *sum = sum.saturating_add(*held);
            }
        }
        let counts = counts.into_iter().map(|((function, cause), (breaches, corrected))| {
            BreachCount { function, cause, breaches, corrected }
        });
        let mut counts: Vec<BreachCount> = counts.collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.breaches));
        let mut time: Vec<(Function, SignedDuration)> = time.into_iter().collect();
        time.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
        BreachSums { counts, time }
    }

    /// All of them.
    pub fn breaches(&self) -> u64 {
        self.counts.iter().map(|count| count.breaches).sum()
    }

    /// How many a person put down to another cause than the rule.
    pub fn corrected(&self) -> u64 {
        self.counts.iter().map(|count| count.corrected).sum()
    }

    /// All the time of all of them.
    pub fn whole(&self) -> SignedDuration {
        self.time.iter().fold(SignedDuration::ZERO, |sum, (_, held)| sum.saturating_add(*held))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::{Band, Grounds, StopReason};
    use super::*;
    use crate::people::sample;
    use crate::policy::SlaMatrices;

    const DAY: i64 = 86_400;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_772_409_600 + day * DAY).expect("an instant")
    }

    fn team(id: &str) -> Option<Holder> {
        Some(Holder::Team(id.to_owned()))
    }

    fn told(events: Vec<(i64, Event)>) -> Vec<Breach> {
        let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
        let rules = Rules { policies: &policies, zone: &zone };
        let entry = |(day, event)| Entry::new(at(day), at(day), event);
        let entries: Vec<Entry> = events.into_iter().map(entry).collect();
        breaches(&entries, &rules).expect("a ledger")
    }

    fn started(holder: Option<Holder>) -> Event {
        Event::Started { band: Band::Critical, score: Some(9.8), holder }
    }

    fn to(holder: Option<Holder>) -> Event {
        Event::HandedOver { to: holder, by: "noor".to_owned() }
    }

    fn breached(holder: Option<Holder>, cause: Cause) -> Event {
        Event::Breached { holder, cause: Some(cause) }
    }

    fn corrected(cause: Cause) -> Event {
        Event::CauseCorrected { cause, person: "ines".into(), note: "as we know now".into() }
    }

    #[test]
    fn the_shares_of_a_breach_end_with_it_and_a_correction_stands_beside_it() {
        let found = told(vec![
            (0, started(team("payments"))),
            (4, to(Some(Holder::Vendor("Acme".into())))),
            (15, breached(Some(Holder::Vendor("Acme".into())), Cause::VendorPatchMissing)),
            (20, to(team("payments"))),
            (21, corrected(Cause::AccessDelay)),
        ]);
        assert_eq!(found.len(), 1);
        let days: Vec<i64> = found[0].shares.iter().map(|(_, held)| held.as_secs() / DAY).collect();
        assert_eq!(days, [4, 11]);
        assert_eq!(found[0].frozen, Some(Cause::VendorPatchMissing));
        assert_eq!(found[0].cause(), Some(Cause::AccessDelay));
    }

    #[test]
    fn a_correction_belongs_to_the_breach_before_it_and_to_no_later_one() {
        let grounds = Grounds::Person { person: "ines".into(), note: "rotated".into() };
        let found = told(vec![
            (0, started(team("payments"))),
            (15, breached(team("payments"), Cause::Deprioritised)),
            (16, corrected(Cause::AccessDelay)),
            (17, Event::Stopped { reason: StopReason::VerifiedFixed, grounds }),
            (90, Event::Reopened),
            (105, breached(team("payments"), Cause::Deprioritised)),
        ]);
        let causes: Vec<_> = found.iter().map(Breach::cause).collect();
        assert_eq!(causes, [Some(Cause::AccessDelay), Some(Cause::Deprioritised)]);
        assert_eq!(found[1].shares[0].1.as_secs() / DAY, 15, "the new clock's own time");
    }

    #[test]
    fn the_sums_add_up_by_function_and_cause() {
        let organisation = sample::organisation();
        let one = told(vec![
            (0, started(None)),
            (5, to(team("payments"))),
            (15, breached(team("payments"), Cause::Deprioritised)),
        ]);
        let two = told(vec![(0, started(None)), (15, breached(None, Cause::Unowned))]);
        let three = told(vec![
            (0, started(team("product"))),
            (15, breached(team("product"), Cause::Deprioritised)),
            (16, corrected(Cause::ChangeFreeze)),
        ]);
        let four = told(vec![
            (0, started(team("gone"))),
            (15, breached(team("gone"), Cause::Deprioritised)),
        ]);
        let all: Vec<Breach> = [one.clone(), one, two, three, four].concat();
        let sums = BreachSums::of(&all, &organisation);
        let lines: Vec<String> = sums
            .counts
            .iter()
            .map(|it| format!("{:?} {:?} {}/{}", it.function, it.cause, it.breaches, it.corrected))
            .collect();
        assert_eq!(
            lines,
            [
                "Section(\"engineering\") Some(Deprioritised) 2/0",
                "Section(\"engineering\") Some(ChangeFreeze) 1/1",
                "Section(\"gone\") Some(Deprioritised) 1/0",
                "Nobody Some(Unowned) 1/0",
            ]
        );
        assert_eq!((sums.breaches(), sums.corrected()), (5, 1));
        assert_eq!(sums.whole().as_secs(), 75 * DAY);
        let nobody = sums.time.iter().find(|(function, _)| *function == Function::Nobody);
        assert_eq!(nobody.map(|(_, held)| held.as_secs() / DAY), Some(25));
    }
}
