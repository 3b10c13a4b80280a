//! Ownership by rule: which team gets what a report finds, and findings that follow when rules
//! change.
//!
//! What somebody handed over by hand stays where they put it; everything else follows the rules as
//! they are now, by an entry of its ledger.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::findings::{Event, Finding, Holder, Owned};
use domain::people::Organisation;
use domain::record;
use domain::services::{
    CODEOWNERS_BYTES, CodeOwners, CodeOwnersRead, Component, Ownership, OwnershipRule,
};
use store::Session;
use store::findings::Stored;

use crate::door::{Change, found};
use crate::findings::write;
use crate::{App, Refusal};

/// How many findings are looked at, at a time.
const BATCH: u32 = 500;

/// What came of a CODEOWNERS file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeOwnersKept {
    /// How many patterns are in force.
    pub patterns: usize,
    /// Owners that are no team of the organisation, each once, in order.
    pub unknown: Vec<String>,
    /// Lines that are not used, with their numbers from 1 and why.
    pub passed_over: Vec<(usize, String)>,
    /// How many running findings changed hands by it.
    pub handed_over: u64,
}

/// Keeps `text` as the CODEOWNERS file of `service`, instead of the one before; running findings
/// follow it at once. An empty text takes the file away.
pub async fn keep_code_owners(
    app: &App,
    actor: &Actor,
    service: &str,
    text: &str,
) -> Result<CodeOwnersKept, Refusal> {
    if text.len() > CODEOWNERS_BYTES {
        let found = text.len();
        let what = format!("has {found} bytes, at most {CODEOWNERS_BYTES} are read");
        return Err(Refusal::invalid(format!("codeowners: the file {what}")));
    }
    let mut change = app.change(actor, Operation::ApplyOrganisation).await?;
    let owner = store::services::lock(&mut change.transaction, service).await;
    let owner = found(owner, "service", service)?;
    let organisation = std::sync::Arc::clone(&change.organisation);
    let kept = store::services::code_owners(&mut change.transaction, service).await?;
    let before = ownership(&organisation, (service, owner.clone()), kept.as_deref());
    let read = read(&organisation, text);
    let CodeOwnersRead { owners, unknown, passed_over } = read;
    let patterns = owners.patterns();
    let by = change.actor.name().to_owned();
    let at = change.instant();
    store::services::keep_code_owners(&mut change.transaction, service, text, (at, &by)).await?;
    let after = Ownership { code_owners: owners, ..before.clone() };
    let handed_over = follow(&mut change, service, (&before, &after)).await?;
    let detail = format!("CODEOWNERS with {patterns} patterns; {handed_over} findings follow");
    change.event(record::Event::new("services", "code_owners_kept", service, detail));
    change.commit().await?;
    Ok(CodeOwnersKept { patterns, unknown, passed_over, handed_over })
}

/// Who owns what in `service`, of which `owner` is the owner.
pub(crate) async fn of_service(
    session: &mut Session,
    organisation: &Organisation,
    (service, owner): (&str, Option<String>),
) -> Result<Ownership, Refusal> {
    let kept = store::services::code_owners(session, service).await?;
    Ok(ownership(organisation, (service, owner), kept.as_deref()))
}

fn ownership(
    organisation: &Organisation,
    (service, owner): (&str, Option<String>),
    code_owners: Option<&str>,
) -> Ownership {
    let is_its =
        |rule: &&OwnershipRule| rule.service.as_ref().is_none_or(|named| named.as_str() == service);
    let rules = organisation.ownership.iter().filter(is_its).cloned().collect();
    let code_owners = code_owners.map(|text| read(organisation, text).owners).unwrap_or_default();
    Ownership { rules, code_owners, owner }
}

fn read(organisation: &Organisation, text: &str) -> CodeOwnersRead {
    CodeOwners::read(text, &|team| organisation.teams.contains_key(team))
}

/// Lets running findings follow the rules of `wanted`, after services have their new owners.
pub(crate) async fn follow_rules(
    change: &mut Change,
    before: &Organisation,
    wanted: &Organisation,
) -> Result<(), Refusal> {
    let rules_differ = before.ownership != wanted.ownership;
    if !rules_differ && before.teams.keys().eq(wanted.teams.keys()) {
        return Ok(());
    }
    let kept = store::services::all_code_owners(&mut change.transaction).await?;
    let kept: BTreeMap<String, String> = kept.into_iter().collect();
    for service in store::services::all(&mut change.transaction).await? {
        let text = kept.get(&service.name).map(String::as_str);
        // Without a CODEOWNERS file only the rules can say anything else than before.
        if !rules_differ && text.is_none() {
            continue;
        }
        let named = || (service.name.as_str(), service.owner.clone());
        let old = ownership(before, named(), text);
        let new = ownership(wanted, named(), text);
        if old != new {
            follow(change, &service.name, (&old, &new)).await?;
        }
    }
    Ok(())
}

/// Hands over the findings of `service` that are not over, and that their rule gave to another
/// owner than it does now. Answers how many.
async fn follow(
    change: &mut Change,
    service: &str,
    (before, after): (&Ownership, &Ownership),
) -> Result<u64, Refusal> {
    let (mut last, mut count) = (0, 0);
    loop {
        let transaction = &mut change.transaction;
        let batch = store::findings::running_of(transaction, service, last, BATCH).await?;
        let Some(end) = batch.last() else { break };
        last = end.number;
        let mut writes = Vec::new();
        let mut rules: Vec<(i64, Option<String>)> = Vec::new();
        for stored in batch {
            let (old, new) = (owned(before, &stored.value), owned(after, &stored.value));
            let is_by_hand = stored.value.custody.team != old.team;
            if old == new || is_by_hand {
                continue;
            }
            rules.push((stored.number, new.rule.clone()));
            if old.team != new.team {
                writes.push(handed_over(stored, new));
            }
        }
        count += writes.len() as u64;
        if !writes.is_empty() {
            write::write(change, &writes).await?;
        }
        store::findings::give_rules(&mut change.transaction, rules).await?;
    }
    Ok(count)
}

