//! How metrics read: a figure with its mark and its weeks, odds, health as said, and each why.

use domain::metrics::{
    InputScore, Line, METRICS, Measure, Metric, ObjectiveScorecard, Scorecard, Side, alignment,
    momentum, risk, velocity,
};
use domain::objectives::{CheckIn, Health as Said};
use operations::objectives::{KeyResultView, ObjectiveView};

use super::encoded;
use crate::pages::drawing::Odds;
use crate::pages::objectives::{Align, Column, Evidence, Health, MetricWhy, ObjectiveRow};
use crate::pages::{Figure, Meaning};
use crate::visit::Visit;

/// From here on an objective or key result is called likely to land.
const LIKELY: f64 = 0.65;
/// From here on it is called open; below, likely to miss.
const OPEN: f64 = 0.5;

/// A value with its unit, at most two decimals, none that say nothing.
pub(crate) fn value_words(value: f64, unit: &str) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    format!("{rounded} {unit}").trim_end().to_owned()
}

/// What odds mean.
pub(super) fn odds_meaning(probability: Option<f64>) -> Meaning {
    match probability {
        None => Meaning::Plain,
        Some(odds) if odds >= LIKELY => Meaning::Holding,
        Some(odds) if odds >= OPEN => Meaning::Bending,
        Some(_) => Meaning::Broken,
    }
}

/// Odds as they are drawn. No forecast has come true or failed here yet, so they say so.
pub(super) fn odds(probability: Option<f64>, range: Option<(f64, f64)>) -> Odds {
    let percent = |odds: f64| (odds * 100.0).round().clamp(1.0, 99.0) as u8;
    let note = match probability {
        Some(_) => "uncalibrated",
        None => "not enough history",
    };
    Odds {
        percent: probability.map(percent),
        range: range.map(|(low, high)| (percent(low), percent(high))),
        meaning: odds_meaning(probability),
        note: note.to_owned(),
    }
}

/// What an owner said, as said.
pub(super) fn health(visit: &Visit, said: &CheckIn) -> Health {
    Health {
        meaning: health_meaning(said.health),
        words: said.health.title().to_owned(),
        by: visit.name_of(&said.by),
        at: visit.moment(said.at),
    }
}

pub(super) fn health_meaning(said: Said) -> Meaning {
    match said {
        Said::OnTrack => Meaning::Holding,
        Said::NeedsAttention => Meaning::Bending,
        Said::AtRisk => Meaning::Broken,
    }
}

/// A metric's value as a figure: its digits, the word for its line, its weeks.
fn figure(metric: &Metric, value: Option<f64>, states: &[&str], past: Vec<Option<f64>>) -> Figure {
    let word = metric.line.map(|line| line.word).filter(|word| states.contains(word));
    let digits = |value: f64| match metric.name {
        "velocity" | "success_probability" => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    };
    Figure {
        value: value.map_or_else(|| "–".to_owned(), digits),
        meaning: match (value, word) {
            (None, _) => Meaning::Plain,
            (Some(_), Some(_)) => Meaning::Bending,
            (Some(_), None) => Meaning::Holding,
        },
        words: word.unwrap_or_default().to_owned(),
        history: past,
        threshold: metric.line.map(|line| line.limit),
    }
}

/// An objective as one row.
pub(super) fn objective_row(visit: &Visit, view: &ObjectiveView) -> ObjectiveRow {
    let card = &view.scorecard;
    let shown = |metric: &Metric, value, past| figure(metric, value, &card.states, past);
    let past = |of: fn(&operations::objectives::PastWeekOfObjective) -> Option<f64>| {
        view.past.iter().map(of).collect::<Vec<_>>()
    };
    ObjectiveRow {
        code: view.code.clone(),
        title: view.objective.title.clone(),
        href: format!("/objectives/{}", encoded(view.objective.id.as_str())),
        owner: view.owner.clone().unwrap_or_else(|| "no owner yet".to_owned()),
        standing: String::new(),
        velocity: shown(&velocity::METRIC, card.velocity, past(|week| week.velocity)),
        momentum: shown(&momentum::METRIC, card.momentum, past(|week| week.momentum)),
        alignment: shown(&alignment::METRIC, card.alignment, past(|week| week.alignment)),
        risk: shown(&risk::METRIC, card.risk_index, past(|week| week.risk_index)),
        odds: odds(card.success_probability, card.success_range),
        health: view.health().map(|said| health(visit, said)),
    }
}

