//! Stories of key results that drift, on a whole product.

use domain::triggers::Subject;

use super::*;
use crate::testing::{person, product};
use crate::{duties, objectives};

#[tokio::test]
async fn a_skipped_check_in_fires_once_gets_louder_and_clears_when_it_is_made() {
    let product = product().await;
    let app = &product.app;
    objectives::load_playbook(app, &Actor::Operator, "ciso", None).await.expect("loaded");
    for day in ["2026-03-07T08:00:00Z", "2026-03-07T12:00:00Z", "2026-03-14T08:00:00Z"] {
        product.clock.set(day);
        duties::tick(app, &Actor::Watch).await.unwrap();
    }
    let page = escalations::list(app, &Actor::Operator, store::escalations::Shown::Open, None);
    let open = page.await.unwrap();
    let missed: Vec<_> =
        open.iter().filter(|it| it.firing.firing.trigger == "missed_cadence").collect();
    assert!(!missed.is_empty());
    assert!(missed.iter().all(|it| it.firing.firing.loudness == 2));
    let subject = missed[0].firing.firing.subject.clone();
    let Subject::KeyResult(id) = &subject else { panic!("not about a key result: {subject:?}") };
    let fired = about(app, &person("mara.lind"), &subject).await.unwrap();
    assert_eq!(fired.iter().filter(|it| it.firing.trigger == "missed_cadence").count(), 1, "{id}");
}

/// Every trigger that fired about `kind`, with its cause.
async fn fired(product: &crate::testing::Product, kind: &str) -> Vec<String> {
    let shown = store::escalations::Shown::All;
    let all = escalations::list(&product.app, &Actor::Operator, shown, None).await.expect("list");
    let about = all.into_iter().filter(|it| it.firing.firing.subject.word() == kind);
    about.map(|it| it.firing.firing.cause_key).collect()
}

async fn tick_at(product: &crate::testing::Product, at: &str) {
    product.clock.set(at);
    duties::tick(&product.app, &Actor::Watch).await.expect("a tick");
}

/// Takes a report with so many high findings in `service`, `at` an instant.
async fn scan(product: &crate::testing::Product, at: &str, service: &str, findings: usize) {
    product.clock.set(at);
    let finding = |nth: usize| {
        format!(
            r#"{{"title": "W{nth}", "severity": "High", "cve": "CVE-2026-{:05}",
                "component_name": "p{nth}"}}"#,
            10_000 + nth
        )
    };
    let list: Vec<String> = (0..findings).map(finding).collect();
    let request = crate::imports::ImportRequest {
        bytes: format!(r#"{{"findings": [{}]}}"#, list.join(",")).into_bytes(),
        service: service.to_owned(),
        format: Some("generic_json".to_owned()),
        ..crate::imports::ImportRequest::default()
    };
    crate::imports::import(&product.app, &Actor::Operator, request).await.expect("taken");
}

#[tokio::test]
async fn loading_the_playbook_calls_nobody_about_inputs_until_two_weeks_have_passed() {
    let product = product().await;
    objectives::load_playbook(&product.app, &Actor::Operator, "ciso", None).await.expect("loaded");
    let broken = async || {
        let all = fired(&product, "key_result").await;
        all.into_iter().filter(|cause| cause.starts_with("dependency_sla_breach")).count()
    };
    for day in ["2026-03-02T09:00:00Z", "2026-03-09T12:00:00Z", "2026-03-15T21:00:00Z"] {
        tick_at(&product, day).await;
        assert_eq!(broken().await, 0, "{day}");
    }
    tick_at(&product, "2026-03-16T09:00:00Z").await;
    assert_eq!(broken().await, 7, "each key result has an input that nobody answered");
}

#[tokio::test]
async fn old_findings_of_a_tier_1_service_reach_the_owner_of_the_audit() {
    let product = product().await;
    let audit = "\n[[audits]]\nid = \"surveillance\"\nname = \"Surveillance audit\"\n\
        owner = \"petra.novak\"\nbegins = 2026-06-01\nends = 2026-06-05\n";
    let text = format!("{}{audit}", crate::testing::ORGANISATION);
    crate::organisations::apply(&product.app, &Actor::Operator, &text).await.expect("applied");
    scan(&product, crate::testing::MONDAY, "ledger", 2).await;
    scan(&product, crate::testing::MONDAY, "build-farm", 3).await;
    tick_at(&product, "2026-04-01T08:00:00Z").await;
    assert_eq!(fired(&product, "audit").await, [""; 0], "thirty days are not too long");
    tick_at(&product, "2026-04-01T09:00:01Z").await;
    assert_eq!(fired(&product, "audit").await, ["projected_miss/audit/surveillance"]);
    let subject = Subject::Audit("surveillance".into());
    let raised = about(&product.app, &Actor::Operator, &subject).await.expect("read");
    assert_eq!(raised[0].dri.as_deref(), Some("petra.novak"));
    assert!(
        raised[0].firing.sentence.ends_with("Most: ledger 2."),
        "{}",
        raised[0].firing.sentence
    );
    // Fixed: the count falls to nothing, and with it the firing.
    scan(&product, "2026-04-02T08:00:00Z", "ledger", 0).await;
    tick_at(&product, "2026-04-02T10:00:00Z").await;
    let raised = about(&product.app, &Actor::Operator, &subject).await.expect("read");
    assert!(raised[0].cleared_at.is_some());
}

#[tokio::test]
async fn fixes_that_take_longer_than_the_sla_fire_for_their_team() {
    let product = product().await;
    objectives::load_playbook(&product.app, &Actor::Operator, "ciso", None).await.expect("loaded");
    scan(&product, crate::testing::MONDAY, "ledger", 6).await;
    scan(&product, "2026-04-10T08:00:00Z", "ledger", 0).await;
    let slow = async || {
        let all = fired(&product, "key_result").await;
        all.into_iter().filter(|cause| cause.contains("/cycle_time/")).collect::<Vec<_>>()
    };
    tick_at(&product, "2026-04-10T09:00:00Z").await;
    assert_eq!(slow().await, [""; 0], "one week end is one");
    tick_at(&product, "2026-04-17T10:00:00Z").await;
    assert_eq!(slow().await, ["velocity_drop/FY27-Q1-O1-KR2/cycle_time/payments"]);
}
