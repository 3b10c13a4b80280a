//! Stories of exceptions, on each engine at hand.

use domain::findings::Band;
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use super::*;
use crate::duties;
use crate::findings::{Filter, Page, Sort, States, list as findings_of, one as finding};
use crate::imports::{ImportRequest, import};
use crate::testing::{Product, instant, person, products};

/// A report: package, CVE, score of each finding.
async fn seen(product: &Product, service: &str, told: &[(&str, &str, f64)]) {
    let findings: Vec<_> = told
        .iter()
        .map(|(package, cve, score)| {
            serde_json::json!({"title": package, "severity": "High", "cve": cve,
                "cvssv3_score": score, "component_name": package, "component_version": "1"})
        })
        .collect();
    let bytes = serde_json::json!({"findings": findings}).to_string().into_bytes();
    let service = service.to_owned();
    let request = ImportRequest { bytes, service, partial: true, ..ImportRequest::default() };
    import(&product.app, &Actor::Operator, request).await.expect("taken in");
}

async fn states(product: &Product) -> Vec<(String, &'static str)> {
    let filter = Filter { states: States::All, ..Filter::default() };
    let sort = (Sort::Newest, None);
    let Page { findings, .. } =
        findings_of(&product.app, &Actor::Operator, &filter, sort, 50).await.expect("listed");
    findings.into_iter().rev().map(|one| (one.title, one.clock.state.word())).collect()
}

fn asked(scope: Scope, until: Date) -> Request {
    Request { scope, reason: "no release yet".into(), control: "egress closed".into(), until }
}

fn lodash() -> Scope {
    Scope { package: Some("lodash*".into()), ..Scope::default() }
}

async fn tick(product: &Product) {
    duties::tick(&product.app, &Actor::Watch).await.expect("a tick");
}

const THREE: [(&str, &str, f64); 3] = [
    ("lodash", "CVE-2026-1000", 7.5),
    ("lodash.merge", "CVE-2026-2000", 7.5),
    ("curl", "CVE-2026-3000", 7.5),
];

#[tokio::test]
async fn what_is_granted_by_another_person_is_accepted_and_goes_on_with_the_time_used() {
    for product in products().await {
        let app = &product.app;
        seen(&product, "ledger", &THREE).await;
        let (asker, administrator) = (person("noor.haddad"), person("mara.lind"));
        product.clock.set("2026-03-04T08:00:00Z");
        let wanted = asked(lodash(), date(2026, 3, 13));
        let dry = dry_run(app, &asker, wanted.clone()).await.expect("a dry run");
        assert_eq!(dry.words(), "2 findings in 1 service");
        let view = request(app, &asker, wanted).await.expect("asked");
        assert_eq!((view.exception.id.as_str(), view.findings), ("X-1", 0));
        assert!(!view.may_decide);
        assert!(states(&product).await.iter().all(|(_, state)| *state == "open"));
        let before = finding(app, &asker, "F-1").await.expect("a finding").finding.clock;

        let member = decide(app, &asker, "X-1", Decision::Approve, "").await;
        assert!(matches!(member, Err(Refusal::Forbidden(_))), "{member:?}");
        let operator = decide(app, &Actor::Operator, "X-1", Decision::Approve, "").await;
        assert!(matches!(operator, Err(Refusal::Invalid(_))), "{operator:?}");
        let view = decide(app, &administrator, "X-1", Decision::Approve, "fine").await;
        let view = view.expect("granted");
        assert_eq!((view.findings, view.services, view.may_revoke), (2, 1, true));
        let open: Vec<String> = states(&product)
            .await
            .into_iter()
            .filter(|(_, state)| *state == "open")
            .map(|(title, _)| title)
            .collect();
        assert_eq!(open, ["curl"], "{}", product.engine());
        let again = decide(app, &administrator, "X-1", Decision::Refuse, "").await;
        assert!(matches!(again, Err(Refusal::Conflict(_))), "{again:?}");

        // Found while it holds: covered with the next tick; and the watch is late at its end.
        seen(&product, "ledger", &[("lodash.pick", "CVE-2026-4000", 7.5)]).await;
        tick(&product).await;
        assert_eq!(one(app, &asker, "X-1").await.expect("read").findings, 3);
        product.clock.set("2026-03-15T08:00:00Z");
        tick(&product).await;
        let view = one(app, &asker, "X-1").await.expect("read");
        assert_eq!((view.exception.state, view.findings), (ExceptionState::Expired, 0));
        assert!(states(&product).await.iter().all(|(_, state)| *state == "open"));
        let after = finding(app, &asker, "F-1").await.expect("a finding");
        let ended = instant("2026-03-13T22:59:59Z");
        let end = after.ledger.iter().find(|entry| entry.event.word() == "acceptance_ended");
        assert_eq!(end.map(|entry| entry.at), Some(ended));
        // Two days were used before, and the deadline moved by the nine and a bit that it stood.
        let clock = after.finding.clock;
        let used = before.time_used(instant("2026-03-04T08:00:00Z"));
        assert_eq!(clock.time_used(ended), used);
        assert!(clock.due_at > before.due_at);
        assert_eq!(clock.promised_at, before.promised_at, "the promise stays");
        tick(&product).await;
        assert_eq!(one(app, &asker, "X-1").await.expect("read").findings, 0);
    }
}

