//! Reads damaged reports until the time is over: every format of the catalogue is a target.
//!
//! `cargo run --release -p formats --example fuzz -- [--seconds N] [--format NAME] [--seed N]
//! [--from FOLDER]`. The seeds are the samples of the catalogue, and with `--from` the files of a
//! folder besides. What it looks for: a panic, and a document that takes more than two seconds.
//! The same seed damages the same samples in the same way; what was found is written to a file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use formats::reports::{Limits, Report, catalogue, read};

/// A document that takes longer is reported.
const SLOW: Duration = Duration::from_secs(2);
/// Files larger than this are left out: speed finds more than size.
const LARGEST: u64 = 200_000;
/// What readers trip over, put in at random places.
const TOKENS: [&[u8]; 18] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b",",
    b":",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\\u0000",
    b"\xff\xfe",
    b"<![CDATA[",
    b"]]>",
    b"&amp;",
    b"\r\n",
    b"\"\"",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    let number = |name, least| value(name).and_then(|text| text.parse().ok()).unwrap_or(least);
    let (seconds, mut seed) = (number("--seconds", 60), number("--seed", 1));
    let formats: Vec<&Report> = catalogue()
        .iter()
        .copied()
        .filter(|format| value("--format").is_none_or(|name| name == format.name))
        .collect();
    let strangers = value("--from").map(|folder| files(Path::new(folder))).unwrap_or_default();
    std::panic::set_hook(Box::new(|_| {}));
    let began = Instant::now();
    let (mut documents, mut found) = (0_u64, 0_u64);
    while began.elapsed() < Duration::from_secs(seconds) {
        for format in &formats {
            let samples = format.samples.iter().map(|(_, bytes)| *bytes);
            let all: Vec<&[u8]> = samples.chain(strangers.iter().map(Vec::as_slice)).collect();
            let document = damaged(&all, &mut seed);
            // Every other document is recognised by what is left of it.
            let named = seed.is_multiple_of(2).then_some(format.name);
            documents += 1;
            if let Some(what) = trouble(&document, named) {
                found += 1;
                let file = std::env::temp_dir().join(format!("{}-{documents}.bin", format.name));
                let _ = std::fs::write(&file, &document);
                println!("{}: {what}; kept as {}", format.name, file.display());
            }
        }
    }
    let took = began.elapsed().as_secs();
    println!("{documents} documents of {} formats in {took} s: {found} found", formats.len());
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(about) if about.is_dir() => found.extend(files(&path)),
            Ok(about) if about.len() <= LARGEST => found.extend(std::fs::read(&path).ok()),
            _ => {}
        }
    }
    found
}

/// What is wrong with the reading of a document, if anything.
fn trouble(document: &[u8], named: Option<&str>) -> Option<String> {
    let began = Instant::now();
    let reading = AssertUnwindSafe(|| read(document, named, &Limits::default(), &mut |_| {}));
    if let Err(panic) = catch_unwind(reading) {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or(panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        return Some(format!("panicked: {words}"));
    }
    let took = began.elapsed();
    (took > SLOW).then(|| format!("took {} ms", took.as_millis()))
}

/// One of the samples with one to eight damages.
fn damaged(samples: &[&[u8]], seed: &mut u64) -> Vec<u8> {
    let any = |seed: &mut u64| samples[below(samples.len(), seed)];
    let mut document = any(seed).to_vec();
    for _ in 0..=below(8, seed) {
        let place = below(document.len() + 1, seed);
        match below(7, seed) {
            0 => document.truncate(place),
            1 => {
                if let Some(byte) = document.get_mut(place) {
                    *byte ^= 1 << below(8, seed);
                }
            }
            2 => {
                let token = TOKENS[below(TOKENS.len(), seed)].iter().copied();
                document.splice(place..place, token);
            }
            3 => {
                let end = (place + below(64, seed)).min(document.len());
                document.drain(place..end);
            }
            4 => {
                // A stretch of it again, many times.
                let end = (place + below(200, seed)).min(document.len());
                let again = document[place..end].repeat(1 + below(50, seed));
                document.splice(place..place, again);
            }
            5 => {
                let other = any(seed);
                let from = below(other.len() + 1, seed);
                document.truncate(place);
                document.extend_from_slice(&other[from..]);
            }
            _ => digits(&mut document, place, seed),
        }
    }
    document
}

/// Makes the next number another one.
fn digits(document: &mut Vec<u8>, place: usize, seed: &mut u64) {
    let Some(first) = document[place..].iter().position(u8::is_ascii_digit) else { return };
    let first = place + first;
    let count = document[first..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = match below(4, seed) {
        0 => "0".to_owned(),
        1 => "-99999999999999999999".to_owned(),
        2 => format!("{}e{}", next(seed), below(400, seed)),
        _ => next(seed).to_string(),
    };
    document.splice(first..first + count, number.into_bytes());
}

fn below(end: usize, seed: &mut u64) -> usize {
    (next(seed) % end.max(1) as u64) as usize
}

/// SplitMix64 (Steele, Lea and Flood: Fast splittable pseudorandom number generators, 2014).
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
