//! Stories of names: the same weakness told by tools that know different names of it.

use jiff::SignedDuration;

use super::*;
use crate::duties;
use crate::findings::{Filter, Sort, States, list, one};
use crate::imports::{ImportOutcome, ImportRequest, import};
use crate::testing::{Product, products};

const GHSA: &str = "GHSA-aaaa-bbbb-cccc";
const CVE: &str = "CVE-2026-1000";

/// A report of one package with a weakness known as `ids`, by a tool of its own.
async fn told(product: &Product, service: &str, scope: &str, ids: &[&str]) -> ImportOutcome {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let report = format!(
        r#"{{"findings": [{{"title": "Weak", "severity": "High", "component_name": "left-pad",
            "component_version": "1.0", "vulnerability_ids": [{}]}}]}}"#,
        ids.join(", ")
    );
    let request = ImportRequest {
        bytes: report.into_bytes(),
        service: service.into(),
        create_service: true,
        scope: Some(scope.into()),
        ..ImportRequest::default()
    };
    import(&product.app, &Actor::Operator, request).await.unwrap()
}

async fn open(product: &Product) -> Vec<String> {
    let filter = Filter { states: States::Running, ..Filter::default() };
    let page = list(&product.app, &Actor::Operator, &filter, (Sort::Newest, None), 50).await;
    let mut ids: Vec<String> = page.unwrap().findings.into_iter().map(|row| row.id).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_finding_known_by_another_name_takes_the_cve_and_keeps_its_clock() {
    for product in products().await {
        told(&product, "ledger", "npm", &[GHSA]).await;
        let before = one(&product.app, &Actor::Operator, "F-1").await.unwrap().finding.clock;
        product.clock.advance(SignedDuration::from_hours(48));
        let outcome = told(&product, "ledger", "image", &[CVE, GHSA]).await;
        assert_eq!((outcome.counts.created, outcome.counts.closed), (0, 0));
        let view = one(&product.app, &Actor::Operator, "F-1").await.unwrap();
        assert_eq!(view.finding.clock.due_at, before.due_at);
        assert_eq!(view.finding.identity.weakness(), Some(CVE));
        assert_eq!(view.sightings.len(), 2);
        let again = told(&product, "ledger", "npm", &[GHSA]).await;
        assert_eq!((again.counts.created, again.counts.closed), (0, 0), "{}", product.engine());
        assert_eq!(open(&product).await, ["F-1"]);
    }
}

#[tokio::test]
async fn two_findings_of_one_weakness_become_one_and_part_again() {
    for product in products().await {
        let (app, operator) = (&product.app, &Actor::Operator);
        told(&product, "ledger", "npm", &[GHSA]).await;
        told(&product, "checkout", "npm", &[GHSA]).await;
        product.clock.advance(SignedDuration::from_hours(24));
        told(&product, "checkout", "image", &[CVE]).await;
        assert_eq!(open(&product).await, ["F-1", "F-2", "F-3"]);
        let first = one(app, operator, "F-2").await.unwrap().finding;
        let second = one(app, operator, "F-3").await.unwrap().finding;

        // Learned in one service, it holds in the others after the next tick.
        told(&product, "ledger", "image", &[CVE, GHSA]).await;
        duties::tick(app, &Actor::Watch).await.unwrap();
        assert_eq!(open(&product).await, ["F-1", "F-2"], "{}", product.engine());
        let kept = one(app, operator, "F-2").await.unwrap();
        assert_eq!(kept.finding.clock.opened_at, first.clock.opened_at);
        assert_eq!(kept.finding.identity, second.identity);
        assert_eq!(kept.sightings.len(), 2);
        let gone = one(app, operator, "F-3").await.unwrap().finding;
        assert_eq!(gone.clock.state, State::Merged);

        product.clock.advance(SignedDuration::from_hours(24));
        part(app, operator, 1).await.unwrap();
        let back = one(app, operator, "F-3").await.unwrap();
        assert_eq!(back.finding.clock.state, State::Open);
        assert_eq!(back.finding.clock.due_at, second.clock.due_at);
        assert_eq!(back.finding.identity, second.identity);
        assert_eq!(back.sightings.len(), 1);
        let kept = one(app, operator, "F-2").await.unwrap().finding;
        assert_eq!((kept.identity, kept.clock.due_at), (first.identity, first.clock.due_at));
        let twice = part(app, operator, 1).await.unwrap_err();
        assert!(twice.to_string().contains("undone already"), "{twice}");
        let again = told(&product, "checkout", "npm", &[GHSA]).await;
        assert_eq!((again.counts.created, again.counts.closed), (0, 0));
        duties::tick(app, &Actor::Watch).await.unwrap();
        assert_eq!(open(&product).await, ["F-1", "F-2", "F-3"], "what was parted stays so");
    }
}
