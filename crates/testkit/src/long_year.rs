//! The long year, lived by several seeds; the same seed twice; and damage that must be noticed.

use std::time::Instant;

use crate::world::World;

/// Seeds that once found a fault in the product; what they found stays found.
const ONCE_FAILED: &[u64] = &[];
/// Fresh seeds of every run.
const SEEDS: std::ops::Range<u64> = 1..5;
/// How many days a seed lives.
const DAYS: u32 = 365;

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
    let begun = Instant::now();
    for seed in &seeds {
        let world = run(lived(*seed, days, asked.is_some()));
        let (events, looks) = (world.story.lines().len(), world.checkers.looks);
        let (to, parcels) = (world.now(), world.office.taken());
        eprintln!(
            "seed {seed}: {days} days to {to}, {events} events, {looks} looks, {parcels} parcels, \
             {:.1} s",
            begun.elapsed().as_secs_f64()
        );
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let once = run(lived(7, 20, false));
    let again = run(lived(7, 20, false));
    assert!(once.story.lines().len() > 50);
    assert_eq!(once.story, again.story);
}