/// A key result as one row.
pub(super) fn key_result_row(visit: &Visit, view: &KeyResultView) -> ObjectiveRow {
    let card = &view.scorecard;
    let shown = |metric: &Metric, value, past| figure(metric, value, &card.states, past);
    let past = |of: fn(&domain::metrics::PastWeek) -> Option<f64>| {
        view.past.iter().map(of).collect::<Vec<_>>()
    };
    ObjectiveRow {
        code: view.code.clone(),
        title: view.key_result.title.clone(),
        href: format!("/key-results/{}", encoded(view.key_result.id.as_str())),
        owner: view.owner.clone().unwrap_or_else(|| "no owner yet".to_owned()),
        standing: standing(view),
        velocity: shown(&velocity::METRIC, card.velocity.value, past(|week| week.velocity)),
        momentum: shown(&momentum::METRIC, card.momentum.value, past(|week| week.momentum)),
        alignment: shown(&alignment::METRIC, counted_alignment(card), past(|week| week.alignment)),
        risk: shown(&risk::METRIC, card.risk_index.value, past(|week| week.risk_index)),
        odds: odds(card.success_probability.value, card.success_range),
        health: view.last_said().map(|said| health(visit, said)),
    }
}

/// Alignment counts only where inputs were declared.
fn counted_alignment(card: &Scorecard) -> Option<f64> {
    card.alignment.value.filter(|_| !card.inputs.is_empty())
}

/// Where a key result stands, of what: `83.5 % of 100 %`.
fn standing(view: &KeyResultView) -> String {
    let unit = &view.key_result.unit;
    let now = view.last_reading().map(|reading| value_words(reading.value, unit));
    let target = view.key_result.target.map(|target| value_words(target, unit));
    match (now, target) {
        (Some(now), Some(target)) => format!("{now}, target {target}"),
        (Some(now), None) => now,
        (None, Some(target)) => format!("nothing read yet, target {target}"),
        (None, None) => "nothing read yet".to_owned(),
    }
}

/// The five metrics of a key result with their why.
pub(super) fn key_result_whys(view: &KeyResultView) -> Vec<MetricWhy> {
    let card = &view.scorecard;
    let unit = &view.key_result.unit;
    METRICS
        .iter()
        .filter_map(|metric| {
            let measure = match metric.name {
                "velocity" => &card.velocity,
                "momentum" => &card.momentum,
                "alignment" => &card.alignment,
                "risk_index" => &card.risk_index,
                "success_probability" => &card.success_probability,
                _ => return None,
            };
            let past = view.past.iter().map(|week| match metric.name {
                "velocity" => week.velocity,
                "momentum" => week.momentum,
                "success_probability" => week.success_probability,
                "alignment" => week.alignment,
                "risk_index" => week.risk_index,
                _ => None,
            });
            let evidence = match metric.name {
                "alignment" => inputs(&card.inputs),
                _ => figures(measure).or_else(|| readings(measure, unit)),
            };
            Some(MetricWhy {
                figure: figure(metric, measure.value, &card.states, past.collect()),
                because: format!("{}.", measure.why.sentence),
                evidence,
                ..why(metric)
            })
        })
        .collect()
}

/// The five metrics of an objective, each made of those of its key results.
pub(super) fn objective_whys(view: &ObjectiveView) -> Vec<MetricWhy> {
    let card = &view.scorecard;
    METRICS
        .iter()
        .filter_map(|metric| {
            let (value, because) = of_objective(metric, card)?;
            Some(MetricWhy {
                figure: figure(metric, value, &card.states, Vec::new()),
                because: because.to_owned(),
                evidence: Some(parts(metric, view)),
                ..why(metric)
            })
        })
        .collect()
}

