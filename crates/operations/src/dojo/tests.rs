//! Stories of reports that come by DefectDojo's interface, on each engine at hand.

use domain::access::{Access, Actor, Operation, Scope};
use domain::findings::Severity;
use domain::people::PersonId;
use jiff::SignedDuration;

use super::*;
use crate::imports::{ImportState, release_held};
use crate::testing::{instant, person, product, products};
use crate::{App, Refusal};

/// A generic report of findings `from..to`, each in a package of its own.
fn report(range: std::ops::Range<usize>, severity: &str) -> Vec<u8> {
    let finding = |number: usize| {
        format!(
            r#"{{"title":"Weakness {number}","severity":"{severity}",
            "cve":"CVE-2026-{number:04}","component_name":"package-{number}"}}"#
        )
    };
    let findings: Vec<String> = range.map(finding).collect();
    format!(r#"{{"findings":[{}]}}"#, findings.join(",")).into_bytes()
}

fn scan(kind: Kind, bytes: Vec<u8>) -> Scan {
    Scan {
        bytes,
        kind,
        scan_type: ScanType::named("Generic Findings Import").expect("offered"),
        target: Target {
            product_type_name: Some("Web".to_owned()),
            product_name: Some("Shop".to_owned()),
            engagement_name: Some("ci".to_owned()),
            auto_create: true,
            ..Target::default()
        },
        scan_date: None,
        minimum_severity: Severity::Info,
        close_old_findings: kind == Kind::Reimport,
        service: None,
        environment: None,
        version: None,
        build_id: None,
        commit_hash: None,
        branch_tag: None,
        tags: None,
    }
}

async fn taken(app: &App, scan: Scan) -> Taken {
    take_scan(app, &Actor::Operator, scan).await.expect("taken in")
}

#[tokio::test]
async fn what_a_report_names_is_created_with_it_and_found_again() {
    for product in products().await {
        let app = &product.app;
        let first = taken(app, scan(Kind::Reimport, report(0..3, "High"))).await;
        assert_eq!((first.import.counts.created, first.statistics.before), (3, None));
        assert_eq!(first.context.product.service, "Shop");
        assert_eq!(first.import.stream.scope, "ci / Generic Findings Import");
        assert_eq!(first.statistics.created.total().active, 3, "{}", product.engine());
        product.clock.advance(SignedDuration::from_hours(24));
        let again = taken(app, scan(Kind::Reimport, report(0..3, "High"))).await;
        assert_eq!(again.context, first.context);
        assert_eq!((again.import.counts.unchanged, again.import.counts.created), (3, 0));
        assert_eq!(again.statistics.untouched.total().active, 3);
        product.clock.advance(SignedDuration::from_hours(24));
        let less = taken(app, scan(Kind::Reimport, report(0..2, "High"))).await;
        assert_eq!(less.statistics.closed.total().mitigated, 1);
        assert_eq!(less.statistics.before.map(|before| before.total().active), Some(3));
        assert_eq!(less.statistics.after.total().active, 2);
        let filter = FindingFilter { running: Some(true), ..FindingFilter::default() };
        let window = Window { limit: 1, offset: 1 };
        let whose = (Some("Shop"), Some(first.context.test.id));
        let (page, count) = findings(app, &Actor::Operator, whose, &filter, window).await.unwrap();
        assert_eq!((page.len(), count), (1, 2));
        assert_eq!(page[0].test, Some(first.context.test.id));
        let all = EngagementFilter::default();
        let (_, count) = super::engagements(app, &Actor::Operator, &all, window).await.unwrap();
        assert_eq!(count, 1);
    }
}

#[tokio::test]
async fn pipelines_that_begin_at_once_share_what_they_create() {
    for product in products().await {
        let app = &product.app;
        let run = |first: usize| taken(app, scan(Kind::Import, report(first..first + 2, "High")));
        // The first report creates the service; the others meet at the engagement of another name.
        run(0).await;
        let in_release = |first: usize| {
            let mut scan = scan(Kind::Import, report(first..first + 2, "High"));
            scan.target.engagement_name = Some("release".to_owned());
            taken(app, scan)
        };
        let (left, right) = tokio::join!(in_release(2), in_release(4));
        assert_eq!(left.context, right.context, "{}", product.engine());
    }
}