#[tokio::test]
async fn nobody_grants_what_they_asked_for_and_a_revoked_one_covers_nothing() {
    for product in products().await {
        let app = &product.app;
        seen(&product, "ledger", &THREE).await;
        let administrator = person("mara.lind");
        let scope = Scope { identifier: Some("cve-2026-3000".into()), ..Scope::default() };
        let until = date(2026, 3, 13);
        request(app, &administrator, asked(scope, until)).await.expect("asked");
        let own = decide(app, &administrator, "X-1", Decision::Approve, "").await;
        assert!(matches!(own, Err(Refusal::Conflict(_))), "{own:?}");
        request(app, &person("noor.haddad"), asked(lodash(), until)).await.expect("asked");
        decide(app, &administrator, "X-2", Decision::Approve, "").await.expect("granted");
        product.clock.advance(SignedDuration::from_hours(24));
        let view = decide(app, &administrator, "X-2", Decision::Revoke, "patched").await;
        let view = view.expect("revoked");
        assert_eq!((view.exception.state, view.findings), (ExceptionState::Revoked, 0));
        assert!(states(&product).await.iter().all(|(_, state)| *state == "open"));
        tick(&product).await;
        assert!(states(&product).await.iter().all(|(_, state)| *state == "open"));
    }
}

#[tokio::test]
async fn a_critical_finding_is_covered_for_thirty_days_at_most() {
    for product in products().await {
        let app = &product.app;
        let asker = person("noor.haddad");
        seen(&product, "ledger", &[("lodash", "CVE-2026-1000", 9.8)]).await;
        let long = date(2026, 6, 1);
        let refused = request(app, &asker, asked(lodash(), long)).await.expect_err("refused");
        assert!(refused.to_string().contains("1 critical findings"), "{refused}");
        // Of one that was granted for longer, what becomes critical is let go.
        seen(&product, "ledger", &[("xz", "CVE-2026-2000", 7.5)]).await;
        let scope = Scope { package: Some("xz".into()), ..Scope::default() };
        request(app, &asker, asked(scope, long)).await.expect("asked");
        decide(app, &person("mara.lind"), "X-1", Decision::Approve, "").await.expect("granted");
        seen(&product, "ledger", &[("xz", "CVE-2026-2000", 9.8)]).await;
        tick(&product).await;
        assert!(states(&product).await.iter().all(|(_, state)| *state == "open"));
    }
}

