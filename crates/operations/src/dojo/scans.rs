//! A report in, by DefectDojo's interface: where it goes, then the one way of all imports.
//!
//! Without `close_old_findings` absence closes nothing. With a least severity the report is still
//! compared whole: what is below it is not opened when it is new, while what is known below it is
//! kept up, closed and reopened as ever, because the report did look there. A day without a time
//! of day stands for its end in the organisation's zone, today's for this instant.

use domain::access::{Actor, Operation};
use domain::findings::Severity;
use domain::people::Organisation;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use store::dojo::DojoTest;
use store::imports::Import;

use super::context::{Context, Resolved, Target};
use super::dojo_tests::{ENVIRONMENT, scope_within};
use super::statistics::{self, Statistics};
use super::{MARK_LENGTH, ScanType, mark, moving, tags};
use crate::imports::{self, Job, Turn};
use crate::{App, Refusal};

/// How often what is missing is looked for again when somebody else created it in between.
const ATTEMPTS: usize = 3;
/// How far ahead of UTC the day of the earliest zone begins.
const EARLIEST_ZONE: SignedDuration = SignedDuration::from_hours(14);
/// The environments that there are.
const ENVIRONMENTS: [&str; 7] =
    ["Default", ENVIRONMENT, "Lab", "Pre-prod", "Production", "Staging", "Test"];

/// Which of the two endpoints was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Import,
    Reimport,
}

/// A report to take in.
#[derive(Clone, Debug)]
pub struct Scan {
    pub bytes: Vec<u8>,
    pub kind: Kind,
    pub scan_type: &'static ScanType,
    pub target: Target,
    pub scan_date: Option<Date>,
    /// What is less severe is not opened.
    pub minimum_severity: Severity,
    /// Whether absence closes.
    pub close_old_findings: bool,
    /// A part of the product: absence closes only within it.
    pub service: Option<String>,
    pub environment: Option<String>,
    pub version: Option<String>,
    pub build_id: Option<String>,
    pub commit_hash: Option<String>,
    pub branch_tag: Option<String>,
    /// None = the test keeps its tags.
    pub tags: Option<Vec<String>>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    pub import: Import,
    pub context: Context,
    pub statistics: Statistics,
}

/// Takes a report in; what it names and is not there is created with the first one that can be
/// read, never for one that cannot.
pub async fn take_scan(app: &App, actor: &Actor, scan: Scan) -> Result<Taken, Refusal> {
    let mut view = app.view(actor, Operation::ImportReport).await?;
    let (target, scan_type) = (&scan.target, scan.scan_type);
    Resolved::new(&mut view.session, target, scan.kind, scan_type).await?;
    let at = time_of_scan(scan.scan_date, view.now, &view.organisation)?;
    drop(view);
    environment(&scan)?;
    let formats = scan_type.formats().into_iter().map(str::to_owned).collect();
    let mut scan = scan;
    let prepared = imports::read_aside(app, std::mem::take(&mut scan.bytes), formats).await?;
    let (context, is_new) = settled(app, actor, &scan).await?;
    let service = context.product.service.clone();
    let scope = scope_within(&context.test, scan.service.as_deref())?;
    let context = moving::taken_over(app, actor, context, (&scope, &prepared)).await?;
    let before = match is_new || scan.kind == Kind::Import {
        true => None,
        false => {
            let mut view = app.view(actor, Operation::ReadImports).await?;
            let standings =
                store::dojo::standings(&mut view.session, &service, &context.test.scope).await?;
            Some(statistics::standing(&standings))
        }
    };
    let job = Job {
        prepared,
        service,
        scope,
        at,
        partial: !scan.close_old_findings,
        opens_from: Some(scan.minimum_severity).filter(|least| *least > Severity::Info),
        turn: Turn::First { create_service: false, force: false },
    };
    let import = imports::repeat(app, actor, &job).await?;
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let (service, scope) = (&context.product.service, &context.test.scope);
    let after = store::dojo::standings(&mut view.session, service, scope).await?;
    let moves = store::dojo::moves(&mut view.session, service, scope, import.recorded_at).await?;
    let statistics = statistics::statistics(before, &moves, statistics::standing(&after));
    Ok(Taken { import, context, statistics })
}

