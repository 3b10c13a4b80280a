//! Signing in: one-time links, local accounts, sessions, API tokens.
//!
//! Secrets are 256 random bits (or a password under Argon2id); the store keeps digests. Wrong
//! passwords slow down and lock for a while; whether an account exists is never told.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::access::{Access, Actor, Operation, Relation, Scope};
use domain::people::{EmailAddress, PersonId};
use domain::record::Event;
use jiff::{SignedDuration, Timestamp, ToSpan};
use sha2::{Digest, Sha256};
use store::StoreError;
use store::access::Account;
pub use store::access::Token;

use crate::{App, Change, Refusal};

/// How long a one-time link can be used.
pub const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// A session ends this long after its last use.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_hours(14);
/// A session's last use is written at most this often.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(5);
/// The beginning of every API token, for people and for secret scanners.
pub const TOKEN_PREFIX: &str = "wbt_";
/// The longest life of a token.
pub const TOKEN_DAYS: i64 = 400;
/// Shortest and longest password; length is what counts.
const PASSWORD_LENGTH: std::ops::RangeInclusive<usize> = LEAST_PASSWORD as usize..=200;
/// The shortest password, in characters.
pub const LEAST_PASSWORD: u32 = 12;
/// After so many failures in a row an account waits before each further attempt.
const FREE_FAILURES: u32 = 5;
/// The longest wait after failures.
const LONGEST_LOCK_SECONDS: u64 = 900;
/// Tokens listed for a person.
const TOKENS_SHOWN: u32 = 200;
const FIRST_ADMINISTRATOR: &str = "first-administrator";
const RESET: &str = "reset";

/// A new session: the cookie's value and the token that forms carry.
pub struct SignedIn {
    pub cookie: String,
    pub actor: Actor,
}

/// Who a request comes from.
pub struct Identified {
    pub actor: Actor,
    /// For sessions: what every changing form must carry.
    pub csrf: Option<String>,
}

/// A new token; its secret is shown this once.
pub struct NewToken {
    pub token: Token,
    pub secret: String,
}

/// What a person chose for their new account.
pub struct Enrolment {
    pub id: String,
    pub email: String,
    pub password: String,
}

/// Makes a one-time link for the first administrator, when there is no account yet. Answers the
/// secret that belongs behind `/sign-in/link/`.
pub async fn first_link(app: &App) -> Result<Option<String>, Refusal> {
    let mut change = app.change(&Actor::Operator, Operation::ManageAccounts).await?;
    let accounts = store::access::accounts(&mut change.transaction).await?;
    if accounts.iter().any(|account| account.password_hash.is_some()) {
        return Ok(None);
    }
    let secret = secret(app);
    let expires_at = change.now + LINK_LIFETIME;
    let (digest, purpose) = (digest(&secret), FIRST_ADMINISTRATOR);
    store::access::create_link(&mut change.transaction, &digest, purpose, "", expires_at).await?;
    change.commit().await?;
    Ok(Some(secret))
}

/// Makes a one-time link with which `person` sets a password: for new people and lost passwords.
pub async fn invite(app: &App, actor: &Actor, person: &str) -> Result<String, Refusal> {
    let mut change = app.change(actor, Operation::ManageAccounts).await?;
    let id = person_id(person)?;
    if !change.organisation.people.contains_key(&id) {
        return Err(Refusal::not_found("person", person));
    }
    let secret = secret(app);
    let expires_at = change.now + SignedDuration::from_hours(24);
    store::access::create_link(
        &mut change.transaction,
        &digest(&secret),
        RESET,
        person,
        expires_at,
    )
    .await?;
    change.event(Event::new("access", "invited", person, "one-time link made"));
    change.commit().await?;
    Ok(secret)
}

/// For whom a link can still be used: `Some("")` for the first administrator.
pub async fn link_for(app: &App, secret: &str) -> Result<Option<String>, Refusal> {
    let mut view = app.view(&Actor::Visitor, Operation::SignIn).await?;
    let link = store::access::link(&mut view.session, &digest(secret), view.now).await?;
    Ok(link.map(|(person, _)| person))
}

