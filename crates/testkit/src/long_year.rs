//! The long year, lived by several seeds; the same seed twice; and damage that must be noticed.

use std::time::Instant;

use domain::findings::{Clock, Rules, Watching};
use domain::notices::{Channel, Notice};
use domain::policy::{BandDays, SlaMatrices};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use store::findings::{Advance, Stream};

use crate::checkers::Depth;
use crate::world::World;

/// Seeds that once found a fault in the product; what they found stays found.
const ONCE_FAILED: &[u64] = &[1, 2];
/// Fresh seeds of every run.
const SEEDS: std::ops::Range<u64> = 4..5;
/// How many days a seed lives.
const DAYS: u32 = 55;
/// The seed that lives on PostgreSQL, and for how many days.
const ON_POSTGRESQL: u64 = 5;
const DAYS_ON_POSTGRESQL: u32 = 25;

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

async fn lived(seed: u64, days: u32, whole: bool) -> World {
    let mut world = World::new(seed).await.expect("a world");
    if let Err(why) = world.live(days).await {
        let story = world.story.of_failure(seed, &why, whole);
        eprintln!("{story}");
        panic!("seed {seed}: {why}");
    }
    world
}

#[test]
fn long_year() {
    let asked = std::env::var("WATCHBELL_SEED").ok().map(|seed| seed.parse().expect("a number"));
    let seeds: Vec<u64> = match asked {
        Some(seed) => vec![seed],
        None => ONCE_FAILED.iter().copied().chain(SEEDS).collect(),
    };
    let days = std::env::var("WATCHBELL_DAYS").map_or(DAYS, |days| days.parse().expect("days"));
    let (begun, mut policies) = (Instant::now(), 0);
    for seed in &seeds {
        let mut world = run(lived(*seed, days, asked.is_some()));
        policies += u32::from(run(world.has_another_policy()));
        let (events, looks) = (world.story.lines().len(), world.checkers.looks);
        let (to, parcels) = (world.now(), world.office.taken());
        eprintln!(
            "seed {seed}: {days} days to {to}, {events} events, {looks} looks, {parcels} parcels, \
             {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        let compared = run(async {
            let pure = World::new(*seed).await?;
            world.compare(pure).await
        });
        if let Err(why) = compared {
            eprintln!("{}", world.story.of_failure(*seed, &why, asked.is_some()));
            panic!("seed {seed}, compared with a perfect world: {why}");
        }
        eprintln!("seed {seed}: as in a perfect world, {:.1} s", begun.elapsed().as_secs_f64());
    }
    assert!(policies > 0 || days < DAYS, "no clock ever had the second SLA matrix");
}

#[test]
fn the_year_is_the_same_on_postgresql() {
    let Ok(server) = std::env::var("WATCHBELL_TEST_POSTGRES") else {
        eprintln!("POSTGRES ABSENT: the long year ran on SQLite only");
        return;
    };
    run(async {
        let mut world = World::on_postgresql(&server, ON_POSTGRESQL).await.expect("a world");
        if let Err(why) = world.live(DAYS_ON_POSTGRESQL).await {
            eprintln!("{}", world.story.of_failure(ON_POSTGRESQL, &why, false));
            panic!("seed {ON_POSTGRESQL} on PostgreSQL: {why}");
        }
        // The perfect world is on the other engine.
        let pure = World::new(ON_POSTGRESQL).await.expect("a world");
        world.compare(pure).await.unwrap_or_else(|why| panic!("on PostgreSQL: {why}"));
    });
}

#[test]
fn a_deed_that_was_lost_is_noticed_by_the_comparison() {
    use crate::script::Deed;
    type Meant = fn(&Deed) -> bool;
    let lost: [(Meant, &str); 3] = [
        (|deed| matches!(deed, Deed::CheckIn { .. }), "what was said and read"),
        (|deed| matches!(deed, Deed::FixMerged { .. }), "the ledgers"),
        (|deed| matches!(deed, Deed::Hold { .. }), "the rituals"),
    ];
    run(async {
        let mut noticed = 0;
        for (meant, told) in lost {
            let mut world = lived(7, 20, false).await;
            if !world.script.forget_last(meant) {
                continue;
            }
            let pure = World::new(7).await.expect("a world");
            let why = world.compare(pure).await.expect_err("a loss is noticed");
            assert!(why.contains(told), "{why}");
            noticed += 1;
        }
        assert!(noticed >= 2, "too little happened in twenty days to lose any of it");
    });
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let once = run(lived(7, 20, false));
    let again = run(lived(7, 20, false));
    assert!(once.story.lines().len() > 50);
    assert_eq!(once.story, again.story);
}

#[test]
fn a_clock_that_its_ledger_does_not_explain_is_noticed() {
    run(async {
        let mut world = lived(7, 20, false).await;
        let mut transaction = world.database().begin().await.expect("a transaction");
        let nobody = Stream { tool: String::new(), scope: String::new() };
        let mut any = None;
        for service in store::services::all(&mut transaction).await.expect("services") {
            let known = store::findings::known(&mut transaction, &service.name, &nobody).await;
            let first = known.expect("findings").into_iter().next();
            any = any.or(first.map(|known| (service.name, known)));
        }
        let (service, known) = any.expect("a finding");
        let before = known.value.clock;
        let advance = Advance {
            number: known.number,
            service: &service,
            version: known.version,
            entries_before: known.entries,
            entries: &[],
            before,
            clock: Clock { used: before.used + SignedDuration::from_secs(1), ..before },
            assessed: known.value.assessment,
            assessment: known.value.assessment,
            held: &known.value.custody,
            custody: &known.value.custody,
        };
        let (policies, zone) = (SlaMatrices::default(), TimeZone::UTC);
        let rules = Rules { policies: &policies, zone: &zone };
        let watching = Watching { warning: &BandDays::PLAYBOOK_WARNING, rules };
        let advanced = store::findings::advance(&mut transaction, &[advance], &watching).await;
        advanced.expect("damaged");
        transaction.commit().await.expect("kept");
        let why = world.look(Depth::Changes).await.expect_err("damage is noticed");
        assert!(why.contains("its ledger comes to"), "{why}");
    });
}

#[test]
fn a_notice_accepted_without_a_delivery_is_noticed() {
    run(async {
        let mut world = lived(7, 3, false).await;
        let mut transaction = world.database().begin().await.expect("a transaction");
        let notice = Notice {
            key: "made/up".into(),
            about: "nothing".into(),
            person: "mara.lind".into(),
            channel: Channel::Email,
            address: "mara@tidewater.example".into(),
            subject: "Made up".into(),
            body: String::new(),
            created_at: world.now(),
        };
        let now = world.now();
        store::notices::queue(&mut transaction, &[notice], now).await.expect("queued");
        store::notices::accept(&mut transaction, "made/up", now).await.expect("accepted");
        transaction.commit().await.expect("kept");
        let why = world.look(Depth::All).await.expect_err("damage is noticed");
        assert!(why.contains("never reached its reader"), "{why}");
    });
}
