//! The report "breaches by upstream function and cause, per quarter".
//!
//! Every number in it follows from ledgers, so that the same quarter reads the same for ever, but
//! for later judgements of causes. Functions are those of today's organisation.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::calendar::{FiscalYear, Quarter, end_of_day, start_of_day};
use domain::findings::{Breach, BreachSums, Function};
use domain::people::{Organisation, TeamId};
use domain::policy::civil_day;
use jiff::Timestamp;

use super::damaged;
use crate::objectives::fiscal_year;
use crate::policy::SlaRules;
use crate::{App, Refusal};

/// Quarters in a report without a chosen one: the running one and the three before it.
const QUARTERS: usize = 4;
/// Findings whose ledgers are read at a time.
const BATCH: u32 = 500;
/// The most breaches in a report: more is asked for quarter by quarter.
const BREACHES: usize = 50_000;

/// The report.
#[derive(Clone, Debug, PartialEq)]
pub struct BreachReport {
    /// The newest first.
    pub quarters: Vec<QuarterOfBreaches>,
    /// What people call the functions in it.
    names: BTreeMap<Function, String>,
}

/// One fiscal quarter of it.
#[derive(Clone, Debug, PartialEq)]
pub struct QuarterOfBreaches {
    pub quarter: Quarter,
    /// Its first second, and the first one after it.
    pub span: (Timestamp, Timestamp),
    /// Oldest first.
    pub breaches: Vec<BreachLine>,
    pub sums: BreachSums,
}

/// One breach with whose it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreachLine {
    /// `F-17`
    pub finding: String,
    pub service: String,
    pub title: String,
    /// The holder's, as the organisation is today.
    pub function: Function,
    pub breach: Breach,
}

