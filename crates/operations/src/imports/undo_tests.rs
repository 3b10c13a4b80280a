//! Stories of imports taken back, on each engine at hand.

use domain::findings::{Clock, Sighting, State};
use jiff::SignedDuration;

use super::*;
use crate::findings::{self, Filter, Sort, States};
use crate::imports::{ImportOutcome, ImportRequest, import, list};
use crate::testing::{Product, person, products};

type Told<'a> = (&'a str, f64);

const THREE: [Told<'static>; 3] =
    [("sql-injection", 9.8), ("weak-hash", 5.0), ("path-traversal", 7.5)];

/// A report of `tool`, a rule and a score each.
fn report_of(tool: &str, told: &[Told<'_>]) -> Vec<u8> {
    let rule = |(rule, score): &Told<'_>| {
        format!(r#"{{"id":"{rule}","properties":{{"security-severity":"{score}"}}}}"#)
    };
    let result = |(rule, score): &Told<'_>| {
        format!(
            r#"{{"ruleId":"{rule}","message":{{"text":"Look at {rule}, {score}"}},"locations":[
            {{"physicalLocation":{{"artifactLocation":{{"uri":"src/{rule}.py"}},
            "region":{{"startLine":7,"snippet":{{"text":"{rule}"}}}}}}}}]}}"#
        )
    };
    let rules: Vec<String> = told.iter().map(rule).collect();
    let results: Vec<String> = told.iter().map(result).collect();
    let (rules, results) = (rules.join(","), results.join(","));
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"{tool}","rules":[{rules}]}}}},
        "results":[{results}]}}]}}"#
    )
    .into_bytes()
}