/// Uses a one-time link: sets the password and signs in.
pub async fn enrol(app: &App, secret: &str, chosen: &Enrolment) -> Result<SignedIn, Refusal> {
    check_password(&chosen.password)?;
    let password_hash = hash_password(app, &chosen.password)?;
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    let (digest, now) = (digest(secret), change.now);
    let link = store::access::use_link(&mut change.transaction, &digest, now).await?;
    let Some((person, purpose)) = link else {
        return Err(Refusal::invalid(
            "this link was used already or is too old; ask for another, or start `watchbell \
             serve` again for a new one",
        ));
    };
    let account = if purpose == FIRST_ADMINISTRATOR {
        first_account(&mut change, chosen).await?
    } else {
        invited_account(&mut change, &person).await?
    };
    let account =
        Account { password_hash: Some(password_hash), failures: 0, locked_until: None, ..account };
    store::access::save_account(&mut change.transaction, &account).await?;
    store::access::close_sessions(&mut change.transaction, &account.person).await?;
    change.event(Event::new("access", "enrolled", &account.person, "password set by link"));
    let signed_in = open(app, &mut change, &account).await?;
    change.commit().await?;
    Ok(signed_in)
}

async fn first_account(change: &mut Change, chosen: &Enrolment) -> Result<Account, Refusal> {
    let accounts = store::access::accounts(&mut change.transaction).await?;
    if accounts.iter().any(|account| account.password_hash.is_some()) {
        return Err(Refusal::Conflict("there is an administrator already; sign in".into()));
    }
    let id = PersonId::parse(&chosen.id).map_err(|error| format!("name: {error}"));
    let email = EmailAddress::parse(chosen.email.trim()).map_err(|error| format!("email: {error}"));
    let (id, email) = match (id, email) {
        (Ok(id), Ok(email)) => (id, email),
        (id, email) => {
            return Err(Refusal::Invalid(id.err().into_iter().chain(email.err()).collect()));
        }
    };
    Ok(new_account(&id, &email, Access::Administrator, change.now))
}

async fn invited_account(change: &mut Change, person: &str) -> Result<Account, Refusal> {
    if let Some(account) = store::access::account(&mut change.transaction, person).await? {
        return Ok(account);
    }
    let organisation = std::sync::Arc::clone(&change.organisation);
    let known = organisation.people.get(&person_id(person)?);
    let known = known.ok_or_else(|| Refusal::not_found("person", person))?;
    let access = known.access.ok_or_else(|| {
        Refusal::Conflict(format!("`{person}` has no access; give them one in the organisation"))
    })?;
    Ok(new_account(&known.id, &known.email, access, change.now))
}

fn new_account(person: &PersonId, email: &EmailAddress, access: Access, now: Timestamp) -> Account {
    Account {
        person: person.to_string(),
        email: email.folded(),
        password_hash: None,
        access,
        created_at: now,
        disabled_at: None,
        failures: 0,
        locked_until: None,
    }
}

/// Signs in by mail address and password.
pub async fn sign_in(app: &App, email: &str, password: &str) -> Result<SignedIn, Refusal> {
    let account = checked(app, email, password).await?;
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    let account = Account { failures: 0, locked_until: None, ..account };
    store::access::save_account(&mut change.transaction, &account).await?;
    let signed_in = open(app, &mut change, &account).await?;
    change.event(Event::new("access", "signed_in", &account.person, "by password"));
    change.commit().await?;
    Ok(signed_in)
}

/// Who this mail address (or person id) and password belong to, for one request: no session.
pub async fn by_password(app: &App, login: &str, password: &str) -> Result<Identified, Refusal> {
    let account = checked(app, login, password).await?;
    if account.failures > 0 {
        let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
        let account = Account { failures: 0, locked_until: None, ..account.clone() };
        store::access::save_account(&mut change.transaction, &account).await?;
        change.commit().await?;
    }
    let (id, access) = (person_id(&account.person)?, account.access);
    let actor = Actor::Person { id, access, scope: Scope::Everything };
    Ok(Identified { actor, csrf: None })
}

/// The account that `login`, a mail address or person id, and `password` open.
async fn checked(app: &App, login: &str, password: &str) -> Result<Account, Refusal> {
    let wrong = || Refusal::invalid("this mail address and password do not belong together");
    if password.len() > *PASSWORD_LENGTH.end() {
        return Err(wrong());
    }
    let mut view = app.view(&Actor::Visitor, Operation::SignIn).await?;
    let login = login.trim().to_lowercase();
    let account = match login.contains('@') {
        true => store::access::account_by_email(&mut view.session, &login).await?,
        false => store::access::account(&mut view.session, &login).await?,
    };
    let now = view.now;
    drop(view);
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        // The same work as for a known account: the time of the answer tells nothing.
        verify(DUMMY_HASH.into(), password).await;
        return Err(wrong());
    };
    if let Some(until) = account.locked_until.filter(|until| *until > now) {
        let seconds = until.duration_since(now).as_secs().unsigned_abs() + 1;
        return Err(Refusal::TooMany { seconds });
    }
    let hash = account.password_hash.clone().unwrap_or_else(|| DUMMY_HASH.into());
    if verify(hash, password).await {
        return Ok(account);
    }
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    let locked = locked_until(account.failures + 1, change.now);
    store::access::count_failure(&mut change.transaction, &account.person, locked).await?;
    change.event(Event::new("access", "refused", account.person, "wrong password"));
    change.commit().await?;
    Err(wrong())
}

