//! `watchbell breaches`: who held the clocks that ran out, and why.

use std::sync::Arc;

use domain::access::Actor;
use domain::findings::{Cause, Holder};
use operations::findings::{self, BreachReport, QuarterOfBreaches};
use serde_json::{Value, json};

use crate::cli::Common;
use crate::failure::Failure;
use crate::present;
use crate::wiring::{self, Closed, SystemClock};

/// Prints the report, of one quarter or of the last four.
pub async fn breaches(common: &Common, quarter: Option<&str>) -> Result<(), Failure> {
    let app = wiring::app(common, Arc::new(SystemClock), Arc::new(Closed)).await?;
    let report = findings::breaches(&app, &Actor::Operator, quarter).await?;
    if common.json {
        let quarters: Vec<Value> =
            report.quarters.iter().map(|quarter| document(&report, quarter)).collect();
        return present::json(&json!({ "quarters": quarters }));
    }
    let mut rows = Vec::new();
    for quarter in &report.quarters {
        for count in &quarter.sums.counts {
            rows.push(vec![
                quarter.quarter.to_string(),
                report.name(&count.function).to_owned(),
                count.cause.map_or("not judged", Cause::title).to_owned(),
                count.breaches.to_string(),
                count.corrected.to_string(),
            ]);
        }
        rows.push(vec![
            quarter.quarter.to_string(),
            "all".to_owned(),
            String::new(),
            quarter.sums.breaches().to_string(),
            quarter.sums.corrected().to_string(),
        ]);
    }
    let header = ["quarter", "function", "cause", "breaches", "judged otherwise"];
    present::line(&present::table(&header, rows))
}

fn document(report: &BreachReport, quarter: &QuarterOfBreaches) -> Value {
    let word = |cause: Option<Cause>| cause.map(Cause::word);
    let sums = &quarter.sums;
    let counts = sums.counts.iter().map(|count| {
        json!({
            "function": report.name(&count.function),
            "kind": count.function.kind(),
            "cause": word(count.cause),
            "breaches": count.breaches,
            "corrected": count.corrected,
        })
    });
    let time = sums.time.iter().map(|(function, held)| {
        json!({
            "function": report.name(function),
            "kind": function.kind(),
            "held_seconds": held.as_secs(),
        })
    });
    let list = quarter.breaches.iter().map(|line| {
        let breach = &line.breach;
        let shares = breach.shares.iter().map(|(holder, held)| {
            json!({"holder": holder.as_ref().map(Holder::text), "held_seconds": held.as_secs()})
        });
        json!({
            "finding": line.finding,
            "service": line.service,
            "at": breach.at.to_string(),
            "function": report.name(&line.function),
            "holder": breach.holder.as_ref().map(Holder::text),
            "frozen_cause": word(breach.frozen),
            "corrected_cause": word(breach.corrected),
            "shares": shares.collect::<Vec<Value>>(),
        })
    });
    json!({
        "quarter": quarter.quarter.to_string(),
        "breaches": sums.breaches(),
        "corrected": sums.corrected(),
        "counts": counts.collect::<Vec<Value>>(),
        "time": time.collect::<Vec<Value>>(),
        "list": list.collect::<Vec<Value>>(),
    })
}