async fn taken(product: &Product, tool: &str, told: &[Told<'_>], partial: bool) -> ImportOutcome {
    product.clock.advance(SignedDuration::from_hours(24));
    let bytes = report_of(tool, told);
    let service = "ledger".to_owned();
    let request = ImportRequest { bytes, service, partial, ..ImportRequest::default() };
    import(&product.app, &Actor::Operator, request).await.expect("taken in")
}

/// What stands of each finding, by number; the time of the last entry is the ledger's own matter.
type Picture = Vec<(String, Clock, Option<f64>, Vec<(Stream, Sighting)>)>;

async fn picture(app: &App) -> Picture {
    let filter = Filter { states: States::All, ..Filter::default() };
    let order = (Sort::Newest, None);
    let page = findings::list(app, &Actor::Operator, &filter, order, 500).await.expect("a list");
    let mut picture = Vec::new();
    for listed in page.findings {
        let view = findings::one(app, &Actor::Operator, &listed.id).await.expect("a finding");
        let sla = SlaRules::of(
            &app.view(&Actor::Operator, Operation::ReadFindings)
                .await
                .expect("a view")
                .organisation,
        )
        .expect("rules");
        let replayed = domain::findings::replay(&view.ledger, &sla.rules()).expect("a ledger");
        assert_eq!(replayed, view.finding.clock, "{} is not its ledger", listed.id);
        let clock = Clock { last_at: view.finding.clock.opened_at, ..view.finding.clock };
        let seen = view.sightings.into_iter().map(|it| (it.stream, it.sighting)).collect();
        picture.push((listed.id, clock, view.finding.assessment.score, seen));
    }
    picture
}

/// Tallies that stand, and those counted one by one.
async fn tallies_agree(app: &App) {
    let actor = &Actor::Operator;
    let page = findings::list(app, actor, &Filter::default(), (Sort::Newest, None), 500).await;
    let running = page.expect("a list").findings.len() as u64;
    let tallies = findings::tallies(app, actor).await.expect("tallies");
    assert_eq!(tallies.iter().map(|tally| tally.findings).sum::<u64>(), running);
}

#[tokio::test]
async fn what_a_wrong_report_closed_has_exactly_the_clocks_it_had() {
    for product in products().await {
        let app = &product.app;
        taken(&product, "Scanner", &THREE, false).await;
        let before = picture(app).await;
        let wrong = taken(&product, "Scanner", &[("sql-injection", 4.1), ("other", 9.0)], false);
        let wrong = wrong.await;
        assert_eq!((wrong.counts.closed, wrong.counts.created), (2, 1));
        product.clock.advance(SignedDuration::from_hours(24));
        let undone = undo(app, &person("mara.lind"), &wrong.import).await.expect("undone");
        assert_eq!(undone.undone, Some((app.now(), "mara.lind".to_owned())));
        let after = picture(app).await;
        let (withdrawn, rest) = after.split_first().expect("the one that it opened");
        assert_eq!((withdrawn.1.state, withdrawn.3.len()), (State::Withdrawn, 0));
        assert_eq!(rest, before, "{}", product.engine());
        tallies_agree(app).await;
        let kept = crate::imports::one(app, &Actor::Operator, &wrong.import).await.expect("kept");
        assert_eq!(kept.state, ImportState::Undone);
        // The right report goes on from there.
        let right = taken(&product, "Scanner", &THREE[1..], false).await;
        assert_eq!((right.counts.closed, right.counts.unchanged), (1, 2));
        tallies_agree(app).await;
    }
}

#[tokio::test]
async fn the_first_report_of_a_tool_leaves_nothing_but_withdrawn_findings() {
    for product in products().await {
        let app = &product.app;
        let first = taken(&product, "Scanner", &THREE, false).await;
        undo(app, &Actor::Operator, &first.import).await.expect("undone");
        for (id, clock, _, seen) in picture(app).await {
            assert_eq!((clock.state, seen.len()), (State::Withdrawn, 0), "{id}");
        }
        tallies_agree(app).await;
        // Seen again it begins anew, and is no recurrence.
        let again = taken(&product, "Scanner", &THREE, false).await;
        assert_eq!(again.counts.reopened, 3);
        assert!(picture(app).await.iter().all(|(_, clock, _, _)| clock.recurrence == 0));
    }
}

#[tokio::test]
async fn what_another_tool_sees_too_stays_open() {
    for product in products().await {
        let app = &product.app;
        let first = taken(&product, "Scanner", &THREE, false).await;
        taken(&product, "Other", &THREE[..1], false).await;
        undo(app, &Actor::Operator, &first.import).await.expect("undone");
        let states: Vec<State> =
            picture(app).await.into_iter().rev().map(|(_, clock, _, _)| clock.state).collect();
        let open = states.iter().filter(|state| **state == State::Open).count();
        assert_eq!((open, states.len()), (1, 3), "{states:?}");
        tallies_agree(app).await;
    }
}

#[tokio::test]
async fn after_a_report_of_a_part_what_is_open_stays_in_sight() {
    for product in products().await {
        let app = &product.app;
        taken(&product, "Scanner", &THREE, false).await;
        taken(&product, "Scanner", &THREE[..1], true).await;
        let before = picture(app).await;
        let wrong = taken(&product, "Scanner", &[], false).await;
        assert_eq!(wrong.counts.closed, 3);
        undo(app, &Actor::Operator, &wrong.import).await.expect("undone");
        assert_eq!(picture(app).await, before);
        assert_eq!(taken(&product, "Scanner", &[], false).await.counts.closed, 3);
    }
}

#[tokio::test]
async fn only_the_newest_in_force_is_undone_and_only_once() {
    for product in products().await {
        let app = &product.app;
        let first = taken(&product, "Scanner", &THREE, false).await.import;
        let second = taken(&product, "Scanner", &THREE[..2], false).await.import;
        let actor = &Actor::Operator;
        let refused = undo(app, actor, &first).await.expect_err("not the newest").to_string();
        assert!(refused.contains(&format!("undo {second} first")), "{refused}");
        undo(app, actor, &second).await.expect("undone");
        let before = picture(app).await;
        let refused = undo(app, actor, &second).await.expect_err("twice").to_string();
        assert!(refused.contains("was undone already"), "{refused}");
        assert_eq!(picture(app).await, before);
        undo(app, actor, &first).await.expect("undone, one after the other");
        assert!(undo(app, actor, "I-99").await.is_err());
        assert!(matches!(
            undo(app, &person("omar.said"), &first).await,
            Err(Refusal::Forbidden(_))
        ));
    }
}

#[tokio::test]
async fn a_ledger_that_went_on_from_the_import_is_named_and_nothing_changes() {
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        taken(&product, "Scanner", &THREE[..1], false).await;
        taken(&product, "Scanner", &[], false).await;
        let reopened = taken(&product, "Scanner", &THREE, false).await;
        assert_eq!((reopened.counts.reopened, reopened.counts.created), (1, 2));
        findings::fix_merged(app, actor, "F-1", "https://git.example/1").await.expect("merged");
        let before = picture(app).await;
        let refused = undo(app, actor, &reopened.import).await.expect_err("cannot").to_string();
        assert!(refused.contains("F-1 went on from it"), "{refused}");
        assert_eq!(picture(app).await, before);
        let newest = list(app, actor, (None, None), None, 1).await.expect("imports");
        assert_eq!(newest[0].state, ImportState::Applied);
    }
}

#[tokio::test]
async fn an_import_tells_what_it_wrote_and_gives_its_report_back() {
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        taken(&product, "Scanner", &THREE, false).await;
        let second = taken(&product, "Scanner", &THREE[..1], false).await.import;
        let deeds = deeds(app, actor, &second).await.expect("deeds");
        let events: Vec<&str> = deeds.iter().map(|deed| deed.event.as_str()).collect();
        assert_eq!(events, ["stopped", "stopped"]);
        let (_, bytes) = report(app, actor, &second).await.expect("an import");
        assert_eq!(bytes, Some(report_of("Scanner", &THREE[..1])));
    }
}
