//! The organisation as code: read, compare, apply, write back.
//!
//! Every applied version is kept as the canonical text with author and time; services are kept as
//! rows too, because findings point to them.

use std::collections::BTreeMap;

use domain::access::{Actor, Operation};
use domain::people::{Alteration, Organisation, Subject, difference};
use domain::record::Event;
use store::Session;
use store::organisations::Applied;

use crate::{App, Refusal};

/// What applying a file would change, or has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// One entry a thing, each of one or more lines.
    pub changes: Vec<String>,
    /// The version in force afterwards.
    pub version: i64,
    pub applied: bool,
}

/// The organisation in force; nobody's before the first was applied.
pub(crate) async fn load(session: &mut Session) -> Result<Organisation, Refusal> {
    let Some(applied) = store::organisations::newest(session).await? else {
        return Ok(Organisation::empty("Our organisation"));
    };
    formats::organisation::read(&applied.document).map_err(|mistakes| {
        let why = mistakes.first().map(ToString::to_string).unwrap_or_default();
        Refusal::Store(store::StoreError::unreadable("organisation", why))
    })
}

/// The organisation in force, for pages and exports.
pub async fn current(app: &App, actor: &Actor) -> Result<std::sync::Arc<Organisation>, Refusal> {
    Ok(app.view(actor, Operation::ReadOrganisation).await?.organisation)
}

/// Where a civil date of an address begins: for whoever may read findings, not the organisation.
pub async fn zone(app: &App, actor: &Actor) -> Result<jiff::tz::TimeZone, Refusal> {
    Ok(app.view(actor, Operation::ReadFindings).await?.organisation.zone.clone())
}

/// The organisation in force as `ORG.toml`.
pub async fn export(app: &App, actor: &Actor) -> Result<String, Refusal> {
    Ok(formats::organisation::write(&*current(app, actor).await?))
}

/// What `text` would change. All mistakes at once, each with line and key.
pub async fn compare(app: &App, actor: &Actor, text: &str) -> Result<Difference, Refusal> {
    let view = app.view(actor, Operation::ReadOrganisation).await?;
    let mut session = view.session;
    let wanted = read(text)?;
    let changes = difference(&view.organisation, &wanted);
    let version = store::organisations::newest_version(&mut session).await?;
    let changes = changes.iter().map(ToString::to_string).collect();
    Ok(Difference { changes, version, applied: false })
}

/// Applies `text`. The same text again changes nothing. An SLA matrix whose day has come stays as
/// it was signed.
pub async fn apply(app: &App, actor: &Actor, text: &str) -> Result<Difference, Refusal> {
    let wanted = read(text)?;
    let mut change = app.change(actor, Operation::ApplyOrganisation).await?;
    let before = std::sync::Arc::clone(&change.organisation);
    let changes = difference(&before, &wanted);
    let version = store::organisations::newest_version(&mut change.transaction).await?;
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    if changes.is_empty() && version > 0 {
        return Ok(Difference { changes: lines, version, applied: false });
    }
    keep_signed_matrices(&before, &wanted, change.now.to_zoned(before.zone.clone()).date())?;
    let next = Applied {
        version: version + 1,
        document: formats::organisation::write(&wanted),
        applied_at: change.now,
        applied_by: change.actor.name().to_owned(),
        summary: summary(&changes),
    };
    store::organisations::insert(&mut change.transaction, &next).await?;
    let services: Vec<(&str, &str)> = wanted
        .services
        .values()
        .map(|service| (service.name.as_str(), service.owner.as_str()))
        .collect();
    declare(&mut change, &services).await?;
    crate::ownership::follow_rules(&mut change, &before, &wanted).await?;
    wake_for_matrices(&mut change, &before, &wanted).await?;
    synchronise_accounts(&mut change, &wanted).await?;
    for line in &lines {
        change.event(Event::new("people", "organisation_changed", "organisation", line));
    }
    change.commit().await?;
    Ok(Difference { changes: lines, version: version + 1, applied: true })
}

