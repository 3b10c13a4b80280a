//! What is kept of a finding is what is read.

use domain::findings::{
    Assessment, Cause, Custody, Event, Finding, Incoming, Location, Observation, Package, Rules,
    Severity, State, StopReason, Watching, apply, fold,
};
use domain::findings::{Grounds, Timeliness};
use domain::policy::{BandDays, SlaMatrices};
use jiff::tz::TimeZone;

use super::*;
use crate::testing::{NOW, databases};
use crate::{Database, services};

static UTC: TimeZone = TimeZone::UTC;

fn watching(policies: &SlaMatrices) -> Watching<'_> {
    let rules = Rules { policies, zone: &UTC };
    Watching { warning: &BandDays::PLAYBOOK_WARNING, rules }
}

fn stream() -> Stream {
    Stream { tool: "scanner".into(), scope: "main".into() }
}

/// Hostile on purpose: quotes, markup, a line break, signs of other scripts.
fn incoming() -> Incoming {
    let mut observation = Observation::new("O'Brien \"<script>\"\n\u{202e}漢字", Severity::High);
    observation.ids = vec!["CVE-2024-3094".into(), "GHSA-x, y".into()];
    observation.cwes = vec![506, 79];
    observation.score = Some(8.8);
    observation.vector = None;
    observation.rule = Some("rule".into());
    observation.description = Some(String::new());
    observation.location = Some(Location { path: Some("a b.c".into()), line: Some(3), url: None });
    let package = Package { name: "xz".into(), version: Some("5.6".into()), ..Package::default() };
    observation.package = Some(package);
    fold(vec![observation], &|_| None).remove(0)
}

fn addition(number: i64) -> Addition {
    let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
    let rules = Rules { policies: &policies, zone: &zone };
    let incoming = incoming();
    let Assessment { band, score, .. } = incoming.assessment;
    let event = Event::Started { band, score, holder: None };
    let started = Entry::new(NOW, NOW, event);
    let clock = apply(None, &started, &rules).expect("a clock");
    let mut finding = Finding::created(name_of(number), "ledger", &incoming, clock);
    finding.owner_rule = Some("service".into());
    finding.custody = Custody {
        team: Some("payments".into()),
        vendor: Some("Acme".into()),
        since: Some(NOW),
        hindrance: Some(Cause::AccessDelay),
    };
    let sighting = Sighting {
        present: true,
        assessment: incoming.assessment,
        digest: incoming.digest.clone(),
        place: incoming.place(),
        version: incoming.version().map(str::to_owned),
    };
    Addition { finding, entries: vec![started], sighting }
}

async fn with_one(database: &Database) -> Addition {
    let addition = addition(1);
    let mut transaction = database.begin().await.unwrap();
    services::create(&mut transaction, "ledger", NOW).await.unwrap();
    let additions = std::slice::from_ref(&addition);
    create(&mut transaction, &stream(), additions, &watching(&SlaMatrices::default()))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    addition
}

#[tokio::test]
async fn a_finding_reads_back_as_it_was_kept() {
    let (databases, _directory) = databases().await;
    for database in &databases {
        let kept = with_one(database).await;
        let mut session = database.read().await.unwrap();
        let read = stored(&mut session, 1).await.unwrap().expect("it is there");
        assert_eq!(read.value, kept.finding, "{}", database.engine_name());
        assert_eq!((read.version, read.entries), (1, 1));
        assert_eq!(ledger(&mut session, 1).await.unwrap(), kept.entries);
        assert_eq!(sightings(&mut session, 1).await.unwrap()[0].sighting, kept.sighting);
        let known = known(&mut session, "ledger", &stream()).await.unwrap();
        assert_eq!(known[0].value.sighting.as_ref(), Some(&kept.sighting));
        assert_eq!(known[0].value.elsewhere, None);
        let other = Stream { scope: "release".into(), ..stream() };
        let known = super::known(&mut session, "ledger", &other).await.unwrap();
        assert_eq!(known[0].value.sighting, None);
        assert_eq!(known[0].value.elsewhere, Some(kept.sighting.assessment));
    }
}

#[tokio::test]
async fn a_clock_advances_with_its_ledger_its_tally_and_its_version() {
    let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
    let rules = Rules { policies: &policies, zone: &zone };
    let (databases, _directory) = databases().await;
    for database in &databases {
        let kept = with_one(database).await.finding;
        let grounds = Grounds::Import { import: "I-1".into(), digest: "d".into() };
        let event = Event::Stopped { reason: StopReason::VerifiedFixed, grounds };
        let entry = Entry { import: Some("I-1".into()), ..Entry::new(NOW, NOW, event) };
        let clock = apply(Some(kept.clock), &entry, &rules).unwrap();
        let entries = std::slice::from_ref(&entry);
        let change = Advance {
            number: 1,
            service: "ledger",
            version: 1,
            entries_before: 1,
            entries,
            before: kept.clock,
            clock,
            assessed: kept.assessment,
            assessment: kept.assessment,
            held: &kept.custody,
            custody: &kept.custody,
        };
        let mut transaction = database.begin().await.unwrap();
        let before = totals(&mut transaction).await.unwrap();
        assert_eq!((before[0].timeliness, before[0].findings), (Timeliness::InTime, 1));
        advance(&mut transaction, std::slice::from_ref(&change), &watching(&policies))
            .await
            .unwrap();
        let read = stored(&mut transaction, 1).await.unwrap().expect("it is there");
        assert_eq!((read.value.clock, read.version, read.entries), (clock, 2, 2));
        assert_eq!(read.value.clock.state, State::Fixed);
        assert_eq!(ledger(&mut transaction, 1).await.unwrap()[1], entry);
        assert_eq!(totals(&mut transaction).await.unwrap()[0].findings, 0);
        let stale = advance(&mut transaction, &[change], &watching(&policies)).await;
        assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{}", database.engine_name());
    }
}

#[test]
fn a_finding_is_called_f_and_its_number() {
    assert_eq!((name_of(17).as_str(), number_of("F-17")), ("F-17", Some(17)));
    for other in ["", "F-", "f-17", "F-+1", "F-1 ", "E-17", "F-99999999999999999999"] {
        assert_eq!(number_of(other), None, "{other:?}");
    }
}

/// Findings as the version before words left them.
const WITHOUT_WORDS: &str = "delete from words; update findings set words = '';";

#[tokio::test]
async fn findings_stored_before_there_were_words_are_found_by_them() {
    let (databases, _directory) = databases().await;
    for database in &databases {
        with_one(database).await;
        let found = async |text: &str| {
            let filter = Filter { text: Some(text.into()), ..Filter::default() };
            let mut session = database.read().await.unwrap();
            list(&mut session, &filter, Sort::Newest, None, 9).await.unwrap().0.len()
        };
        assert_eq!((found("script").await, found("漢").await, found("scripts").await), (1, 1, 0));
        let mut transaction = database.begin().await.unwrap();
        Database::migrate(&mut transaction, WITHOUT_WORDS).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(found("script").await, 0);
        let mut transaction = database.begin().await.unwrap();
        index_all(&mut transaction).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!((found("SCRIPT brien").await, found("xz").await, found("nor").await), (1, 1, 0));
    }
}
