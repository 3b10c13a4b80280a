//! Columns ↔ the domain's values, in one place for every statement of the room.

use domain::findings::{
    Assessment, Band, Cause, Clock, ClosedBy, Custody, Location, Package, ScoreSource, Sighting,
    State, canonical_id,
};
use jiff::SignedDuration;

use super::words::{self, Index};
use crate::sql::Values;
use crate::{Row, StoreError};

/// The clock, its sort keys and its timer, in the order of [`push_clock`].
pub(super) const CLOCK: &str = "state, band, opened_at, counted_from, due_at, breached_at,
    warned_at, fix_merged_at, closed_at, closed_by, used_micros, running_since, recurrence, policy,
    last_at, promised_at, capped_at, stands_since, stands_until, running, deadline_order,
    severity_order, watch_at";
/// How many columns [`CLOCK`] names.
pub(super) const CLOCK_WIDTH: usize = 23;

/// Who holds a finding, in the order of [`push_custody`].
pub(super) const CUSTODY: &str = "owner_team, vendor, held_since, hindrance";
/// How many columns [`CUSTODY`] names.
pub(super) const CUSTODY_WIDTH: usize = 4;
/// The columns that [`read_custody`] reads.
pub(crate) const CUSTODY_READ: &str = "f.owner_team, f.vendor, f.held_since, f.hindrance";

/// The columns that [`read_clock`] and [`read_assessment`] read.
pub(crate) const CLOCK_READ: &str = "f.state, f.band, f.opened_at, f.counted_from, f.due_at,
    f.breached_at, f.warned_at, f.fix_merged_at, f.closed_at, f.closed_by, f.used_micros,
    f.running_since, f.recurrence, f.policy, f.last_at, f.promised_at, f.capped_at,
    f.stands_since, f.stands_until, f.score, f.score_source, f.assessed_band";

/// Adds the values of [`CLOCK`]. `severity` is what the list by severity sorts by.
pub(super) fn push_clock(
    values: &mut Values,
    clock: &Clock,
    assessment: &Assessment,
    watch_at: Option<jiff::Timestamp>,
) {
    values.push(clock.state.word());
    values.push(clock.band.word());
    values.push(clock.opened_at);
    values.push(clock.counted_from);
    values.push(clock.due_at);
    values.push(clock.breached_at);
    values.push(clock.warned_at);
    values.push(clock.fix_merged_at);
    values.push(clock.closed_at);
    values.push(clock.closed_by.map(ClosedBy::word));
    values.push(i64::try_from(clock.used.as_micros()).unwrap_or(i64::MAX));
    values.push(clock.running_since);
    values.push(clock.recurrence);
    values.push(clock.policy.to_string());
    values.push(clock.last_at);
    values.push(clock.promised_at);
    values.push(clock.capped_at);
    values.push(clock.stands_since);
    values.push(clock.stands_until);
    values.push(clock.state.is_running());
    values.push(clock.due_at.map_or(i64::MAX, |due| due.as_microsecond()));
    values.push(severity_order(clock.band, assessment.score));
    values.push(watch_at);
}

/// Ascending from the worst: the band, then the score in thousandths.
fn severity_order(band: Band, score: Option<f64>) -> i64 {
    let rank = Band::ALL.iter().position(|known| *known == band).unwrap_or(Band::ALL.len());
    let thousandths = score.map_or(0, |score| (score.clamp(0.0, 10.0) * 1000.0).round() as i64);
    rank as i64 * 100_000 + 10_000 - thousandths
}

pub(super) fn push_assessment(values: &mut Values, assessment: &Assessment) {
    values.push(assessment.score);
    values.push(assessment.source.word());
    values.push(assessment.band.word());
}

pub(super) fn read_clock(row: &Row) -> Result<Clock, StoreError> {
    let policy = row.text("policy")?;
    Ok(Clock {
        state: row.word("state", State::from_word)?,
        band: row.word("band", Band::from_word)?,
        opened_at: row.instant("opened_at")?,
        counted_from: row.instant("counted_from")?,
        due_at: row.instant_or_none("due_at")?,
        breached_at: row.instant_or_none("breached_at")?,
        warned_at: row.instant_or_none("warned_at")?,
        fix_merged_at: row.instant_or_none("fix_merged_at")?,
        closed_at: row.instant_or_none("closed_at")?,
        closed_by: row.text_or_none("closed_by")?.and_then(|word| ClosedBy::from_word(&word)),
        used: SignedDuration::from_micros(row.integer("used_micros")?),
        running_since: row.instant_or_none("running_since")?,
        recurrence: u32::try_from(row.integer("recurrence")?).unwrap_or(u32::MAX),
        policy: policy.parse().map_err(|error| StoreError::unreadable("policy", error))?,
        last_at: row.instant("last_at")?,
        promised_at: row.instant_or_none("promised_at")?,
        capped_at: row.instant_or_none("capped_at")?,
        stands_since: row.instant_or_none("stands_since")?,
        stands_until: row.instant_or_none("stands_until")?,
    })
}

