//! Findings as a CycloneDX 1.5 VEX: an entry for each finding that names a weakness, with the
//! component it affects.

use std::collections::BTreeMap;

use domain::findings::State;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Document, Exported, PRODUCT, encoded, purl, text};

pub(super) fn write(findings: &[Exported], now: Timestamp) -> Document {
    let told: Vec<&Exported> = findings.iter().filter(|it| it.is_statement()).collect();
    let components: BTreeMap<String, Value> =
        told.iter().map(|finding| (reference(finding), component(finding))).collect();
    let components: Vec<Value> = components.into_values().collect();
    let vulnerabilities: Vec<Value> = told.iter().map(|finding| vulnerability(finding)).collect();
    let tool = json!({"type": "application", "name": PRODUCT,
        "version": env!("CARGO_PKG_VERSION")});
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": now.to_string(), "tools": {"components": [tool]}},
        "components": components,
        "vulnerabilities": vulnerabilities,
    });
    Document { text: text(&document), written: told.len(), left_out: findings.len() - told.len() }
}

/// The package in its service, else the service itself.
fn reference(finding: &Exported) -> String {
    let service = format!("service:{}", encoded(&finding.service));
    match &finding.package {
        Some(package) => format!("{service}/{}", purl(package)),
        None => service,
    }
}

fn component(finding: &Exported) -> Value {
    let service = json!([{"name": "watchbell:service", "value": finding.service}]);
    let Some(package) = &finding.package else {
        return json!({"type": "application", "bom-ref": reference(finding),
            "name": finding.service, "properties": service});
    };
    let mut component = json!({"type": "library", "bom-ref": reference(finding),
        "name": package.name, "purl": purl(package), "properties": service});
    if let Some(version) = &package.version {
        component["version"] = json!(version);
    }
    component
}

fn vulnerability(finding: &Exported) -> Value {
    let clock = &finding.clock;
    let others = finding.ids[1..].iter();
    let others: Vec<Value> =
        others.map(|id| json!({"id": id, "source": {"name": catalogue(id)}})).collect();
    let mut rating = json!({"severity": clock.band.word()});
    if let Some(score) = finding.assessment.score {
        rating["score"] = json!(score);
    }
    let detail = finding.why_not().map_or_else(|| finding.action(), str::to_owned);
    let fixed = clock.state == State::Fixed;
    let detail = if fixed { "Verified by a later scan.".to_owned() } else { detail };
    let mut analysis = json!({"state": state(clock.state), "detail": detail});
    if matches!(clock.state, State::Open | State::FixMerged) {
        analysis["response"] = json!(["update"]);
    }
    json!({
        "bom-ref": format!("finding:{}", finding.id),
        "id": finding.ids[0],
        "source": {"name": catalogue(&finding.ids[0])},
        "references": others,
        "ratings": [rating],
        "description": finding.title,
        "created": clock.opened_at.to_string(),
        "analysis": analysis,
        "affects": [{"ref": reference(finding)}],
    })
}

/// `CVE` of `CVE-2021-44228`.
fn catalogue(id: &str) -> &str {
    id.split('-').next().unwrap_or(id)
}

/// The states of `analysis` in the schema of CycloneDX 1.5.
fn state(state: State) -> &'static str {
    match state {
        State::Fixed => "resolved",
        State::FalsePositive => "false_positive",
        State::NotAffected => "not_affected",
        State::Open | State::FixMerged | State::Accepted | State::Merged | State::Withdrawn => {
            "exploitable"
        }
    }
}
