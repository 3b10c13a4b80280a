//! The facts that triggers look at, gathered from the other rooms.

use domain::people::{Organisation, PersonId, TeamId};
use domain::triggers::{FindingFacts, KeyResultFacts};

use crate::{Change, Refusal, findings, objectives};

/// A finding with what the resolution of roles needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FindingMatter {
    pub facts: FindingFacts,
    pub service: String,
    /// The engineer assigned to it.
    pub engineer: Option<String>,
}

/// A key result with who is directly responsible for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyResultMatter {
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

/// The key results whose period runs.
pub(super) async fn key_results(change: &mut Change) -> Result<Vec<KeyResultMatter>, Refusal> {
    let organisation = std::sync::Arc::clone(&change.organisation);
    let now = change.now;
    let facts = objectives::key_result_facts(&mut change.transaction, &organisation, now).await?;
    Ok(facts.into_iter().map(|(facts, dri)| KeyResultMatter { facts, dri }).collect())
}
