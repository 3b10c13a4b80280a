//! `watchbell metrics`: the execution metrics of histories in a file.

use std::path::Path;

use domain::metrics::{Course, History, Point, numbers};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;

/// Larger than ten thousand histories of a year.
const LARGEST: u64 = 64 * 1024 * 1024;

#[derive(Deserialize)]
struct Record {
    kind: String,
    start_value: f64,
    target: f64,
    length_weeks: f64,
    now_week: f64,
    observations: Vec<(f64, f64)>,
    #[serde(default)]
    dependents_depth: u32,
}

/// Reads histories (one, or a list) and writes the same records with their metrics added.
pub fn metrics(common: &Common, file: &Path) -> Result<(), Failure> {
    let text = super::text_of(file, LARGEST)?;
    let place = file.display();
    let document: Value =
        serde_json::from_str(&text).map_err(|error| Failure::Input(format!("{place}: {error}")))?;
    let (records, alone) = match document {
        Value::Array(records) => (records, false),
        record => (vec![record], true),
    };
    let mut answers = Vec::new();
    for (index, record) in records.into_iter().enumerate() {
        let answer = computed(record)
            .map_err(|why| Failure::Input(format!("{place}: record {index}: {why}")))?;
        answers.push(answer);
    }
    if common.json {
        let answer = if alone { answers.remove(0) } else { Value::Array(answers) };
        return present::json(&answer);
    }
    let rows = answers.iter().map(row).collect();
    let header = ["kind", "velocity", "momentum", "projection", "driven", "watched", "risk"];
    present::line(&present::table(&header, rows))
}

fn computed(record: Value) -> Result<Value, String> {
    let mut answer = match &record {
        Value::Object(fields) => fields.clone(),
        _ => return Err("it is not an object with the fields of a history".into()),
    };
    let record: Record = serde_json::from_value(record).map_err(|error| error.to_string())?;
    let course = Course::from_word(&record.kind).ok_or_else(|| {
        let known: Vec<_> = Course::ALL.into_iter().map(Course::word).collect();
        format!("kind: `{}` is none of {}", record.kind, known.join(", "))
    })?;
    let points: Vec<Point> =
        record.observations.iter().map(|&(week, value)| Point { week, value }).collect();
    let history =
        History::new(course, record.start_value, record.target, record.length_weeks, &points)
            .map_err(|refused| refused.to_string())?;
    let computed = numbers(&history, record.now_week, record.dependents_depth);
    let mut put = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    put("velocity", json!(computed.velocity));
    put("momentum", json!(computed.momentum));
    put("projection_at_end", json!(computed.projection_at_end));
    put("probability_driven", json!(computed.probability_driven));
    put("probability_watched", json!(computed.probability_watched));
    put("risk_index_driven", json!(computed.risk_index_driven));
    Ok(Value::Object(answer))
}

fn row(answer: &Value) -> Vec<String> {
    let empty = Map::new();
    let fields = answer.as_object().unwrap_or(&empty);
    let number = |name: &str, digits: usize| {
        let value = fields.get(name).and_then(Value::as_f64);
        value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
    };
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    vec![
        kind,
        number("velocity", 2),
        number("momentum", 0),
        number("projection_at_end", 1),
        number("probability_driven", 2),
        number("probability_watched", 2),
        number("risk_index_driven", 0),
    ]
}
