//! Lists, the front page and one edit on a database that was filled.

use std::time::Instant;

use domain::access::Actor;
use domain::findings::{Band, State};
use operations::App;
use operations::findings::{self, Filter, HeldBy, Sort, States};

use super::filled::{MANAGER, millis, opened, signed_in};
use super::imports::serve;
use super::{Measured, NOW, usage};
use crate::failure::Failure;

/// How often each is asked for.
const ASKED: usize = 60;
/// Rows of a list's page.
const ROWS: u32 = 50;

/// Every list is asked for [`ASKED`] times, walking on from page to page.
pub(super) async fn lists(database: &str, size: u64) -> Result<Vec<Measured>, Failure> {
    let app = opened(database, NOW).await?;
    let mut rows = Vec::new();
    for (name, filter, sort) in asked() {
        let (mut times, mut after, mut shown) = (Vec::new(), None, 0);
        for _ in 0..ASKED {
            let started = Instant::now();
            let page = findings::list(&app, &Actor::Operator, &filter, (sort, after), ROWS).await?;
            times.push(millis(started));
            shown += page.findings.len();
            after = page.next;
        }
        tracing::debug!(name, shown, "listed");
        rows.push(Measured::several(name, size, times));
    }
    app.database().close().await;
    Ok(rows)
}

fn asked() -> Vec<(&'static str, Filter, Sort)> {
    let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
    let of_service = Filter { service: Some("service-0".into()), ..Filter::default() };
    let critical = Filter { band: Some(Band::Critical), ..Filter::default() };
    let every = Filter { states: States::All, ..Filter::default() };
    let fixed = Filter { states: States::One(State::Fixed), ..Filter::default() };
    let of_team = Filter { holder: Some(HeldBy::Team("payments".into())), ..Filter::default() };
    let high_of_service = Filter { band: Some(Band::High), ..of_service.clone() };
    let of_nobody = Filter { holder: Some(HeldBy::Nobody), ..Filter::default() };
    vec![
        ("list by deadline", Filter::default(), Sort::Deadline),
        ("list by severity", Filter::default(), Sort::Severity),
        ("list by newest", Filter::default(), Sort::Newest),
        ("list of a service by deadline", of_service.clone(), Sort::Deadline),
        ("list of a service by severity", of_service, Sort::Severity),
        ("list of the high ones of a service by deadline", high_of_service, Sort::Deadline),
        ("list of a band by deadline", critical.clone(), Sort::Deadline),
        ("list of a band by newest", critical, Sort::Newest),
        ("list of a team by severity", of_team, Sort::Severity),
        ("list of nobody's by deadline", of_nobody, Sort::Deadline),
        ("list of the fixed by severity", fixed, Sort::Severity),
        ("list of all states by newest", every, Sort::Newest),
        ("search: an identifier", text("CVE-2025-000107"), Sort::Deadline),
        ("search: a word of one in a thousand, by severity", text("overflow"), Sort::Severity),
        ("search: a word of one in ten, by deadline", text("disclosure"), Sort::Deadline),
        ("search: a word of nearly all, by deadline", text("crafted"), Sort::Deadline),
        ("search: a package", text("package-1234"), Sort::Deadline),
        ("search: two words", text("overflow crafted"), Sort::Deadline),
        ("search: a word of none", text("nothing-like-it"), Sort::Deadline),
    ]
}

/// The front page as a signed-in manager gets it over HTTP, and one edit.
pub(super) async fn pages(database: &str, size: u64) -> Result<Vec<Measured>, Failure> {
    let app = opened(database, NOW).await?;
    let mut rows = vec![front_page(&app, size).await?];
    rows.push(edits(&app, size).await?);
    app.database().close().await;
    Ok(rows)
}

async fn front_page(app: &App, size: u64) -> Result<Measured, Failure> {
    let signed_in = signed_in(app, MANAGER).await?;
    let address = serve(app).await?;
    let client = super::client()?;
    let failed = |error: &dyn std::fmt::Display| Failure::Failed(format!("front page: {error}"));
    let mut times = Vec::new();
    for _ in 0..ASKED {
        let request = client.get(format!("http://{address}/"));
        let request = request.header("cookie", format!("watchbell={}", signed_in.cookie));
        let started = Instant::now();
        let answer = request.send().await.map_err(|error| failed(&error))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| failed(&error))?;
        times.push(millis(started));
        if !status.is_success() || !text.contains("Sign out") {
            return Err(failed(&format!("{status}, {} bytes", text.len())));
        }
    }
    let measured = Measured::several("the whole front page", size, times);
    Ok(Measured { usage: usage::own(), ..measured })
}

/// A different finding each time is marked as merged; none of those that ticks wait for.
async fn edits(app: &App, size: u64) -> Result<Measured, Failure> {
    let actor = &Actor::Operator;
    let order = (Sort::Newest, None);
    let page = findings::list(app, actor, &Filter::default(), order, 400).await?;
    let open = page.findings.iter().filter(|listed| listed.clock.state == State::Open);
    let mut times = Vec::new();
    for listed in open.take(ASKED) {
        let started = Instant::now();
        findings::fix_merged(app, actor, &listed.id, "https://git.example/1").await?;
        times.push(millis(started));
    }
    Ok(Measured::several("one edit: fix merged", size, times))
}
