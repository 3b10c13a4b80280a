//! Rituals: what is held again and again, and the audits that are ahead.
//!
//! Both are declared in the organisation's file; here is what was said of each period. Recording a
//! day that has come says that the ritual was held, one still to come that it is scheduled.

use domain::access::{Actor, Operation};
use domain::audits::Audit;
use domain::people::{Organisation, PersonId};
use domain::record::Event;
use domain::rituals::{
    Almanac, Occurrence, Period, Record, Ritual, RitualId, RitualsError, Standing,
};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::Session;

use crate::door::relation;
use crate::objectives::{check_in_due, fiscal_year, zone_of};
use crate::{App, Refusal};

/// Records of one ritual that are looked at: more than its periods of a year.
const RECORDS: u32 = 100;
/// How far back the records of all rituals are looked at, in days: sixty weeks, or more than four
/// quarters.
const DAYS_BACK: i64 = 460;

/// A ritual as its page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RitualView {
    pub ritual: Ritual,
    /// The owner's name.
    pub owner: String,
    /// Its periods up to the running one, earliest first; empty before its first day.
    pub occurrences: Vec<Occurrence>,
    /// What was said last, if anything was.
    pub last: Option<Record>,
    /// Whether the actor may record it.
    pub may_record: bool,
}

impl RitualView {
    /// How it stands now: the running period, or the last that was missed before it.
    pub fn now(&self) -> Option<&Occurrence> {
        let running = self.occurrences.last()?;
        let before = self.occurrences.iter().rev().nth(1);
        match (running.standing, before) {
            (Standing::Open, Some(before)) if before.standing == Standing::Missed => Some(before),
            _ => Some(running),
        }
    }

    /// When it is next late, unless it is held; none while it waits for nothing.
    pub fn next_due(&self) -> Option<Timestamp> {
        let running = self.occurrences.last()?;
        matches!(running.standing, Standing::Open | Standing::Scheduled(_)).then_some(running.due)
    }
}

/// Every ritual by its identifier.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<RitualView>, Refusal> {
    let mut view = app.view(actor, Operation::ReadObjectives).await?;
    let organisation = std::sync::Arc::clone(&view.organisation);
    let records = recent(&mut view.session, view.now).await?;
    let views = organisation.rituals.values().map(|ritual| {
        let own: Vec<Record> =
            records.iter().filter(|record| record.ritual == ritual.id).cloned().collect();
        let almanac = almanac(&organisation, ritual)?;
        let occurrences = ritual.occurrences(&own, view.now, almanac);
        let relation = relation(actor, &owners(&organisation, ritual));
        let owner = organisation.people.get(&ritual.owner);
        Ok(RitualView {
            ritual: ritual.clone(),
            owner: owner.map_or_else(|| ritual.owner.to_string(), |person| person.name.clone()),
            occurrences: occurrences.map_err(|error| Refusal::invalid(error.to_string()))?,
            last: own.into_iter().max_by_key(|record| record.at),
            may_record: domain::access::may(actor, Operation::RecordRitual, relation),
        })
    });
    views.collect()
}

/// The audits that are not over, the next first.
pub async fn audits_ahead(app: &App, actor: &Actor) -> Result<Vec<Audit>, Refusal> {
    let view = app.view(actor, Operation::ReadObjectives).await?;
    let today = view.now.to_zoned(view.organisation.zone.clone()).date();
    let ahead = view.organisation.audits.values().filter(|audit| audit.ends >= today);
    let mut ahead: Vec<Audit> = ahead.cloned().collect();
    ahead.sort_by(|one, other| (one.begins, &one.id).cmp(&(other.begins, &other.id)));
    Ok(ahead)
}

/// Says that a ritual was held on the day `on`, or, when that day is still to come, that it is
/// scheduled for it; `None` = held today. A second record for the same period corrects the first.
/// Its owner, their manager and administrators may.
pub async fn record(
    app: &App,
    actor: &Actor,
    id: &str,
    on: Option<Date>,
    words: &str,
) -> Result<Record, Refusal> {
    let mut change = app.change(actor, Operation::RecordRitual).await?;
    let organisation = std::sync::Arc::clone(&change.organisation);
    let ritual = RitualId::parse(id).ok().and_then(|id| organisation.rituals.get(&id));
    let ritual = ritual.ok_or_else(|| Refusal::not_found("ritual", id))?;
    change.of(relation(actor, &owners(&organisation, ritual)))?;
    let almanac = almanac(&organisation, ritual)?;
    let now = change.instant();
    let on = on.unwrap_or_else(|| now.to_zoned(almanac.zone.clone()).date());
    let period = Period::containing(on, ritual.cadence, almanac.year);
    let period = period.map_err(|error| Refusal::invalid(format!("on: {error}")))?;
    let known = store::rituals::of(&mut change.transaction, &ritual.id, RECORDS).await?;
    let before = known.iter().find(|record| record.period == period.first);
    let record = ritual.record(on, words, before, (actor.name(), now), almanac).map_err(refused)?;
    store::rituals::save(&mut change.transaction, &record).await?;
    let (kind, day) = match record.held_on {
        Some(held) if held == on => ("held", held),
        _ => ("scheduled", on),
    };
    let detail = format!("{day}, for the {} from {}", period_word(ritual), record.period);
    change.event(Event::new("rituals", kind, ritual.id.as_str(), detail));
    crate::triggers::key_results_changed(&mut change).await?;
    change.commit().await?;
    Ok(record)
}

