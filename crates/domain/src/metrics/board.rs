//! The sentence for the board: which objective is most exposed, why, and whose move it is.
//!
//! Written so that it can be read aloud: the odds first, then the cause (a broken input before a
//! slow key result, because the cause lies upstream more often than with the team that reports),
//! then one owner of the next move. Source: the CISO playbook, "What you read in 30 seconds" and
//! "Success Probability".

use super::{Contribution, InputScore, ObjectiveScorecard, percent};

/// An objective as the sentence sees it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// What people call it: `O1`.
    pub id: &'a str,
    pub scorecard: &'a ObjectiveScorecard,
    pub contributions: &'a [Contribution<'a>],
    /// The DRI as people call them.
    pub owner: Option<&'a str>,
}

/// The sentence with what it speaks of, for links.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardSentence {
    pub text: String,
    pub objective: String,
    /// The key result that drives the risk.
    pub key_result: Option<String>,
    /// The person or team whose move it is; `None` = nobody, which the text says.
    pub move_of: Option<String>,
}

/// An objective at this probability or better is called likely.
const LIKELY: f64 = 0.65;
/// An input that scores less than this is called broken; alignment's line on one input.
const BROKEN: f64 = 0.70;

/// Says which objective is most exposed and whose move it is; `None` before any has odds.
pub fn board_sentence(standings: &[Standing]) -> Option<BoardSentence> {
    let mut exposed: Vec<(&Standing, f64)> = standings
        .iter()
        .filter_map(|standing| Some((standing, standing.scorecard.success_probability?)))
        .collect();
    let risk = |standing: &Standing| standing.scorecard.risk_index.unwrap_or(0.0);
    exposed.sort_by(|(one, _), (other, _)| risk(other).total_cmp(&risk(one)));
    let (worst, probability) = *exposed.first()?;
    let others = &exposed[1..];
    if probability >= LIKELY {
        return Some(calm(worst, probability, exposed.len()));
    }
    match broken_input(worst) {
        Some((contribution, input)) => {
            Some(blame_input(worst, probability, contribution, input, others))
        }
        None => Some(blame_key_result(worst, probability)),
    }
}

fn calm(worst: &Standing, probability: f64, count: usize) -> BoardSentence {
    let odds = percent(probability);
    let text = match (count, worst.owner) {
        (1, Some(owner)) => format!("{} is likely to land ({odds}); {owner} holds it.", worst.id),
        (1, None) => format!("{} is likely to land ({odds}), and has no owner yet.", worst.id),
        (_, Some(owner)) => format!(
            "All {count} objectives are likely to land; the least sure is {} ({odds}), held by \
             {owner}.",
            worst.id
        ),
        (_, None) => format!(
            "All {count} objectives are likely to land; the least sure is {} ({odds}), which has \
             no owner yet.",
            worst.id
        ),
    };
    BoardSentence {
        text,
        objective: worst.id.to_owned(),
        key_result: None,
        move_of: worst.owner.map(str::to_owned),
    }
}

/// The weakest input of the objective, when it is broken.
fn broken_input<'a>(standing: &Standing<'a>) -> Option<(&'a Contribution<'a>, &'a InputScore)> {
    let inputs = standing.contributions.iter().flat_map(|contribution| {
        contribution.scorecard.inputs.iter().map(move |input| (contribution, input))
    });
    let weakest = inputs.min_by(|(_, one), (_, other)| one.score.total_cmp(&other.score))?;
    (weakest.1.score < BROKEN).then_some(weakest)
}

fn blame_input(
    worst: &Standing,
    probability: f64,
    contribution: &Contribution,
    input: &InputScore,
    others: &[(&Standing, f64)],
) -> BoardSentence {
    let follows: Vec<&str> = others
        .iter()
        .filter(|(other, odds)| *odds < LIKELY && waits_for(other, &input.provider))
        .map(|(other, _)| other.id)
        .collect();
    let mut text = format!(
        "{} is {} ({} to land) because {}",
        worst.id,
        at_risk(probability),
        percent(probability),
        fault(input)
    );
    match follows.as_slice() {
        [] => text.push('.'),
        [one] => text.push_str(&format!("; {one} waits for the same team and will follow.")),
        many => text
            .push_str(&format!("; {} wait for the same team and will follow.", many.join(" and "))),
    }
    text.push_str(&format!(" The next move is {}'s.", input.provider));
    BoardSentence {
        text,
        objective: worst.id.to_owned(),
        key_result: Some(contribution.key_result.to_owned()),
        move_of: Some(input.provider.clone()),
    }
}

/// What is wrong with an input, as a clause.
fn fault(input: &InputScore) -> String {
    let (what, provider) = (&input.what, &input.provider);
    match input.firmness {
        none if none <= 0.0 => format!("{provider} has no capacity for “{what}”"),
        part if part < 1.0 => format!("{provider} has not confirmed “{what}”"),
        _ => format!("“{what}” is not holding in {provider} ({})", input.note),
    }
}

fn waits_for(standing: &Standing, provider: &str) -> bool {
    let mut inputs = standing.contributions.iter().flat_map(|one| &one.scorecard.inputs);
    inputs.any(|input| input.provider == provider)
}

fn blame_key_result(worst: &Standing, probability: f64) -> BoardSentence {
    let driver = worst.scorecard.drivers.first();
    let contribution = driver.and_then(|driver| {
        worst.contributions.iter().find(|one| one.key_result == driver.key_result)
    });
    let owner = contribution.and_then(|one| one.owner).or(worst.owner);
    let cause = match contribution {
        Some(one) => format!("because “{}” is {}", one.title, state_of(one)),
        None => "and no single key result explains it".to_owned(),
    };
    let whose = match owner {
        Some(owner) => format!("The next move is {owner}'s."),
        None => "It has no owner: name one first.".to_owned(),
    };
    let text = format!(
        "{} is {} ({} to land) {cause}. {whose}",
        worst.id,
        at_risk(probability),
        percent(probability)
    );
    BoardSentence {
        text,
        objective: worst.id.to_owned(),
        key_result: contribution.map(|one| one.key_result.to_owned()),
        move_of: owner.map(str::to_owned),
    }
}

fn at_risk(probability: f64) -> &'static str {
    if probability < 0.5 { "at risk" } else { "not safe" }
}

fn state_of(contribution: &Contribution) -> String {
    let card = contribution.scorecard;
    let odds = card.success_probability.value;
    let first = card.states.iter().find(|state| matches!(**state, "behind" | "decaying"));
    match (first, odds) {
        (Some(state), Some(odds)) => format!("{state} ({} to land)", percent(odds)),
        (Some(state), None) => (*state).to_owned(),
        (None, Some(odds)) => format!("the least sure to land ({})", percent(odds)),
        (None, None) => "not measured yet".to_owned(),
    }
}
