//! Stories of findings, on each engine at hand.

use domain::findings::{Band, Cause, Event as LedgerEvent, PauseReason, State, Timeliness};
use domain::triggers::Subject;
use jiff::SignedDuration;

use super::*;
use crate::imports::{ImportRequest, import};
use crate::testing::{ORGANISATION, Product, instant, person, products};
use crate::{duties, organisations, triggers};

/// `F-1` of 9.8 and `F-2` of 7.5 in `service`, opened now.
async fn two_findings(product: &Product, service: &str) {
    let rule = |name: &str, score: f64| {
        format!(r#"{{"id":"{name}","properties":{{"security-severity":"{score}"}}}}"#)
    };
    let result = |rule: &str| {
        format!(
            r#"{{"ruleId":"{rule}","message":{{"text":"{rule}"}},"locations":[{{
            "physicalLocation":{{"artifactLocation":{{"uri":"src/{rule}.py"}}}}}}]}}"#
        )
    };
    let report = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner","rules":[{},{}]}}}},
        "results":[{},{}]}}]}}"#,
        rule("a-injection", 9.8),
        rule("b-traversal", 7.5),
        result("a-injection"),
        result("b-traversal"),
    );
    let request = ImportRequest {
        bytes: report.into_bytes(),
        service: service.to_owned(),
        ..ImportRequest::default()
    };
    let outcome = import(&product.app, &Actor::Operator, request).await.expect("taken in");
    assert_eq!(outcome.counts.created, 2);
}

async fn words(product: &Product, id: &str) -> Vec<&'static str> {
    let view = one(&product.app, &Actor::Operator, id).await.expect("a finding");
    view.ledger.iter().map(|entry| entry.event.word()).collect()
}

#[tokio::test]
async fn the_watch_notes_warning_and_breach_at_their_time_however_late_it_looks() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let app = &product.app;
        assert!(duties::tick(app, &Actor::Watch).await.unwrap().is_quiet());
        product.clock.set("2026-03-20T12:00:00Z");
        let tick = duties::tick(app, &Actor::Watch).await.unwrap();
        let clocks = tick.duties.iter().find(|(name, _)| *name == "clocks").expect("a duty");
        assert_eq!(clocks.1.advanced, 1);
        assert!(duties::tick(app, &Actor::Watch).await.unwrap().is_quiet());
        assert_eq!(words(&product, "F-1").await, ["started", "warned", "breached"]);
        let view = one(app, &Actor::Operator, "F-1").await.unwrap();
        let breach = &view.ledger[2];
        assert_eq!(breach.at, instant("2026-03-16T23:00:00Z"));
        assert_eq!(breach.recorded_at, app.now());
        let holder = Some(Holder::Team("payments".into()));
        let cause = Some(Cause::Deprioritised);
        assert_eq!(breach.event, LedgerEvent::Breached { holder, cause });
        let of = |band, timeliness| {
            move |tally: &&Tally| {
                (tally.band, tally.timeliness) == (band, timeliness) && tally.findings == 1
            }
        };
        let tallies = tallies(app, &Actor::Operator).await.unwrap();
        assert!(tallies.iter().find(of(Band::Critical, Timeliness::PastDue)).is_some());
        assert!(tallies.iter().find(of(Band::High, Timeliness::InTime)).is_some());
    }
}

#[tokio::test]
async fn only_who_answers_for_a_finding_may_say_that_its_fix_is_merged() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let app = &product.app;
        let foreign = fix_merged(app, &person("yuki.mori"), "F-1", "https://git/1").await;
        assert!(matches!(foreign, Err(Refusal::Forbidden(_))), "{}", product.engine());
        let empty = fix_merged(app, &person("luis.ortega"), "F-1", " ").await;
        assert!(matches!(empty, Err(Refusal::Invalid(_))));
        let unknown = fix_merged(app, &person("luis.ortega"), "F-99", "https://git/1").await;
        assert!(matches!(unknown, Err(Refusal::NotFound { .. })));
        for (who, id) in [("luis.ortega", "F-1"), ("tomas.berg", "F-2")] {
            let view = fix_merged(app, &person(who), id, "https://git/1").await.unwrap();
            assert_eq!(view.finding.clock.state, State::FixMerged);
        }
        assert_eq!(words(&product, "F-1").await, ["started", "fix_merged"]);
    }
}

