//! Execution risk index: how exposed is this goal to missing?
//!
//! The probability of missing, raised by 5 % for each goal in the longest chain of goals that wait
//! for this one. 60 or more in the middle of a quarter opens a pattern brief. Source: the CISO
//! playbook, "Execution Risk Index"; the execution spec, part 1.

use std::collections::{BTreeMap, BTreeSet};

use super::success_probability;
use super::{Figure, Line, Measure, Metric, Situation, Why, percent};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "risk_index",
    title: "Execution risk index",
    question: "How exposed is this to missing?",
    reading: "the odds of missing, raised by what depends on it, 0 to 100",
    unit: "",
    line: Some(Line::at_or_above(60.0, "exposed")),
    measure,
};

/// What each further goal in the chain adds.
const PER_DEPENDENT: f64 = 0.05;

/// Chains longer than this are cut: the index is at its top long before.
pub const LONGEST_CHAIN: u32 = 20;

/// The index, 0 to 100, from the probability of success and the depth of what depends on it.
pub fn execution_risk_index(probability: f64, dependents_depth: u32) -> f64 {
    let raised = (1.0 - probability) * (1.0 + PER_DEPENDENT * f64::from(dependents_depth));
    100.0 * raised.min(1.0)
}

/// Goals, and for each the goals that depend on it directly.
pub type Dependents<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// The length of the longest chain of goals that depend on `goal`; a goal that waits for itself in
/// a circle counts once.
pub fn depth(goal: &str, dependents: &Dependents) -> u32 {
    let mut path = Vec::new();
    walk(goal, dependents, &mut path)
}

fn walk<'a>(goal: &'a str, dependents: &Dependents<'a>, path: &mut Vec<&'a str>) -> u32 {
    if path.len() as u32 >= LONGEST_CHAIN {
        return 0;
    }
    let Some(waiting) = dependents.get(goal) else {
        return 0;
    };
    path.push(goal);
    let mut longest = 0;
    for next in waiting {
        if !path.contains(next) {
            longest = longest.max(1 + walk(next, dependents, path));
        }
    }
    path.pop();
    longest
}

fn measure(situation: &Situation) -> Measure {
    let Some(probability) = (success_probability::METRIC.measure)(situation).value else {
        return Measure::none("without odds there is no risk index");
    };
    let depth = situation.dependents_depth;
    let sentence = match depth {
        0 => format!("{} to miss, and nothing waits for it", percent(1.0 - probability)),
        1 => format!("{} to miss, and one goal waits for it", percent(1.0 - probability)),
        _ => format!("{} to miss, and a chain of {depth} goals waits", percent(1.0 - probability)),
    };
    let figures = vec![
        Figure::new("probability of missing", 1.0 - probability),
        Figure::new("goals in the longest chain", f64::from(depth)),
    ];
    let value = Some(execution_risk_index(probability, depth));
    Measure { value, why: Why { sentence, readings: Vec::new(), figures } }
}