fn of_objective(metric: &Metric, card: &ObjectiveScorecard) -> Option<(Option<f64>, &'static str)> {
    Some(match metric.name {
        "velocity" => (card.velocity, "The weighted mean of its key results, each from −1 to 1.2."),
        "momentum" => (card.momentum, "The weighted mean of its key results."),
        "alignment" => {
            (card.alignment, "The weighted mean of its key results that declare inputs.")
        }
        "risk_index" => {
            (card.risk_index, "The odds of missing, raised by the goals that wait for it.")
        }
        "success_probability" => (
            card.success_probability,
            "The share of 20,000 seeded draws in which its key results together reach what the \
             priority promises.",
        ),
        _ => return None,
    })
}

fn why(metric: &Metric) -> MetricWhy {
    MetricWhy {
        name: metric.title.to_owned(),
        question: metric.question.to_owned(),
        figure: Figure::default(),
        because: String::new(),
        threshold: threshold(metric),
        evidence: None,
    }
}

fn threshold(metric: &Metric) -> String {
    let reading = metric.reading;
    let line = metric.line.map(|Line { limit, bad, word }| match bad {
        Side::Below => format!(" Below {limit} it is {word}."),
        Side::AtOrAbove => format!(" From {limit} on it is {word}."),
    });
    let mut letters = reading.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.{}", letters.as_str(), line.unwrap_or_default())
}

fn column(heading: &str, align: Align) -> Column {
    Column { heading: heading.to_owned(), align }
}

fn figures(measure: &Measure) -> Option<Evidence> {
    let row =
        |figure: &domain::metrics::Figure| vec![figure.name.clone(), value_words(figure.value, "")];
    let rows: Vec<Vec<String>> = measure.why.figures.iter().map(row).collect();
    (!rows.is_empty()).then(|| Evidence {
        caption: "What it was made from".to_owned(),
        columns: vec![column("Quantity", Align::Words), column("Value", Align::Numbers)],
        rows,
    })
}

fn readings(measure: &Measure, unit: &str) -> Option<Evidence> {
    let row = |point: &domain::metrics::Point| {
        vec![value_words(point.week, ""), value_words(point.value, unit)]
    };
    let rows: Vec<Vec<String>> = measure.why.readings.iter().map(row).collect();
    (!rows.is_empty()).then(|| Evidence {
        caption: "The readings it was made from".to_owned(),
        columns: vec![column("Week", Align::Numbers), column("Value", Align::Numbers)],
        rows,
    })
}

fn inputs(inputs: &[InputScore]) -> Option<Evidence> {
    let row = |input: &InputScore| {
        vec![
            input.what.clone(),
            input.provider.clone(),
            input.note.clone(),
            format!("{:.0} %", input.score * 100.0),
        ]
    };
    (!inputs.is_empty()).then(|| Evidence {
        caption: "Its inputs".to_owned(),
        columns: vec![
            column("What is needed", Align::Words),
            column("From", Align::Words),
            column("Why", Align::Words),
            column("Score", Align::Numbers),
        ],
        rows: inputs.iter().map(row).collect(),
    })
}

fn parts(metric: &Metric, view: &ObjectiveView) -> Evidence {
    let value = |card: &Scorecard| match metric.name {
        "velocity" => card.velocity.value,
        "momentum" => card.momentum.value,
        "alignment" => counted_alignment(card),
        "risk_index" => card.risk_index.value,
        _ => card.success_probability.value,
    };
    let row = |one: &KeyResultView| {
        vec![
            one.code.clone(),
            one.key_result.title.clone(),
            value_words(one.key_result.weight * 100.0, "%"),
            value(&one.scorecard).map_or("–".to_owned(), |value| value_words(value, "")),
        ]
    };
    Evidence {
        caption: "Its key results".to_owned(),
        columns: vec![
            column("Key result", Align::Words),
            column("Title", Align::Words),
            column("Weight", Align::Numbers),
            column(metric.title, Align::Numbers),
        ],
        rows: view.key_results.iter().map(row).collect(),
    }
}