pub(super) fn push_custody(values: &mut Values, custody: &Custody) {
    values.push(custody.team.clone());
    values.push(custody.vendor.clone());
    values.push(custody.since);
    values.push(custody.hindrance.map(Cause::word));
}

pub(super) fn read_custody(row: &Row) -> Result<Custody, StoreError> {
    Ok(Custody {
        team: row.text_or_none("owner_team")?,
        vendor: row.text_or_none("vendor")?,
        since: row.instant_or_none("held_since")?,
        hindrance: row.text_or_none("hindrance")?.and_then(|word| Cause::from_word(&word)),
    })
}

pub(super) fn read_assessment(row: &Row) -> Result<Assessment, StoreError> {
    Ok(Assessment {
        score: row.real_or_none("score")?,
        source: row.word("score_source", ScoreSource::from_word)?,
        band: row.word("assessed_band", Band::from_word)?,
    })
}

pub(super) fn read_sighting(row: &Row) -> Result<Sighting, StoreError> {
    Ok(Sighting {
        present: row.flag("present")?,
        assessment: read_assessment(row)?,
        digest: row.text("digest")?,
        place: row.text_or_none("place")?,
        version: row.text_or_none("version")?,
    })
}

/// What is told of a finding, in the order of [`push_told`].
pub(super) const TOLD: &str = "title, weakness, ids, cwes, vector, package_name, package_version,
    package_fixed, package_purl, places, rule, description, words";
/// How many columns [`TOLD`] names.
pub(super) const TOLD_WIDTH: usize = 13;

/// What is told of a finding, borrowed from wherever it is.
pub(super) struct Told<'a> {
    pub number: i64,
    pub title: &'a str,
    pub ids: &'a [String],
    pub cwes: &'a [u32],
    pub vector: Option<&'a str>,
    pub package: Option<&'a Package>,
    pub places: &'a [Location],
    pub rule: Option<&'a str>,
    pub description: Option<&'a str>,
}

/// Adds the values of [`TOLD`], and the words to `index`.
pub(super) fn push_told(values: &mut Values, index: &mut Index, told: &Told<'_>) {
    let weakness = canonical_id(told.ids, &|_| None).or(told.rule.map(str::to_lowercase));
    let package = told.package;
    let name = package.map(|package| package.name.as_str());
    let words = words::kept([Some(told.title), name, told.rule, weakness.as_deref()]);
    index.add(told.number, &words);
    values.push(told.title);
    values.push(weakness);
    values.push(json(&told.ids));
    values.push(json(&told.cwes));
    values.push(told.vector);
    values.push(name);
    values.push(package.and_then(|package| package.version.as_deref()));
    values.push(package.and_then(|package| package.fixed.as_deref()));
    values.push(package.and_then(|package| package.purl.as_deref()));
    let place = |place: &Location| (place.path.clone(), place.line, place.url.clone());
    values.push(json(&told.places.iter().map(place).collect::<Vec<_>>()));
    values.push(told.rule);
    values.push(told.description);
    values.push(words);
}

/// Lists of text and numbers always encode.
pub(crate) fn json<T: serde::Serialize>(list: &T) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row,
    column: &str,
) -> Result<T, StoreError> {
    let text = row.text(column)?;
    serde_json::from_str(&text).map_err(|error| StoreError::unreadable(column, error))
}

pub(super) fn read_places(row: &Row) -> Result<Vec<Location>, StoreError> {
    let places: Vec<(Option<String>, Option<u32>, Option<String>)> = from_json(row, "places")?;
    Ok(places.into_iter().map(|(path, line, url)| Location { path, line, url }).collect())
}

pub(super) fn read_package(row: &Row) -> Result<Option<Package>, StoreError> {
    let Some(name) = row.text_or_none("package_name")? else { return Ok(None) };
    Ok(Some(Package {
        name,
        version: row.text_or_none("package_version")?,
        fixed: row.text_or_none("package_fixed")?,
        purl: row.text_or_none("package_purl")?,
    }))
}
