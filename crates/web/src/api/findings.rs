//! Findings: the list, one with its ledger, a merged fix.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use domain::findings::{Entry, EventColumns, Location as Place, Package as Named};
use operations::findings::{self as operation, FindingView, Listed, SeenBy};
use operations::organisations;
use wire::findings::{
    Finding, FindingDetail, Findings, FixMerged, LedgerEntry, Location, Package, Sighting,
};
use wire::problems::Problem as Document;

use super::caller::Caller;
use super::sent::Sent;
use super::{BASE, Outcome, instant};
use crate::problem::Problem;
use crate::rooms::Parameters;
use crate::rooms::findings::{Wanted, document, wanted_format};

/// Findings by filters: without any, those that are open or have a fix merged, due first.
#[utoipa::path(get, path = "/findings", tag = "findings", operation_id = "list_findings",
    params(
        ("service" = Option<String>, Query),
        ("band" = Option<String>, Query, description = "`critical`, `high`, `medium` or `low`"),
        ("state" = Option<String>, Query, description = "`running`, `all` or one state"),
        ("team" = Option<String>, Query, description = "a team's id, or `unassigned`"),
        ("due_before" = Option<String>, Query, description = "a date or an instant"),
        ("text" = Option<String>, Query, description = "a CVE, a package, words of the title"),
        ("sort" = Option<String>, Query, description = "`deadline`, `severity` or `newest`"),
        ("after" = Option<String>, Query, description = "where a page goes on, from `next`"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 100 if not said"),
    ),
    responses((status = 200, body = Findings), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn list(caller: Caller, parameters: Parameters) -> Outcome<Findings> {
    let (app, actor, limit) = (&caller.app, &caller.actor, parameters.limit()?);
    let zone = zone(&caller, &parameters).await?;
    let wanted = Wanted::read(&parameters, &zone)?;
    let order = (wanted.sort, wanted.after);
    let page = operation::list(app, actor, &wanted.filter, order, limit).await?;
    let path = format!("{BASE}/findings");
    let next = page.next.map(|next| parameters.with(&path, "after", &next.text()));
    Ok(Json(Findings { findings: page.findings.iter().map(listed).collect(), next }))
}

/// The same findings as one document, at most 100,000 of them: the headers `Watchbell-Findings`,
/// `Watchbell-Left-Out` (what the format has no words for) and `Watchbell-Complete` tell how much.
#[utoipa::path(get, path = "/findings/export", tag = "findings", operation_id = "export_findings",
    params(
        ("format" = String, Query,
            description = "`csv`, `json`, `sarif`, `openvex` or `cyclonedx-vex`"),
        ("service" = Option<String>, Query),
        ("band" = Option<String>, Query, description = "`critical`, `high`, `medium` or `low`"),
        ("state" = Option<String>, Query, description = "`running`, `all` or one state"),
        ("team" = Option<String>, Query, description = "a team's id, or `unassigned`"),
        ("due_before" = Option<String>, Query, description = "a date or an instant"),
        ("text" = Option<String>, Query, description = "a CVE, a package, words of the title"),
        ("sort" = Option<String>, Query, description = "`deadline`, `severity` or `newest`"),
    ),
    responses((status = 200, body = String, content_type = "application/json"),
        (status = "default", body = Document, content_type = "application/problem+json")))]
pub(super) async fn export(caller: Caller, parameters: Parameters) -> Result<Response, Problem> {
    let (app, actor) = (&caller.app, &caller.actor);
    let format = wanted_format(&parameters)?;
    let zone = zone(&caller, &parameters).await?;
    let wanted = Wanted::read(&parameters, &zone)?;
    let export = operation::export(app, actor, &wanted.filter, wanted.sort, format).await?;
    Ok(document(format, export))
}