#[tokio::test]
async fn a_part_of_a_product_closes_only_what_is_its_own() {
    let product = product().await;
    let app = &product.app;
    let of = |part: &str, bytes: Vec<u8>| {
        let service = Some(part.to_owned());
        taken(app, Scan { service, ..scan(Kind::Reimport, bytes) })
    };
    of("till", report(0..2, "High")).await;
    let other = of("stock", report(2..3, "High")).await;
    assert_eq!(other.import.stream.scope, "ci / Generic Findings Import · stock");
    assert_eq!((other.import.counts.created, other.import.counts.closed), (1, 0));
    assert_eq!(other.statistics.after.total().active, 3);
}

#[tokio::test]
async fn a_held_report_keeps_its_least_severity_until_a_person_lets_it_through() {
    for product in products().await {
        let app = &product.app;
        taken(app, scan(Kind::Reimport, report(0..30, "High"))).await;
        product.clock.advance(SignedDuration::from_hours(1));
        let minimum_severity = Severity::Medium;
        let cut = Scan { minimum_severity, ..scan(Kind::Reimport, report(100..102, "Low")) };
        let held = taken(app, cut).await;
        assert_eq!(held.import.state, ImportState::Held);
        assert_eq!(held.statistics.after.total().active, 30);
        let released = release_held(app, &Actor::Operator, &held.import.id).await.unwrap();
        assert_eq!((released.counts.created, released.counts.passed_over), (0, 2));
        assert_eq!(released.counts.closed, 30);
    }
}

#[tokio::test]
async fn a_day_stands_for_its_end_and_today_for_this_instant() {
    let product = product().await;
    let app = &product.app;
    let on = |day: &str| Scan {
        scan_date: Some(day.parse().expect("a date")),
        ..scan(Kind::Reimport, report(0..1, "High"))
    };
    let past = taken(app, on("2026-02-27")).await;
    assert_eq!(past.import.at, instant("2026-02-27T22:59:59Z"));
    for day in ["2026-03-02", "2026-03-03"] {
        // Tomorrow has begun where the earliest clocks stand only when it is after ten in UTC.
        product.clock.set("2026-03-02T11:00:00Z");
        assert_eq!(taken(app, on(day)).await.import.at, app.now());
    }
    let future = take_scan(app, &Actor::Operator, on("2026-03-04")).await;
    assert!(matches!(future, Err(Refusal::Invalid(_))));
}

#[tokio::test]
async fn a_product_is_a_service_and_creating_one_needs_the_right_to() {
    let product = product().await;
    let (app, member) = (&product.app, &person("omar.said"));
    let web = create_product_type(app, member, "Web", "").await.unwrap().id;
    let named = |name: &str| NewProduct {
        name: name.to_owned(),
        product_type: web,
        ..NewProduct::default()
    };
    let ledger = create_product(app, member, &named("ledger")).await.unwrap();
    assert_eq!(ledger.service, "ledger");
    let refused = create_product(app, member, &named("brand new")).await;
    assert!(matches!(refused, Err(Refusal::Forbidden(Operation::CreateService))));
    let long = "x".repeat(150);
    let first = create_product(app, &Actor::Operator, &named(&long)).await.unwrap();
    assert_eq!((first.name.len(), first.service.len()), (150, 100));
    let second = create_product(app, &Actor::Operator, &named(&format!("{long}y"))).await.unwrap();
    assert_eq!(second.service, format!("{} (2)", "x".repeat(96)));
    for bad in ["", "a\0b", &"x".repeat(256)] {
        let refused = create_product(app, &Actor::Operator, &named(bad)).await;
        assert!(matches!(refused, Err(Refusal::Invalid(_))), "{bad:?}");
    }
}

#[tokio::test]
async fn a_reader_changes_nothing_here() {
    let product = product().await;
    let app = &product.app;
    let id = PersonId::parse("omar.said").expect("an id");
    let reader = &Actor::Person { id, access: Access::ReadOnly, scope: Scope::Everything };
    let forbidden = |refusal: Refusal| {
        assert!(matches!(refusal, Refusal::Forbidden(Operation::ImportReport)), "{refusal}");
    };
    forbidden(create_product_type(app, reader, "Web", "").await.unwrap_err());
    let report = scan(Kind::Import, report(0..1, "High"));
    forbidden(take_scan(app, reader, report).await.unwrap_err());
    let edit = EngagementEdit::default();
    forbidden(change_engagement(app, reader, 1, &edit).await.unwrap_err());
    forbidden(replace_languages(app, reader, 1, Vec::new()).await.unwrap_err());
}

