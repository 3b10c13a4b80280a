//! Stories of imports, on each engine at hand.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::findings::{Band, State};
use jiff::SignedDuration;
use store::{Faults, StoreError};

use super::*;
use crate::findings::{self, Filter, HeldBy, Sort, States};
use crate::testing::{Product, instant, person, product, products};

/// A report of a scanner, one result a line: rule, path, line, score.
fn sarif(results: &[(&str, &str, u32, f64)]) -> Vec<u8> {
    let rule = |(rule, _, _, score): &(&str, &str, u32, f64)| {
        format!(r#"{{"id":"{rule}","properties":{{"security-severity":"{score}"}}}}"#)
    };
    let result = |(rule, path, line, _): &(&str, &str, u32, f64)| {
        format!(
            r#"{{"ruleId":"{rule}","message":{{"text":"Look at {rule}"}},"locations":[
            {{"physicalLocation":{{"artifactLocation":{{"uri":"{path}"}},
            "region":{{"startLine":{line},"snippet":{{"text":"{rule} in {path}"}}}}}}}}]}}"#
        )
    };
    let rules: Vec<String> = results.iter().map(rule).collect();
    let results: Vec<String> = results.iter().map(result).collect();
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner","version":"1.2",
        "rules":[{}]}}}},"results":[{}]}}]}}"#,
        rules.join(","),
        results.join(",")
    )
    .into_bytes()
}

const TWO: [(&str, &str, u32, f64); 2] =
    [("sql-injection", "src/a.py", 10, 9.8), ("weak-hash", "src/b.py", 20, 5.0)];

fn request(bytes: Vec<u8>) -> ImportRequest {
    ImportRequest { bytes, service: "ledger".to_owned(), ..ImportRequest::default() }
}

async fn taken(product: &Product, results: &[(&str, &str, u32, f64)]) -> ImportOutcome {
    import(&product.app, &Actor::Operator, request(sarif(results))).await.expect("taken in")
}

/// What stands in the database, in one text.
async fn picture(app: &App) -> String {
    let filter = Filter { states: States::All, ..Filter::default() };
    let actor = &Actor::Operator;
    let page =
        findings::list(app, actor, &filter, (Sort::Newest, None), 500).await.expect("a list");
    let mut lines = Vec::new();
    for listed in &page.findings {
        let view = findings::one(app, actor, &listed.id).await.expect("a finding");
        let events: Vec<_> = view.ledger.iter().map(|entry| entry.event.word()).collect();
        let state = view.finding.clock.state.word();
        lines.push(format!("{} {state} {} {events:?}", listed.id, listed.title));
    }
    for tally in findings::tallies(app, actor).await.expect("tallies") {
        if tally.findings > 0 {
            let (band, timeliness) = (tally.band, tally.timeliness.word());
            lines.push(format!("{band} {timeliness} {}", tally.findings));
        }
    }
    lines.join("\n")
}

#[tokio::test]
async fn a_report_opens_findings_with_an_owner_and_a_deadline() {
    for product in products().await {
        let outcome = taken(&product, &TWO).await;
        assert_eq!((outcome.import.as_str(), outcome.counts.created), ("I-1", 2));
        let (app, actor) = (&product.app, &person("omar.said"));
        let first = (Sort::Deadline, None);
        let page = findings::list(app, actor, &Filter::default(), first, 50).await.unwrap();
        let worst = &page.findings[0];
        assert_eq!(worst.clock.band, Band::Critical);
        assert_eq!(worst.holder.as_deref(), Some("payments"));
        // Fourteen days to the last second of the day in Copenhagen.
        assert_eq!(worst.clock.due_at, Some(instant("2026-03-16T22:59:59Z")));
        let view = findings::one(app, actor, &worst.id).await.unwrap();
        assert_eq!(view.team.as_deref(), Some("Payments"));
        assert_eq!(view.sightings[0].stream.tool, "Scanner");
        assert_eq!(view.sightings[0].looked_at, Some(app.now()));
        assert_eq!(view.imports[0].id, "I-1");
    }
}