#[tokio::test]
async fn findings_follow_their_service_to_its_new_owner() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let text = ORGANISATION.replace(
            "name = \"ledger\"\nowner = \"payments\"",
            "name = \"ledger\"\nowner = \"platform\"",
        );
        organisations::apply(&product.app, &Actor::Operator, &text).await.unwrap();
        let view = one(&product.app, &Actor::Operator, "F-1").await.unwrap();
        assert_eq!(view.team.as_deref(), Some("Platform"));
        assert_eq!(words(&product, "F-1").await, ["started", "handed_over"]);
    }
}

#[tokio::test]
async fn pages_follow_each_other_in_every_order_and_filter() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        two_findings(&product, "core-api").await;
        let (app, actor) = (&product.app, &Actor::Operator);
        let filters = [
            (Filter::default(), 4),
            (Filter { states: States::All, ..Filter::default() }, 4),
            (Filter { states: States::One(State::Fixed), ..Filter::default() }, 0),
            (Filter { service: Some("ledger".into()), ..Filter::default() }, 2),
            (Filter { band: Some(Band::High), ..Filter::default() }, 2),
            (Filter { holder: Some(HeldBy::Team("payments".into())), ..Filter::default() }, 4),
            (Filter { holder: Some(HeldBy::Nobody), ..Filter::default() }, 0),
            (Filter { due_before: Some(instant("2026-03-20T00:00:00Z")), ..Filter::default() }, 2),
            (Filter { text: Some("INJECTION".into()), ..Filter::default() }, 2),
            (Filter { text: Some("inject core".into()), ..Filter::default() }, 0),
            (Filter { text: Some("a inject".into()), ..Filter::default() }, 2),
            (Filter { text: Some("jection".into()), ..Filter::default() }, 0),
            (Filter { text: Some("100%".into()), ..Filter::default() }, 0),
            (Filter { text: Some(" % ".into()), ..Filter::default() }, 0),
            (Filter { text: Some("CVE-2021-44228".into()), ..Filter::default() }, 0),
        ];
        for (filter, expected) in filters {
            for sort in Sort::ALL {
                let mut seen = Vec::new();
                let mut after = None;
                loop {
                    let page = list(app, actor, &filter, (sort, after), 1).await.unwrap();
                    seen.extend(page.findings.into_iter().map(|listed| listed.id));
                    let Some(next) = page.next else { break };
                    after = Cursor::parse(&next.text());
                    assert_eq!(after, Some(next));
                }
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len(), expected, "{filter:?} by {}", sort.word());
            }
        }
    }
}

#[tokio::test]
async fn an_open_finding_past_its_deadline_counts_as_missed() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let (from, to) = (instant("2026-02-01T00:00:00Z"), instant("2026-05-01T00:00:00Z"));
        let mut session = product.app.database().read().await.unwrap();
        let share = store::findings::shares(&mut session, Band::Critical, from, to).await.unwrap();
        assert_eq!(share, (0, 1), "{}", product.engine());
        let before =
            store::findings::shares(&mut session, Band::Critical, from, from).await.unwrap();
        assert_eq!(before, (0, 0));
    }
}

#[tokio::test]
async fn triggers_see_a_finding_while_its_clock_runs() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let organisation = formats::organisation::read(ORGANISATION).unwrap();
        let mut session = product.app.database().read().await.unwrap();
        let ids = ["F-1".to_owned(), "F-99".to_owned()];
        let seen = facts::running(&mut session, &organisation, &ids).await.unwrap();
        let [(facts, service)] = &seen[..] else { panic!("one is open: {seen:?}") };
        assert_eq!((facts.title.as_str(), service.as_str()), ("a-injection in ledger", "ledger"));
        assert_eq!(facts.team_name.as_deref(), Some("Payments"), "{}", product.engine());
        assert_eq!(facts.sla_due, Some(instant("2026-03-16T22:59:59Z")));
    }
}

#[tokio::test]
async fn a_finding_that_was_warned_of_fires_in_the_same_tick() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let app = &product.app;
        duties::tick(app, &Actor::Watch).await.unwrap();
        let subject = Subject::Finding("F-1".to_owned());
        assert_eq!(triggers::about(app, &Actor::Operator, &subject).await.unwrap(), []);
        product.clock.advance(SignedDuration::from_hours(12 * 24));
        duties::tick(app, &Actor::Watch).await.unwrap();
        let fired = triggers::about(app, &Actor::Operator, &subject).await.unwrap();
        assert_eq!(fired.len(), 1, "{}", product.engine());
        assert_eq!(fired[0].title, "a-injection in ledger");
        assert_eq!(fired[0].firing.attributed_to.as_deref(), Some("payments"));
    }
}

