//! Findings as SARIF 2.1.0: one run, a rule for each weakness, a result for each finding.
//!
//! What is closed stands in it as absent from the baseline, what needs nothing as suppressed, so
//! that no reader takes it for open. Section numbers are those of the OASIS standard.

use std::collections::BTreeMap;

use domain::findings::{Band, Location, State};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Exported, PRODUCT, encoded, purl, text};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(findings: &[Exported], now: Timestamp, is_all: bool) -> String {
    let mut worst = BTreeMap::<&str, &Exported>::new();
    for finding in findings {
        let score = |finding: &Exported| finding.assessment.score.unwrap_or(-1.0);
        let known = worst.entry(finding.weakness()).or_insert(finding);
        if score(finding) > score(known) {
            *known = finding;
        }
    }
    let places: BTreeMap<&str, usize> =
        worst.keys().enumerate().map(|(place, rule)| (*rule, place)).collect();
    let rules: Vec<Value> = worst.iter().map(|(id, finding)| rule(id, finding)).collect();
    let results: Vec<Value> =
        findings.iter().map(|finding| result(finding, places.get(finding.weakness()))).collect();
    let driver = json!({"name": PRODUCT, "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    // 3.20.14: a list that was cut off did not look at everything.
    let invocation = json!({"executionSuccessful": is_all, "endTimeUtc": now.to_string()});
    text(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [invocation], "results": results}],
    }))
}

fn rule(id: &str, finding: &Exported) -> Value {
    let mut properties = json!({"tags": finding.ids});
    if let Some(score) = finding.assessment.score {
        properties["security-severity"] = json!(format!("{score:.1}"));
    }
    json!({
        "id": id,
        "shortDescription": {"text": finding.title},
        "properties": properties,
    })
}

fn result(finding: &Exported, rule: Option<&usize>) -> Value {
    let clock = &finding.clock;
    let mut properties = json!({
        "watchbell/service": finding.service,
        "watchbell/state": clock.state.word(),
        "watchbell/band": clock.band.word(),
        "watchbell/opened_at": clock.opened_at.to_string(),
        "watchbell/due_at": clock.due_at.map(|at| at.to_string()),
        "watchbell/holder": finding.holder,
    });
    if let Some(score) = finding.assessment.score {
        properties["security-severity"] = json!(format!("{score:.1}"));
    }
    let mut result = json!({
        "ruleId": finding.weakness(),
        "ruleIndex": rule,
        "level": level(clock.band),
        "message": {"text": format!("{} ({})", finding.title, finding.id)},
        "locations": [location(finding)],
        "fingerprints": {"watchbell/finding": finding.id},
        "properties": properties,
    });
    match clock.state {
        State::Fixed | State::Merged | State::Withdrawn => {
            result["baselineState"] = json!("absent");
        }
        State::FalsePositive | State::NotAffected | State::Accepted => {
            let why = finding.why_not().map_or_else(|| finding.action(), str::to_owned);
            let suppression =
                json!({"kind": "external", "status": "accepted", "justification": why});
            result["suppressions"] = json!([suppression]);
        }
        State::Open | State::FixMerged => {}
    }
    result
}

fn level(band: Band) -> &'static str {
    match band {
        Band::Critical | Band::High => "error",
        Band::Medium => "warning",
        Band::Low => "note",
    }
}

/// The place in code; the package, or at least the service, as a logical location (3.33).
fn location(finding: &Exported) -> Value {
    let (name, kind) = match &finding.package {
        Some(package) => (purl(package), "package"),
        None => (finding.service.clone(), "module"),
    };
    let mut location = json!({"logicalLocations": [{"fullyQualifiedName": name, "kind": kind}]});
    if let Some(physical) = finding.place.as_ref().and_then(physical) {
        location["physicalLocation"] = physical;
    }
    location
}

fn physical(place: &Location) -> Option<Value> {
    let path = || {
        let steps: Vec<String> = place.path.as_deref()?.split('/').map(encoded).collect();
        Some(steps.join("/"))
    };
    let mut physical = json!({"artifactLocation": {"uri": path().or(place.url.clone())?}});
    if let Some(line) = place.line.filter(|line| *line > 0) {
        physical["region"] = json!({"startLine": line});
    }
    Some(physical)
}
