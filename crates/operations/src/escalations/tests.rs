//! Stories of escalations, on each engine at hand: what people hear, and when.

use jiff::ToSpan;

use super::*;
use crate::imports::{ImportRequest, import};
use crate::ports::Undelivered;
use crate::testing::{Product, instant, person, product, products};
use crate::{duties, findings, organisations};

/// A report with one critical finding, or with none.
fn report(results: &str) -> Vec<u8> {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner","rules":[
        {{"id":"CVE-2026-1234","properties":{{"security-severity":"9.4"}}}}]}}}},
        "results":[{results}]}}]}}"#
    )
    .into_bytes()
}

const FOUND: &str = r#"{"ruleId":"CVE-2026-1234","message":{"text":"Deserialises what it is sent"},
    "locations":[{"physicalLocation":{"artifactLocation":{"uri":"pom.xml"}}}]}"#;

async fn take(product: &Product, results: &str) {
    let request = ImportRequest {
        bytes: report(results),
        service: "core-api".to_owned(),
        force: true,
        ..ImportRequest::default()
    };
    import(&product.app, &Actor::Operator, request).await.expect("taken in");
}

async fn tick(product: &Product) {
    duties::tick(&product.app, &Actor::Watch).await.expect("a tick");
}

async fn escalation(product: &Product) -> EscalationView {
    one(&product.app, &Actor::Operator, "E-1").await.expect("an escalation")
}

/// `at`: a tick, and what was delivered by it.
async fn at(product: &Product, at: &str, story: &mut String) {
    product.clock.set(at);
    product.post.parcels.lock().expect("parcels").clear();
    tick(product).await;
    *story += &format!("===== {at}\n");
    for parcel in product.post.parcels.lock().expect("parcels").iter() {
        *story += &format!("To: {}\nKey: {}\n", parcel.address, parcel.key);
        *story += &format!("Subject: {}\n\n{}\n-----\n", parcel.subject, parcel.body);
    }
}

/// The execution spec, part 4, "To reproduce".
#[tokio::test]
async fn a_critical_finding_of_monday_is_heard_on_day_12_14_and_16() {
    for product in products().await {
        take(&product, FOUND).await;
        let mut story = String::new();
        at(&product, "2026-03-14T07:59:59Z", &mut story).await;
        at(&product, "2026-03-14T08:00:00Z", &mut story).await;
        at(&product, "2026-03-16T07:59:59Z", &mut story).await;
        at(&product, "2026-03-16T08:00:00Z", &mut story).await;
        at(&product, "2026-03-18T22:59:58Z", &mut story).await;
        at(&product, "2026-03-18T22:59:59Z", &mut story).await;
        product.clock.set("2026-03-19T08:00:00Z");
        take(&product, "").await;
        at(&product, "2026-03-19T08:00:00Z", &mut story).await;
        insta::assert_snapshot!("day_12_14_16", story);
        let view = escalation(&product).await;
        assert!(view.escalation.is_resolved());
        assert!(view.firing.cleared_at.is_some());
        let accepted = |told: &Told| told.messages.iter().all(|it| it.settled_at.is_some());
        assert!(view.told.iter().all(accepted), "{}", product.engine());
    }
}

#[tokio::test]
async fn after_an_outage_a_chain_climbs_one_level_and_both_are_told_at_once() {
    let product = product().await;
    take(&product, FOUND).await;
    product.clock.set("2026-04-20T08:00:00Z");
    tick(&product).await;
    tick(&product).await;
    let view = escalation(&product).await;
    assert_eq!(view.escalation.level(), Level::L2);
    let people: Vec<_> =
        view.told.iter().map(|told| (told.telling.level, told.telling.person.as_str())).collect();
    assert_eq!(
        people,
        [(1, "luis.ortega"), (1, "noor.haddad"), (2, "mara.lind"), (2, "tomas.berg")]
    );
    assert_eq!(view.outlook[0].at, instant("2026-04-22T08:00:00Z"));
}

#[tokio::test]
async fn a_promise_pauses_until_its_date_and_a_broken_one_climbs_at_once() {
    for product in products().await {
        take(&product, FOUND).await;
        product.clock.set("2026-03-14T08:00:00Z");
        tick(&product).await;
        let (app, until) = (&product.app, instant("2026-03-17T12:00:00Z"));
        let noor = person("noor.haddad");
        let stranger = commit(app, &person("yuki.mori"), "E-1", until, "").await;
        assert!(matches!(stranger, Err(Refusal::Forbidden(Operation::CommitToDate))));
        let late = commit(app, &noor, "E-1", instant("2026-03-20T12:00:00Z"), "").await;
        assert!(late.unwrap_err().to_string().starts_with("until: a commitment to"));
        commit(app, &noor, "E-1", until, "Needs the new runtime; Luis is on it.").await.unwrap();
        let again = commit(app, &noor, "E-1", until, "").await;
        assert!(matches!(again, Err(Refusal::Conflict(_))));
        product.clock.set("2026-03-17T11:59:59Z");
        tick(&product).await;
        assert_eq!(escalation(&product).await.escalation.state().word(), "committed");
        product.clock.set("2026-03-17T12:00:00Z");
        tick(&product).await;
        let view = escalation(&product).await;
        assert_eq!(view.escalation.level(), Level::L2);
        assert_eq!(view.promises[0].words, "Needs the new runtime; Luis is on it.");
        let to_tomas = product.post.parcels.lock().unwrap();
        let to_tomas = to_tomas.iter().find(|it| it.key.contains("/L2/tomas.berg/")).unwrap();
        assert!(to_tomas.body.contains("Promised by Noor Haddad"), "{}", to_tomas.body);
        assert!(to_tomas.body.contains("which has passed"), "{}", to_tomas.body);
    }
}

