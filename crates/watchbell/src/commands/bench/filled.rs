//! A database filled for lists, pages and ticks.
//!
//! Most findings are opened now, in services of ten thousand. Before them come groups whose
//! warning or deadline is due at chosen instants, so that a tick meets an exact number of them.

use std::sync::Arc;
use std::time::Instant;

use domain::access::Actor;
use jiff::{SignedDuration, Timestamp};
use operations::access::{self, Enrolment, SignedIn};
use operations::imports::{self, ImportRequest};
use operations::{App, objectives, organisations};

use super::reports::{CRITICAL, Graded, MEDIUM, mixed, trivy};
use super::{Measured, NOW, usage};
use crate::failure::Failure;
use crate::wiring::{self, FixedClock, Pretence};

/// Findings of one service.
const A_SERVICE: u64 = 10_000;
/// Who answers for everything that is filled in.
pub(super) const MANAGER: &str = "noor.haddad";
/// Who sends reports.
pub(super) const ADMINISTRATOR: &str = "petra.novak";
const ORGANISATION: &str = include_str!("../../../../../docs/examples/organisation.toml");

/// Findings that become due together.
pub(super) struct Group {
    pub(super) service: &'static str,
    pub(super) findings: u64,
    pub(super) graded: Graded,
    /// How long before [`NOW`] they were opened.
    opened: SignedDuration,
    /// How long after [`NOW`] a tick meets these and no others.
    pub(super) tick: SignedDuration,
}

const fn group(
    service: &'static str,
    findings: u64,
    graded: Graded,
    opened_hours: i64,
    tick_hours: i64,
) -> Group {
    let (opened, tick) =
        (SignedDuration::from_hours(opened_hours), SignedDuration::from_hours(tick_hours));
    Group { service, findings, graded, opened, tick }
}

/// Medium ones pass their deadline of 60 days at the end of a day; nobody is told of those.
/// Critical ones are warned of after 12 days, and each is escalated.
const GROUPS: [Group; 6] = [
    group("due-10", 10, MEDIUM, 59 * 24, 24 + 14),
    group("due-1000", 1_000, MEDIUM, 58 * 24, 48 + 14),
    group("due-100000", 100_000, MEDIUM, 57 * 24, 72 + 14),
    group("warned-10", 10, CRITICAL, 7 * 24, 5 * 24 + 1),
    group("warned-1000", 1_000, CRITICAL, 7 * 24 - 2, 5 * 24 + 3),
    group("warned-100000", 100_000, CRITICAL, 7 * 24 - 4, 5 * 24 + 5),
];

/// The groups that a database of `size` findings has room for.
pub(super) fn groups(size: u64) -> impl Iterator<Item = Group> {
    GROUPS.into_iter().filter(move |group| group.findings * 5 <= size)
}

pub(super) async fn opened(database: &str, now: &str) -> Result<App, Failure> {
    let now: Timestamp = now.parse().map_err(|error| Failure::Failed(format!("clock: {error}")))?;
    opened_at(database, now).await
}

pub(super) async fn opened_at(database: &str, now: Timestamp) -> Result<App, Failure> {
    let (clock, post) = (Arc::new(FixedClock(now)), Arc::new(Pretence));
    wiring::app_at(database, "http://bench.example", clock, post).await
}

pub(super) fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// Signs `person` of the example organisation in, which is applied if it is not yet.
pub(super) async fn sign_in(app: &App, person: &str) -> Result<SignedIn, Failure> {
    organisations::apply(app, &Actor::Operator, &organisation(0)).await?;
    signed_in(app, person).await
}

/// Signs a person of the organisation in.
pub(super) async fn signed_in(app: &App, person: &str) -> Result<SignedIn, Failure> {
    let secret = access::invite(app, &Actor::Operator, person).await?;
    let password = "a long enough password".to_owned();
    let chosen = Enrolment { id: String::new(), email: String::new(), password };
    Ok(access::enrol(app, &secret, &chosen).await?)
}

/// The example organisation with the services that are filled in.
fn organisation(size: u64) -> String {
    let filled = (0..size.div_ceil(A_SERVICE)).map(|n| format!("service-{n}"));
    let names = groups(size).map(|group| group.service.to_owned()).chain(filled);
    let service = |name: String| {
        format!(
            "\n[[services]]\nname = \"{name}\"\nowner = \"payments\"\ntier = 1\nproduction = true\n"
        )
    };
    names.map(service).fold(ORGANISATION.to_owned(), |text, one| text + &one)
}

/// Stores `size` findings.
pub(super) async fn fill(database: &str, size: u64) -> Result<Vec<Measured>, Failure> {
    let app = opened(database, NOW).await?;
    let (started, actor) = (Instant::now(), &Actor::Operator);
    organisations::apply(&app, actor, &organisation(size)).await?;
    objectives::load_playbook(&app, actor, "ciso", None).await?;
    let mut first = 0;
    for group in groups(size) {
        let findings = (first..first + group.findings).map(|n| (n, group.graded));
        import(&app, group.service, trivy(findings), app.now() - group.opened).await?;
        first += group.findings;
    }
    let mut times = Vec::new();
    for service in 0.. {
        let count = A_SERVICE.min(size - first);
        if count == 0 {
            break;
        }
        let report = trivy((first..first + count).map(|n| (n, mixed(n))));
        let started = Instant::now();
        import(&app, &format!("service-{service}"), report, app.now()).await?;
        times.push(millis(started));
        first += count;
    }
    app.database().close().await;
    let whole = Measured::once("filling it, one import after the other", size, millis(started));
    let each = format!("an import of {A_SERVICE} while it fills");
    Ok(vec![Measured { usage: usage::own(), ..whole }, Measured::several(&each, size, times)])
}

async fn import(app: &App, service: &str, bytes: Vec<u8>, at: Timestamp) -> Result<(), Failure> {
    let (service, at) = (service.to_owned(), Some(at));
    let request = ImportRequest { bytes, service, at, ..ImportRequest::default() };
    imports::import(app, &Actor::Operator, request).await?;
    Ok(())
}