/// At the field that it is about.
fn refused(error: RitualsError) -> Refusal {
    let field = if matches!(error, RitualsError::TooLong(_)) { "words" } else { "on" };
    Refusal::invalid(format!("{field}: {error}"))
}

/// The records that any ritual's standing can depend on.
pub(crate) async fn recent(session: &mut Session, now: Timestamp) -> Result<Vec<Record>, Refusal> {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    Ok(store::rituals::since(session, today.saturating_sub(DAYS_BACK.days())).await?)
}

/// When a ritual's dates fall.
pub(crate) fn almanac<'a>(
    organisation: &'a Organisation,
    ritual: &Ritual,
) -> Result<Almanac<'a>, Refusal> {
    Ok(Almanac {
        year: fiscal_year(organisation)?,
        due: check_in_due(organisation),
        zone: zone_of(organisation, Some(ritual.owner.as_str())),
    })
}

/// `week`, `month` or `quarter`.
pub fn period_word(ritual: &Ritual) -> &'static str {
    use domain::objectives::Cadence;
    match ritual.cadence {
        Cadence::Weekly => "week",
        Cadence::Monthly => "month",
        Cadence::Quarterly => "quarter",
    }
}

fn owners(organisation: &Organisation, ritual: &Ritual) -> Vec<PersonId> {
    let owner = organisation.people.get(&ritual.owner);
    let manager = owner.and_then(|owner| owner.manager.clone());
    std::iter::once(ritual.owner.clone()).chain(manager).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ORGANISATION, person, products};
    use crate::{duties, escalations, organisations};

    const REVIEW: &str = "\n[[rituals]]\nid = \"weekly-review\"\nname = \"Backlog review\"\n\
        owner = \"bela.nemeth\"\ncadence = \"weekly\"\nstarts = 2026-03-02\n";

    #[tokio::test]
    async fn a_skipped_review_reaches_its_owner_gets_louder_and_clears_when_it_is_held() {
        for product in products().await {
            let app = &product.app;
            let text = format!("{ORGANISATION}{REVIEW}");
            organisations::apply(app, &Actor::Operator, &text).await.expect("applied");
            for day in ["2026-03-07T08:00:00Z", "2026-03-14T08:00:00Z"] {
                product.clock.set(day);
                duties::tick(app, &Actor::Watch).await.expect("a tick");
            }
            let shown = store::escalations::Shown::Open;
            let open = escalations::list(app, &Actor::Operator, shown, None).await.expect("listed");
            assert_eq!(open.len(), 1, "{}", product.engine());
            assert_eq!(open[0].firing.firing.loudness, 2);
            assert_eq!(open[0].told[0].telling.person, "bela.nemeth");
            assert_eq!(open[0].firing.title, "Backlog review");
            let refused = record(app, &person("noor.haddad"), "weekly-review", None, "").await;
            assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
            let own = record(app, &person("bela.nemeth"), "weekly-review", None, "notes 7").await;
            assert_eq!(own.expect("recorded").held_on, Some(jiff::civil::date(2026, 3, 14)));
            duties::tick(app, &Actor::Watch).await.expect("a tick");
            let open = escalations::list(app, &Actor::Operator, shown, None).await.expect("listed");
            assert!(open.is_empty(), "{open:?}");
            let views = list(app, &person("noor.haddad")).await.expect("listed");
            assert!(views.iter().all(|view| !view.may_record), "{views:?}");
        }
    }

    #[tokio::test]
    async fn a_ritual_that_nobody_declared_is_not_found() {
        let product = crate::testing::product().await;
        let refused = record(&product.app, &Actor::Operator, "dance", None, "").await;
        assert!(matches!(refused, Err(Refusal::NotFound { .. })), "{refused:?}");
    }
}