#[tokio::test]
async fn the_same_report_again_leaves_only_its_own_record() {
    for product in products().await {
        taken(&product, &TWO).await;
        let before = picture(&product.app).await;
        product.clock.advance(SignedDuration::from_hours(24));
        let mut reversed = TWO;
        reversed.reverse();
        for results in [TWO, reversed] {
            let again = taken(&product, &results).await;
            let nothing = Counts { unchanged: 2, ..Counts::default() };
            assert_eq!(again.counts, nothing, "{}", product.engine());
        }
        assert_eq!(picture(&product.app).await, before);
        let actor = &Actor::Operator;
        assert_eq!(list(&product.app, actor, (None, None), None, 10).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn what_a_whole_report_does_not_have_is_closed_and_comes_back_on_the_same_clock() {
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        taken(&product, &TWO).await;
        product.clock.advance(SignedDuration::from_hours(48));
        assert_eq!(taken(&product, &TWO[..1]).await.counts.closed, 1);
        let fixed = Filter { states: States::One(State::Fixed), ..Filter::default() };
        let page = findings::list(app, actor, &fixed, (Sort::Newest, None), 10).await.unwrap();
        assert_eq!(page.findings.len(), 1);
        assert_eq!(page.findings[0].rule.as_deref(), Some("weak-hash"));
        product.clock.advance(SignedDuration::from_hours(48));
        assert_eq!(taken(&product, &TWO).await.counts.reopened, 1);
        let view = findings::one(app, actor, &page.findings[0].id).await.unwrap();
        assert_eq!((view.finding.clock.state, view.finding.clock.recurrence), (State::Open, 0));
        let words: Vec<_> = view.ledger.iter().map(|entry| entry.event.word()).collect();
        assert_eq!(words, ["started", "stopped", "reopened"]);
    }
}

#[tokio::test]
async fn a_line_that_moved_is_the_same_finding() {
    for product in products().await {
        taken(&product, &TWO).await;
        let moved = taken(&product, &[("sql-injection", "src/a.py", 99, 9.8), TWO[1]]).await;
        assert_eq!((moved.counts.created, moved.counts.closed, moved.counts.refreshed), (0, 0, 1));
        let view = findings::one(&product.app, &Actor::Operator, "F-1").await.unwrap();
        assert_eq!(view.finding.places[0].line, Some(99));
    }
}

#[tokio::test]
async fn a_report_that_lost_most_of_its_findings_waits_for_a_person() {
    let rules: Vec<String> = (0..30).map(|number| format!("rule-{number}")).collect();
    let all: Vec<_> = rules.iter().map(|rule| (rule.as_str(), "src/a.py", 1, 7.5)).collect();
    for product in products().await {
        let (app, member) = (&product.app, &person("omar.said"));
        taken(&product, &all).await;
        let before = picture(app).await;
        product.clock.advance(SignedDuration::from_hours(1));
        let held = taken(&product, &all[..10]).await;
        assert_eq!(held.held, Some((20, 30)), "{}", product.engine());
        assert_eq!(picture(app).await, before);
        let refused = release_held(app, member, &held.import).await;
        assert!(matches!(refused, Err(Refusal::Forbidden(Operation::ForceImport))));
        let released = release_held(app, &person("mara.lind"), &held.import).await.unwrap();
        assert_eq!((released.counts.closed, released.counts.unchanged), (20, 10));
        assert_eq!(released.import, held.import);
        let again = release_held(app, &Actor::Operator, &held.import).await;
        assert!(matches!(again, Err(Refusal::Conflict(_))));
        let record = one(app, member, &held.import).await.unwrap();
        assert_eq!(record.released.map(|(_, who)| who).as_deref(), Some("mara.lind"));
    }
}

#[tokio::test]
async fn an_unknown_service_is_refused_with_its_nearest_name() {
    let product = product().await;
    let report = ImportRequest { service: "ledgr".to_owned(), ..request(sarif(&TWO)) };
    let refused = import(&product.app, &Actor::Operator, report.clone()).await.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("`ledger`") && text.contains("--create-service"), "{text}");
    let creating = ImportRequest { create_service: true, ..report };
    let member = import(&product.app, &person("omar.said"), creating.clone()).await;
    assert!(matches!(member, Err(Refusal::Forbidden(Operation::CreateService))));
    import(&product.app, &Actor::Operator, creating).await.unwrap();
    let nobody = Filter { holder: Some(HeldBy::Nobody), ..Filter::default() };
    let first = (Sort::Severity, None);
    let page = findings::list(&product.app, &Actor::Operator, &nobody, first, 10).await.unwrap();
    assert_eq!(page.findings.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_nothing_is_kept() {
    let product = product().await;
    let mut cut = sarif(&TWO);
    cut.truncate(cut.len() - 9);
    let later = ImportRequest { at: Some(instant("2030-01-01T00:00:00Z")), ..request(sarif(&TWO)) };
    for request in [request(cut), request(Vec::new()), request(b"hello".to_vec()), later] {
        let refused = import(&product.app, &Actor::Operator, request).await.unwrap_err();
        assert!(matches!(refused, Refusal::Invalid(_)), "{refused}");
    }
    assert!(list(&product.app, &Actor::Operator, (None, None), None, 10).await.unwrap().is_empty());
}

/// Takes the power away before the statement with a certain number, once.
struct PowerCut {
    statement: AtomicU64,
    fell: Mutex<Option<String>>,
}

impl Faults for PowerCut {
    fn before(&self, what: &str) -> Result<(), StoreError> {
        let mut fell = self.fell.lock().expect("what fell");
        if fell.is_some() || self.statement.fetch_sub(1, Ordering::Relaxed) == 0 {
            fell.get_or_insert_with(|| what.to_owned());
            return Err(StoreError::Interrupted);
        }
        Ok(())
    }
}

#[tokio::test]
async fn wherever_the_power_goes_the_database_is_as_before_or_as_after() {
    for product in products().await {
        taken(&product, &TWO).await;
        product.clock.advance(SignedDuration::from_hours(1));
        let before = picture(&product.app).await;
        let next = [TWO[0], ("open-redirect", "src/c.py", 3, 6.1)];
        let mut after = None;
        for statement in 0.. {
            let cut = Arc::new(PowerCut { statement: statement.into(), fell: Mutex::default() });
            let app = product.with_faults(cut.clone());
            let outcome = import(&app, &Actor::Operator, request(sarif(&next))).await;
            let now = picture(&product.app).await;
            let fell = cut.fell.lock().unwrap().clone();
            match fell.as_deref() {
                None => {
                    // Nothing fell: the report is taken in, now or at the cut after the commit.
                    outcome.expect("taken in");
                    assert!(statement > 15, "only {statement} statements");
                    assert!(after.is_none_or(|after| after == now));
                    break;
                }
                Some("after commit") => after = Some(now),
                Some(what) => {
                    assert!(outcome.is_err(), "{what}");
                    assert_eq!(now, before, "cut before statement {statement}: {what}");
                }
            }
        }
    }
}

/// So many results of one rule, in files of their own.
async fn statements_of(product: &Product, results: u32) -> u64 {
    let paths: Vec<String> = (0..results).map(|n| format!("src/file_{n}.py")).collect();
    let results: Vec<_> = paths.iter().map(|path| ("weak-hash", path.as_str(), 1, 5.0)).collect();
    let before = product.app.database().statements();
    taken(product, &results).await;
    product.app.database().statements() - before
}

#[tokio::test]
async fn statements_grow_with_batches_and_not_with_findings() {
    for product in products().await {
        let (few, more) = (statements_of(&product, 10).await, statements_of(&product, 900).await);
        assert!(more <= few + 6, "{}: {few}, {more}", product.engine());
        let (again, many) =
            (statements_of(&product, 900).await, statements_of(&product, 4_000).await);
        assert!(again < more, "{}: {again}", product.engine());
        // 3,100 more: four chunks of findings, each with its rows in a few statements.
        assert!(many <= more + 80, "{}: {more}, {many}", product.engine());
    }
}
