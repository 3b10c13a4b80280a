//! Who can sign in, as clients of DefectDojo's interface list them.
//!
//! The numbers follow the order in which accounts were made; accounts are never removed.

use domain::access::{Access, Actor, Operation, Relation, may};
use domain::people::PersonId;

use crate::{App, Refusal};

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: i64,
    /// Their person id.
    pub username: String,
    pub name: String,
    pub email: String,
    pub is_active: bool,
    pub is_superuser: bool,
}

/// Everybody, for those who may read the organisation; for others, as a pipeline's token, the
/// actor alone.
pub async fn users(app: &App, actor: &Actor) -> Result<Vec<User>, Refusal> {
    let all = accounts(app, actor).await?;
    if may(actor, Operation::ReadOrganisation, Relation::Foreign) {
        return Ok(all);
    }
    Ok(all.into_iter().filter(|user| user.username == actor.name()).collect())
}

/// The actor.
pub async fn me(app: &App, actor: &Actor) -> Result<User, Refusal> {
    let all = accounts(app, actor).await?;
    let own = all.into_iter().find(|user| user.username == actor.name());
    own.ok_or_else(|| Refusal::not_found("user", actor.name()))
}

async fn accounts(app: &App, actor: &Actor) -> Result<Vec<User>, Refusal> {
    let mut view = app.view(actor, Operation::ReadImports).await?;
    let mut accounts = store::access::accounts(&mut view.session).await?;
    accounts.sort_by(|left, right| {
        (left.created_at, &left.person).cmp(&(right.created_at, &right.person))
    });
    let people = &view.organisation.people;
    let user = |(account, id): (store::access::Account, i64)| {
        let person = PersonId::parse(&account.person).ok().and_then(|id| people.get(&id));
        let name = person.map_or_else(|| account.person.clone(), |person| person.name.clone());
        User {
            id,
            name,
            is_active: account.disabled_at.is_none(),
            is_superuser: account.access == Access::Administrator,
            email: account.email,
            username: account.person,
        }
    };
    Ok(accounts.into_iter().zip(1..).map(user).collect())
}
