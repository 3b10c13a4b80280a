//! How a finding's clock reads: its state in a word, its row in a list, its life as a line.

use domain::findings::{Band, Clock, Location, Package, ScoreSource, State};
use domain::people::{Organisation, TeamId};
use domain::policy::BandDays;
use jiff::Timestamp;
use operations::findings::{Listed, Tally};

use super::{address, encoded};
use crate::pages::drawing::{Holding, SlaLine};
use crate::pages::findings::{BandCount, FindingRow};
use crate::pages::{Link, Meaning, exact, relative};
use crate::visit::Visit;

/// A clock this close to its date is bending.
const NEAR_HOURS: i64 = 48;
/// Seconds in an hour.
const HOUR: f64 = 3600.0;

/// A band as people write it.
pub(super) fn band_words(band: Band) -> &'static str {
    match band {
        Band::Critical => "Critical",
        Band::High => "High",
        Band::Medium => "Medium",
        Band::Low => "Low",
    }
}

/// A state as people write it.
pub(super) fn state_words(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::FixMerged => "fix merged",
        State::Fixed => "fixed",
        State::FalsePositive => "false positive",
        State::NotAffected => "not affected",
        State::Accepted => "accepted",
        State::Merged => "merged",
        State::Withdrawn => "withdrawn",
    }
}

/// What a clock means and its word, at `now`.
pub(super) fn standing(clock: &Clock, now: Timestamp) -> (Meaning, String) {
    if !clock.state.is_running() {
        let late = clock.closed_in_time() == Some(false);
        let meaning = if late { Meaning::Plain } else { Meaning::Holding };
        let late = if late { ", past SLA" } else { "" };
        return (meaning, format!("{}{late}", state_words(clock.state)));
    }
    if clock.is_past_due(now) {
        return (Meaning::Broken, "past SLA".to_owned());
    }
    let words = state_words(clock.state).to_owned();
    let near = clock.due_at.is_some_and(|due| due.duration_since(now).as_hours() < NEAR_HOURS);
    let warned = clock.warned_at.is_some() && clock.state == State::Open;
    match clock.due_at {
        None => (Meaning::Plain, words),
        Some(_) if near || warned => (Meaning::Bending, words),
        Some(_) => (Meaning::Holding, words),
    }
}

/// A base score, or a dash.
pub(super) fn score_words(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| format!("{score:.1}"))
}

/// Where a score comes from, in a sentence's end.
pub(super) fn source_words(source: ScoreSource) -> String {
    match source {
        ScoreSource::Vector(version) => format!("CVSS {version} base score, from the vector"),
        ScoreSource::Stated => "the score the report states, without a vector".to_owned(),
        ScoreSource::Label => "from the tool's own word; no score".to_owned(),
        ScoreSource::Nothing => "the report says neither score nor severity".to_owned(),
    }
}

/// The name of a team, or its id when the organisation does not know it.
pub(super) fn team_words(organisation: &Organisation, team: Option<&str>) -> String {
    let Some(id) = team else { return "unassigned".to_owned() };
    let known = TeamId::parse(id).ok().and_then(|id| organisation.teams.get(&id));
    known.map_or_else(|| id.to_owned(), |team| team.name.clone())
}

/// A package or a place in code as one text.
pub(super) fn place_words(package: Option<&Package>, place: Option<&Location>) -> String {
    if let Some(package) = package {
        let version = package.version.as_deref().unwrap_or_default();
        return format!("{} {version}", package.name).trim_end().to_owned();
    }
    place.map(location_words).unwrap_or_default()
}

/// A place in code or on the network as one text.
pub(super) fn location_words(location: &Location) -> String {
    let path = location.path.as_deref().or(location.url.as_deref()).unwrap_or_default();
    location.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}

/// A service's page.
pub(super) fn service_link(name: &str) -> Link {
    Link::new(format!("/services/{}", encoded(name)), name)
}