/// A well-formed hash that belongs to no password.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA\
                          $u1Yb9sKHVGQ5sQy1Yj3kS1oqg6m0cQ2N1mF0z3pX9aE";

fn locked_until(failures: u32, now: Timestamp) -> Option<Timestamp> {
    let over = failures.checked_sub(FREE_FAILURES)?;
    let seconds = (15_u64 << over.min(10)).min(LONGEST_LOCK_SECONDS);
    now.checked_add(SignedDuration::from_secs(seconds as i64)).ok()
}

async fn open(app: &App, change: &mut Change, account: &Account) -> Result<SignedIn, Refusal> {
    let (cookie, csrf) = (secret(app), secret(app));
    let lifetime = (change.now, change.now + SESSION_IDLE);
    let digest = digest(&cookie);
    store::access::open_session(&mut change.transaction, &digest, &account.person, &csrf, lifetime)
        .await?;
    let (id, access) = (person_id(&account.person)?, account.access);
    let actor = Actor::Person { id, access, scope: Scope::Everything };
    Ok(SignedIn { cookie, actor })
}

/// The person `id` as they act when signed in, for whoever may manage accounts: at the shell
/// somebody says in whose name they act. Their access is the account's, and before they have one
/// the organisation's.
pub async fn named(app: &App, actor: &Actor, id: &str) -> Result<Actor, Refusal> {
    let mut view = app.view(actor, Operation::ManageAccounts).await?;
    let account = store::access::account(&mut view.session, id).await?;
    let person = PersonId::parse(id).ok().and_then(|id| view.organisation.people.get(&id));
    let person = person.ok_or_else(|| Refusal::not_found("person", id))?;
    let access = match account {
        Some(account) if account.disabled_at.is_some() => None,
        Some(account) => Some(account.access),
        None => person.access,
    };
    let access = access.ok_or_else(|| {
        Refusal::invalid(format!("{id} has no access; give them one in the organisation file"))
    })?;
    Ok(Actor::Person { id: person.id.clone(), access, scope: Scope::Everything })
}

/// Who the session cookie belongs to; `None` when it has ended.
pub async fn by_cookie(app: &App, cookie: &str) -> Result<Option<Identified>, Refusal> {
    let mut view = app.view(&Actor::Visitor, Operation::SignIn).await?;
    let digest = digest(cookie);
    let Some(seen) = store::access::session(&mut view.session, &digest, view.now).await? else {
        return Ok(None);
    };
    let now = view.now;
    drop(view);
    if now.duration_since(seen.seen_at) > SEEN_EVERY {
        noted(see_session(app, &digest, now).await)?;
    }
    let (id, access) = (person_id(&seen.person)?, seen.access);
    let actor = Actor::Person { id, access, scope: Scope::Everything };
    Ok(Some(Identified { actor, csrf: Some(seen.csrf) }))
}

/// Who an API token belongs to; `None` when it is unknown, revoked or too old.
pub async fn by_token(app: &App, secret: &str) -> Result<Option<Identified>, Refusal> {
    if !secret.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let mut view = app.view(&Actor::Visitor, Operation::SignIn).await?;
    let found = store::access::bearer(&mut view.session, &digest(secret), view.now).await?;
    let Some(bearer) = found else { return Ok(None) };
    let now = view.now;
    drop(view);
    if bearer.used_at.is_none_or(|used| now.duration_since(used) > SEEN_EVERY) {
        noted(see_token(app, &bearer.id, now).await)?;
    }
    let (id, access, scope) = (person_id(&bearer.person)?, bearer.access, bearer.scope);
    Ok(Some(Identified { actor: Actor::Person { id, access, scope }, csrf: None }))
}

async fn see_session(app: &App, digest: &str, now: Timestamp) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    let expires_at = now + SESSION_IDLE;
    store::access::see_session(&mut change.transaction, digest, now, expires_at).await?;
    change.commit().await
}

async fn see_token(app: &App, token: &str, now: Timestamp) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    store::access::see_token(&mut change.transaction, token, now).await?;
    change.commit().await
}