/// Where the report goes, all of it there; and whether the test is new.
async fn settled(app: &App, actor: &Actor, scan: &Scan) -> Result<(Context, bool), Refusal> {
    let mut outcome = settle(app, actor, scan).await;
    for _ in 1..ATTEMPTS {
        // A name that another pipeline took at the same moment is refused as one that exists; the
        // next look finds what that pipeline created.
        if !matches!(outcome, Err(Refusal::Conflict(_) | Refusal::Invalid(_))) {
            break;
        }
        outcome = settle(app, actor, scan).await;
    }
    outcome
}

async fn settle(app: &App, actor: &Actor, scan: &Scan) -> Result<(Context, bool), Refusal> {
    let (target, scan_type) = (&scan.target, scan.scan_type);
    let mut view = app.view(actor, Operation::ImportReport).await?;
    let resolved = Resolved::new(&mut view.session, target, scan.kind, scan_type).await?;
    drop(view);
    if let Some(context) = resolved.whole()
        && marked(&context.test, scan)? == context.test
    {
        return Ok((context, false));
    }
    let mut change = app.change(actor, Operation::ImportReport).await?;
    // Two pipelines that begin at once create one engagement and one test, not two.
    if let Some(service) = resolved.service() {
        store::services::lock(&mut change.transaction, service).await?;
    }
    let resolved = Resolved::new(&mut change.transaction, target, scan.kind, scan_type).await?;
    let is_new = resolved.test.is_none();
    let environment = scan.environment.as_deref();
    let mut context = resolved.completed(&mut change, target, scan_type, environment).await?;
    let test = marked(&context.test, scan)?;
    if test != context.test {
        context.test = DojoTest { updated_at: change.instant(), ..test };
        context.test.save(&mut change.transaction).await?;
    }
    change.commit().await?;
    Ok((context, is_new))
}

/// The test with what this report says of it. A re-import's tags replace, an import's are added.
fn marked(test: &DojoTest, scan: &Scan) -> Result<DojoTest, Refusal> {
    let said = |field, said: &Option<String>, kept: &Option<String>| {
        mark(field, said.as_deref(), MARK_LENGTH).map(|said| said.or_else(|| kept.clone()))
    };
    let tags = match (&scan.tags, scan.kind) {
        (None, _) => test.tags.clone(),
        (Some(given), Kind::Reimport) => tags(given)?,
        (Some(given), Kind::Import) => {
            tags(&test.tags.iter().chain(given).cloned().collect::<Vec<_>>())?
        }
    };
    Ok(DojoTest {
        version: said("version", &scan.version, &test.version)?,
        build_id: said("build_id", &scan.build_id, &test.build_id)?,
        commit_hash: said("commit_hash", &scan.commit_hash, &test.commit_hash)?,
        branch_tag: said("branch_tag", &scan.branch_tag, &test.branch_tag)?,
        tags,
        ..test.clone()
    })
}

/// An environment that nobody set up is refused, unless what is missing may be created.
fn environment(scan: &Scan) -> Result<(), Refusal> {
    let named = scan.environment.as_deref();
    match named.filter(|named| !ENVIRONMENTS.contains(named) && !scan.target.auto_create) {
        Some(named) => {
            let why = format!("Environment named \"{named}\" does not exist.");
            Err(Refusal::invalid(format!("environment: {why}")))
        }
        None => Ok(()),
    }
}

fn time_of_scan(
    day: Option<Date>,
    now: Timestamp,
    organisation: &Organisation,
) -> Result<Timestamp, Refusal> {
    let Some(day) = day else { return Ok(crate::door::kept(now)) };
    let newest = now.checked_add(EARLIEST_ZONE).unwrap_or(now);
    if day > newest.to_zoned(jiff::tz::TimeZone::UTC).date() {
        return Err(Refusal::invalid("scan_date: The scan_date cannot be in the future!"));
    }
    let next = day.checked_add(1.day()).unwrap_or(Date::MAX);
    let end = next.to_zoned(organisation.zone.clone());
    let end = end.map_err(|why| Refusal::invalid(format!("scan_date: {why}")))?.timestamp();
    let last = end.checked_sub(SignedDuration::from_secs(1)).unwrap_or(end);
    Ok(crate::door::kept(last.min(now)))
}
