//! Tests, as DefectDojo has the word: streams of reports of one kind within an engagement.

use domain::access::{Actor, Operation};
use domain::record::Event;
use jiff::Timestamp;
use jiff::civil::DateTime;
use store::Session;
use store::dojo::{DojoTest, DojoTestFilter, Engagement, Window};

use super::{MARK_LENGTH, NAME_LENGTH, ScanType, line, mark, no_such, prose, tags};
use crate::door::{Change, found};
use crate::imports::SCOPE_LENGTH;
use crate::{App, Refusal};

/// What separates a scope from what divides it; no scope of a test has it inside.
const DIVISION: &str = " · ";
/// The environment of a test that names none.
pub(super) const ENVIRONMENT: &str = "Development";

/// A test to create.
#[derive(Clone, Debug)]
pub struct NewTest {
    pub engagement: i64,
    /// The number of its kind of report.
    pub test_type: i64,
    pub title: Option<String>,
    pub description: Option<String>,
    pub environment: Option<String>,
    pub target_start: DateTime,
    pub target_end: DateTime,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    pub tags: Vec<String>,
}

/// A window of those that fit, and how many there are.
pub async fn tests(
    app: &App,
    actor: &Actor,
    filter: &DojoTestFilter,
    window: Window,
) -> Result<(Vec<DojoTest>, u64), Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    Ok(DojoTest::page(&mut view.session, filter, window).await?)
}

pub async fn test(app: &App, actor: &Actor, id: i64) -> Result<DojoTest, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    found(DojoTest::one(&mut view.session, id).await, "test", &id.to_string())
}

/// Keeps a new one.
pub async fn create_test(app: &App, actor: &Actor, test: &NewTest) -> Result<DojoTest, Refusal> {
    let mut change = app.change(actor, Operation::ImportReport).await?;
    let created = create_in(&mut change, test).await?;
    change.commit().await?;
    Ok(created)
}

pub(super) async fn create_in(change: &mut Change, test: &NewTest) -> Result<DojoTest, Refusal> {
    let now = change.instant();
    let session = &mut change.transaction;
    let kind =
        ScanType::numbered(test.test_type).ok_or_else(|| no_such("test_type", test.test_type))?;
    let engagement = Engagement::one(session, test.engagement).await?;
    let engagement = engagement.ok_or_else(|| no_such("engagement", test.engagement))?;
    let title = mark("title", test.title.as_deref(), NAME_LENGTH)?;
    let scope = free_scope(session, &engagement, title.as_deref().unwrap_or(kind.name)).await?;
    let created = DojoTest { title, ..written(test, kind, scope, now)? };
    let created = DojoTest::create(session, created).await?;
    let subject = format!("test {}", created.id);
    change.event(Event::new("dojo", "test_created", subject, created.scope.clone()));
    Ok(created)
}

fn written(
    test: &NewTest,
    kind: &ScanType,
    scope: String,
    now: Timestamp,
) -> Result<DojoTest, Refusal> {
    let description = test.description.as_deref().map(|text| prose("description", text));
    let environment = test.environment.as_deref().unwrap_or(ENVIRONMENT);
    Ok(DojoTest {
        id: 0,
        engagement: test.engagement,
        scan_type: kind.name.to_owned(),
        scope,
        title: None,
        description: description.transpose()?,
        environment: line("environment", environment, NAME_LENGTH)?,
        target_start: test.target_start,
        target_end: test.target_end,
        version: mark("version", test.version.as_deref(), MARK_LENGTH)?,
        build_id: mark("build_id", test.build_id.as_deref(), MARK_LENGTH)?,
        commit_hash: mark("commit_hash", test.commit_hash.as_deref(), MARK_LENGTH)?,
        branch_tag: mark("branch_tag", test.branch_tag.as_deref(), MARK_LENGTH)?,
        tags: tags(&test.tags)?,
        moved_in: false,
        created_at: now,
        updated_at: now,
    })
}

/// The scope of a new test: what people read, and unlike any other of its product.
pub(super) async fn free_scope(
    session: &mut Session,
    engagement: &Engagement,
    title: &str,
) -> Result<String, Refusal> {
    let plain = |text: &str| text.replace(DIVISION, " - ");
    let wanted = format!("{} / {}", plain(&engagement.name), plain(title));
    let fits = wanted.chars().count() <= SCOPE_LENGTH;
    if fits && !DojoTest::is_scope_taken(session, engagement.product, &wanted).await? {
        return Ok(wanted);
    }
    // Numbers are given once, so that this name is free as well.
    let number = store::counters::take(session, "dojo_scopes", 1).await?;
    let ending = format!(" #{number}");
    let room = SCOPE_LENGTH - ending.chars().count();
    Ok(wanted.chars().take(room).chain(ending.chars()).collect())
}

/// The scope of the reports of one part of a test.
pub(super) fn scope_within(test: &DojoTest, part: Option<&str>) -> Result<String, Refusal> {
    let part = mark("service", part, MARK_LENGTH)?;
    Ok(match part {
        Some(part) => format!("{}{DIVISION}{}", test.scope, part.replace(DIVISION, " - ")),
        None => test.scope.clone(),
    })
}