/// Where a date begins; asked for only where one is given.
async fn zone(caller: &Caller, parameters: &Parameters) -> Result<jiff::tz::TimeZone, Problem> {
    Ok(match parameters.get("due_before") {
        Some(_) => organisations::zone(&caller.app, &caller.actor).await?,
        None => jiff::tz::TimeZone::UTC,
    })
}

/// One finding with its ledger and who sees it.
#[utoipa::path(get, path = "/findings/{id}", tag = "findings", operation_id = "read_finding",
    params(("id" = String, Path, description = "`F-17`")),
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Outcome<FindingDetail> {
    Ok(Json(detail(operation::one(&caller.app, &caller.actor, &id).await?)))
}

/// Says that a change which should fix the finding is merged. A later scan verifies it.
#[utoipa::path(put, path = "/findings/{id}/fix-merged", tag = "findings",
    operation_id = "mark_fix_merged",
    params(("id" = String, Path, description = "`F-17`")),
    request_body = FixMerged,
    responses((status = 200, body = FindingDetail), (status = "default", body = Document,
        content_type = "application/problem+json")))]
pub(super) async fn fix_merged(
    caller: Caller,
    Path(id): Path<String>,
    Sent(fix): Sent<FixMerged>,
) -> Outcome<FindingDetail> {
    let (app, actor) = (&caller.app, &caller.actor);
    Ok(Json(detail(operation::fix_merged(app, actor, &id, &fix.reference).await?)))
}

fn listed(finding: &Listed) -> Finding {
    let clock = &finding.clock;
    Finding {
        id: finding.id.clone(),
        service: finding.service.clone(),
        title: finding.title.clone(),
        ids: finding.ids.clone(),
        package: finding.package.as_ref().map(package),
        location: finding.place.as_ref().map(location),
        rule: finding.rule.clone(),
        band: clock.band.word().to_owned(),
        score: finding.assessment.score,
        score_source: finding.assessment.source.word().to_owned(),
        state: clock.state.word().to_owned(),
        holder: finding.holder.clone(),
        opened_at: clock.opened_at.to_string(),
        due_at: instant(clock.due_at),
        breached_at: instant(clock.breached_at),
        fix_merged_at: instant(clock.fix_merged_at),
        closed_at: instant(clock.closed_at),
    }
}

pub(super) fn detail(view: FindingView) -> FindingDetail {
    let finding = view.finding;
    let summary = Listed {
        id: finding.id,
        service: finding.service,
        title: finding.title,
        ids: finding.ids,
        package: finding.package,
        place: finding.places.first().cloned(),
        rule: finding.rule,
        assessment: finding.assessment,
        clock: finding.clock,
        holder: finding.custody.team,
    };
    FindingDetail {
        finding: listed(&summary),
        cwes: finding.cwes,
        vector: finding.vector,
        description: finding.description,
        places: finding.places.iter().map(location).collect(),
        ledger: view.ledger.iter().map(entry).collect(),
        sightings: view.sightings.iter().map(sighting).collect(),
    }
}

fn package(package: &Named) -> Package {
    let Named { name, version, fixed, purl } = package.clone();
    Package { name, version, fixed, purl }
}

fn location(place: &Place) -> Location {
    let Place { path, line, url } = place.clone();
    Location { path, line, url }
}

fn entry(entry: &Entry) -> LedgerEntry {
    let columns = EventColumns::from(&entry.event);
    LedgerEntry {
        at: entry.at.to_string(),
        recorded_at: entry.recorded_at.to_string(),
        event: columns.kind,
        band: columns.band,
        score: columns.score,
        reason: columns.reason,
        import: entry.import.clone().or(columns.import),
        party: columns.party,
        note: columns.note,
        until: instant(columns.until),
    }
}

fn sighting(seen: &SeenBy) -> Sighting {
    Sighting {
        tool: seen.stream.tool.clone(),
        scope: seen.stream.scope.clone(),
        present: seen.sighting.present,
        place: seen.sighting.place.clone(),
        looked_at: instant(seen.looked_at),
    }
}
