//! The facts that triggers look at, gathered from the other rooms.

use domain::audits::{self, Lived};
use domain::calendar::start_of_day;
use domain::findings::{Fix, SLOWING_WEEKS, WINDOW};
use domain::people::{Organisation, PersonId, TeamId};
use domain::rituals::Record;
use domain::services::ServiceName;
use domain::triggers::{AuditFacts, FindingFacts, KeyResultFacts, RitualFacts};
use jiff::{SignedDuration, Timestamp};
use store::Session;
use store::findings::Fixed;

use crate::{Change, Refusal, findings, objectives, rituals};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far back fixes are looked at: the window of the oldest reading of a cycle time.
const FIXES_FROM: SignedDuration =
    SignedDuration::from_secs(WINDOW.as_secs() + SLOWING_WEEKS as i64 * WEEK.as_secs());
/// Fixes that are looked at, the newest: more have the same percentiles.
const MOST_FIXES: u32 = 50_000;
/// Old open findings of one service that are counted: beyond that the number says nothing more.
const MOST_OPEN: u32 = 10_000;

/// A finding with what the resolution of roles needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FindingMatter {
    pub facts: FindingFacts,
    pub service: String,
    /// The engineer assigned to it.
    pub engineer: Option<String>,
}

/// A key result with who is directly responsible for it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyResultMatter {
    pub facts: KeyResultFacts,
    pub dri: Option<String>,
}

/// Those of `ids` that are open or have a fix merged.
pub(super) async fn findings(
    change: &mut Change,
    ids: &[String],
) -> Result<Vec<FindingMatter>, Refusal> {
    let organisation = std::sync::Arc::clone(&change.organisation);
    let running = findings::running(&mut change.transaction, &organisation, ids).await?;
    let matters = running.into_iter().map(|(facts, service)| {
        let engineer = facts.team.as_deref().and_then(|team| only_engineer(&organisation, team));
        FindingMatter { facts, service, engineer }
    });
    Ok(matters.collect())
}

/// The engineer of a team that has one: its only member besides its managers. Of several nobody is
/// the owner until one is assigned, and their manager hears it.
fn only_engineer(organisation: &Organisation, team: &str) -> Option<String> {
    let team = organisation.teams.get(&TeamId::parse(team).ok()?)?;
    let manages = |person: &PersonId| {
        [&team.manager, &team.product_manager].into_iter().any(|it| it.as_ref() == Some(person))
    };
    let mut engineers = team.members.iter().filter(|person| !manages(person));
    let only = engineers.next()?;
    engineers.next().is_none().then(|| only.to_string())
}

/// What the triggers look at together, each with who answers for it.
#[derive(Default)]
pub(super) struct Matters {
    pub findings: Vec<FindingMatter>,
    pub key_results: Vec<KeyResultMatter>,
    /// With the owner.
    pub rituals: Vec<(RitualFacts, String)>,
    /// With the owner.
    pub audits: Vec<(AuditFacts, String)>,
}

/// Everything that time alone can change: the key results whose period runs, the rituals and the
/// next audit.
pub(super) async fn standing_matters(change: &mut Change) -> Result<Matters, Refusal> {
    let organisation = std::sync::Arc::clone(&change.organisation);
    let (session, now) = (&mut change.transaction, change.now);
    let from = now.saturating_sub(FIXES_FROM).unwrap_or(Timestamp::MIN);
    let fixed = store::findings::fixed_since(session, from, MOST_FIXES).await?;
    let fixes: Vec<Fix> = fixed.iter().map(|one| one.fix.clone()).collect();
    let facts = objectives::key_result_facts(session, &organisation, now, &fixes).await?;
    let key_results = facts.into_iter().map(|(facts, dri)| KeyResultMatter { facts, dri });
    Ok(Matters {
        findings: Vec::new(),
        key_results: key_results.collect(),
        rituals: ritual_facts(session, &organisation, now).await?,
        audits: audit_facts(session, &organisation, now, &fixed).await?,
    })
}

async fn ritual_facts(
    session: &mut Session,
    organisation: &Organisation,
    now: Timestamp,
) -> Result<Vec<(RitualFacts, String)>, Refusal> {
    if organisation.rituals.is_empty() {
        return Ok(Vec::new());
    }
    let records = rituals::recent(session, now).await?;
    let facts = organisation.rituals.values().map(|ritual| {
        let own = records.iter().filter(|record| record.ritual == ritual.id);
        let own: Vec<Record> = own.cloned().collect();
        let almanac = rituals::almanac(organisation, ritual)?;
        let occurrences = ritual.occurrences(&own, now, almanac);
        let owner = ritual.owner.as_str();
        let facts = RitualFacts {
            id: ritual.id.to_string(),
            name: ritual.name.clone(),
            team: objectives::team_of(organisation, owner).map(|team| team.id.to_string()),
            period: rituals::period_word(ritual),
            occurrences: occurrences.map_err(|error| Refusal::invalid(error.to_string()))?,
        };
        Ok((facts, owner.to_owned()))
    });
    facts.collect()
}

/// The next audit, with what has been open for too long in its Tier-1 services.
async fn audit_facts(
    session: &mut Session,
    organisation: &Organisation,
    now: Timestamp,
    fixed: &[Fixed],
) -> Result<Vec<(AuditFacts, String)>, Refusal> {
    let zone = &organisation.zone;
    let today = now.to_zoned(zone.clone()).date();
    let Some(audit) = audits::next(organisation.audits.values(), today, |_| true) else {
        return Ok(Vec::new());
    };
    let tier_1 = audit.tier_1(organisation);
    let of_tier_1 = fixed.iter().filter(|one| tier_1.contains(one.service.as_str()));
    let mut lived: Vec<Lived> = of_tier_1
        .map(|one| Lived {
            service: one.service.clone(),
            started: one.fix.started,
            ended: Some(one.fix.fixed),
        })
        .collect();
    for service in &tier_1 {
        let before = now.saturating_sub(audits::REPEATS_AFTER).unwrap_or(Timestamp::MIN);
        let open = store::findings::open_since(session, service, before, MOST_OPEN).await?;
        let service = (*service).to_owned();
        lived.extend(open.into_iter().map(|started| Lived {
            service: service.clone(),
            started,
            ended: None,
        }));
    }
    let services = audits::aged_by_service(&lived, now);
    let begins = start_of_day(audit.begins, zone).map_err(|it| Refusal::invalid(it.to_string()))?;
    let weeks = begins.max(now).duration_since(now).as_secs_f64() / WEEK.as_secs_f64();
    let owner_of = |service: &str| {
        let name = ServiceName::parse(service).ok()?;
        organisation.services.get(&name).map(|service| service.owner.to_string())
    };
    let facts = AuditFacts {
        id: audit.id.to_string(),
        name: audit.name.clone(),
        begins: audit.begins,
        week: f64::from(audits::AGED_WEEKS) + weeks,
        aged: audits::aged(&lived, now),
        team: services.first().and_then(|(service, _)| owner_of(service)),
        services,
    };
    Ok(vec![(facts, audit.owner.to_string())])
}