fn handed_over(stored: Stored<Finding>, new: Owned) -> (Stored<Finding>, Event) {
    let by = new.rule.unwrap_or_else(|| "service".to_owned());
    (stored, Event::HandedOver { to: new.team.map(Holder::Team), by })
}

fn owned(ownership: &Ownership, finding: &Finding) -> Owned {
    let package = finding.package.as_ref().map(|package| package.name.as_str());
    ownership.of(&Component { service: &finding.service, package, places: &finding.places })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{self, hand_over};
    use crate::imports::{ImportRequest, import};
    use crate::organisations;
    use crate::testing::{ORGANISATION, Product, person, products};

    /// Findings of 9.8 in `ledger`, each at a path, opened now.
    async fn opened(product: &Product, paths: &[&str]) {
        let result = |path: &&str| {
            format!(
                r#"{{"ruleId":"r","message":{{"text":"in {path}"}},"locations":[{{
                "physicalLocation":{{"artifactLocation":{{"uri":"{path}"}},
                "region":{{"startLine":1,"snippet":{{"text":"{path}"}}}}}}}}]}}"#
            )
        };
        let results: Vec<String> = paths.iter().map(result).collect();
        let report = format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Scanner","rules":[{{
            "id":"r","properties":{{"security-severity":"9.8"}}}}]}}}},"results":[{}]}}]}}"#,
            results.join(","),
        );
        let request = ImportRequest {
            bytes: report.into_bytes(),
            service: "ledger".to_owned(),
            ..ImportRequest::default()
        };
        let outcome = import(&product.app, &Actor::Operator, request).await.expect("taken in");
        assert_eq!(outcome.counts.created, paths.len() as u64);
    }

    /// The holder of the finding at `path`, and the rule that gave it to them.
    async fn holder(product: &Product, path: &str) -> String {
        for number in 1..10 {
            let id = format!("F-{number}");
            let Ok(view) = findings::one(&product.app, &Actor::Operator, &id).await else { break };
            let at = view.finding.places.first().and_then(|place| place.path.clone());
            if at.as_deref() == Some(path) {
                let team = view.finding.custody.team.unwrap_or_else(|| "nobody".into());
                return format!("{team} by {}", view.finding.owner_rule.unwrap_or_default());
            }
        }
        panic!("no finding at {path}");
    }

    const RULE: &str = "\n[[ownership]]\nservice = \"ledger\"\npath = \"infra/\"\n\
        team = \"platform\"\n";

    #[tokio::test]
    async fn a_report_gives_findings_to_the_team_that_its_rule_names() {
        for product in products().await {
            let (app, actor) = (&product.app, &Actor::Operator);
            let text = format!("{ORGANISATION}{RULE}");
            organisations::apply(app, actor, &text).await.unwrap();
            let file = "*.sql @tidewater/platform\nsrc/ @tidewater/nobody-here\n";
            let kept = keep_code_owners(app, actor, "ledger", file).await.unwrap();
            assert_eq!((kept.patterns, kept.handed_over), (1, 0));
            assert_eq!(kept.unknown, ["@tidewater/nobody-here"]);
            opened(&product, &["infra/a.tf", "src/b.sql", "src/c.py"]).await;
            assert_eq!(holder(&product, "infra/a.tf").await, "platform by path: infra/");
            assert_eq!(holder(&product, "src/b.sql").await, "platform by CODEOWNERS: *.sql");
            assert_eq!(holder(&product, "src/c.py").await, "payments by service");
        }
    }

    #[tokio::test]
    async fn running_findings_follow_changed_rules_but_not_what_a_person_handed_over() {
        for product in products().await {
            let (app, actor) = (&product.app, &Actor::Operator);
            opened(&product, &["infra/a.tf", "infra/b.tf", "src/c.py"]).await;
            hand_over(app, &person("mara.lind"), "F-1", "security").await.unwrap();
            let first = findings::one(app, actor, "F-1").await.unwrap().finding;
            let by_hand = first.places[0].path.clone().unwrap();
            let other = if by_hand == "infra/b.tf" { "infra/a.tf" } else { "infra/b.tf" };
            organisations::apply(app, actor, &format!("{ORGANISATION}{RULE}")).await.unwrap();
            assert_eq!(holder(&product, other).await, "platform by path: infra/");
            assert_eq!(holder(&product, &by_hand).await, "security by service");
            // Without the rule they go back to the service's owner.
            organisations::apply(app, actor, ORGANISATION).await.unwrap();
            assert_eq!(holder(&product, other).await, "payments by service");
            let kept = keep_code_owners(app, actor, "ledger", "/infra/ @x/platform\n").await;
            assert!(kept.unwrap().handed_over >= 1);
            assert_eq!(holder(&product, other).await, "platform by CODEOWNERS: /infra/");
            let gone = keep_code_owners(app, actor, "ledger", "").await.unwrap();
            assert_eq!(gone.patterns, 0);
            assert_eq!(holder(&product, other).await, "payments by service");
            let foreign = keep_code_owners(app, &person("noor.haddad"), "ledger", "").await;
            assert!(matches!(foreign, Err(Refusal::Forbidden(_))));
            let unknown = keep_code_owners(app, actor, "nowhere", "").await;
            assert!(matches!(unknown, Err(Refusal::NotFound { .. })));
        }
    }
}
