//! The door: signing in, the first administrator, and API tokens.
//!
//! The rule to remember: a wrong password and an unknown address read alike, and a token's
//! secret is shown once, on the page that answers its creation.

use askama::Template;

use super::{Choice, Frame, Moment, Refusals};

/// `GET /sign-in`; posts `email`, `password`, `return_to` to `/sign-in`.
#[derive(Clone, Debug, Template)]
#[template(path = "access/sign_in.html")]
pub struct SignInPage {
    pub frame: Frame,
    pub email: String,
    /// Where the reader wanted to go, a path on this host.
    pub return_to: String,
    pub refusals: Refusals,
}

/// `GET /sign-in/link/{secret}`: the one-time link; posts `name` (a person id), `email` and
/// `password` to `action`; who was invited posts `password` only.
#[derive(Clone, Debug, Template)]
#[template(path = "access/welcome.html")]
pub struct WelcomePage {
    pub frame: Frame,
    pub action: String,
    /// Whom the link was made for; `None` for the first administrator.
    pub invited: Option<String>,
    pub name: String,
    pub email: String,
    pub least_letters: u32,
    pub refusals: Refusals,
}

/// `GET /tokens`; posts `name`, `scope`, `days` to `/tokens`.
#[derive(Clone, Debug, Template)]
#[template(path = "access/tokens.html")]
pub struct TokensPage {
    pub frame: Frame,
    /// Only in the answer to a creation.
    pub created: Option<NewToken>,
    pub tokens: Vec<TokenRow>,
    pub name: String,
    pub scopes: Vec<Choice>,
    pub lifetimes: Vec<Choice>,
    pub refusals: Refusals,
}

/// A token just made.
#[derive(Clone)]
pub struct NewToken {
    pub name: String,
    /// Shown this once.
    pub secret: String,
}

/// Never shows the secret.
impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewToken").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One of the reader's tokens.
#[derive(Clone, Debug)]
pub struct TokenRow {
    pub name: String,
    /// What is recognisable of it: `wbt_9f3a…`.
    pub prefix: String,
    pub scope: String,
    pub expires: Moment,
    pub used: Option<Moment>,
    /// Where the revocation is posted.
    pub revoke_action: String,
}