#[tokio::test]
async fn an_exception_makes_no_key_result_better() {
    for product in products().await {
        let app = &product.app;
        seen(&product, "ledger", &THREE).await;
        let share = async || {
            let mut view = app.view(&Actor::Operator, Operation::ReadFindings).await.expect("in");
            let period = (instant("2026-03-01T00:00:00Z"), instant("2026-04-30T00:00:00Z"));
            let high = Band::High;
            let shares = store::findings::shares(&mut view.session, high, period.0, period.1);
            shares.await.expect("shares")
        };
        let before = share().await;
        assert_eq!(before.1, 3);
        let wanted = asked(lodash(), date(2026, 5, 15));
        request(app, &person("noor.haddad"), wanted).await.expect("asked");
        decide(app, &person("mara.lind"), "X-1", Decision::Approve, "").await.expect("granted");
        assert_eq!(share().await, before, "{}", product.engine());
        product.clock.set("2026-04-20T08:00:00Z");
        tick(&product).await;
        assert_eq!(share().await, before, "past the promise, still covered");
        product.clock.set("2026-05-16T08:00:00Z");
        tick(&product).await;
        assert_eq!(share().await, before, "after its end");
    }
}

#[tokio::test]
async fn what_is_accepted_still_counts_as_open_and_late() {
    for product in products().await {
        let app = &product.app;
        seen(&product, "ledger", &[("lodash", "CVE-2026-1000", 9.8)]).await;
        let wanted = asked(lodash(), date(2026, 4, 1));
        request(app, &person("noor.haddad"), wanted).await.expect("asked");
        decide(app, &person("mara.lind"), "X-1", Decision::Approve, "").await.expect("granted");
        let late = async || {
            let accepted = accepted(app, &Actor::Operator).await.expect("accepted");
            accepted.iter().map(|one| (one.findings, one.missed)).collect::<Vec<_>>()
        };
        assert_eq!(late().await, [(1, 0)], "{}", product.engine());
        // Promised until the last second of the 16th in Copenhagen.
        product.clock.set("2026-03-16T22:59:59Z");
        assert_eq!(late().await, [(1, 0)]);
        product.clock.set("2026-03-16T23:00:01Z");
        assert_eq!(late().await, [(1, 1)]);
    }
}

#[tokio::test]
async fn who_asked_and_the_holding_team_s_manager_are_reminded_once_each_time() {
    for product in products().await {
        let app = &product.app;
        seen(&product, "ledger", &THREE).await;
        let wanted = asked(lodash(), date(2026, 3, 31));
        request(app, &person("omar.said"), wanted).await.expect("asked");
        decide(app, &person("mara.lind"), "X-1", Decision::Approve, "").await.expect("granted");
        for day in ["2026-03-17T09:00:00Z", "2026-03-24T09:00:00Z", "2026-03-30T09:00:00Z"] {
            product.clock.set(day);
            tick(&product).await;
            tick(&product).await;
        }
        let queued = crate::notices::page(app, &Actor::Operator, None, None, 500).await;
        let queued = queued.expect("the outbox");
        let mut keys: Vec<&str> = queued
            .iter()
            .map(|queued| queued.notice.key.as_str())
            .filter(|key| key.starts_with("exception/") && key.ends_with("/email"))
            .collect();
        keys.sort_unstable();
        let expected = [
            "exception/X-1/1/noor.haddad/email",
            "exception/X-1/1/omar.said/email",
            "exception/X-1/14/noor.haddad/email",
            "exception/X-1/14/omar.said/email",
            "exception/X-1/7/noor.haddad/email",
            "exception/X-1/7/omar.said/email",
            "exception/X-1/decided/omar.said/email",
        ];
        assert_eq!(keys, expected, "{}", product.engine());
    }
}

#[tokio::test]
async fn a_scope_that_names_what_is_not_there_is_refused() {
    let product = crate::testing::product().await;
    let asker = person("noor.haddad");
    for (field, scope) in [
        ("finding", Scope { finding: Some("F-9".into()), ..Scope::default() }),
        ("service", Scope { service: Some("nowhere".into()), ..Scope::default() }),
        ("team", Scope { team: Some("nobody".into()), ..Scope::default() }),
        ("finding", Scope::default()),
    ] {
        let refused = request(&product.app, &asker, asked(scope, date(2026, 3, 9))).await;
        let refused = refused.expect_err("refused").to_string();
        assert!(refused.starts_with(&format!("{field}: ")), "{refused}");
    }
    let operator = request(&product.app, &Actor::Operator, asked(lodash(), date(2026, 3, 9))).await;
    assert!(matches!(operator, Err(Refusal::Invalid(_))), "{operator:?}");
}