/// One finding in a list.
pub(super) fn row(visit: &Visit, listed: &Listed) -> FindingRow {
    let (meaning, state) = standing(&listed.clock, visit.now);
    let identity = listed.ids.first().or(listed.rule.as_ref()).unwrap_or(&listed.id);
    FindingRow {
        href: format!("/findings/{}", encoded(&listed.id)),
        identity: identity.clone(),
        title: listed.title.clone(),
        place: place_words(listed.package.as_ref(), listed.place.as_ref()),
        service: service_link(&listed.service),
        band: band_words(listed.clock.band).to_owned(),
        score: score_words(listed.assessment.score),
        meaning,
        state,
        due: listed.clock.due_at.map(|due| visit.moment(due)),
        holder: team_words(&visit.organisation, listed.holder.as_deref()),
    }
}

/// The days of the matrix in force on the visit's day.
pub(super) fn days_in_force(visit: &Visit) -> BandDays {
    let organisation = &visit.organisation;
    let today = visit.now.to_zoned(organisation.zone.clone()).date();
    let in_force = organisation.sla.iter().rfind(|matrix| matrix.effective_from <= today);
    in_force.map_or(BandDays::PLAYBOOK, |matrix| BandDays {
        critical: Some(matrix.days.critical),
        high: Some(matrix.days.high),
        medium: Some(matrix.days.medium),
        low: matrix.days.low,
    })
}

/// Running findings by band, worst first; `service` narrows the links.
pub(super) fn band_counts(visit: &Visit, tallies: &[Tally], service: &str) -> Vec<BandCount> {
    use domain::findings::Timeliness::PastDue;
    let days = days_in_force(visit);
    let zone = &visit.organisation.zone;
    let today = visit.now.to_zoned(zone.clone()).date().to_string();
    let count = |band: Band, past: bool| -> u64 {
        let of_band = tallies.iter().filter(|tally| tally.band == band);
        of_band
            .filter(|tally| (tally.timeliness == PastDue) == past)
            .map(|tally| tally.findings)
            .sum()
    };
    let href = |band: Band, due_before: &str| {
        let pairs = [("band", band.word()), ("service", service), ("due_before", due_before)];
        address("/findings", pairs)
    };
    Band::ALL
        .into_iter()
        .map(|band| BandCount {
            band: band_words(band).to_owned(),
            window: days.of(band).map_or("no SLA".to_owned(), |days| format!("{days} days")),
            in_time: count(band, false),
            in_time_href: href(band, ""),
            past: count(band, true),
            past_href: href(band, &today),
        })
        .collect()
}

/// The life of a running or closed clock as a line; none where its band has no date.
pub(super) fn line(visit: &Visit, clock: &Clock, holder: &str) -> Option<SlaLine> {
    let due = clock.due_at?;
    let start = clock.counted_from;
    let hours = |at: Timestamp| at.duration_since(start).as_secs_f64() / HOUR;
    let reached = clock.closed_at.unwrap_or(visit.now);
    let warning = BandDays::PLAYBOOK_WARNING.of(clock.band).map(|days| f64::from(days) * 24.0);
    let says =
        |words: &str, at: Timestamp| format!("{words} {}", exact(visit.now, at, &visit.zone));
    let now_words = match clock.closed_at {
        Some(at) => says("Closed", at),
        None => format!("Now, due {}", relative(visit.now, due)),
    };
    Some(SlaLine {
        warning: warning.filter(|hours| *hours > 0.0),
        now: hours(visit.now),
        due: hours(due),
        stopped: clock.closed_at.map(hours),
        holdings: vec![Holding { holder: holder.to_owned(), from: 0.0, until: hours(reached) }],
        opened_words: says("Opened", clock.opened_at),
        warning_words: "Warns".to_owned(),
        now_words,
        due_words: says("Due", due),
        meaning: standing(clock, visit.now).0,
    })
}