#[tokio::test]
async fn a_clock_is_handed_over_paused_and_its_breach_is_put_down_to_somebody() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let (app, operator) = (&product.app, &Actor::Operator);
        let due = one(app, operator, "F-1").await.unwrap().finding.clock.due_at.unwrap();

        product.clock.advance(SignedDuration::from_hours(48));
        let unknown = hand_over(app, operator, "F-1", "nobody-at-all").await.unwrap_err();
        assert!(unknown.to_string().contains("there is no team"), "{unknown}");
        let waits = wait_for_vendor(app, operator, "F-1", "Acme").await.unwrap().finding;
        assert_eq!(waits.custody.vendor.as_deref(), Some("Acme"));
        assert_eq!(waits.custody.team.as_deref(), Some("payments"), "the team stays the owner");
        assert_eq!(waits.clock.due_at, Some(due), "a hand-over moves no deadline");

        let zone = jiff::tz::TimeZone::UTC;
        let today = product.app.now().to_zoned(zone).date();
        let until = today.saturating_add(jiff::Span::new().days(10));
        let why = (PauseReason::Access, "the cluster is locked");
        let member = person("luis.ortega");
        let refused = pause(app, &member, "F-1", why, until).await.unwrap_err();
        assert!(matches!(refused, Refusal::Forbidden(Operation::PauseClock)), "{refused}");
        let far = today.saturating_add(jiff::Span::new().days(31));
        let refused = pause(app, operator, "F-1", why, far).await.unwrap_err();
        assert!(refused.to_string().contains("at most 30 days"), "{refused}");
        pause(app, operator, "F-1", why, until).await.unwrap();
        product.clock.advance(SignedDuration::from_hours(5 * 24));
        let resumed = resume(app, operator, "F-1").await.unwrap().finding.clock;
        let later = due.checked_add(SignedDuration::from_hours(5 * 24)).unwrap();
        assert_eq!(resumed.due_at, Some(later));
        let twice = resume(app, operator, "F-1").await.unwrap_err();
        assert!(twice.to_string().contains("does not stand still"), "{twice}");

        hand_over(app, operator, "F-1", "payments").await.unwrap();
        product.clock.advance(SignedDuration::from_hours(60 * 24));
        duties::tick(app, &Actor::Watch).await.unwrap();
        let view = one(app, operator, "F-1").await.unwrap();
        let is_breach = |entry: &&Entry| matches!(entry.event, LedgerEvent::Breached { .. });
        let breach = view.ledger.iter().find(is_breach).expect("a breach").clone();
        let holder = Some(Holder::Team("payments".into()));
        let cause = Some(Cause::AccessDelay);
        assert_eq!(breach.event, LedgerEvent::Breached { holder, cause });
        assert_eq!(breach.at, later.checked_add(SignedDuration::from_secs(1)).unwrap());
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        assert_eq!(view.shares[0], (Some(Holder::Team("payments".into())), days(2 + 60)));
        let note = "the sprint was full";
        let view = correct_cause(app, operator, "F-1", Cause::Deprioritised, note).await.unwrap();
        assert_eq!(view.finding.clock.breached_at, Some(breach.at), "a breach stays");
    }
}

#[tokio::test]
async fn a_new_matrix_and_a_new_owner_are_entries_of_the_ledger() {
    for product in products().await {
        two_findings(&product, "ledger").await;
        let (app, operator) = (&product.app, &Actor::Operator);
        let before = one(app, operator, "F-2").await.unwrap().finding;
        let day = product.app.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let from = day.saturating_add(jiff::Span::new().days(3));
        let matrix = format!(
            "\n[[sla]]\neffective_from = {from}\n\
             days = {{ critical = 3, high = 5, medium = 60 }}\n\
             signatories = [{{ role = \"ciso\", name = \"Mara Lind\" }}]\n"
        );
        organisations::apply(app, operator, &format!("{ORGANISATION}{matrix}")).await.unwrap();
        product.clock.advance(SignedDuration::from_hours(4 * 24));
        duties::tick(app, &Actor::Watch).await.unwrap();
        let view = one(app, operator, "F-2").await.unwrap();
        let kinds: Vec<&str> = view.ledger.iter().map(|entry| entry.event.word()).collect();
        assert_eq!(kinds, ["started", "policy_changed"], "{}", product.engine());
        assert!(view.finding.clock.due_at < before.clock.due_at);
        assert_eq!(view.finding.clock.policy, from);
    }
}