#[tokio::test]
async fn a_merged_fix_pauses_until_the_deadline() {
    let product = product().await;
    take(&product, FOUND).await;
    product.clock.set("2026-03-14T08:00:00Z");
    tick(&product).await;
    let luis = person("luis.ortega");
    findings::fix_merged(&product.app, &luis, "F-1", "https://git.example/1").await.unwrap();
    product.clock.set("2026-03-16T12:00:00Z");
    tick(&product).await;
    assert_eq!(escalation(&product).await.escalation.state().word(), "fix_merged");
    product.clock.set("2026-03-16T23:00:00Z");
    tick(&product).await;
    assert_eq!(escalation(&product).await.escalation.level(), Level::L2);
}

#[tokio::test]
async fn when_no_channel_takes_a_notice_it_is_said_and_the_chain_stands() {
    let product = product().await;
    take(&product, FOUND).await;
    let away = Undelivered::Later("the mail server is away".to_owned());
    *product.post.failure.lock().unwrap() = Some(away);
    product.clock.set("2026-03-14T08:00:00Z");
    for _ in 0..30 {
        tick(&product).await;
        product.clock.advance(jiff::SignedDuration::from_mins(30));
    }
    let view = escalation(&product).await;
    assert!(view.escalation.is_unheard());
    assert_eq!(view.escalation.level(), Level::L1);
    *product.post.failure.lock().unwrap() = None;
    product.clock.set("2026-03-15T08:00:00Z");
    tick(&product).await;
    assert_eq!(escalation(&product).await.escalation.state().word(), "waiting");
}

#[tokio::test]
async fn a_role_that_is_filled_later_hears_what_nobody_could_be_told() {
    let product = product().await;
    let organisation = crate::testing::ORGANISATION;
    let sla = &organisation[organisation.find("[[sla]]\neffective").unwrap()..];
    let sla = &sla[..sla.find("# People").unwrap()];
    // An administrator, but nobody who holds a role or a team.
    let empty = format!(
        "[organisation]\nname = \"Nobody\"\nzone = \"Europe/Copenhagen\"\n[[people]]\n\
         id = \"omar.said\"\nname = \"Omar Said\"\nemail = \"omar@tidewater.example\"\n\
         access = \"administrator\"\n{sla}"
    );
    take(&product, FOUND).await;
    organisations::apply(&product.app, &Actor::Operator, &empty).await.unwrap();
    product.clock.set("2026-03-14T08:00:00Z");
    tick(&product).await;
    let view = escalation(&product).await;
    assert!(view.is_told_to_nobody());
    product.clock.set("2026-03-14T09:00:00Z");
    tick(&product).await;
    assert!(escalation(&product).await.escalation.is_unheard());
    organisations::apply(&product.app, &Actor::Operator, organisation).await.unwrap();
    product.clock.set("2026-03-14T10:00:00Z");
    tick(&product).await;
    let view = escalation(&product).await;
    assert_eq!(view.escalation.state().word(), "waiting");
    assert!(!view.is_told_to_nobody());
}

#[tokio::test]
async fn two_nodes_that_save_the_same_escalation_do_not_both_win() {
    for product in products().await {
        take(&product, FOUND).await;
        product.clock.set("2026-03-14T08:00:00Z");
        tick(&product).await;
        let mut change = product.app.change(&Actor::Watch, Operation::RunDuties).await.unwrap();
        let first = load(&mut change.transaction, "E-1").await.unwrap();
        let later = product.app.now().checked_add(80.hours()).unwrap();
        let outcome = first.escalation.clone().advance(later);
        save(&mut change, &first, outcome.clone(), "").await.unwrap();
        let second = save(&mut change, &first, outcome, "").await;
        assert!(matches!(second, Err(Refusal::Conflict(_))), "{}", product.engine());
    }
}

#[test]
fn only_keys_of_levels_start_a_window() {
    assert_eq!(read_key("escalation/E-42/L2/mara.lind/email"), Some(("E-42", Level::L2)));
    for other in ["escalation/E-42/resolved/mara.lind/email", "check-in/K/2026-03-02/m/email", ""] {
        assert_eq!(read_key(other), None);
    }
}