/// Makes the services' rows agree with the file; findings follow their service to its new owner.
async fn declare(change: &mut crate::Change, services: &[(&str, &str)]) -> Result<(), Refusal> {
    let transaction = &mut change.transaction;
    let before = store::services::all(transaction).await?.into_iter();
    let before: BTreeMap<_, _> = before.map(|service| (service.name, service.owner)).collect();
    store::services::declare(transaction, services, change.now).await?;
    let services = store::services::all(transaction).await?;
    for service in services {
        if before.get(&service.name) != Some(&service.owner) {
            crate::findings::follow_service(change, &service.name, service.owner.as_deref())
                .await?;
        }
    }
    Ok(())
}

/// Lets the watch look at running findings on the day on which a new matrix takes effect.
async fn wake_for_matrices(
    change: &mut crate::Change,
    before: &Organisation,
    wanted: &Organisation,
) -> Result<(), Refusal> {
    for matrix in wanted.sla.iter().filter(|matrix| !before.sla.contains(matrix)) {
        let at = domain::policy::first_second(matrix.effective_from, &wanted.zone);
        store::findings::wake(&mut change.transaction, at).await?;
    }
    Ok(())
}

/// Who lost their access in the file loses their account's at once; a new role holds at once.
async fn synchronise_accounts(
    change: &mut crate::Change,
    wanted: &Organisation,
) -> Result<(), Refusal> {
    let accounts = store::access::accounts(&mut change.transaction).await?;
    for mut account in accounts {
        let known = wanted.people.values().find(|person| person.id.as_str() == account.person);
        // An account that no file ever named (the first administrator) stays as it is.
        let Some(known) = known else { continue };
        let disabled_at = match (known.access, account.disabled_at) {
            (Some(_), _) => None,
            (None, Some(before)) => Some(before),
            (None, None) => Some(change.now),
        };
        let access = known.access.unwrap_or(account.access);
        let email = known.email.folded();
        if (access, disabled_at, &email) != (account.access, account.disabled_at, &account.email) {
            (account.access, account.disabled_at, account.email) = (access, disabled_at, email);
            store::access::save_account(&mut change.transaction, &account).await?;
        }
    }
    Ok(())
}

fn read(text: &str) -> Result<Organisation, Refusal> {
    formats::organisation::read(text)
        .map_err(|mistakes| Refusal::Invalid(mistakes.iter().map(ToString::to_string).collect()))
}

fn keep_signed_matrices(
    before: &Organisation,
    wanted: &Organisation,
    today: jiff::civil::Date,
) -> Result<(), Refusal> {
    let lost = before
        .sla
        .iter()
        .filter(|matrix| matrix.effective_from <= today)
        .find(|matrix| !wanted.sla.contains(matrix));
    lost.map_or(Ok(()), |matrix| {
        let day = matrix.effective_from;
        Err(Refusal::invalid(format!(
            "sla: the matrix in force since {day} was changed or left out; keep it as it was \
             signed and add a new one with a later effective_from"
        )))
    })
}

fn summary(changes: &[domain::people::Change]) -> String {
    let count = |wanted: Alteration| changes.iter().filter(|it| it.alteration == wanted).count();
    let (added, changed, removed) =
        (count(Alteration::Added), count(Alteration::Changed), count(Alteration::Removed));
    let services = changes.iter().filter(|it| matches!(it.subject, Subject::Service(_))).count();
    format!("{added} added, {changed} changed, {removed} removed; {services} of them services")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ORGANISATION, products};

    #[tokio::test]
    async fn the_same_organisation_again_changes_nothing() {
        for product in products().await {
            let again = apply(&product.app, &Actor::Operator, ORGANISATION).await.unwrap();
            assert_eq!((again.applied, again.version), (false, 1), "{}", product.engine());
        }
    }
}
