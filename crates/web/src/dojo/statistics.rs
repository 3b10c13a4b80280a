//! Statistics of an import, as its answer has them.

use operations::dojo::{BySeverity, Kind, SEVERITIES, Statistics, Tally};
use serde_json::{Map, Value, json};

/// An import tells how it stands, a re-import of a test what changed too.
pub(super) fn told(statistics: &Statistics, kind: Kind) -> Value {
    let after = by_severity(&statistics.after);
    match &statistics.before {
        Some(before) if kind == Kind::Reimport => json!({
            "before": by_severity(before),
            "delta": {
                "created": by_severity(&statistics.created),
                "closed": by_severity(&statistics.closed),
                "reactivated": by_severity(&statistics.reactivated),
                "untouched": by_severity(&statistics.untouched),
            },
            "after": after,
        }),
        _ => json!({ "after": after }),
    }
}

fn by_severity(counted: &BySeverity) -> Value {
    let tallies = SEVERITIES.iter().zip(&counted.0);
    let mut told: Map<String, Value> =
        tallies.map(|(severity, counted)| (severity.word().to_owned(), tally(counted))).collect();
    told.insert("total".to_owned(), tally(&counted.total()));
    Value::Object(told)
}

fn tally(counted: &Tally) -> Value {
    json!({
        "active": counted.active,
        "verified": counted.active,
        "duplicate": 0,
        "false_p": counted.false_positive,
        "out_of_scope": counted.out_of_scope,
        "is_mitigated": counted.mitigated,
        "risk_accepted": counted.risk_accepted,
        "total": counted.total(),
    })
}