/// A product with one test, and findings of a line each: number, day, severity, and what was said.
fn moved(findings: &[(i64, &str, &str, &str)]) -> Moved {
    fn page<T: formats::dojo::Listed>(results: &str) -> Vec<T> {
        let text = format!(r#"{{"count":0,"next":null,"results":[{results}]}}"#);
        formats::dojo::page::<T>(text.as_bytes()).expect("a page").results
    }
    let finding = |(id, day, severity, more): &(i64, &str, &str, &str)| {
        format!(
            r#"{{"id":{id},"test":42,"title":"Weakness {id}","severity":"{severity}",
            "date":"{day}","component_name":"package-{id}",
            "vulnerability_ids":[{{"vulnerability_id":"CVE-2026-{id:04}"}}]{more}}}"#
        )
    };
    let findings: Vec<String> = findings.iter().map(finding).collect();
    let source = findings.join(",");
    Moved {
        product_type: page(r#"{"id":5,"name":"Web"}"#).remove(0),
        product: page(r#"{"id":31,"name":"Shop","prod_type":5}"#).remove(0),
        engagements: page(r#"{"id":77,"name":"ci","product":31}"#),
        tests: page(
            r#"{"id":42,"engagement":77,"title":"nightly",
            "test_type_name":"Generic Findings Import"}"#,
        ),
        findings: page(&source),
        source: source.into_bytes(),
    }
}

#[tokio::test]
async fn a_finding_that_moves_in_keeps_its_days_and_a_missed_deadline_stays_missed() {
    let closed = r#","is_mitigated":true,"mitigated":"2026-02-20T10:00:00Z""#;
    let told = [
        (11, "2026-02-16", "Critical", ""),
        (12, "2026-01-01", "Critical", closed),
        (13, "2026-02-16", "High", r#","duplicate":true"#),
        (14, "2026-02-16", "High", r#","risk_accepted":true"#),
    ];
    for product in products().await {
        let (app, actor) = (&product.app, &Actor::Operator);
        let done = move_in(app, actor, moved(&told)).await.unwrap();
        assert_eq!((done.open, done.closed, done.duplicates), (2, 1, 1), "{}", product.engine());
        assert_eq!((done.risk_accepted, done.renumbered.len()), (1, 0));
        let open = crate::findings::one(app, actor, "F-1").await.unwrap().finding.clock;
        assert_eq!(open.due_at, Some(instant("2026-03-02T22:59:59Z")));
        let late = crate::findings::one(app, actor, "F-2").await.unwrap();
        let words: Vec<_> = late.ledger.iter().map(|entry| entry.event.word()).collect();
        assert_eq!(words, ["started", "breached", "stopped"]);
        assert_eq!(late.finding.clock.closed_at, Some(instant("2026-02-20T10:00:00Z")));
        let again = move_in(app, actor, moved(&told)).await.unwrap();
        assert_eq!((again.open, again.closed, again.known), (0, 0, 3));

        // The first report of the test takes over what moved in; what it lacks is closed.
        let mut first = scan(Kind::Reimport, report(11..12, "Critical"));
        first.target = Target { test: Some(42), ..Target::default() };
        let taken = taken(app, first).await;
        assert_eq!((taken.import.counts.created, taken.import.counts.closed), (0, 1));
        assert!(!taken.context.test.moved_in);
        assert_eq!(taken.context.engagement.id, 77);
        let again = move_in(app, actor, moved(&told)).await.unwrap();
        assert_eq!((again.open, again.closed, again.known), (0, 0, 3));
    }
}

#[tokio::test]
async fn numbers_that_are_taken_are_told_and_others_are_given() {
    let product = product().await;
    let (app, actor) = (&product.app, &Actor::Operator);
    for name in ["a", "b", "c", "d", "e"] {
        create_product_type(app, actor, name, "").await.unwrap();
    }
    let done = move_in(app, actor, moved(&[])).await.unwrap();
    assert_eq!(done.renumbered, ["product type 5"]);
    let next = create_product_type(app, actor, "f", "").await.unwrap();
    assert_eq!(next.id, 7);
    let test = super::test(app, actor, 42).await.unwrap();
    assert_eq!((test.engagement, test.moved_in), (77, false));
    let refused = move_in(app, &person("omar.said"), moved(&[])).await;
    assert!(matches!(refused, Err(Refusal::Forbidden(Operation::CreateService))));
}
