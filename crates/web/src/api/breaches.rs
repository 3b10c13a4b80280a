//! Breaches by upstream function and cause, per quarter.

use axum::Json;
use domain::findings::{Cause, Holder};
use operations::findings::{self as operation, BreachLine, QuarterOfBreaches};
use wire::breaches::{Breach, BreachCount, BreachQuarter, BreachReport, BreachShare, FunctionTime};
use wire::problems::Problem as Document;

use super::Outcome;
use super::caller::Caller;
use crate::rooms::Parameters;

/// Who held the clocks that ran out, and why: the running quarter and the three before it, or one.
#[utoipa::path(get, path = "/breaches", tag = "findings", operation_id = "report_breaches",
    params(("quarter" = Option<String>, Query, description = "`FY27-Q4`")),
    responses((status = 200, body = BreachReport), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn report(caller: Caller, parameters: Parameters) -> Outcome<BreachReport> {
    let quarter = parameters.get("quarter");
    let report = operation::breaches(&caller.app, &caller.actor, quarter).await?;
    Ok(Json(document(&report)))
}

fn document(report: &operation::BreachReport) -> BreachReport {
    let quarters = report.quarters.iter().map(|quarter| one(report, quarter)).collect();
    BreachReport { quarters }
}

fn one(report: &operation::BreachReport, quarter: &QuarterOfBreaches) -> BreachQuarter {
    let sums = &quarter.sums;
    let counts = sums.counts.iter().map(|count| BreachCount {
        function: report.name(&count.function).to_owned(),
        kind: count.function.kind().to_owned(),
        cause: cause(count.cause),
        breaches: count.breaches,
        corrected: count.corrected,
    });
    let time = sums.time.iter().map(|(function, held)| FunctionTime {
        function: report.name(function).to_owned(),
        kind: function.kind().to_owned(),
        held_seconds: held.as_secs(),
    });
    let time: Vec<FunctionTime> = time.collect();
    BreachQuarter {
        quarter: quarter.quarter.to_string(),
        breaches: sums.breaches(),
        corrected: sums.corrected(),
        // Of whole seconds, so that what is told adds up.
        held_seconds: time.iter().map(|time| time.held_seconds).sum(),
        counts: counts.collect(),
        time,
        list: quarter.breaches.iter().map(|line| breach(report, line)).collect(),
    }
}

fn breach(report: &operation::BreachReport, line: &BreachLine) -> Breach {
    let share = |(holder, held): &(Option<Holder>, jiff::SignedDuration)| BreachShare {
        holder: holder.as_ref().map(Holder::text),
        held_seconds: held.as_secs(),
    };
    Breach {
        finding: line.finding.clone(),
        service: line.service.clone(),
        title: line.title.clone(),
        at: line.breach.at.to_string(),
        function: report.name(&line.function).to_owned(),
        kind: line.function.kind().to_owned(),
        holder: line.breach.holder.as_ref().map(Holder::text),
        frozen_cause: cause(line.breach.frozen),
        corrected_cause: cause(line.breach.corrected),
        shares: line.breach.shares.iter().map(share).collect(),
    }
}

fn cause(cause: Option<Cause>) -> Option<String> {
    cause.map(|cause| cause.word().to_owned())
}