/// The breaches of `quarter` (such as `FY27-Q4`); without one, of the running quarter and the three
/// before it.
pub async fn breaches(
    app: &App,
    actor: &Actor,
    quarter: Option<&str>,
) -> Result<BreachReport, Refusal> {
    let mut view = app.view(actor, Operation::ReadFindings).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    let year = fiscal_year(&organisation)?;
    let quarters = match quarter {
        Some(label) => vec![
            Quarter::from_label(label)
                .map_err(|refused| Refusal::invalid(format!("quarter: {refused}")))?,
        ],
        None => running_and_before(year, view.now, &organisation)?,
    };
    let mut report = BreachReport { quarters: Vec::new(), names: BTreeMap::new() };
    for quarter in quarters {
        report.quarters.push(empty(quarter, year, &organisation)?);
    }
    let newest = report.quarters.first().map(|newest| newest.span.1);
    let oldest = report.quarters.last().map(|oldest| oldest.span.0);
    let (Some(from), Some(to)) = (oldest, newest) else { return Ok(report) };
    let rules = SlaRules::of(&organisation)?;
    let mut after = 0;
    loop {
        let batch = store::findings::breached(&mut view.session, (from, to), after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = last.number;
        for finding in batch {
            let found = domain::findings::breaches(&finding.ledger, &rules.rules());
            let found = found.map_err(|refused| damaged(&finding.id, &refused))?;
            for breach in found {
                let function = Function::of(&organisation, breach.holder.as_ref());
                let (finding, service, title) =
                    (finding.id.clone(), finding.service.clone(), finding.title.clone());
                report.enter(BreachLine { finding, service, title, function, breach });
            }
        }
        if report.quarters.iter().map(|it| it.breaches.len()).sum::<usize>() > BREACHES {
            let what = format!("more than {BREACHES} breaches; ask for one quarter");
            return Err(Refusal::invalid(format!("quarter: {what}")));
        }
    }
    for quarter in &mut report.quarters {
        quarter.breaches.sort_by_key(|line| line.breach.at);
        let breaches = quarter.breaches.iter().map(|line| &line.breach);
        quarter.sums = BreachSums::of(breaches, &organisation);
    }
    report.learn_names(&organisation);
    Ok(report)
}

impl BreachReport {
    /// The name of a section, `vendors`, or `nobody`.
    pub fn name<'a>(&'a self, function: &'a Function) -> &'a str {
        self.names.get(function).map_or_else(|| function.kind(), String::as_str)
    }

    fn learn_names(&mut self, organisation: &Organisation) {
        for sums in self.quarters.iter().map(|quarter| &quarter.sums) {
            let counted = sums.counts.iter().map(|count| &count.function);
            for function in counted.chain(sums.time.iter().map(|(function, _)| function)) {
                self.names.insert(function.clone(), function_name(organisation, function));
            }
        }
    }

    fn enter(&mut self, line: BreachLine) {
        let at = line.breach.at;
        let within = |it: &&mut QuarterOfBreaches| it.span.0 <= at && at < it.span.1;
        if let Some(quarter) = self.quarters.iter_mut().find(within) {
            quarter.breaches.push(line);
        }
    }
}

fn running_and_before(
    year: FiscalYear,
    now: Timestamp,
    organisation: &Organisation,
) -> Result<Vec<Quarter>, Refusal> {
    let today = civil_day(now, &organisation.zone);
    let running = year.quarter_of(today).map_err(|error| Refusal::invalid(error.to_string()))?;
    Ok(std::iter::successors(Some(running), |quarter| quarter.previous()).take(QUARTERS).collect())
}

fn empty(
    quarter: Quarter,
    year: FiscalYear,
    organisation: &Organisation,
) -> Result<QuarterOfBreaches, Refusal> {
    let outside = |error: domain::calendar::CalendarError| Refusal::invalid(error.to_string());
    let first = start_of_day(year.first_day(quarter), &organisation.zone).map_err(outside)?;
    let end = end_of_day(year.last_day(quarter), &organisation.zone).map_err(outside)?;
    let sums = BreachSums::default();
    Ok(QuarterOfBreaches { quarter, span: (first, end), breaches: Vec::new(), sums })
}

/// What people call a function: the name of its section, `vendors`, `nobody`.
fn function_name(organisation: &Organisation, function: &Function) -> String {
    match function {
        Function::Nobody => "nobody".to_owned(),
        Function::Vendor => "vendors".to_owned(),
        Function::Section(id) => {
            let known = TeamId::parse(id).ok().and_then(|id| organisation.teams.get(&id));
            known.map_or_else(|| id.clone(), |team| team.name.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::findings::Cause;
    use jiff::SignedDuration;

    use super::*;
    use crate::duties;
    use crate::findings::{correct_cause, hand_over, wait_for_vendor};
    use crate::imports::{ImportRequest, import};
    use crate::testing::{Product, person, products};

    /// Findings of 9.8 in `ledger`, opened now.
    async fn opened(product: &Product, names: &[&str]) {
        let rule = |name: &&str| {
            format!(r#"{{"id":"{name}","properties":{{"security-severity":"9.8"}}}}"#)
        };
        let result = |name: &&str| {
            format!(
                r#"{{"ruleId":"{name}","message":{{"text":"{name}"}},"locations":[{{
                "physicalLocation":{{"artifactLocation":{{"uri":"src/{name}.py"}}}}}}]}}"#
            )
        };
        let rules: Vec<String> = names.iter().map(rule).collect();
        let results: Vec<String> = names.iter().map(result).collect();
        let report = format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner",
            "rules":[{}]}}}},"results":[{}]}}]}}"#,
            rules.join(","),
            results.join(","),
        );
        let request = ImportRequest {
            bytes: report.into_bytes(),
            service: "ledger".to_owned(),
            ..ImportRequest::default()
        };
        import(&product.app, &Actor::Operator, request).await.expect("taken in");
    }

    #[tokio::test]
    async fn breaches_are_counted_where_they_were_frozen_and_by_their_corrected_cause() {
        for product in products().await {
            let (app, actor) = (&product.app, &Actor::Operator);
            opened(&product, &["a", "b", "c"]).await;
            product.clock.advance(SignedDuration::from_hours(5 * 24));
            wait_for_vendor(app, &person("luis.ortega"), "F-2", "Acme").await.unwrap();
            product.clock.advance(SignedDuration::from_hours(15 * 24));
            duties::tick(app, &Actor::Watch).await.unwrap();
            hand_over(app, actor, "F-1", "platform").await.unwrap();
            let mara = person("mara.lind");
            correct_cause(app, &mara, "F-3", Cause::AccessDelay, "late keys").await.unwrap();
            let before = app.database().statements();
            let report = breaches(app, actor, None).await.unwrap();
            let statements = app.database().statements() - before;
            assert!(statements < 12, "{statements} statements on {}", product.engine());
            assert_eq!(report.quarters.len(), 4);
            let quarter = &report.quarters[0];
            let lines: Vec<(&str, &str, Option<Cause>)> = quarter
                .breaches
                .iter()
                .map(|it| (it.finding.as_str(), it.function.kind(), it.breach.cause()))
                .collect();
            let expected = [
                ("F-1", "section", Some(Cause::Deprioritised)),
                ("F-2", "vendor", Some(Cause::VendorPatchMissing)),
                ("F-3", "section", Some(Cause::AccessDelay)),
            ];
            assert_eq!(lines, expected, "{}", product.engine());
            assert_eq!((quarter.sums.breaches(), quarter.sums.corrected()), (3, 1));
            let held: i64 = quarter.sums.time.iter().map(|(_, held)| held.as_secs()).sum();
            assert_eq!(held, quarter.sums.whole().as_secs());
            assert!(report.quarters[1..].iter().all(|quarter| quarter.breaches.is_empty()));
            let label = quarter.quarter.to_string();
            let one = breaches(app, actor, Some(&label)).await.unwrap();
            assert_eq!(one.quarters, report.quarters[..1]);
            let wrong = breaches(app, actor, Some("Q4")).await;
            assert!(matches!(wrong, Err(Refusal::Invalid(_))));
        }
    }
}
