//! Follows every link of every page as each role: none is dead, none fails, none is too heavy.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::browser::{Browser, product};

/// The most bytes a page may have, as the look says.
const PAGE_LIMIT: usize = 150_000;

/// Addresses of this host in the attribute `href`.
fn links(page: &str) -> Vec<String> {
    let values = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    values
        .filter(|value| value.starts_with('/'))
        .map(|value| value.replace("&amp;", "&").replace("&#38;", "&"))
        .collect()
}

async fn crawl(person: &str, may_not: &[&str]) {
    let product = product().await;
    // Past day 12 a critical finding is escalated; the second tick knows who was told.
    product.clock.advance(jiff::SignedDuration::from_hours(13 * 24));
    for _ in 0..2 {
        let ticked = operations::duties::tick(&product.app, &domain::access::Actor::Watch).await;
        ticked.expect("a tick");
    }
    let browser = Browser::signed_in(&product, person).await;
    let mut waiting = vec!["/".to_owned()];
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut wrong = Vec::new();
    while let Some(path) = waiting.pop() {
        let reply = browser.get(&path).await;
        let forbidden = may_not.contains(&path.as_str()) && reply.status == StatusCode::FORBIDDEN;
        if reply.status != StatusCode::OK && !forbidden {
            wrong.push(format!("{path} answered {}", reply.status));
        }
        if !reply.header("content-type").starts_with("text/html") {
            continue;
        }
        if reply.text.len() > PAGE_LIMIT {
            wrong.push(format!("{path} has {} bytes", reply.text.len()));
        }
        if reply.text.contains(" style=") {
            wrong.push(format!("{path} has an inline style"));
        }
        for link in links(&reply.text) {
            if seen.insert(link.clone()) {
                waiting.push(link);
            }
        }
    }
    assert!(wrong.is_empty(), "{person}: {wrong:#?}");
    assert!(seen.contains("/escalations/E-1"), "no escalation was found: {seen:#?}");
    assert!(seen.len() > 30, "only {} addresses were found", seen.len());
}

#[tokio::test]
async fn an_administrator_meets_no_dead_link() {
    crawl("mara.lind", &[]).await;
}

#[tokio::test]
async fn a_member_meets_no_dead_link() {
    crawl("noor.haddad", &["/outbox"]).await;
}

#[tokio::test]
async fn a_reader_meets_no_dead_link() {
    crawl("ada.winther", &["/outbox"]).await;
}
