//! Links between goals: a key result may need another one, and with it objectives need each other.
//!
//! Odds do not depend on inputs, so they are computed first and then lent to the inputs that wait
//! for them ([`with_upstream_odds`]); no circle can arise.

use std::collections::BTreeMap;

use super::{InputKind, KeyResult, KeyResultId};
use crate::metrics::risk::Dependents;

/// Who waits for whom, read off the declared inputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links<'a> {
    /// For each key result, those that need it.
    pub key_results: Dependents<'a>,
    /// For each objective, the others of which a key result needs one of its own.
    pub objectives: Dependents<'a>,
}

/// The links among `key_results`; inputs that name a key result elsewhere count for nothing.
pub fn links(key_results: &[KeyResult]) -> Links<'_> {
    let objective_of: BTreeMap<&KeyResultId, &str> =
        key_results.iter().map(|one| (&one.id, one.objective.as_str())).collect();
    let mut links = Links::default();
    for waiting in key_results {
        for input in &waiting.inputs {
            let InputKind::KeyResult { id, .. } = &input.kind else { continue };
            let Some((id, objective)) = objective_of.get_key_value(id) else { continue };
            links.key_results.entry(id.as_str()).or_default().insert(waiting.id.as_str());
            if *objective != waiting.objective.as_str() {
                let others = links.objectives.entry(*objective).or_default();
                others.insert(waiting.objective.as_str());
            }
        }
    }
    links
}

/// The key result with the odds of those that it waits for.
pub fn with_upstream_odds(
    mut key_result: KeyResult,
    odds: &BTreeMap<KeyResultId, f64>,
) -> KeyResult {
    for input in &mut key_result.inputs {
        if let InputKind::KeyResult { id, probability } = &mut input.kind {
            *probability = odds.get(id).copied().or(*probability);
        }
    }
    key_result
}