/// When somebody was seen last may go unwritten: on a full disk people can still read.
fn noted(outcome: Result<(), Refusal>) -> Result<(), Refusal> {
    match outcome {
        Err(Refusal::Store(StoreError::Unavailable { .. }) | Refusal::NoSpace) => Ok(()),
        other => other,
    }
}

/// Ends the session of this cookie.
pub async fn sign_out(app: &App, cookie: &str) -> Result<(), Refusal> {
    let mut change = app.change(&Actor::Visitor, Operation::SignIn).await?;
    store::access::close_session(&mut change.transaction, &digest(cookie)).await?;
    change.commit().await
}

/// The actor's own tokens, newest first.
pub async fn tokens(app: &App, actor: &Actor) -> Result<Vec<Token>, Refusal> {
    let mut view = app.view(actor, Operation::ManageOwnAccount).await?;
    let own = own_id(actor)?;
    Ok(store::access::tokens(&mut view.session, own, TOKENS_SHOWN).await?)
}

/// Makes a token for the actor, at most [`TOKEN_DAYS`] long.
pub async fn create_token(
    app: &App,
    actor: &Actor,
    name: &str,
    scope: Scope,
    days: i64,
) -> Result<NewToken, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Refusal::invalid("name: say in 1–100 characters what the token is for"));
    }
    if !(1..=TOKEN_DAYS).contains(&days) {
        return Err(Refusal::invalid(format!("days: {days} is not between 1 and {TOKEN_DAYS}")));
    }
    let own = own_id(actor)?.to_owned();
    let mut change = app.change(actor, Operation::ManageOwnAccount).await?;
    change.of(Relation::Own)?;
    let number = store::counters::take(&mut change.transaction, "tokens", 1).await?;
    let secret = format!("{TOKEN_PREFIX}{}", secret(app));
    let token = Token {
        id: format!("T-{number}"),
        person: own,
        name: name.to_owned(),
        hint: secret[..TOKEN_PREFIX.len() + 4].to_owned(),
        scope,
        created_at: change.now,
        expires_at: change.now + (days * 24).hours(),
        used_at: None,
        revoked_at: None,
    };
    store::access::create_token(&mut change.transaction, &token, &digest(&secret)).await?;
    let detail = format!("`{name}`, scope {}, {days} days", scope.word());
    change.event(Event::new("access", "token_created", &token.id, detail));
    change.commit().await?;
    Ok(NewToken { token, secret })
}

/// Ends one of the actor's tokens at once.
pub async fn revoke_token(app: &App, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let own = own_id(actor)?.to_owned();
    let mut change = app.change(actor, Operation::ManageOwnAccount).await?;
    change.of(Relation::Own)?;
    let now = change.now;
    if !store::access::revoke_token(&mut change.transaction, id, &own, now).await? {
        return Err(Refusal::not_found("token", id));
    }
    change.event(Event::new("access", "token_revoked", id, ""));
    change.commit().await
}

fn own_id(actor: &Actor) -> Result<&str, Refusal> {
    actor.person().map(PersonId::as_str).ok_or(Refusal::Forbidden(Operation::ManageOwnAccount))
}

fn person_id(text: &str) -> Result<PersonId, Refusal> {
    PersonId::parse(text).map_err(|error| Refusal::invalid(error.to_string()))
}

fn check_password(password: &str) -> Result<(), Refusal> {
    if PASSWORD_LENGTH.contains(&password.chars().count()) {
        return Ok(());
    }
    let (shortest, longest) = (PASSWORD_LENGTH.start(), PASSWORD_LENGTH.end());
    Err(Refusal::invalid(format!(
        "password: take {shortest} to {longest} characters; a few words are easier to remember"
    )))
}

/// The first recommendation of OWASP's Password Storage Cheat Sheet for Argon2id.
fn argon2() -> Argon2<'static> {
    let parameters = Params::new(19_456, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
}

fn hash_password(app: &App, password: &str) -> Result<String, Refusal> {
    let mut salt = [0_u8; 16];
    app.chance.fill(&mut salt);
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    let hash = hash.map_err(|_| Refusal::invalid("password: it cannot be used"))?;
    Ok(hash.to_string())
}

/// Slow on purpose, so it runs beside the other requests and before any transaction.
async fn verify(hash: String, password: &str) -> bool {
    let password = password.to_owned();
    let work = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
    });
    work.await.unwrap_or(false)
}

/// 256 random bits as text.
fn secret(app: &App) -> String {
    let mut bytes = [0_u8; 32];
    app.chance.fill(&mut bytes);
    hex::encode(bytes)
}

/// What the store keeps of a secret. Plain SHA-256: the secrets are random, not chosen.
pub(crate) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
