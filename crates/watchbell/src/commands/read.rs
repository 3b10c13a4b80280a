//! `watchbell read` and `watchbell formats`: what a report says, nothing kept.

use domain::findings::{Observation, assess};
use formats::reports::{self, Limits};
use serde_json::{Value, json};

use crate::cli::{Common, Read};
use crate::failure::Failure;
use crate::present;

/// Reads one report and prints its observations.
pub fn read(common: &Common, read: &Read) -> Result<(), Failure> {
    let limits = Limits::default();
    let bytes = super::bytes_of(&read.file, limits.upload)?;
    let mut observations = Vec::new();
    let mut keep = |observation| observations.push(observation);
    let report = reports::read(&bytes, read.format.as_deref(), &limits, &mut keep)
        .map_err(|error| Failure::Input(format!("{}: {error}", read.file.display())))?;
    let mut remarks = report.remarks.clone();
    let refused = report.refusals.iter();
    remarks.extend(refused.map(|it| format!("refused {}: {}", it.place, it.reason)));
    if common.json {
        let observations: Vec<Value> = observations.iter().map(document).collect();
        return present::json(&json!({
            "format": report.format,
            "observations": observations,
            "remarks": remarks,
        }));
    }
    let rows = observations.iter().map(row).collect();
    present::line(&present::table(&["severity", "score", "what", "where"], rows))?;
    for remark in remarks {
        present::line(&format!("note: {remark}"))?;
    }
    present::line(&format!("{} observations in {} format", observations.len(), report.format))
}

fn document(observation: &Observation) -> Value {
    let package = observation.package.as_ref().map(|package| {
        json!({
            "name": package.name,
            "version": package.version,
            "fixed": package.fixed,
            "purl": package.purl,
        })
    });
    let location = observation
        .location
        .as_ref()
        .map(|location| json!({"path": location.path, "line": location.line, "url": location.url}));
    json!({
        "title": observation.title,
        "severity": observation.severity.word(),
        "score": assess(observation).score,
        "vector": observation.vector,
        "ids": observation.ids,
        "cwes": observation.cwes,
        "package": package,
        "location": location,
        "rule": observation.rule,
    })
}

fn row(observation: &Observation) -> Vec<String> {
    let score = assess(observation).score.map_or_else(|| "–".into(), |score| score.to_string());
    let place = match (&observation.package, &observation.location) {
        (Some(package), _) => {
            format!("{} {}", package.name, package.version.as_deref().unwrap_or_default())
        }
        (None, Some(location)) => {
            let path = location.path.as_deref().or(location.url.as_deref()).unwrap_or_default();
            location.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
        }
        (None, None) => String::new(),
    };
    vec![observation.severity.word().into(), score, observation.title.clone(), place]
}

/// Lists the formats with how to get them.
pub fn formats(common: &Common) -> Result<(), Failure> {
    let catalogue = reports::catalogue();
    if common.json {
        let formats: Vec<Value> = catalogue
            .iter()
            .map(|it| json!({"name": it.name, "title": it.title, "how_to_get": it.how_to_get}))
            .collect();
        return present::json(&Value::Array(formats));
    }
    let row = |name: &str, title: &str, how: &str| vec![name.into(), title.into(), how.into()];
    let rows = catalogue.iter().map(|it| row(it.name, it.title, it.how_to_get)).collect();
    present::line(&present::table(&["name", "format", "how to get it"], rows))
}
