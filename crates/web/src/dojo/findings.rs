//! Findings, under the names that clients of this interface read them by.

use axum::extract::Path;
use domain::findings::{Band, Finding, Severity, State};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use operations::dojo::{self, DojoFinding, FindingFilter};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::listing::Listing;
use super::{Outcome, ok};

pub(super) async fn list(caller: Caller, listing: Listing) -> Outcome {
    let mut filter = FindingFilter {
        number: listing.number("id")?,
        title: listing.owned("title"),
        running: listing.flag("active"),
        ..FindingFilter::default()
    };
    // What runs is verified, here; what does not run is neither.
    filter.running = filter.running.or(listing.flag("verified"));
    for (flag, state) in [
        ("is_mitigated", State::Fixed),
        ("false_p", State::FalsePositive),
        ("out_of_scope", State::NotAffected),
        ("risk_accepted", State::Accepted),
    ] {
        if listing.flag(flag) == Some(true) {
            filter.state = Some(state);
        }
    }
    let nothing = || ok(listing.body(Vec::new(), 0));
    if listing.flag("duplicate") == Some(true) {
        return nothing();
    }
    if let Some(word) = listing.get("severity") {
        let Some(severity) = severity_of(word) else { return nothing() };
        filter.harmless = Some(severity == Severity::Info);
        filter.band = Some(Band::of_label(severity)).filter(|_| severity != Severity::Info);
    }
    let product =
        listing.get("product_name").or_else(|| listing.get("test__engagement__product__name"));
    let whose = (product, listing.number("test")?);
    let (app, actor) = (&caller.app, &caller.actor);
    let (page, count) = dojo::findings(app, actor, whose, &filter, listing.window).await?;
    ok(listing.body(page.iter().map(told).collect(), count))
}

pub(super) async fn one(caller: Caller, Path(id): Path<i64>) -> Outcome {
    ok(told(&dojo::finding(&caller.app, &caller.actor, id).await?))
}

/// The severity that a word of this interface stands for.
pub(super) fn severity_of(word: &str) -> Option<Severity> {
    let lower = word.to_ascii_lowercase();
    Severity::from_word(&lower).filter(|severity| word_of(*severity) == word)
}

fn word_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn severity(finding: &Finding) -> Severity {
    match finding.clock.band {
        _ if finding.assessment.score == Some(0.0) => Severity::Info,
        Band::Low => Severity::Low,
        Band::Medium => Severity::Medium,
        Band::High => Severity::High,
        Band::Critical => Severity::Critical,
    }
}

fn told(listed: &DojoFinding) -> Value {
    let mut told = standing(&listed.finding);
    let described = description(&listed.finding);
    told.extend(described);
    told.insert("test".to_owned(), json!(listed.test));
    Value::Object(told)
}

/// How bad it is and how it stands.
fn standing(finding: &Finding) -> Map<String, Value> {
    let clock = &finding.clock;
    let severity = severity(finding);
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date().to_string();
    members(json!({
        "id": number_of(&finding.id),
        "severity": word_of(severity),
        "numerical_severity": format!("S{}", 4 - severity as u8),
        "active": clock.state.is_running(),
        "verified": clock.state.is_running(),
        "duplicate": false,
        "false_p": clock.state == State::FalsePositive,
        "out_of_scope": clock.state == State::NotAffected,
        "risk_accepted": clock.state == State::Accepted,
        "is_mitigated": clock.state == State::Fixed,
        "mitigated": clock.closed_at.map(|at| at.to_string()),
        "display_status": clock.state.word(),
        "date": day(clock.opened_at),
        "created": clock.opened_at.to_string(),
        "sla_start_date": day(clock.counted_from),
        "sla_expiration_date": clock.due_at.map(day),
        "cvssv3_score": finding.assessment.score,
    }))
}

/// What it is and where.
fn description(finding: &Finding) -> Map<String, Value> {
    let (place, package) = (finding.places.first(), finding.package.as_ref());
    let fixed = package.and_then(|package| package.fixed.clone());
    let vector = |version: &str| finding.vector.as_ref().filter(|it| it.starts_with(version));
    let ids: Vec<Value> = finding.ids.iter().map(|id| json!({ "vulnerability_id": id })).collect();
    members(json!({
        "title": finding.title,
        "description": finding.description.clone().unwrap_or_default(),
        "cwe": finding.cwes.first().copied().unwrap_or(0),
        "vulnerability_ids": ids,
        "cvssv3": vector("CVSS:3"),
        "cvssv4": vector("CVSS:4"),
        "mitigation": fixed.as_ref().map(|fixed| format!("Upgrade to {fixed}")),
        "fix_available": fixed.is_some(),
        "fix_version": fixed,
        "component_name": package.map(|package| package.name.clone()),
        "component_version": package.and_then(|package| package.version.clone()),
        "file_path": place.and_then(|place| place.path.clone()),
        "line": place.and_then(|place| place.line),
        "url": place.and_then(|place| place.url.clone()),
        "vuln_id_from_tool": finding.rule,
        "unique_id_from_tool": null,
        "hash_code": finding.identity.as_str(),
        "service": finding.service,
        "impact": null,
        "references": null,
        "found_by": [],
        "endpoints": [],
        "tags": [],
        "notes": [],
    }))
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// 17 of `F-17`.
fn number_of(id: &str) -> i64 {
    id.strip_prefix("F-").and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
