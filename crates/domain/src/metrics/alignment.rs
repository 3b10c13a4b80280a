//! Alignment: are the upstream dependencies of a key result clean?
//!
//! Every declared input scores `h = c·p`: how firmly it was promised, times the chance that it
//! arrives. Alignment is the mean of the weighted average and the worst, because one broken input
//! is enough to miss. Below 70 is *inputs broken*. Without declared inputs it reads 100, says so,
//! and stays out of roll-ups. Source: the CISO playbook, "Alignment"; the execution spec, part 1.

use jiff::civil::Date;

use super::{Figure, Line, Measure, Metric, Situation, Why};
use crate::objectives::{Input, InputKind, Promise};

/// The metric as the catalogue lists it.
pub const METRIC: Metric = Metric {
    name: "alignment",
    title: "Alignment",
    question: "Are the upstream dependencies clean?",
    reading: "how firmly promised and how likely its inputs are, 0 to 100; the worst counts half",
    unit: "",
    line: Some(Line::below(BROKEN_BELOW, "inputs broken")),
    measure,
};

/// Below this, the inputs are broken.
pub const BROKEN_BELOW: f64 = 70.0;

/// How promises are scored. Every default is the execution spec's unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlignmentSettings {
    /// `c` of an input that was asked for and not answered.
    pub asked: f64,
    /// What `c` loses with each week after the start of the key result, or after the day on which
    /// the input was asked for where that came later (on that the spec is silent).
    pub asked_loss_per_week: f64,
    /// `c` does not fall below this.
    pub asked_least: f64,
    /// The score of an input that was delivered after its date.
    pub delivered_late: f64,
    /// What is assumed of a promise without a track record (ours: the benefit of the doubt, so
    /// that a promise that was only asked for does not count as broken on its first day).
    pub prior_rate: f64,
    /// How many promises that assumption is worth (ours).
    pub prior_weight: f64,
    /// How many weeks of a standing input's record count.
    pub weeks_counted: usize,
}

impl Default for AlignmentSettings {
    fn default() -> AlignmentSettings {
        AlignmentSettings {
            asked: 0.8,
            asked_loss_per_week: 0.1,
            asked_least: 0.4,
            delivered_late: 0.8,
            prior_rate: 0.9,
            prior_weight: 5.0,
            weeks_counted: 13,
        }
    }
}

/// One input's score with its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct InputScore {
    /// The providing team's identifier.
    pub team: String,
    /// The providing team, as people call it.
    pub provider: String,
    /// What is needed.
    pub what: String,
    /// The weight in the average.
    pub weight: f64,
    /// `c`: how firmly it was promised, 0 to 1.
    pub firmness: f64,
    /// `p`: the chance that it arrives, 0 to 1.
    pub chance: f64,
    /// `h`, 0 to 1.
    pub score: f64,
    /// Why, for a person: `kept 7 of 13`.
    pub note: String,
    /// Whether the providing team said or did anything.
    pub is_answered: bool,
}

/// Scores one input on the day `today`, which counts as asked for since `asked`.
pub fn score(input: &Input, asked: Date, today: Date, settings: &AlignmentSettings) -> InputScore {
    let (firmness, firm_note) = firmness(input, asked, today, settings);
    let (chance, chance_note) = chance(input, today, settings);
    let note = match firm_note {
        Some(firm) => format!("{firm}; {chance_note}"),
        None => chance_note,
    };
    InputScore {
        team: input.team.clone(),
        provider: input.provider.clone(),
        what: input.what.clone(),
        weight: input.weight,
        firmness,
        chance,
        score: firmness * chance,
        note,
        is_answered: input.promise != Promise::Asked,
    }
}

/// Alignment from scored inputs, 0 to 100; `None` without any.
pub fn alignment(inputs: &[InputScore]) -> Option<f64> {
    let worst = inputs.iter().map(|input| input.score).min_by(f64::total_cmp)?;
    let weights: f64 = inputs.iter().map(|input| input.weight).sum();
    let average = if weights > 0.0 {
        inputs.iter().map(|input| input.weight * input.score).sum::<f64>() / weights
    } else {
        inputs.iter().map(|input| input.score).sum::<f64>() / inputs.len() as f64
    };
    Some(100.0 * (average + worst) / 2.0)
}

fn firmness(
    input: &Input,
    asked: Date,
    today: Date,
    settings: &AlignmentSettings,
) -> (f64, Option<String>) {
    match input.promise {
        Promise::Confirmed | Promise::Delivered { .. } => (1.0, None),
        Promise::Declined => (0.0, Some("declined: no capacity".to_owned())),
        Promise::Asked => {
            let days = (today - asked).get_days().max(0);
            let fallen = settings.asked - settings.asked_loss_per_week * f64::from(days / 7);
            (fallen.max(settings.asked_least), Some("asked, not answered".to_owned()))
        }
    }
}

fn chance(input: &Input, today: Date, settings: &AlignmentSettings) -> (f64, String) {
    match (&input.kind, input.promise) {
        (InputKind::Dated { by, .. }, Promise::Delivered { on }) if on > *by => {
            (settings.delivered_late, format!("delivered on {on}, after {by}"))
        }
        (_, Promise::Delivered { on }) => (1.0, format!("delivered on {on}")),
        (InputKind::Dated { by, .. }, _) if today > *by => (0.0, format!("was due on {by}")),
        (InputKind::Dated { by, chance: Some(chance) }, _) => {
            (chance.clamp(0.0, 1.0), format!("due on {by}"))
        }
        (InputKind::Dated { by, chance: None }, _) => {
            (settings.prior_rate, format!("due on {by}, no track record yet"))
        }
        (InputKind::KeyResult { probability, .. }, _) => {
            let chance = probability.unwrap_or(settings.prior_rate).clamp(0.0, 1.0);
            (chance, "an upstream key result's odds".to_owned())
        }
        (InputKind::Standing { weeks }, _) => {
            let from = weeks.len().saturating_sub(settings.weeks_counted);
            let kept: u32 = weeks[from..].iter().map(|week| week.kept.min(week.due)).sum();
            let due: u32 = weeks[from..].iter().map(|week| week.due).sum();
            let prior = settings.prior_rate * settings.prior_weight;
            let whole = f64::from(due) + settings.prior_weight;
            let chance = if whole > 0.0 { (f64::from(kept) + prior) / whole } else { 0.0 };
            (chance, record(kept, due, weeks.len() - from))
        }
    }
}

fn record(kept: u32, due: u32, weeks: usize) -> String {
    match (due, weeks) {
        (0, _) => "no track record yet".to_owned(),
        (_, 1) => format!("kept {kept} of {due} in one week"),
        _ => format!("kept {kept} of {due} in {weeks} weeks"),
    }
}

fn measure(situation: &Situation) -> Measure {
    let Some(value) = alignment(situation.inputs) else {
        let sentence = "no inputs are declared; 100 stands for that, and roll-ups leave it out";
        return Measure { value: Some(100.0), why: Why::saying(sentence) };
    };
    let figures = situation.inputs.iter().map(|input| {
        Figure::new(format!("{} ({}): {}", input.what, input.provider, input.note), input.score)
    });
    let figures: Vec<Figure> = figures.collect();
    let worst = situation.inputs.iter().min_by(|one, other| one.score.total_cmp(&other.score));
    let sentence = worst.map_or_else(String::new, |worst| {
        format!("the weakest input is {}, from {}: {}", worst.what, worst.provider, worst.note)
    });
    Measure { value: Some(value), why: Why { sentence, readings: Vec::new(), figures } }
}
