//! The report on breaches: a page, and the same as CSV, a line for each breach and holder.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use domain::findings::{Cause, Holder};
use jiff::SignedDuration;
use operations::findings::{self, BreachLine, BreachReport, QuarterOfBreaches};

use super::findings::csv_cell;
use super::ledgers::holder_words;
use super::{Parameters, encoded};
use crate::answer::{Answer, page};
use crate::pages::breaches::{BreachCount, BreachQuarter, BreachRow, BreachesPage, FunctionTime};
use crate::pages::{Choice, Meaning, Room, thousands};
use crate::server::Server;
use crate::visit::Visit;

/// Where the page is.
pub(super) const HREF: &str = "/reports/breaches";
/// Breaches shown one by one in each quarter; the CSV has all.
const SHOWN: usize = 25;

pub(super) fn routes() -> Router<Server> {
    Router::new().route(HREF, get(report)).route("/reports/breaches.csv", get(csv))
}

async fn report(visit: Visit, parameters: Parameters) -> Answer {
    let (app, actor, quarter) = (&visit.app, &visit.actor, parameters.get("quarter"));
    let report = findings::breaches(app, actor, quarter).await?;
    let (meaning, sentence) = sentence(&report);
    let labels: Vec<String> = match quarter {
        // A chosen one offers its neighbours, so that all of them can be reached.
        Some(_) => report.quarters.first().map(|it| around(it.quarter)).unwrap_or_default(),
        None => report.quarters.iter().map(|it| it.quarter.to_string()).collect(),
    };
    let choices = [("", "the last four")];
    let choices: Vec<(&str, &str)> = choices
        .into_iter()
        .chain(labels.iter().map(|label| (label.as_str(), label.as_str())))
        .collect();
    page(&BreachesPage {
        frame: visit.frame(Room::Findings),
        meaning,
        sentence,
        choices: Choice::list(&choices, quarter.unwrap_or_default()),
        quarters: report.quarters.iter().map(|it| one(&visit, &report, it)).collect(),
        csv_href: parameters.with("/reports/breaches.csv", "", ""),
        json_href: parameters.with(&format!("{}/breaches", crate::api::BASE), "", ""),
    })
}

fn around(quarter: domain::calendar::Quarter) -> Vec<String> {
    let near = [quarter.next(), Some(quarter), quarter.previous()];
    near.into_iter().flatten().map(|it| it.to_string()).collect()
}

/// How many, and where most of their time was.
fn sentence(report: &BreachReport) -> (Meaning, String) {
    let all: u64 = report.quarters.iter().map(|quarter| quarter.sums.breaches()).sum();
    let span = match report.quarters.as_slice() {
        [one] => format!("in {}", one.quarter),
        _ => "in the last four quarters".to_owned(),
    };
    if all == 0 {
        return (Meaning::Holding, format!("No clock ran out {span}."));
    }
    let clocks =
        if all == 1 { "One clock".to_owned() } else { format!("{} clocks", thousands(all)) };
    let newest = report.quarters.iter().find_map(|quarter| quarter.sums.time.first());
    let most = newest.map(|(function, _)| {
        format!(" Lately most of the time was with {}.", report.name(function))
    });
    (Meaning::Broken, format!("{clocks} ran out {span}.{}", most.unwrap_or_default()))
}

fn one(visit: &Visit, report: &BreachReport, quarter: &QuarterOfBreaches) -> BreachQuarter {
    let sums = &quarter.sums;
    let whole = sums.whole();
    let counts = sums.counts.iter().map(|count| BreachCount {
        function: report.name(&count.function).to_owned(),
        cause: cause_words(count.cause),
        breaches: thousands(count.breaches),
        corrected: thousands(count.corrected),
    });
    let time = sums.time.iter().map(|(function, held)| FunctionTime {
        function: report.name(function).to_owned(),
        held: time_words(*held),
        share: share_words(*held, whole),
    });
    let left_out = quarter.breaches.len().saturating_sub(SHOWN);
    BreachQuarter {
        label: quarter.quarter.to_string(),
        counts: counts.collect(),
        breaches: thousands(sums.breaches()),
        corrected: thousands(sums.corrected()),
        time: time.collect(),
        whole: time_words(whole),
        rows: quarter.breaches.iter().rev().take(SHOWN).map(|line| row(visit, line)).collect(),
        more: match left_out {
            0 => String::new(),
            more => format!("{} more are in the CSV.", thousands(more as u64)),
        },
    }
}

fn row(visit: &Visit, line: &BreachLine) -> BreachRow {
    let breach = &line.breach;
    let shares = breach.shares.iter().map(|(holder, held)| {
        format!("{} {}", holder_words(visit, holder.as_ref()), time_words(*held))
    });
    BreachRow {
        href: format!("/findings/{}", encoded(&line.finding)),
        finding: line.finding.clone(),
        title: line.title.clone(),
        service: line.service.clone(),
        at: visit.moment(breach.at),
        holder: holder_words(visit, breach.holder.as_ref()),
        cause: cause_words(breach.cause()),
        frozen: match breach.corrected {
            Some(_) => format!("the rule said: {}", cause_words(breach.frozen)),
            None => String::new(),
        },
        shares: shares.collect::<Vec<_>>().join(", "),
    }
}

fn cause_words(cause: Option<Cause>) -> String {
    cause.map_or("not judged", Cause::title).to_owned()
}

fn time_words(held: SignedDuration) -> String {
    format!("{} d {} h", held.as_hours() / 24, held.as_hours() % 24)
}

fn share_words(held: SignedDuration, whole: SignedDuration) -> String {
    format!("{:.0} %", 100.0 * held.as_secs_f64() / whole.as_secs_f64().max(1.0))
}

async fn csv(visit: Visit, parameters: Parameters) -> Answer {
    let (app, actor) = (&visit.app, &visit.actor);
    let report = findings::breaches(app, actor, parameters.get("quarter")).await?;
    let mut text = String::from(
        "quarter,finding,service,breached_at,function,held_by,frozen_cause,corrected_cause,\
         share_holder,share_seconds\r\n",
    );
    for quarter in &report.quarters {
        for line in &quarter.breaches {
            csv_lines(&mut text, &report, (&quarter.quarter.to_string(), line));
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"breaches.csv\""),
    ];
    Ok((headers, text).into_response())
}

/// A line for each holder of the time before the breach, at least one.
fn csv_lines(text: &mut String, report: &BreachReport, (quarter, line): (&str, &BreachLine)) {
    let breach = &line.breach;
    let holder = |holder: Option<&Holder>| holder.map_or("nobody".to_owned(), Holder::text);
    let word = |cause: Option<Cause>| cause.map_or("", Cause::word).to_owned();
    let mut shares: Vec<(String, String)> = breach
        .shares
        .iter()
        .map(|(had, held)| (holder(had.as_ref()), held.as_secs().to_string()))
        .collect();
    if shares.is_empty() {
        shares.push((String::new(), String::new()));
    }
    for (had, seconds) in shares {
        let cells = [
            quarter.to_owned(),
            line.finding.clone(),
            line.service.clone(),
            breach.at.to_string(),
            report.name(&line.function).to_owned(),
            holder(breach.holder.as_ref()),
            word(breach.frozen),
            word(breach.corrected),
            had,
            seconds,
        ];
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        text.push_str(&format!("{}\r\n", cells.join(",")));
    }
}
