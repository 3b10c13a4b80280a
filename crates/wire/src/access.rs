//! API tokens, and who asks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who the request came from.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Caller {
    /// The person's id.
    pub person: String,
    /// `administrator`, `member` or `read_only`.
    pub access: String,
    /// What the token may be used for: `everything`, `read` or `import`.
    pub scope: String,
}

/// The caller's tokens, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    pub tokens: Vec<Token>,
}

/// One API token; its secret is never shown again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// `T-12`
    pub id: String,
    pub name: String,
    /// The recognisable beginning of the secret.
    pub hint: String,
    /// `everything`, `read` or `import`.
    pub scope: String,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub expires_at: String,
    #[schema(format = DateTime)]
    pub used_at: Option<String>,
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
}

/// What a new token is for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// 1 to 100 characters: what it is for.
    pub name: String,
    /// `everything`, `read` or `import`.
    pub scope: String,
    /// How many days it lives, 1 to 400.
    pub days: i64,
}

/// A token that was just made.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    pub token: Token,
    /// Shown this once.
    pub secret: String,
}

/// Never shows the secret.
impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}
