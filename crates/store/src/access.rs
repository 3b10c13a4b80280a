//! Accounts, sessions, one-time links, API tokens, and answers kept for idempotency keys.
//!
//! Secrets are here as digests only; whoever reads the database cannot sign in with it.

use domain::access::{Access, Scope};
use jiff::Timestamp;

use crate::sql::{Sql, Values, sql};
use crate::{Row, Session, StoreError};

const ACCOUNT: Sql = sql("select person, email, password_hash, access, created_at, disabled_at,
     failures, locked_until from accounts where person = $1");
const ACCOUNT_BY_EMAIL: Sql = sql("select person, email, password_hash, access, created_at,
     disabled_at, failures, locked_until from accounts where email = $1");
const ACCOUNTS: Sql = sql("select person, email, password_hash, access, created_at, disabled_at,
     failures, locked_until from accounts order by person");
const SAVE_ACCOUNT: Sql = sql("insert into accounts
     (person, email, password_hash, access, created_at, disabled_at, failures, locked_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (person) do update set email = excluded.email,
        password_hash = excluded.password_hash, access = excluded.access,
        disabled_at = excluded.disabled_at, failures = excluded.failures,
        locked_until = excluded.locked_until");
const COUNT_FAILURE: Sql = sql("update accounts set failures = failures + 1, locked_until = $2
     where person = $1");
const CREATE_LINK: Sql = sql("insert into links (digest, purpose, person, expires_at)
     values ($1, $2, $3, $4)");
const LINK: Sql = sql("select person, purpose from links
     where digest = $1 and used_at is null and expires_at > $2");
const USE_LINK: Sql = sql("update links set used_at = $2
     where digest = $1 and used_at is null and expires_at > $2 returning person, purpose");
const OPEN_SESSION: Sql = sql("insert into sessions
     (digest, person, csrf, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)");
const SESSION: Sql = sql("select s.person, s.csrf, s.seen_at, s.expires_at, a.access
     from sessions s join accounts a on a.person = s.person
     where s.digest = $1 and s.expires_at > $2 and a.disabled_at is null");
const SEE_SESSION: Sql = sql("update sessions set seen_at = $2, expires_at = $3 where digest = $1");
const CLOSE_SESSION: Sql = sql("delete from sessions where digest = $1");
const CLOSE_SESSIONS: Sql = sql("delete from sessions where person = $1");
const SWEEP_SESSIONS: Sql = sql("delete from sessions where expires_at <= $1");
const CREATE_TOKEN: Sql = sql("insert into tokens
     (id, person, name, hint, digest, scope, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)");
const TOKENS: Sql = sql("select id, person, name, hint, scope, created_at, expires_at, used_at,
     revoked_at from tokens where person = $1 order by created_at desc, id limit $2");
const TOKEN: Sql = sql("select t.id, t.person, t.scope, t.used_at, a.access
     from tokens t join accounts a on a.person = t.person
     where t.digest = $1 and t.expires_at > $2 and t.revoked_at is null and a.disabled_at is null");
const SEE_TOKEN: Sql = sql("update tokens set used_at = $2 where id = $1");
const REVOKE_TOKEN: Sql = sql("update tokens set revoked_at = $3
     where id = $1 and person = $2 and revoked_at is null");
const ANSWER: Sql =
    sql("select request, status, body from idempotency where actor = $1 and key = $2");
const KEEP_ANSWER: Sql = sql("insert into idempotency (actor, key, request, status, body, at)
     values ($1, $2, $3, $4, $5, $6) on conflict (actor, key) do nothing");
const SWEEP_ANSWERS: Sql = sql("delete from idempotency where at <= $1");

/// Who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub person: String,
    pub email: String,
    /// Argon2id in PHC form.
    pub password_hash: Option<String>,
    pub access: Access,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    /// Failed attempts since the last success.
    pub failures: u32,
    pub locked_until: Option<Timestamp>,
}

/// A session found by the digest of its cookie.
pub struct Seen {
    pub person: String,
    pub access: Access,
    pub csrf: String,
    pub seen_at: Timestamp,
}

/// An API token as its owner may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: String,
    pub person: String,
    pub name: String,
    /// The recognisable beginning of the secret.
    pub hint: String,
    pub scope: Scope,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// A token found by its digest.
pub struct Bearer {
    pub id: String,
    pub person: String,
    pub access: Access,
    pub scope: Scope,
    pub used_at: Option<Timestamp>,
}

/// The answer given before under an idempotency key.
pub struct Answer {
    /// Digest of the request that had the key.
    pub request: String,
    pub status: u16,
    pub body: String,
}

pub async fn account(session: &mut Session, person: &str) -> Result<Option<Account>, StoreError> {
    let row = session.one(&ACCOUNT, Values::new().and(person)).await?;
    row.as_ref().map(read_account).transpose()
}

pub async fn account_by_email(
    session: &mut Session,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    let row = session.one(&ACCOUNT_BY_EMAIL, Values::new().and(email)).await?;
    row.as_ref().map(read_account).transpose()
}

pub async fn accounts(session: &mut Session) -> Result<Vec<Account>, StoreError> {
    session.all(&ACCOUNTS, Values::new()).await?.iter().map(read_account).collect()
}

pub async fn save_account(session: &mut Session, account: &Account) -> Result<(), StoreError> {
    let values = Values::new()
        .and(&account.person)
        .and(&account.email)
        .and(account.password_hash.clone())
        .and(account.access.word())
        .and(account.created_at)
        .and(account.disabled_at)
        .and(account.failures)
        .and(account.locked_until);
    session.run(&SAVE_ACCOUNT, values).await.map(|_| ())
}

/// Counts a failed attempt in the database itself, so that parallel attempts all count.
pub async fn count_failure(
    session: &mut Session,
    person: &str,
    locked_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    session.run(&COUNT_FAILURE, Values::new().and(person).and(locked_until)).await.map(|_| ())
}

pub async fn create_link(
    session: &mut Session,
    digest: &str,
    purpose: &str,
    person: &str,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let values = Values::new().and(digest).and(purpose).and(person).and(expires_at);
    session.run(&CREATE_LINK, values).await.map(|_| ())
}

/// Person and purpose of a link that could still be used.
pub async fn link(
    session: &mut Session,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(String, String)>, StoreError> {
    let row = session.one(&LINK, Values::new().and(digest).and(now)).await?;
    row.map(|row| Ok((row.text("person")?, row.text("purpose")?))).transpose()
}

/// Uses a link up, once: of two racing callers one gets `None`.
pub async fn use_link(
    session: &mut Session,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(String, String)>, StoreError> {
    let row = session.one(&USE_LINK, Values::new().and(digest).and(now)).await?;
    row.map(|row| Ok((row.text("person")?, row.text("purpose")?))).transpose()
}

pub async fn open_session(
    session: &mut Session,
    digest: &str,
    person: &str,
    csrf: &str,
    lifetime: (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let (now, expires_at) = lifetime;
    let values = Values::new().and(digest).and(person).and(csrf).and(now).and(expires_at);
    session.run(&OPEN_SESSION, values).await.map(|_| ())
}

pub async fn session(
    session: &mut Session,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Seen>, StoreError> {
    let row = session.one(&SESSION, Values::new().and(digest).and(now)).await?;
    row.map(|row| {
        Ok(Seen {
            person: row.text("person")?,
            access: row.word("access", Access::from_word)?,
            csrf: row.text("csrf")?,
            seen_at: row.instant("seen_at")?,
        })
    })
    .transpose()
}

pub async fn see_session(
    session: &mut Session,
    digest: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    session.run(&SEE_SESSION, Values::new().and(digest).and(now).and(expires_at)).await.map(|_| ())
}

pub async fn close_session(session: &mut Session, digest: &str) -> Result<(), StoreError> {
    session.run(&CLOSE_SESSION, Values::new().and(digest)).await.map(|_| ())
}

pub async fn close_sessions(session: &mut Session, person: &str) -> Result<(), StoreError> {
    session.run(&CLOSE_SESSIONS, Values::new().and(person)).await.map(|_| ())
}

/// Forgets what has expired: sessions by `now`, kept answers older than `answers_before`.
pub async fn sweep(
    session: &mut Session,
    now: Timestamp,
    answers_before: Timestamp,
) -> Result<u64, StoreError> {
    let sessions = session.run(&SWEEP_SESSIONS, Values::new().and(now)).await?;
    let answers = session.run(&SWEEP_ANSWERS, Values::new().and(answers_before)).await?;
    Ok(sessions + answers)
}

/// Keeps a new token; only the digest of its secret is kept.
pub async fn create_token(
    session: &mut Session,
    token: &Token,
    digest: &str,
) -> Result<(), StoreError> {
    let values = Values::new()
        .and(&token.id)
        .and(&token.person)
        .and(&token.name)
        .and(&token.hint)
        .and(digest)
        .and(token.scope.word())
        .and(token.created_at)
        .and(token.expires_at);
    session.run(&CREATE_TOKEN, values).await.map(|_| ())
}

pub async fn tokens(
    session: &mut Session,
    person: &str,
    limit: u32,
) -> Result<Vec<Token>, StoreError> {
    let rows = session.all(&TOKENS, Values::new().and(person).and(limit)).await?;
    rows.iter().map(read_token).collect()
}

pub async fn bearer(
    session: &mut Session,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Bearer>, StoreError> {
    let row = session.one(&TOKEN, Values::new().and(digest).and(now)).await?;
    row.map(|row| {
        Ok(Bearer {
            id: row.text("id")?,
            person: row.text("person")?,
            access: row.word("access", Access::from_word)?,
            scope: row.word("scope", Scope::from_word)?,
            used_at: row.instant_or_none("used_at")?,
        })
    })
    .transpose()
}

pub async fn see_token(session: &mut Session, id: &str, now: Timestamp) -> Result<(), StoreError> {
    session.run(&SEE_TOKEN, Values::new().and(id).and(now)).await.map(|_| ())
}

/// Whether there was such a token to revoke.
pub async fn revoke_token(
    session: &mut Session,
    id: &str,
    person: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(session.run(&REVOKE_TOKEN, Values::new().and(id).and(person).and(now)).await? == 1)
}

pub async fn answer(
    session: &mut Session,
    actor: &str,
    key: &str,
) -> Result<Option<Answer>, StoreError> {
    let row = session.one(&ANSWER, Values::new().and(actor).and(key)).await?;
    row.map(|row| {
        Ok(Answer {
            request: row.text("request")?,
            status: u16::try_from(row.integer("status")?).unwrap_or(500),
            body: row.text("body")?,
        })
    })
    .transpose()
}

pub async fn keep_answer(
    session: &mut Session,
    actor: &str,
    key: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = Values::new()
        .and(actor)
        .and(key)
        .and(&answer.request)
        .and(i64::from(answer.status))
        .and(&answer.body)
        .and(now);
    session.run(&KEEP_ANSWER, values).await.map(|_| ())
}

fn read_account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        person: row.text("person")?,
        email: row.text("email")?,
        password_hash: row.text_or_none("password_hash")?,
        access: row.word("access", Access::from_word)?,
        created_at: row.instant("created_at")?,
        disabled_at: row.instant_or_none("disabled_at")?,
        failures: u32::try_from(row.integer("failures")?).unwrap_or(u32::MAX),
        locked_until: row.instant_or_none("locked_until")?,
    })
}

fn read_token(row: &Row) -> Result<Token, StoreError> {
    Ok(Token {
        id: row.text("id")?,
        person: row.text("person")?,
        name: row.text("name")?,
        hint: row.text("hint")?,
        scope: row.word("scope", Scope::from_word)?,
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
        used_at: row.instant_or_none("used_at")?,
        revoked_at: row.instant_or_none("revoked_at")?,
    })
}
