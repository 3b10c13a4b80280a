//! Findings as one JSON document, with the members that the API uses.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Exported, text};

pub(super) fn write(findings: &[Exported], now: Timestamp, is_all: bool) -> String {
    let list: Vec<Value> = findings.iter().map(finding).collect();
    text(&json!({"at": now.to_string(), "complete": is_all, "findings": list}))
}

fn finding(finding: &Exported) -> Value {
    let clock = &finding.clock;
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let package = finding.package.as_ref().map(
        |it| json!({"name": it.name, "version": it.version, "fixed": it.fixed, "purl": it.purl}),
    );
    let place =
        finding.place.as_ref().map(|it| json!({"path": it.path, "line": it.line, "url": it.url}));
    json!({
        "id": finding.id,
        "service": finding.service,
        "title": finding.title,
        "ids": finding.ids,
        "package": package,
        "location": place,
        "rule": finding.rule,
        "band": clock.band.word(),
        "score": finding.assessment.score,
        "score_source": finding.assessment.source.word(),
        "state": clock.state.word(),
        "holder": finding.holder,
        "opened_at": clock.opened_at.to_string(),
        "due_at": at(clock.due_at),
        "breached_at": at(clock.breached_at),
        "fix_merged_at": at(clock.fix_merged_at),
        "closed_at": at(clock.closed_at),
        "recurrence": clock.recurrence,
    })
}
